/** Every bound of the service mesh, by name. */

export const certificateLimits = {
  /** Short, since nothing is revoked: a stolen certificate ends by itself. */
  workloadLifeMs: 3_600_000,
  intermediateLifeMs: 30 * 86_400_000,
  rootLifeMs: 365 * 86_400_000,
  /** How far the clocks of two parties may differ. */
  skewMs: 60_000,
  /** A new root is trusted for so long before anything is signed under it. */
  rootAnnounceMs: 60_000,
  /** How often certificates are looked at; each is renewed at half its life. */
  checkIntervalMs: 10_000,
  rootsMax: 4,
} as const;

export const meshLimits = {
  listenersMax: 4_096,
  /** Pairs of a source and a destination with connections of their own. */
  pairsMax: 4_096,
  /** Also the requests of one pair that are under way at once. */
  connectionsPerPairMax: 64,
  /** As many as there may be: after a burst, closing them would cost handshakes in the next one. */
  idleConnectionsPerPairMax: 64,
  pendingPerPairMax: 256,
  pendingMs: 5_000,
  idleConnectionMs: 30_000,
  /** Longer than the callers', so that it is they who close idle connections. */
  listenerIdleConnectionMs: 65_000,
  connectionsPerListenerMax: 1_024,
  handshakeMs: 5_000,
  requestHeadersMs: 10_000,
  headerBytesMax: 64 * 1_024,
  /** From the request until the head of its answer. */
  answerMs: 15_000,
  tunnelIdleMs: 300_000,
  /** What is under way may finish for so long after its pod is gone. */
  removalGraceMs: 1_000,
  /** Tries of a call after the first (Istio's default). */
  retriesMax: 2,
  mirrorsInFlightMax: 64,
  mirrorBodyBytesMax: 256 * 1_024,
  mirrorAnswerMs: 5_000,
} as const;

export const policyLimits = {
  policiesMax: 1_000,
  rulesPerPolicyMax: 100,
  trafficRulesMax: 500,
  subsetsMax: 20,
  delayMsMax: 60_000,
  /** Sources of one destination whose rules are kept sorted out. */
  sourcesPerDestinationMax: 1_000,
} as const;

export const edgeLimits = {
  edgesMax: 256,
  slotMs: 10_000,
  slotsMax: 90,
} as const;
