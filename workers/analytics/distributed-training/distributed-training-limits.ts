/** Bounds of training over threads. */

/** Workers of one run; more than cores only take turns. */
export const threadWorkersMax = 8;
/** Looks at the memory before a thread lies down to wait for others. */
export const spinTurns = 4_000;
/** One wait; between two of them a thread looks whether it is still wanted. */
export const waitSliceMs = 100;
