/** Every bound of sampling and analysing noisy Clifford circuits. */

/** Qubits of a circuit: a frame of 1,024 shots takes 256 bytes of each. */
export const frameQubitsMax = 100_000;
/** Targets that a circuit may unfold into. */
export const unfoldedTargetsMax = 20_000_000;
/** Measurements of one shot, and detectors. */
export const recordLengthMax = 2_000_000;
/** 32-bit words of one batch, frames and records together: 384 MiB. */
export const batchWordsMax = 100_663_296;
/** Qubits of the tableau that finds the reference sample: it takes n^2 / 2 bytes. */
export const referenceQubitsMax = 20_000;
/** Mechanisms of an analysed circuit. */
export const mechanismsMax = 1_000_000;
/** Detectors of a hyperedge that is split into edges; the search is exhaustive. */
export const hyperedgeDetectorsMax = 16;
/** Trials of that search for one hyperedge. */
export const splitTrialsMax = 20_000;
