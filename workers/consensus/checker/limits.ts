/** Every bound of the checker. */

/** Steps of the search over one part of a history; beyond it the verdict is "undecided". */
export const searchStepsMax = 5_000_000;
