/** Bounds that all consensus algorithms share. */

/** Entries of a node's log that its view shows. */
export const logViewMax = 64;
/** Events of one seeded run; a run that has more is stopped as one that does not end. */
export const runEventsMax = 3_000_000;
