/** Circuits to test simulators with: every kind of primitive, on any qubits, with any controls. */
import type { Random } from "../../cluster/random.ts";
import { Matrix } from "./matrix.ts";
import { standardGates } from "./gates/standard-gates.ts";
import { unitaryQubitsMax } from "./limits.ts";
import { type Primitive, primitivesOf } from "./primitive.ts";

export function randomPrimitives(
  random: Random,
  qubits: number,
  count: number,
): readonly Primitive[] {
  return Array.from({ length: count }, () => primitivesOf(randomOperation(random, qubits))).flat();
}

type Unitary = Parameters<typeof primitivesOf>[0];

export function randomOperation(random: Random, qubits: number): Unitary {
  const order = random.shuffle(Array.from({ length: qubits }, (_, qubit) => qubit));
  const angle = () => (2 * random.float() - 1) * Math.PI;
  const controlsFrom = (first: number) =>
    order
      .slice(first, first + random.below(3))
      .map((qubit) => ({ qubit, value: random.chance(0.5) ? 0 : 1 }) as const);
  if (random.chance(0.6)) {
    const fitting = [...standardGates.values()].filter(
      ({ controls, targets }) => controls + targets <= qubits,
    );
    const { name, parameters, controls, targets } = random.pick(fitting);
    return {
      kind: "gate",
      name,
      parameters: parameters.map(angle),
      qubits: order.slice(0, controls + targets),
      controls: controlsFrom(controls + targets),
      power: random.chance(0.25) ? 2 * random.float() - 1 : 1,
    };
  }
  const size = 1 + random.below(Math.min(unitaryQubitsMax, qubits));
  const placed = { qubits: order.slice(0, size), controls: controlsFrom(size), label: "any" };
  switch (random.below(4)) {
    case 0:
      return { kind: "diagonal", angles: Array.from({ length: 2 ** size }, angle), ...placed };
    case 1: {
      const images = random.shuffle(Array.from({ length: 2 ** size }, (_, image) => image));
      return { kind: "permutation", images, ...placed };
    }
    case 2:
      return { kind: "global-phase", angle: angle(), controls: controlsFrom(0) };
    default:
      return { kind: "unitary", elements: [...randomUnitary(random, 2 ** size).data], ...placed };
  }
}

/** Random columns made orthogonal by Gram and Schmidt, twice for their rounding. */
function randomUnitary(random: Random, size: number): Matrix {
  const columns = Array.from({ length: size }, () =>
    Float64Array.from({ length: 2 * size }, () => random.float() - 0.5),
  );
  for (const [place, column] of columns.entries()) {
    for (const other of [...columns.slice(0, place), ...columns.slice(0, place)]) {
      let [re, im] = [0, 0];
      for (let at = 0; at < 2 * size; at += 2) {
        re += other[at]! * column[at]! + other[at + 1]! * column[at + 1]!;
        im += other[at]! * column[at + 1]! - other[at + 1]! * column[at]!;
      }
      for (let at = 0; at < 2 * size; at += 2) {
        column[at]! -= re * other[at]! - im * other[at + 1]!;
        column[at + 1]! -= re * other[at + 1]! + im * other[at]!;
      }
    }
    const norm = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0));
    for (let at = 0; at < 2 * size; at++) column[at]! /= norm;
  }
  const matrix = new Matrix(size);
  for (const [place, column] of columns.entries()) {
    for (let row = 0; row < size; row++) {
      matrix.set(row, place, column[2 * row]!, column[2 * row + 1]!);
    }
  }
  return matrix;
}
