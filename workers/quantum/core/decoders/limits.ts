/** Every bound of the decoders. */

/** Detectors of a matching graph. */
export const graphDetectorsMax = 200_000;
/** Distances between detectors that are remembered; all are forgotten when there are more. */
export const ballEntriesMax = 8_000_000;
/** Fired detectors of one connected part that is matched: its matrix has 4 n^2 numbers. */
export const matchedDetectorsMax = 1_000;
/** Detectors and observables of a lookup table: 2^20 chances take 8 MiB. */
export const lookupBitsMax = 20;
