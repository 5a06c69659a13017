/** Every bound of the consensus playground. */

/** Characters of a run file. */
export const documentLengthMax = 256 * 1024;
/** Characters of a custom algorithm; the compile route has the same bound. */
export const sourceLengthMax = 64 * 1024;
export const interventionsMax = 500;
export const commandLengthMax = 200;
export const clientsMax = 8;
/** Virtual time of a run. */
export const runLengthMaxMs = 600_000;
/** Events and messages in this much virtual time, beyond which a run is stopped as a flood. */
export const floodWindowMs = 1000;
export const floodEventsMax = 40_000;
export const floodMessagesMax = 100_000;
/** Events and messages that stay to be looked at; older ones are found by seeking back. */
export const eventsKeptMax = 20_000;
export const messagesKeptMax = 5000;
/** Elections, commits and interventions marked on the time line. */
export const marksMax = 2000;
/** Of one frame: messages under way that are drawn. */
export const flyingMax = 120;
/** Entries at the end of each log that a frame carries. */
export const entriesShownMax = 24;
/** Of one message or failure that a custom algorithm can make arbitrarily long. */
export const textLengthMax = 240;
/** Operations of the history that the checker is given; a longer run is checked up to here. */
export const historyMax = 4000;
/** Steps of the linearizability search, so that a verdict is ready between two pictures. */
export const verdictStepsMax = 200_000;
