/** Bounds that all consensus algorithms share. */

/** Entries of a node's log that its view shows. */
export const logViewMax = 64;
