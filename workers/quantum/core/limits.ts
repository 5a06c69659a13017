/** Every bound of the quantum core. */

/** A dense state of 26 qubits in float64 takes 1 GiB; one more no longer fits a worker thread. */
export const stateVectorQubitsMax = 26;
/** A dense matrix of an operation: 5 qubits are 1,024 complex elements. */
export const unitaryQubitsMax = 5;
/** More controls than any state vector has qubits make no sense. */
export const controlsMax = 32;
/** Branches of an exact distribution: measured outcomes that are followed at once. */
export const branchesMax = 4096;
/** Turns of a loop that no measurement ends. */
export const loopTurnsMax = 10_000;
/** Characters of one OpenQASM source. */
export const qasmCharactersMax = 4_000_000;
/** Errors that are reported at once; what follows them is seldom news. */
export const qasmErrorsMax = 50;
/** Brackets, blocks and calls inside one another. */
export const qasmNestingMax = 100;
/** Qubits, and bits, that a source may declare. */
export const qasmRegisterMax = 100_000;
/** Operations that loops, broadcasts, gates with parameters and subroutines may unfold into. */
export const qasmOperationsMax = 500_000;
/** Turns of the loops that are unrolled, all together. */
export const qasmTurnsMax = 500_000;
/** Bits that are compared as one number: a number holds no more exactly. */
export const comparedBitsMax = 53;
/** Qubits of the circuits that factoring makes for itself. */
export const factoringQubitsMax = 18;
/** How deep definitions of gates use each other; deeper ones use themselves. */
export const definitionDepthMax = 32;
/** Operations that one use of a defined gate may stand for. */
export const definedPrimitivesMax = 100_000;
/** A density matrix of 12 qubits is a vector of 24: 256 MiB. */
export const densityQubitsMax = 12;
/** A tableau of 4,096 qubits takes 8 MiB, and measuring all of them some seconds. */
export const stabilizerQubitsMax = 4_096;
/** Characters of all different outcomes of a sampled circuit. */
export const outcomeCharactersMax = 64_000_000;
