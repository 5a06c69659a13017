/** Every bound of the codes and their experiments. */

/** The distance of a code that is built. */
export const codeDistanceMax = 31;
/** Rounds of a memory experiment. */
export const roundsMax = 1_000;
/** Qubits of a code whose distance is found by exhaustive search. */
export const searchedQubitsMax = 25;
