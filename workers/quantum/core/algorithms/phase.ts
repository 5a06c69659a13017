/** Phase estimation of a phase gate, with many counting qubits or with one that is used again. */
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";
import { phaseEstimation } from "./fourier.ts";

/** Reads the eigenvalue e^(2 pi i phase) of P(2 pi phase) in |1> (Nielsen and Chuang 5.2). */
export function phaseOfGate(phase: number, counting: number): Circuit {
  return phaseEstimation({
    counting,
    targets: 1,
    prepare: [gate("x", [counting])],
    power: (power, control) => [
      gate("cp", [control, counting], [2 * Math.PI * phase * 2 ** power]),
    ],
  });
}

/**
 * The same digits with the same chances from one qubit that is measured and reset again and again: the
 * lowest digit first, each of which turns those that follow (Griffiths and Niu 1996; Dobsicek et al.
 * 2007). Qubit 0 counts, qubit 1 holds the eigenstate.
 */
export function iterativePhase(phase: number, counting: number): Circuit {
  const operations: Operation[] = [gate("x", [1])];
  for (let bit = 0; bit < counting; bit++) {
    const power = 2 ** (counting - 1 - bit);
    operations.push(
      { kind: "reset", qubit: 0 },
      gate("h", [0]),
      gate("cp", [0, 1], [2 * Math.PI * phase * power]),
    );
    for (let known = 0; known < bit; known++) {
      operations.push({
        kind: "if",
        condition: { kind: "compare", bits: [known], operator: "==", value: 1 },
        whenTrue: [gate("p", [0], [-Math.PI / 2 ** (bit - known)])],
        whenFalse: [],
      });
    }
    operations.push(gate("h", [0]), { kind: "measure", qubit: 0, bit });
  }
  return circuitOf(2, operations, counting);
}
