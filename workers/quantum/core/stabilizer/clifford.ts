/**
 * Clifford operations as what they make of Paulis: U P U^dagger is a Pauli again, up to its sign. It is
 * computed from the matrix, so every gate that is Clifford is found, whatever its name, power or angle.
 */
import { bodiesOf, type Circuit, type GateDefinition, type Operation } from "../circuit.ts";
import { Matrix } from "../matrix.ts";
import { denseOf, isUnitaryOperation, type Primitive, primitivesOf } from "../primitive.ts";
import type { Tableau } from "./tableau.ts";

/**
 * Paulis on k qubits are numbers: the X part is the low k bits, the Z part the high ones, and both on
 * one qubit are Y.
 */
export interface CliffordAction {
  readonly qubits: readonly number[];
  /** The Pauli that each Pauli becomes. */
  readonly images: Uint8Array;
  /** 1 where the image stands with a minus. */
  readonly signs: Uint8Array;
}

/** No common Clifford gate is on more; the matrix of a Pauli's image has 4^k elements. */
const cliffordQubitsMax = 3;
const tolerance = 1e-9;

/** How a tableau carries out the operation; null when it is not Clifford. */
export function cliffordOf(
  operation: Operation,
  definitions: ReadonlyMap<string, GateDefinition> = new Map(),
): ((tableau: Tableau) => void) | null {
  if (operation.kind === "barrier") return () => undefined;
  const actions = cliffordActionsOf(operation, definitions);
  if (actions === null) return null;
  return (tableau) => {
    for (const action of actions) tableau.apply(action);
  };
}

/**
 * Up to a global phase, which no measurement shows.
 * @throws CircuitError for an operation that makes no sense
 */
export function cliffordActionsOf(
  operation: Operation,
  definitions: ReadonlyMap<string, GateDefinition>,
): readonly CliffordAction[] | null {
  if (!isUnitaryOperation(operation)) return null;
  const actions: CliffordAction[] = [];
  for (const primitive of primitivesOf(operation, definitions)) {
    const action = actionOf(primitive);
    if (action === null) return null;
    if (action.qubits.length > 0) actions.push(action);
  }
  return actions;
}

/** The first operation that no stabilizer state survives; null when there is none. */
export function firstOutsideStabilizers(
  { operations }: Pick<Circuit, "operations">,
  definitions: ReadonlyMap<string, GateDefinition>,
): Operation | null {
  for (const operation of operations) {
    const found = outside(operation, definitions);
    if (found !== null) return found;
  }
  return null;
}

function outside(
  operation: Operation,
  definitions: ReadonlyMap<string, GateDefinition>,
): Operation | null {
  switch (operation.kind) {
    case "measure":
    case "reset":
    case "assign":
    case "barrier":
      return null;
    case "noise": {
      const { kind } = operation.channel;
      return kind === "pauli" || kind === "depolarising" || kind === "loss" ? null : operation;
    }
    case "if":
    case "while":
    case "repeat":
    case "switch":
      return firstOutsideStabilizers({ operations: bodiesOf(operation).flat() }, definitions);
    case "initialise":
      return operation;
    default:
      return cliffordActionsOf(operation, definitions) === null ? operation : null;
  }
}

function actionOf(primitive: Primitive): CliffordAction | null {
  const qubits = [...primitive.qubits, ...primitive.controls.map(({ qubit }) => qubit)];
  const count = qubits.length;
  if (count > cliffordQubitsMax) return null;
  const unitary = denseOf(
    {
      ...primitive,
      qubits: primitive.qubits.map((_, at) => at),
      controls: primitive.controls.map(({ value }, at) => {
        return { qubit: primitive.qubits.length + at, value };
      }),
    },
    count,
  );
  const adjoint = unitary.adjoint();
  const images = new Uint8Array(4 ** count);
  const signs = new Uint8Array(4 ** count);
  for (let pauli = 1; pauli < images.length; pauli++) {
    const image = pauliOf(unitary.multiply(matrixOf(pauli, count)).multiply(adjoint), count);
    if (image === null) return null;
    images[pauli] = image.pauli;
    signs[pauli] = image.sign;
  }
  return { qubits, images, signs };
}

/** i^|x and z| X^x Z^z, which is Hermitian. */
function matrixOf(pauli: number, count: number): Matrix {
  const matrix = new Matrix(2 ** count);
  const [x, z] = [pauli & (matrix.size - 1), pauli >> count];
  const [re, im] = quarterTurn(bitsIn(x & z));
  for (let basis = 0; basis < matrix.size; basis++) {
    const sign = bitsIn(z & basis) % 2 === 0 ? 1 : -1;
    matrix.set(basis ^ x, basis, sign * re, sign * im);
  }
  return matrix;
}

/** The Pauli that a matrix is, with its sign; null for any other matrix. */
function pauliOf(matrix: Matrix, count: number): { pauli: number; sign: 0 | 1 } | null {
  const { size } = matrix;
  const isNear = (value: number, wanted: number) => Math.abs(value - wanted) < tolerance;
  const x = Array.from({ length: size }, (_, row) => row).find(
    (row) => Math.hypot(matrix.re(row, 0), matrix.im(row, 0)) > 0.5,
  );
  if (x === undefined) return null;
  let z = 0;
  for (let bit = 0; bit < count; bit++) {
    const basis = 1 << bit;
    const product =
      matrix.re(x, 0) * matrix.re(x ^ basis, basis) + matrix.im(x, 0) * matrix.im(x ^ basis, basis);
    if (product < 0) z |= basis;
  }
  const pauli = x | (z << count);
  const positive = matrixOf(pauli, count);
  for (const sign of [1, -1]) {
    if (matrix.data.every((value, at) => isNear(value, sign * positive.data[at]!))) {
      return { pauli, sign: sign === 1 ? 0 : 1 };
    }
  }
  return null;
}

function quarterTurn(turns: number): readonly [number, number] {
  return (
    [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ] as const
  )[turns % 4]!;
}

function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
