/**
 * What a simulator carries out: each unitary operation of a circuit as a dense matrix, a diagonal or a
 * permutation on some qubits, under controls. Names, definitions and powers are resolved here.
 */
import type { Control, GateDefinition, Operation } from "./circuit.ts";
import { standardGates } from "./gates/standard-gates.ts";
import {
  controlsMax,
  definedPrimitivesMax,
  definitionDepthMax,
  unitaryQubitsMax,
} from "./limits.ts";
import { Matrix } from "./matrix.ts";

export type Primitive =
  | {
      readonly kind: "dense";
      readonly matrix: Matrix;
      readonly qubits: readonly number[];
      readonly controls: readonly Control[];
    }
  /** e^(i angle) of each basis state of the qubits, interleaved. */
  | {
      readonly kind: "diagonal";
      readonly factors: Float64Array;
      readonly qubits: readonly number[];
      readonly controls: readonly Control[];
    }
  /** Basis state j of the qubits becomes `images[j]`. */
  | {
      readonly kind: "permutation";
      readonly images: readonly number[];
      readonly qubits: readonly number[];
      readonly controls: readonly Control[];
    };

/** An operation that makes no sense; its message says what would. */
export class CircuitError extends RangeError {
  override readonly name = "CircuitError";
}

type Definitions = ReadonlyMap<string, GateDefinition>;

/** Operations that are not unitary, whose meaning is the runner's business. */
type Unitary = Extract<
  Operation,
  { kind: "gate" | "global-phase" | "unitary" | "diagonal" | "permutation" }
>;

export function isUnitaryOperation(operation: Operation): operation is Unitary {
  const { kind } = operation;
  return (
    kind === "gate" ||
    kind === "global-phase" ||
    kind === "unitary" ||
    kind === "diagonal" ||
    kind === "permutation"
  );
}

/** @throws CircuitError for an unknown gate, a wrong count of qubits or parameters, a repeated qubit */
export function primitivesOf(
  operation: Unitary,
  definitions: Definitions = new Map(),
  depth = 0,
): readonly Primitive[] {
  const controls = operation.controls ?? [];
  switch (operation.kind) {
    case "gate":
      return gatePrimitives(operation, definitions, depth);
    case "global-phase": {
      const { angle } = operation;
      const factors = Float64Array.of(Math.cos(angle), Math.sin(angle));
      return [checked({ kind: "diagonal", factors, qubits: [], controls })];
    }
    case "unitary": {
      const { elements, qubits, label } = operation;
      const matrix = matrixOf(elements, qubits.length, label);
      return [checked(classified(matrix, qubits, controls))];
    }
    case "diagonal": {
      const { angles, qubits, label } = operation;
      requireCount(label, "angles", angles.length, 2 ** qubits.length);
      const factors = Float64Array.from({ length: 2 * angles.length }, (_, at) => {
        const angle = angles[at >> 1]!;
        return at % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
      });
      return [checked({ kind: "diagonal", factors, qubits, controls })];
    }
    default: {
      const { images, qubits, label } = operation;
      requireCount(label, "images", images.length, 2 ** qubits.length);
      if (new Set(images).size !== images.length || images.some((at) => !(at in images))) {
        throw new CircuitError(`${label} is no permutation: each basis state is one image, once`);
      }
      return [checked({ kind: "permutation", images, qubits, controls })];
    }
  }
}

function gatePrimitives(
  operation: Extract<Operation, { kind: "gate" }>,
  definitions: Definitions,
  depth: number,
): readonly Primitive[] {
  const { name, parameters, qubits, controls = [], power = 1 } = operation;
  const known = standardGates.get(name);
  if (known === undefined) return definedPrimitives(operation, definitions, depth);
  requireCount(name, "parameters", parameters.length, known.parameters.length);
  requireCount(name, "qubits", qubits.length, known.controls + known.targets);
  const own = qubits.slice(0, known.controls).map((qubit) => ({ qubit, value: 1 }) as const);
  const matrix = known.matrix(...parameters);
  const raised = power === 1 ? matrix : matrix.power(power);
  return [checked(classified(raised, qubits.slice(known.controls), [...own, ...controls]))];
}

/** The body of a definition, its qubits replaced by the arguments. */
function definedPrimitives(
  operation: Extract<Operation, { kind: "gate" }>,
  definitions: Definitions,
  depth: number,
): readonly Primitive[] {
  const { name, qubits, controls = [], power = 1 } = operation;
  if (depth >= definitionDepthMax) {
    throw new CircuitError(
      `definitions nest deeper than ${definitionDepthMax}: does ${name} use itself?`,
    );
  }
  const definition = definitions.get(name);
  if (definition === undefined) {
    throw new CircuitError(
      `there is no gate ${name}: choose one of ${[...standardGates.keys()].join(", ")}, or define it`,
    );
  }
  requireCount(name, "qubits", qubits.length, definition.qubits);
  const body: Primitive[] = [];
  const repeats = Number.isInteger(power) ? Math.max(1, Math.abs(power)) : 1;
  for (const inner of definition.body) {
    if (inner.kind === "barrier") continue;
    if (!isUnitaryOperation(inner)) {
      throw new CircuitError(`the gate ${name} holds ${inner.kind}, which is not unitary`);
    }
    body.push(...primitivesOf(inner, definitions, depth + 1));
    if (body.length * repeats > definedPrimitivesMax) {
      throw new CircuitError(
        `the gate ${name} stands for more than ${definedPrimitivesMax} operations: repeat smaller ones`,
      );
    }
  }
  if (!Number.isInteger(power)) {
    const matrix = matrixOfBody(body, definition).power(power);
    return [checked(classified(matrix, qubits, controls))];
  }
  const once = power < 0 ? body.toReversed().map(inverseOf) : body;
  const placed = once.map((primitive) => placeAt(primitive, qubits, controls));
  return Array.from({ length: Math.abs(power) }, () => placed).flat();
}

