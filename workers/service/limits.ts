/** Every bound of the service kit, by name. A subsystem keeps its own beside its code. */

export const httpLimits = {
  headerBytesMax: 16 * 1024,
  bodyBytesMax: 2 * 1024 * 1024,
  /** Bodies of the Kubernetes API (apiserver, MaxRequestBodyBytes). */
  kubernetesBodyBytesMax: 3 * 1024 * 1024,
  /** Of tensors and of model files; JSON is held to `bodyBytesMax` all the same. */
  modelBodyBytesMax: 64 * 1024 * 1024,
  /** Tables that are brought as files. */
  tableBodyBytesMax: 64 * 1024 * 1024,
  /** Nesting of arrays and objects in a JSON body. */
  bodyDepthMax: 32,
  /** Commas plus brackets outside strings: a cheap upper bound of how many values a body holds. */
  bodyValuesMax: 100_000,
  urlLengthMax: 4 * 1024,
  connectionsMax: 2_000,
  requestsInFlightMax: 512,
  eventStreamsMax: 64,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  /** The longest a handler may take; its signal is aborted then. */
  handlerTimeoutMs: 60_000,
  cachedResponsesMax: 256,
  drainTimeoutMs: 800,
} as const;

export const peerLimits = {
  callTimeoutMs: 5_000,
  callsInFlightMax: 1_024,
  /** Tries of an idempotent call, the first one included. */
  attemptsMax: 4,
  retryDelayFirstMs: 25,
  retryDelayMaxMs: 250,
  /** How long a read waits for a peer that is being restarted. */
  reconnectWaitMs: 2_000,
  breakerFailuresMax: 8,
  breakerOpenMs: 500,
} as const;

export const telemetryLimits = {
  spansQueuedMax: 4_000,
  logsQueuedMax: 2_000,
  actionsQueuedMax: 4_000,
  batchSizeMax: 1_000,
  flushIntervalMs: 500,
  /** New traces a second that are recorded; requests beyond are counted in metrics alone. */
  rootSpansPerSecond: 50,
  rootSpansBurst: 200,
  childSpansPerSecond: 2_000,
  attributeLengthMax: 512,
  messageLengthMax: 4_096,
} as const;

export const platformLimits = {
  lifecycleEventsMax: 500,
  /** The least time between two signs of life of a busy thread. */
  beatIntervalMs: 25,
  /** Comlink calls between host and thread. */
  lifecycleCallTimeoutMs: 3_000,
} as const;
