/** Every bound of Multi-Paxos that is not an option. */

/** Slots of a log that cannot be cut because no service takes snapshots. */
export const logSlotsMax = 100_000;
/** Characters of one command. */
export const commandLengthMax = 1_000_000;