/** A fractional power needs the whole matrix. */
function matrixOfBody(body: readonly Primitive[], { name, qubits }: GateDefinition): Matrix {
  if (qubits > unitaryQubitsMax) {
    throw new CircuitError(
      `a fractional power of ${name} on ${qubits} qubits: such powers go up to ${unitaryQubitsMax} qubits`,
    );
  }
  return body.reduce(
    (product, primitive) => denseOf(primitive, qubits).multiply(product),
    Matrix.identity(2 ** qubits),
  );
}

function placeAt(
  primitive: Primitive,
  qubits: readonly number[],
  controls: readonly Control[],
): Primitive {
  const at = (qubit: number): number => qubits[qubit]!;
  const inner = primitive.controls.map(({ qubit, value }) => ({ qubit: at(qubit), value }));
  return checked({
    ...primitive,
    qubits: primitive.qubits.map(at),
    controls: [...inner, ...controls],
  });
}

export function inverseOf(primitive: Primitive): Primitive {
  switch (primitive.kind) {
    case "dense":
      return { ...primitive, matrix: primitive.matrix.adjoint() };
    case "diagonal":
      return {
        ...primitive,
        factors: primitive.factors.map((value, at) => (at % 2 === 0 ? value : -value)),
      };
    default: {
      const images = primitive.images.map((_, at) => primitive.images.indexOf(at));
      return { ...primitive, images };
    }
  }
}

/** The whole matrix on `qubits` qubits, for oracles and fractional powers of small definitions. */
export function denseOf(primitive: Primitive, qubits: number): Matrix {
  const size = 2 ** qubits;
  const whole = new Matrix(size);
  for (let column = 0; column < size; column++) {
    const acts = primitive.controls.every(({ qubit, value }) => ((column >> qubit) & 1) === value);
    if (!acts) {
      whole.set(column, column, 1, 0);
      continue;
    }
    let local = 0;
    for (const [place, qubit] of primitive.qubits.entries()) {
      local |= ((column >> qubit) & 1) << place;
    }
    for (let row = 0; row < 2 ** primitive.qubits.length; row++) {
      const [re, im] = elementOf(primitive, row, local);
      if (re === 0 && im === 0) continue;
      let target = column;
      for (const [place, qubit] of primitive.qubits.entries()) {
        target = (target & ~(1 << qubit)) | (((row >> place) & 1) << qubit);
      }
      whole.set(target, column, re, im);
    }
  }
  return whole;
}

function elementOf(primitive: Primitive, row: number, column: number): readonly [number, number] {
  switch (primitive.kind) {
    case "dense":
      return [primitive.matrix.re(row, column), primitive.matrix.im(row, column)];
    case "diagonal":
      if (row !== column) return [0, 0];
      return [primitive.factors[2 * row]!, primitive.factors[2 * row + 1]!];
    default:
      return [primitive.images[column] === row ? 1 : 0, 0];
  }
}

/** Diagonals and permutations cost less than dense matrices. */
export function classified(
  matrix: Matrix,
  qubits: readonly number[],
  controls: readonly Control[],
): Primitive {
  const images: number[] = [];
  const factors = new Float64Array(2 * matrix.size);
  let isDiagonal = true;
  let isPermutation = true;
  for (let column = 0; column < matrix.size; column++) {
    for (let row = 0; row < matrix.size; row++) {
      const [re, im] = [matrix.re(row, column), matrix.im(row, column)];
      if (re === 0 && im === 0) continue;
      if (re !== 1 || im !== 0) isPermutation = false;
      if (row !== column) isDiagonal = false;
      images[column] = row;
      factors[2 * row] = re;
      factors[2 * row + 1] = im;
    }
  }
  if (isDiagonal) return { kind: "diagonal", factors, qubits, controls };
  if (isPermutation) return { kind: "permutation", images, qubits, controls };
  return { kind: "dense", matrix, qubits, controls };
}

function matrixOf(elements: readonly number[], qubits: number, label: string): Matrix {
  if (qubits > unitaryQubitsMax) {
    throw new CircuitError(
      `${label} acts on ${qubits} qubits: matrices go up to ${unitaryQubitsMax}; use a diagonal or a permutation, or a gate made of smaller ones`,
    );
  }
  requireCount(label, "numbers", elements.length, 2 * 4 ** qubits);
  const matrix = new Matrix(2 ** qubits, Float64Array.from(elements));
  if (!matrix.isUnitary()) {
    throw new CircuitError(`${label} is not unitary: U^dagger U must be the identity`);
  }
  return matrix;
}

function requireCount(name: string, what: string, given: number, needed: number): void {
  if (given === needed) return;
  throw new CircuitError(`${name} takes ${needed} ${what}, and ${given} are given`);
}

function checked(primitive: Primitive): Primitive {
  const all = [...primitive.qubits, ...primitive.controls.map(({ qubit }) => qubit)];
  if (new Set(all).size !== all.length) {
    throw new CircuitError(`an operation names qubit ${repeated(all)} twice`);
  }
  if (primitive.controls.length > controlsMax) {
    throw new CircuitError(`an operation has at most ${controlsMax} controls`);
  }
  return primitive;
}

function repeated(values: readonly number[]): number | undefined {
  return values.find((value, at) => values.indexOf(value) !== at);
}
