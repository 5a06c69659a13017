/** Every bound of a live group. */

/** Proposals that are under way at once, each in a session of its own. */
export const lanesMax = 1024;
/** Proposals that wait for a free lane; further ones are refused as busy. */
export const proposalsWaitingMax = 4096;
/** Events kept; the oldest are dropped and counted. */
export const eventsKeptMax = 500;
/** Entries at the end of each log that a status shows. */
export const tailEntriesMax = 32;
/** Characters of a command in a log page and in an event. */
export const shownCommandLengthMax = 500;
/** Applied entries between two snapshots, and entries kept behind the cut. */
export const snapshotEveryEntries = 8192;
export const trailingEntries = 256;
/** Without an answer a proposal is sent again, to another node. */
export const resendAfterMs = 250;
/** After a refusal: time for an election to come to an end. */
export const refusalPauseMs = 20;

/**
 * The range of the paper's section 9.3: a leader that is lost has a successor within 300 ms. A late
 * thread costs nobody the lead, since the group's time runs through all that was due before.
 */
export const heartbeatMs = 75;
export const electionTimeoutMinMs = 160;
export const electionTimeoutMaxMs = 250;
/** With no proposal waiting, events are handled up to this late, so that one waking serves several. */
export const idlePatienceMs = 10;
/** A group that agrees on everything, without a fault or a proposal for so long, lets its time stand. */
export const restAfterMs = 2000;
