/** Every bound of the quantum core. */

/** A dense state of 26 qubits in float64 takes 1 GiB; one more no longer fits a worker thread. */
export const stateVectorQubitsMax = 26;
