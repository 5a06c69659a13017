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

export const balancingLimits = {
  /** Ketama's; Envoy would fit the points to the number of hosts, and move more keys at a change. */
  ringPointsPerWeight: 160,
  ringSizeMax: 65_536,
} as const;
