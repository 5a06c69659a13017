/** Every bound of the microservices thread, by name. */
import { httpLimits } from "../service/limits.ts";

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

/** The Kubernetes API server on this thread's port. */
export const kubernetesApiLimits = {
  /** Kubernetes' own limit (apiserver, MaxRequestBodyBytes), which the guard holds, too. */
  bodyBytesMax: httpLimits.kubernetesBodyBytesMax,
  /** YAML costs far more than JSON to read; kubectl sends JSON. */
  yamlBytesMax: 512 * 1024,
  bodyDepthMax: 96,
  bodyValuesMax: 200_000,
  yamlAliasesMax: 100,
  pathLengthMax: 2_048,
  selectorLengthMax: 2_048,
  managerLengthMax: 128,
  warningsMax: 32,
  /** Objects of a list or deletion between two looks at the clock. */
  itemsPerTurn: 64,
  /** How long a long answer may hold the event loop. */
  turnMs: 10,
  /** Answers longer than this are compressed where the client asks. */
  compressFromBytes: 128 * 1024,
  watchesMax: 256,
  /** Events that wait for a slow watcher; beyond, its watch is ended and it lists anew. */
  watchQueueMax: 16_384,
  watchBufferBytesMax: 256 * 1024,
  watchTimeoutMinMs: 1_800_000,
  bookmarkIntervalMs: 60_000,
  streamsMax: 64,
  portForwardStreamsMax: 64,
  streamMessageBytesMax: 1024 * 1024,
  streamBufferBytesMax: 1024 * 1024,
  streamDrainMs: 5_000,
  spdyFrameBytesMax: 1024 * 1024,
  spdyHeaderBytesMax: 64 * 1024,
  spdyStreamsMax: 256,
  execArgumentsMax: 256,
  tokenSecondsMin: 600,
  tokenSecondsMax: 86_400,
  /** Custom resources: what one cluster may define. */
  definitionsMax: 256,
  schemaDepthMax: 64,
  journalFlushMs: 100,
  /** So that one writing holds the thread for a few milliseconds. */
  journalObjectsPerFlush: 512,
  /** More than a thread can tell of between two writings. */
  revisionsSkippedAtRestart: 1_000_000,
} as const;
