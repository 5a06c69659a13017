/** Every bound of PBFT that is not an option. */

/** Characters of one command. */
export const commandLengthMax = 1_000_000;
/** Characters of a state that a replica takes over. */
export const stateLengthMax = 50_000_000;
