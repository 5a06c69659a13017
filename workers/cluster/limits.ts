/** Every bound of the simulated cluster. Passing one is a named error, never a slow death. */

/** Link tables grow with the square of the nodes: 1,024 nodes take about 3 MiB. */
export const nodesMax = 1024;
/** A process that sends more while handling one event is stopped with that event. */
export const messagesPerEventMax = 10_000;
/** Timers that one process may have running. */
export const timersPerNodeMax = 64;
/** Messages in flight on one link; the link drops what comes on top, as a full switch does. */
export const linkMessagesMax = 4096;
/** Delivered messages that the network remembers, to deliver one of them again. */
export const replayMemoryMax = 256;
/** Events that wait for a paused node; older messages are dropped beyond it. */
export const heldEventsMax = 10_000;
/** Longest text that a process may write about one event. */
export const noteLengthMax = 500;
/** Events that a live cluster handles before it lets the rest of its thread run. */
export const eventsPerTurnMax = 2000;
