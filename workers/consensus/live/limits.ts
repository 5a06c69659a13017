/** Every bound of a live group. */

/** Proposals that are under way at once, each in a session of its own. */
export const lanesMax = 16;
/** Proposals that wait for a free lane; further ones are refused as busy. */
export const proposalsWaitingMax = 256;
/** Events kept; the oldest are dropped and counted. */
export const eventsKeptMax = 500;
/** Entries at the end of each log that a status shows. */
export const tailEntriesMax = 32;
/** Characters of a command in a log page and in an event. */
export const shownCommandLengthMax = 500;
/** Applied entries between two snapshots, and entries kept behind the cut. */
export const snapshotEveryEntries = 256;
export const trailingEntries = 256;
/** Without an answer a proposal is sent again, to another node. */
export const resendAfterMs = 250;
/** After a refusal: time for an election to come to an end. */
export const refusalPauseMs = 20;

/**
 * A local group has no need for the usual 150 ms to 300 ms: each heartbeat wakes the thread, and
 * elections well under two seconds are soon enough for people who watch.
 */
export const heartbeatMs = 150;
export const electionTimeoutMinMs = 600;
export const electionTimeoutMaxMs = 1200;
