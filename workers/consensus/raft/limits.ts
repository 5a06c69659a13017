/** Every bound of Raft that is not an option. */

/** Unanswered rounds of heartbeats that a leader remembers. */
export const roundsMax = 1024;
/** Reads that wait for a majority's word; further ones are refused as busy. */
export const pendingReadsMax = 10_000;
/** Bytes of one command, as UTF-16 code units. */
export const commandLengthMax = 1_000_000;
