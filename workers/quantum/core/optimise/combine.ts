/** Two operations, one right behind the other, as one or none. */
import type { Operation } from "../circuit.ts";
import { Matrix } from "../matrix.ts";
import { denseOf, type Primitive } from "../primitive.ts";
import { elementTolerance, type Item } from "./item.ts";
import {
  conditionAsOperation,
  nothingOf,
  type Replacement,
  sameControls,
  sorted,
  sumOf,
} from "./turn.ts";

const nothing: Replacement = { operation: null, phase: 0 };
/** Products of matrices on more qubits cost more than they find. */
const multipliedQubitsMax = 4;

/** What takes the place of `first` and then `second`; null when that is no shorter. */
export function combined(first: Item, second: Item): Replacement | null {
  if (first.turn !== null && second.turn !== null) {
    const sum = sumOf(first.turn, second.turn);
    if (sum !== null) return sum;
  }
  if (isPowerAndInverse(first.operation, second.operation)) return nothing;
  return joined(first.operation, second.operation) ?? cancelled(first.primitive, second.primitive);
}

/** What takes the place of an operation that does nothing, but for a phase; null when it does something. */
export function vanished({ turn, operation, primitive, axes }: Item): Replacement | null {
  if (turn !== null) return nothingOf(turn);
  // A gate whose definition is empty, or a phase of everything.
  if (operation.kind === "gate" && axes.size === 0) {
    if (primitive?.kind !== "diagonal") return nothing;
    const [re = 1, im = 0] = primitive.factors;
    return { operation: null, phase: Math.atan2(im, re) };
  }
  if (operation.kind === "gate" && operation.power === 0) return nothing;
  if (operation.kind === "permutation" && operation.images.every((image, at) => image === at)) {
    return nothing;
  }
  if (operation.kind === "diagonal" && operation.angles.every((angle) => angle === 0)) {
    return nothing;
  }
  if (primitive === null || primitive.qubits.length > multipliedQubitsMax) return null;
  return phaseOf(localMatrix(primitive), primitive);
}

/** U^p and then U^-p, whatever U is: also gates that the circuit defines. */
function isPowerAndInverse(first: Operation, second: Operation): boolean {
  if (first.kind !== "gate" || second.kind !== "gate") return false;
  return (
    first.name === second.name &&
    (first.power ?? 1) === -(second.power ?? 1) &&
    sameNumbers(first.parameters, second.parameters) &&
    sameNumbers(first.qubits, second.qubits) &&
    sameControls(sorted(first.controls ?? []), sorted(second.controls ?? []))
  );
}

/** Diagonals of the same qubits, and permutations of the same qubits. */
function joined(first: Operation, second: Operation): Replacement | null {
  if (first.kind !== "diagonal" && first.kind !== "permutation") return null;
  if (second.kind !== first.kind || !sameNumbers(first.qubits, second.qubits)) return null;
  if (!sameControls(sorted(first.controls ?? []), sorted(second.controls ?? []))) return null;
  if (first.kind === "diagonal" && second.kind === "diagonal") {
    const angles = first.angles.map((angle, at) => angle + second.angles[at]!);
    return { operation: { ...first, angles }, phase: 0 };
  }
  if (first.kind !== "permutation" || second.kind !== "permutation") return null;
  const images = first.images.map((image) => second.images[image]!);
  return { operation: { ...first, images }, phase: 0 };
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

/** Inverses of one another, but for a phase. */
function cancelled(first: Primitive | null, second: Primitive | null): Replacement | null {
  if (first === null || second === null) return null;
  if (first.qubits.length !== second.qubits.length) return null;
  if (first.qubits.length > multipliedQubitsMax) return null;
  if (!first.qubits.every((qubit) => second.qubits.includes(qubit))) return null;
  if (!sameControls(sorted(first.controls), sorted(second.controls))) return null;
  return phaseOf(localMatrix(second).multiply(localMatrix(first)), first);
}

/** The matrix of the qubits alone, the lowest first. */
export function localMatrix(primitive: Primitive): Matrix {
  const order = primitive.qubits.toSorted((a, b) => a - b);
  const qubits = primitive.qubits.map((qubit) => order.indexOf(qubit));
  return denseOf({ ...primitive, qubits, controls: [] }, qubits.length);
}

/** A matrix that is a phase and nothing else, under the controls of the primitive. */
function phaseOf(matrix: Matrix, { controls }: Primitive): Replacement | null {
  const [re, im] = [matrix.re(0, 0), matrix.im(0, 0)];
  const phase = Matrix.identity(matrix.size).scale(re, im);
  if (matrix.distance(phase) >= elementTolerance) return null;
  return conditionAsOperation(sorted(controls), Math.atan2(im, re));
}
