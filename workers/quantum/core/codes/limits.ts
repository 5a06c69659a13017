/** Every bound of the codes and their experiments. */

/** The distance of a code that is built. */
export const codeDistanceMax = 31;
/** Rounds of a memory experiment. */
export const roundsMax = 1_000;
/** Qubits of a code whose distance is found by exhaustive search. */
export const searchedQubitsMax = 25;
/** Syndromes that are gone through for the lightest error of one. */
export const searchedStatesMax = 1_048_576;
/** Shots sampled together: 32 words of each qubit's frame. */
export const batchShots = 1_024;
/** Uncorrected faults that are named. */
export const listedFaultsMax = 50;
/** Mechanisms of a model that is written out. */
export const printedMechanismsMax = 50_000;
/** Detectors whose places and rates are told. */
export const ratedDetectorsMax = 20_000;
