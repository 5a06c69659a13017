/** Every bound of the pod runtime, by name. */

export interface PodRuntimeLimits {
  /** Threads that many containers share. */
  readonly sharedThreadsMax: number;
  readonly containersPerThreadMax: number;
  /** A further thread is begun when every one has this many. */
  readonly containersPerThreadWanted: number;
  /** Threads of one container each. */
  readonly ownThreadsMax: number;
  /** Containers that ended and are remembered for their logs. */
  readonly recordsMax: number;
  readonly heartbeatMs: number;
  /** Heartbeats in a row without an answer, after which a thread is stuck. */
  readonly heartbeatsMissedMax: number;
  readonly threadStartMsMax: number;
  readonly threadIdleMs: number;
  readonly threadHeapMbMax: number;
  readonly callMsMax: number;
  readonly logLinesMax: number;
  readonly logBytesMax: number;
  readonly logLineBytesMax: number;
  readonly sessionsPerContainerMax: number;
  readonly sessionsMax: number;
  /** A session ends after this long without input or output. */
  readonly sessionIdleMsMax: number;
  /** Bytes of a session's output on their way; its command waits beyond. */
  readonly sessionWindowBytes: number;
}

export const podRuntimeLimits: PodRuntimeLimits = {
  sharedThreadsMax: 4,
  containersPerThreadMax: 200,
  containersPerThreadWanted: 50,
  ownThreadsMax: 16,
  recordsMax: 500,
  heartbeatMs: 1_000,
  heartbeatsMissedMax: 5,
  threadStartMsMax: 30_000,
  threadIdleMs: 30_000,
  threadHeapMbMax: 512,
  callMsMax: 5_000,
  logLinesMax: 1_000,
  logBytesMax: 128 * 1024,
  logLineBytesMax: 4 * 1024,
  sessionsPerContainerMax: 8,
  sessionsMax: 64,
  sessionIdleMsMax: 4 * 60 * 60_000,
  sessionWindowBytes: 64 * 1024,
};

/** The bounds inside a thread. */
export const hostedLimits = {
  connectionsMax: 256,
  /** Of 500 idle containers each was measured to take 18 to 23 KiB of resident memory. */
  idleContainerBytes: 24 * 1024,
  /** What the programs of one thread may account for together. */
  memoryPerThreadBytesMax: 384 * 1024 * 1024,
  /** A container without a limit of its own is ended here. */
  memoryPerContainerBytesMax: 128 * 1024 * 1024,
  timersMax: 1_000,
  fetchesMax: 64,
  fetchMsMax: 10_000,
  fetchBytesMax: 256 * 1024,
  /** Output of all containers between two posts; what goes beyond is dropped and said. */
  outputBytesPerPostMax: 1024 * 1024,
  outputPostMs: 20,
  filesMax: 200,
  fileBytesMax: 1024 * 1024,
  stdinQueueBytesMax: 64 * 1024,
  bodyBytesMax: 64 * 1024,
} as const;

export const shellLimits = {
  sourceLengthMax: 64 * 1024,
  depthMax: 20,
  wordsMax: 1_000,
  /** Characters that $( ) and expansions may yield. */
  expansionLengthMax: 64 * 1024,
  lineLengthMax: 4_096,
  /** Commands after which the interpreter pauses, so that a loop without sleep leaves time to others. */
  commandsPerPause: 50,
  pauseMs: 5,
} as const;

export const scriptLimits = {
  sourceLengthMax: 256 * 1024,
  /** Of a script without a limit of its own, and the most that one may have. */
  heapMbMax: 128,
  /** A thread takes about 16 before its script begins. */
  heapMbMin: 32,
  /**
   * Where V8 would give up. It gives up as a whole process when one allocation goes far beyond a
   * thread's limit, so this is out of reach and the heap is looked at from outside instead.
   */
  heapMbOutOfReach: 16 * 1024,
  heapLookMs: 50,
  requestMsMax: 10_000,
  requestsAtOnceMax: 64,
  timersMax: 100,
  /** Between two heartbeats; what goes beyond is dropped and said. */
  logLinesPerBeatMax: 500,
  fetchesMax: 64,
  textLengthMax: 1024 * 1024,
  sleepMsMax: 600_000,
  heartbeatMs: 500,
  heartbeatsMissedMax: 6,
  threadsPerHostMax: 16,
} as const;
