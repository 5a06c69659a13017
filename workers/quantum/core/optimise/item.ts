/** Operations as an optimiser sees them: what they act on, along which axes, and what they commute with. */
import { bodiesOf, type GateDefinition, type Operation } from "../circuit.ts";
import { isUnitaryOperation, type Primitive, primitivesOf } from "../primitive.ts";
import { requireQubits } from "../unitary-primitives.ts";
import { type Condition, type Turn, turnOf } from "./turn.ts";

/** X, Y and Z as bits: those that an operation commutes with on a qubit. */
const axes = { x: 1, y: 2, z: 4 } as const;
/** Elements of a matrix that differ by less are alike. */
export const elementTolerance = 1e-13;
/** Matrices of permutations on more qubits are not looked into. */
const inspectedQubitsMax = 5;

export interface Item {
  readonly operation: Operation;
  /** Of each qubit it acts on the Paulis that it commutes with, as bits. */
  readonly axes: ReadonlyMap<number, number>;
  readonly turn: Turn | Condition | null;
  /** Of an operation that is a single one. */
  readonly primitive: Primitive | null;
}

export interface Surroundings {
  readonly definitions: ReadonlyMap<string, GateDefinition>;
  readonly qubits: number;
}

/** @throws CircuitError for an operation that makes no sense */
export function itemOf(operation: Operation, surroundings: Surroundings): Item {
  const item = unchecked(operation, surroundings);
  requireQubits(item.axes.keys(), surroundings.qubits);
  return item;
}

function unchecked(operation: Operation, { definitions, qubits }: Surroundings): Item {
  if (!isUnitaryOperation(operation)) {
    const touched = qubitsOf(operation, qubits).map((qubit) => [qubit, 0] as const);
    return { operation, axes: new Map(touched), turn: null, primitive: null };
  }
  const primitives = primitivesOf(operation, definitions);
  const primitive = primitives.length > 1 ? phaseOfAll(primitives) : primitives[0];
  if (primitive !== undefined && primitives.length > 1) {
    return { operation, axes: new Map(), turn: null, primitive };
  }
  if (primitive === undefined || primitives.length !== 1) {
    const touched = primitives.flatMap((each) => [
      ...each.qubits,
      ...each.controls.map(({ qubit }) => qubit),
    ]);
    return {
      operation,
      axes: new Map(touched.map((qubit) => [qubit, 0])),
      turn: null,
      primitive: null,
    };
  }
  return { operation, axes: axesOf(primitive), turn: turnOf(operation), primitive };
}

/** Phases of everything, as one; undefined when something else is among them. */
function phaseOfAll(primitives: readonly Primitive[]): Primitive | undefined {
  let angle = 0;
  for (const { kind, qubits, controls, ...rest } of primitives) {
    if (kind !== "diagonal" || qubits.length + controls.length > 0) return undefined;
    const [re = 1, im = 0] = (rest as { readonly factors: Float64Array }).factors;
    angle += Math.atan2(im, re);
  }
  const factors = Float64Array.of(Math.cos(angle), Math.sin(angle));
  return { kind: "diagonal", factors, qubits: [], controls: [] };
}

/** Of what is not unitary. */
function qubitsOf(operation: Operation, qubits: number): readonly number[] {
  switch (operation.kind) {
    case "measure":
    case "reset":
      return [operation.qubit];
    case "if":
    case "while":
    case "repeat":
    case "switch":
      return bodiesOf(operation)
        .flat()
        .flatMap((each) => qubitsOf(each, qubits));
    case "global-phase":
      return (operation.controls ?? []).map(({ qubit }) => qubit);
    case "assign":
      // Bits are read and measured on any qubit: nothing passes.
      return Array.from({ length: qubits }, (_, qubit) => qubit);
    case "barrier":
      // A barrier that names none is one for all.
      return operation.qubits.length > 0
        ? operation.qubits
        : Array.from({ length: qubits }, (_, qubit) => qubit);
    case "noise":
    case "initialise":
      return operation.qubits;
    default:
      return [...operation.qubits, ...(operation.controls ?? []).map(({ qubit }) => qubit)];
  }
}

/**
 * On each shared qubit both keep the same Pauli: then both are block-diagonal in one basis of those
 * qubits, and the blocks act on different others.
 */
export function commute(a: Item, b: Item): boolean {
  const [fewer, more] = a.axes.size <= b.axes.size ? [a, b] : [b, a];
  for (const [qubit, kept] of fewer.axes) {
    const other = more.axes.get(qubit);
    if (other !== undefined && (kept & other) === 0) return false;
  }
  return true;
}

function axesOf(primitive: Primitive): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { qubit } of primitive.controls) found.set(qubit, axes.z);
  for (const [place, qubit] of primitive.qubits.entries()) {
    found.set(qubit, axesAt(primitive, place));
  }
  return found;
}

function axesAt(primitive: Primitive, place: number): number {
  if (primitive.kind === "diagonal") return axes.z;
  if (primitive.qubits.length > inspectedQubitsMax) return 0;
  const size = 2 ** primitive.qubits.length;
  const bit = 1 << place;
  let kept: number = axes.x | axes.y | axes.z;
  for (let row = 0; row < size && kept !== 0; row++) {
    for (let column = 0; column < size; column++) {
      const [re, im] = elementAt(primitive, row, column);
      // Turned round by X, the element comes from here; by Y, with a sign where the bits differ.
      const [flippedRe, flippedIm] = elementAt(primitive, row ^ bit, column ^ bit);
      const differ = ((row ^ column) & bit) !== 0;
      const isSame = Math.hypot(re - flippedRe, im - flippedIm) < elementTolerance;
      const isOpposite = Math.hypot(re + flippedRe, im + flippedIm) < elementTolerance;
      if (!isSame) kept &= ~axes.x;
      if (!(differ ? isOpposite : isSame)) kept &= ~axes.y;
      if (differ && Math.hypot(re, im) >= elementTolerance) kept &= ~axes.z;
    }
  }
  return kept;
}

function elementAt(primitive: Primitive, row: number, column: number): readonly [number, number] {
  if (primitive.kind === "dense") {
    return [primitive.matrix.re(row, column), primitive.matrix.im(row, column)];
  }
  if (primitive.kind === "permutation") return [primitive.images[column] === row ? 1 : 0, 0];
  return row === column ? [primitive.factors[2 * row]!, primitive.factors[2 * row + 1]!] : [0, 0];
}
