/** Every bound of the circuit playground. */

/** Two f32 vectors of 25 qubits are 512 MiB, and the display needs one more. */
export const wiresMax = 25;
export const bitsMax = 32;
/** Columns, the brackets of blocks among them. */
export const columnsMax = 4_000;
/** Characters of a document's text. */
export const documentLengthMax = 2_000_000;
export const parametersMax = 16;
export const customGatesMax = 32;
export const historyMax = 200;
export const nameLengthMax = 40;
export const expressionLengthMax = 200;
export const expressionNestingMax = 20;

/** From so many qubits on, single precision: half the memory, twice the speed, some 1e-6 of error. */
export const singlePrecisionFrom = 22;
/** Density matrices up to so many qubits: 2^18 complex numbers. */
export const densityWiresMax = 9;
/** A mean over trajectories keeps every probability in double precision. */
export const noisyWiresMax = 20;
/** Noise on more qubits is the mean over so many trajectories. */
export const trajectoriesMax = 100;
/** Amplitudes that all trajectories and shots of one picture may go over: about a second. */
export const repeatedWorkMax = 3e8;

/** States that are kept so that an edit need not begin at the left. */
export const checkpointsMax = 24;
export const checkpointBytesMax = 512 * 2 ** 20;

/** Columns carried out on the way through loops. */
export const stepsMax = 20_000;

/** Amplitudes that the panel lists, the likeliest first. */
export const listedAmplitudesMax = 64;
/** Bars of the picture of all probabilities. */
export const barsMax = 256;

/** Wires under one display. */
export const chanceWiresMax = 8;
export const amplitudeWiresMax = 6;
export const densityDisplayWiresMax = 4;

export const shotsMax = 100_000;
/** Different values among counts that are shown. */
export const countedValuesMax = 64;

export const sweepPointsMax = 201;
