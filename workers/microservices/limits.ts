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

export const clusterLoopLimits = {
  /** Objects that the controllers look at before requests have their turn. */
  objectsPerTurn: 256,
  /** How long they may hold the event loop, but for the object at hand; the watchdog ends a spinning thread. */
  turnMs: 10,
  /** The longest that a timer may be set for. */
  timerMsMax: 60_000,
  /** metrics-server's --metric-resolution. */
  usageEveryMs: 15_000,
  /** How long a pod's server answers on after the gateway was told that it ends (as preStop sleeps do). */
  endpointDrainMs: 100,
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
  /** Streams of the registry at once. */
  watchesMax: 64,
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

export const schedulingLimits = {
  /** Variants of one affinity term that are kept: one for each namespace and set of label values. */
  variantsPerTermMax: 64,
  /** Selectors whose pods are counted node by node all the time; others are counted anew. */
  selectorsTrackedMax: 256,
  /** kube-scheduler's defaults: podInitialBackoffSeconds, podMaxBackoffSeconds. */
  backOffFirstMs: 1_000,
  backOffMaxMs: 10_000,
  /** podMaxInUnschedulablePodsDuration, and how often it is looked at. */
  unschedulableMaxMs: 300_000,
  unschedulableCheckMs: 30_000,
  /** Nodes that are scored: never fewer than this many, where there are as many. */
  feasibleNodesMin: 100,
  feasiblePercentageMin: 5,
  /** DefaultPreemptionArgs: nodes that preemption is tried on. */
  preemptionNodesPercentage: 10,
  preemptionNodesMin: 100,
} as const;

export const nodeLimits = {
  /** Images that a node keeps (kubelet's nodeStatusMaxImages). */
  imagesPerNodeMax: 50,
  nodesMax: 5_000,
  /** Nodes whose pods run; they share the threads of one process. */
  realNodesMax: 10,
  /** How often a kubelet renews its lease, and for how long that holds (nodeLeaseDurationSeconds). */
  heartbeatMs: 10_000,
  leaseSeconds: 40,
  simulatedLeaseWriteMs: 300_000,
  /** What nodes that are cut off saw, kept until they are back. */
  observationsHeldMax: 20_000,
  /** --node-monitor-period and --node-monitor-grace-period. */
  monitorMs: 5_000,
  monitorGraceMs: 40_000,
  /** Pods of a node that was deleted go after this (podgc). */
  orphanQuarantineMs: 40_000,
} as const;

/** What a simulated container does where its pod's annotations say nothing. */
export const simulatedRuntimeDefaults = {
  pullMs: 1_000,
  startMs: 200,
  stopMs: 100,
  crashAfterMs: 10_000,
  oomAfterMs: 1_000,
} as const;

/** Bounds of the controllers, most of them kube-controller-manager's own. */
export const controllerLimits = {
  /**
   * Pods that one look at a ReplicaSet, DaemonSet or Job makes or ends at most. Kubernetes' burstReplicas
   * are 500; here a look is one turn of the event loop, and requests wait for it.
   */
  burstReplicas: 50,
  /** Tries of a made-up name (apiserver's RetryGenerateName). */
  nameTriesMax: 8,
  /** The pause before a job's next pod after a failure, doubled up to six minutes (job docs). */
  jobBackOffFirstMs: 10_000,
  jobBackOffMaxMs: 360_000,
  /** The same of a DaemonSet (BurstReplicas), and its pause after pods that failed on a node. */
  daemonBurstReplicas: 250,
  daemonBackOffFirstMs: 1_000,
  daemonBackOffMaxMs: 900_000,
  /** Starts that a CronJob may miss before it warns of its clock. */
  missedStartsMax: 100,
  /** --horizontal-pod-autoscaler-sync-period */
  autoscalerSyncMs: 15_000,
  /** Of the annotation deployment.kubernetes.io/revision-history. */
  revisionHistoryCharactersMax: 2_000,
} as const;

/** Bounds of the controllers that keep the cluster in order. */
export const housekeepingLimits = {
  /** Endpoints of one slice (--max-endpoints-per-slice). */
  endpointsPerSliceMax: 100,
  /** Objects of an ending namespace that one look deletes. */
  deletedPerLookMax: 200,
  eventExpiryEveryMs: 60_000,
  /** --terminated-pod-gc-threshold */
  terminatedPodsMax: 12_500,
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
  /** Routes that Ingress objects bring, beside those of the configuration. */
  ingressRoutesMax: 1_000,
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

/** The Kubernetes API server on this thread's port. */
export const kubernetesApiLimits = {
  /** Lists of no more objects than this are answered whole where pages of so many are asked for. */
  wholeListMax: 25_000,
  pageKeptToBelow: 500,
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
  /** More than a thread can tell of between two writings. */
  revisionsSkippedAtRestart: 1_000_000,
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

export const faultLimits = {
  /** Faults on traffic at the same time. */
  activeMax: 100,
} as const;
