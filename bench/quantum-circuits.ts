/** The circuits of the quantum benchmark, seeded. */
import { Random } from "../workers/cluster/random.ts";
import { gate, type GateOperation } from "../workers/quantum/core/circuit.ts";

const random = new Random(20);
const angle = (): number => 2 * Math.PI * random.float();

/**
 * The quantum circuit Born machine of the yardstiq comparison: 10 rings of CX between layers of
 * rotations, 41 gates for each qubit.
 */
export function bornMachine(qubits: number): readonly GateOperation[] {
  const all = Array.from({ length: qubits }, (_, qubit) => qubit);
  const turn = (...names: string[]) =>
    all.flatMap((qubit) => names.map((name) => gate(name, [qubit], [angle()])));
  const ring = all.map((qubit) => gate("cx", [qubit, (qubit + 1) % qubits]));
  const middle = Array.from({ length: 9 }, () => [...ring, ...turn("rz", "rx", "rz")]);
  return [...turn("rx", "rz"), ...middle.flat(), ...ring, ...turn("rz", "rx")];
}

/**
 * Layers on a grid of `columns`: a general gate with random angles on every qubit, then CZ on
 * neighbours: even columns, odd columns, even rows, odd rows in turn.
 */
export function gridCircuit(
  qubits: number,
  columns: number,
  depth: number,
): readonly GateOperation[] {
  const all = Array.from({ length: qubits }, (_, qubit) => qubit);
  return Array.from({ length: depth }, (_unused, layer) => {
    const isHorizontal = layer % 4 < 2;
    const pairs = all
      .map((qubit) => ({ qubit, column: qubit % columns, row: Math.floor(qubit / columns) }))
      .filter(({ column, row }) => (isHorizontal ? column : row) % 2 === layer % 2)
      .filter(({ column, qubit }) =>
        isHorizontal ? column + 1 < columns : qubit + columns < qubits,
      )
      .map(({ qubit }) => gate("cz", [qubit, qubit + (isHorizontal ? 1 : columns)]));
    return [...all.map((qubit) => gate("u", [qubit], [angle(), angle(), angle()])), ...pairs];
  }).flat();
}

/** Two layers of H, T and RX on all qubits, each followed by a ladder of CX: what peers are given. */
export function ladderCircuit(qubits: number): readonly GateOperation[] {
  const all = Array.from({ length: qubits }, (_, qubit) => qubit);
  const layer = [
    ...all.flatMap((qubit) => [gate("h", [qubit]), gate("t", [qubit]), gate("rx", [qubit], [0.3])]),
    ...all.slice(1).map((qubit) => gate("cx", [qubit - 1, qubit])),
  ];
  return [...layer, ...layer];
}
