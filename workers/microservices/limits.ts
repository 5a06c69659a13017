/** Every bound of the microservices thread, by name. */

export const clusterLimits = {
  deploymentsMax: 50,
  replicasMax: 50,
  /** What the one node holds; pods beyond stay Pending, as Kubernetes leaves them. */
  podsMax: 200,
  eventsMax: 500,
  logLinesPerPodMax: 500,
  logLineLengthMax: 1_024,
  environmentVariablesMax: 16,
} as const;

/** Kubernetes' own defaults (apps/v1 and core/v1 generated.proto, kubelet). */
export const kubernetesDefaults = {
  maxSurgeFraction: 0.25,
  maxUnavailableFraction: 0.25,
  progressDeadlineMs: 600_000,
  revisionHistoryLimit: 10,
  probeTimeoutMs: 1_000,
  probePeriodMs: 10_000,
  probeSuccessThreshold: 1,
  probeFailureThreshold: 3,
  backOffFirstMs: 10_000,
  backOffMaxMs: 300_000,
  /** A container that ran this long starts its back-off anew. */
  backOffResetMs: 600_000,
  terminationGraceMs: 30_000,
} as const;

export const registryLimits = {
  instancesMax: 200,
  checkIntervalMs: 10_000,
  checkTimeoutMs: 1_000,
  checkFailuresMax: 3,
} as const;

export const gatewayLimits = {
  /** What a request to /services/{name} may carry. */
  requestBytesMax: 1024 * 1024,
  /** What the trial of a route reads of the answer, and what it shows. */
  responseBytesMax: 8 * 1024 * 1024,
  previewBytesMax: 16 * 1024,
  timeoutMs: 5_000,
  /** Tries of one request after the first. */
  retriesMax: 2,
  callDepthMax: 8,
  edgesMax: 500,
} as const;

export const balancingLimits = {
  /** Ketama's; Envoy would fit the points to the number of hosts, and move more keys at a change. */
  ringPointsPerWeight: 160,
  ringSizeMax: 65_536,
} as const;

export const routingLimits = {
  patternLengthMax: 256,
  patternStepsMax: 1_024,
  /** Versions of the configuration that are kept for looking back and for undo. */
  versionsMax: 20,
  /** Clients that a route's rate limit tells apart. */
  clientsMax: 1_000,
} as const;

export const dataPathLimits = {
  /** Of an upstream's answer. */
  headBytesMax: 16 * 1024,
  chunkLineBytesMax: 1_024,
  /** Of a request's body that is kept in case it has to be sent again. */
  replayBytesMax: 64 * 1024,
  /** Of an answer that is joined with its headers. */
  joinedBytesMax: 4 * 1024,
  idleConnectionsMax: 128,
  /** Below the five seconds for which Node's servers keep a connection. */
  idleConnectionMs: 4_000,
  sweepIntervalMs: 1_000,
  /** Envoy's: how long an answer that has begun may be silent. */
  streamIdleMs: 300_000,
  /** Envoy's: the unit of the random wait before a retry. */
  retryBackOffMs: 25,
  /** A percentile says something from this many answers on. */
  hedgeSamplesMin: 100,
  /** Upgraded connections at once. */
  tunnelsMax: 256,
  tunnelIdleMs: 3_600_000,
  inboundConnectionsMax: 1_000,
  streamsPerConnectionMax: 100,
} as const;
