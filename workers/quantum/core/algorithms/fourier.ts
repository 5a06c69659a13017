/** The quantum Fourier transform and what stands on it (Nielsen and Chuang, chapter 5). */
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";
import { measurements, onAll } from "./oracles.ts";

/** |x> becomes the sum of e^(2 pi i x y / N) |y> / sqrt(N), on these qubits, the first lowest. */
export function fourier(qubits: readonly number[]): readonly Operation[] {
  const operations: Operation[] = [];
  for (let target = qubits.length - 1; target >= 0; target--) {
    operations.push(gate("h", [qubits[target]!]));
    for (let control = target - 1; control >= 0; control--) {
      const angle = Math.PI / 2 ** (target - control);
      operations.push(gate("cp", [qubits[control]!, qubits[target]!], [angle]));
    }
  }
  return [...operations, ...reversal(qubits)];
}

export function inverseFourier(qubits: readonly number[]): readonly Operation[] {
  const operations: Operation[] = [...reversal(qubits)];
  for (let target = 0; target < qubits.length; target++) {
    for (let control = 0; control < target; control++) {
      const angle = -Math.PI / 2 ** (target - control);
      operations.push(gate("cp", [qubits[control]!, qubits[target]!], [angle]));
    }
    operations.push(gate("h", [qubits[target]!]));
  }
  return operations;
}

function reversal(qubits: readonly number[]): readonly Operation[] {
  return Array.from({ length: Math.floor(qubits.length / 2) }, (_, at) =>
    gate("swap", [qubits[at]!, qubits[qubits.length - 1 - at]!]),
  );
}

export interface PhaseEstimation {
  /** Qubits that the phase is read from; its error is about 2^-counting. */
  readonly counting: number;
  /** Qubits of the operator, above the counting ones. */
  readonly targets: number;
  /** Puts the targets into an eigenstate, or into a sum of some. */
  readonly prepare: readonly Operation[];
  /** U^(2^power), under the control of a counting qubit. */
  readonly power: (power: number, control: number) => readonly Operation[];
}

/** Measures y, where the eigenvalue e^(2 pi i phase) has a phase of about y / 2^counting. */
export function phaseEstimation({ counting, targets, prepare, power }: PhaseEstimation): Circuit {
  const register = Array.from({ length: counting }, (_, at) => at);
  return circuitOf(
    counting + targets,
    [
      ...prepare,
      ...onAll(counting, "h"),
      ...register.flatMap((at) => power(at, at)),
      ...inverseFourier(register),
      ...measurements(counting),
    ],
    counting,
  );
}
