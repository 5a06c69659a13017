/** Every bound of a replicated service. */

/** Sessions kept; the least recently used is forgotten beyond it. */
export const sessionsMax = 4096;
/** Requests that a server answers later; further ones are refused as busy. */
export const pendingRequestsMax = 10_000;
