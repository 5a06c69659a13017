/** Every bound of HotStuff that is not an option. */

/** Characters of one command. */
export const commandLengthMax = 1_000_000;
/** Characters of a state that a replica takes over. */
export const stateLengthMax = 50_000_000;
/** Blocks of a branch in one answer. */
export const branchLengthMax = 64;
/** Blocks proposed and not decided that a replica keeps; the oldest is forgotten beyond it. */
export const undecidedBlocksMax = 1000;
