/** The first circuits of every course: entangled states, and what two who share one can do with it. */
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";

/** (|00> + |11>) / sqrt(2), and its three sisters by a Z or an X more (Nielsen and Chuang 1.3.6). */
export function bellState(kind: "phi+" | "phi-" | "psi+" | "psi-" = "phi+"): Circuit {
  const operations: Operation[] = [gate("h", [0]), gate("cx", [0, 1])];
  if (kind.startsWith("psi")) operations.push(gate("x", [1]));
  if (kind.endsWith("-")) operations.push(gate("z", [0]));
  return circuitOf(2, operations);
}

/** (|0...0> + |1...1>) / sqrt(2) (Greenberger, Horne and Zeilinger 1989). */
export function ghzState(qubits: number): Circuit {
  const spread = Array.from({ length: qubits - 1 }, (_, at) => gate("cx", [at, at + 1]));
  return circuitOf(qubits, [gate("h", [0]), ...spread]);
}

/**
 * The equal sum of all states with a single 1 (Duer, Vidal and Cirac 2000): the 1 starts at qubit 0, and
 * at each step leaves the right share behind.
 */
export function wState(qubits: number): Circuit {
  const operations: Operation[] = [gate("x", [0])];
  for (let at = 0; at + 1 < qubits; at++) {
    // Of the weight that is still here, one part in (qubits - at) stays.
    const stay = Math.sqrt(1 / (qubits - at));
    operations.push(gate("cry", [at, at + 1], [2 * Math.acos(stay)]), gate("cx", [at + 1, at]));
  }
  return circuitOf(qubits, operations);
}

/**
 * Qubit 0, in the state U(theta, phi, lambda)|0>, reappears at qubit 2, by way of two measured bits
 * (Bennett et al. 1993; Nielsen and Chuang 1.3.7).
 */
export function teleportation(theta: number, phi: number, lambda: number): Circuit {
  const when = (bit: number, operation: Operation): Operation => ({
    kind: "if",
    condition: { kind: "compare", bits: [bit], operator: "==", value: 1 },
    whenTrue: [operation],
    whenFalse: [],
  });
  return circuitOf(
    3,
    [
      gate("u", [0], [theta, phi, lambda]),
      gate("h", [1]),
      gate("cx", [1, 2]),
      gate("cx", [0, 1]),
      gate("h", [0]),
      { kind: "measure", qubit: 0, bit: 0 },
      { kind: "measure", qubit: 1, bit: 1 },
      when(1, gate("x", [2])),
      when(0, gate("z", [2])),
    ],
    2,
  );
}

/** Two bits in one qubit, of a pair that was shared before (Bennett and Wiesner 1992). */
export function superdenseCoding(high: 0 | 1, low: 0 | 1): Circuit {
  return circuitOf(
    2,
    [
      gate("h", [0]),
      gate("cx", [0, 1]),
      ...(low === 1 ? [gate("x", [0])] : []),
      ...(high === 1 ? [gate("z", [0])] : []),
      gate("cx", [0, 1]),
      gate("h", [0]),
      { kind: "measure", qubit: 0, bit: 1 },
      { kind: "measure", qubit: 1, bit: 0 },
    ],
    2,
  );
}
