/** Every bound of .stim and .dem texts. */

/** Characters of one source. */
export const stimCharactersMax = 8_000_000;
/** Instructions of a source, as written. */
export const stimInstructionsMax = 200_000;
/** Targets of a source, as written. */
export const stimTargetsMax = 2_000_000;
/** Blocks inside one another. */
export const stimNestingMax = 32;
/** Turns of one block; what they unfold into is bounded where it is unfolded. */
export const stimRepeatMax = 1_000_000_000_000;
/** The highest number of a qubit, a detector or a sweep bit. */
export const stimIndexMax = 4_000_000;
/** Observables of a circuit or model: one bit each of a 32-bit number. */
export const observablesMax = 31;
/** Mechanisms, detectors and shifts that a model may unfold into. */
export const modelItemsMax = 4_000_000;
