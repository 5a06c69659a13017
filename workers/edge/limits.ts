/** Every bound of the edge subsystem that its contract does not name already. */
export const edgeLimits = {
  /** Requests that wait at one node; beyond, it is left out of the choice. */
  queueMax: 256,
  cacheEntriesMax: 128,
  /** Of results as JSON, in one node's cache; a larger result is not kept. */
  cacheBytesMax: 64 * 1024,
  cacheTtlMs: 60_000,
  /** Durations over which percentiles are taken. */
  latencySamplesMax: 1_000,
  candidatesShownMax: 5,
  suggestionsMax: 3,
} as const;
