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

export const storeLimits = {
  /** Objects of all resources. */
  objectsMax: 250_000,
  /** Changes kept for watches that come later; who asks for older ones lists anew (HTTP 410). */
  changesKeptMax: 8_192,
} as const;

export const eventLimits = {
  eventsMax: 5_000,
  lifeMs: 3_600_000,
  messageLengthMax: 1_024,
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
  /** A request body is kept whole, so that it can be sent a second time. */
  requestBytesMax: 1024 * 1024,
  responseBytesMax: 8 * 1024 * 1024,
  /** What the trial of a route shows of the answer. */
  previewBytesMax: 16 * 1024,
  timeoutMs: 5_000,
  /** Tries of one request, the first one included. */
  attemptsMax: 3,
  /** Envoy's retry budget: a share of the active requests, and never fewer than this many. */
  retryBudgetFraction: 0.2,
  retryBudgetMin: 3,
  pendingPerServiceMax: 256,
  /** Envoy's outlier detection: failures in a row, and the first and longest ejection. */
  breakerFailuresMax: 5,
  breakerOpenFirstMs: 30_000,
  breakerOpenMaxMs: 300_000,
  callDepthMax: 8,
  edgesMax: 500,
} as const;

/** What the cluster's screens keep and ask for. */
export const clusterScreenLimits = {
  sampleMs: 2_000,
  warningsMax: 50,
  warningsLifeMs: 600_000,
  worstMax: 20,
  /** Moments kept of one rollout, and rollouts of which some are kept. */
  momentsMax: 300,
  rolloutsKeptMax: 200,
  /** Of the recorded mesh: ten minutes at the pace of `sampleMs`. */
  snapshotsMax: 300,
  recordedServicesMax: 5_000,
  edgesMax: 2_000,
  documentsMax: 50,
  aliasesMax: 100,
  drainPauseMs: 2_000,
  drainMaxMs: 1_800_000,
  drainsActiveMax: 10,
  drainsKeptMax: 20,
  logBatchMs: 100,
  logLinesWaitingMax: 5_000,
  logLineLengthMax: 16_384,
  execTimeoutMs: 20_000,
  execOutputBytesMax: 262_144,
} as const;
