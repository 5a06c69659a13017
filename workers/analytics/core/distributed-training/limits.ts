/** Bounds of what is kept of a run, and of the simulated cluster that trains. */

/** Steps whose spans a run keeps for its timeline. */
export const timelineSteps = 24;
export const spansMax = 2_000;
/** Points of the loss curve; when there are more, neighbours become one mean. */
export const lossPointsMax = 600;
export const eventsMax = 200;
export const epochsKept = 500;

/** Tries after which a message is given up: its receiver is gone. */
export const retransmissionsMax = 16;
/** Messages that a node remembers, so that a copy is not taken twice. */
export const rememberedMessagesMax = 4_096;
/** A run that makes no step for so long in virtual time has got stuck. */
export const stuckMsMax = 600_000;
