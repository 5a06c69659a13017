/** Operations without a name in other languages, as gates of the table and phases under controls. */
import type { Control, Operation } from "./circuit.ts";
import { unitaryQubitsMax } from "./limits.ts";
import { Matrix } from "./matrix.ts";
import { CircuitError } from "./primitive.ts";

type Nameless = Extract<Operation, { kind: "unitary" | "diagonal" | "permutation" | "initialise" }>;

/** Angles below this are rounding. */
const angleMin = 1e-15;

/** Exact up to rounding, the global phase included. */
export function decomposed(operation: Nameless): readonly Operation[] {
  switch (operation.kind) {
    case "unitary": {
      const { qubits, elements, label, controls = [] } = operation;
      if (qubits.length > unitaryQubitsMax || elements.length !== 2 * 4 ** qubits.length) {
        throw new CircuitError(`${label} is no matrix on 1 to ${unitaryQubitsMax} qubits`);
      }
      return ofUnitary(
        new Matrix(2 ** qubits.length, Float64Array.from(elements)),
        qubits,
        controls,
      );
    }
    case "diagonal":
      return ofDiagonal(operation.angles, operation.qubits, operation.controls ?? []);
    case "permutation":
      return ofPermutation(operation.images, operation.qubits, operation.controls ?? []);
    default: {
      const { qubits, amplitudes } = operation;
      const resets = qubits.map((qubit): Operation => ({ kind: "reset", qubit }));
      return [...resets, ...ofState(amplitudes, qubits)];
    }
  }
}

/** A one-qubit unitary is e^(i alpha) U(theta, phi, lambda) (Nielsen and Chuang, theorem 4.1). */
export function ofOneQubit(
  matrix: Matrix,
  qubit: number,
  controls: readonly Control[],
): readonly Operation[] {
  const magnitude = (row: number, column: number) =>
    Math.hypot(matrix.re(row, column), matrix.im(row, column));
  const argument = (row: number, column: number) =>
    Math.atan2(matrix.im(row, column), matrix.re(row, column));
  const theta = 2 * Math.atan2(magnitude(1, 0), magnitude(0, 0));
  const isDiagonal = magnitude(1, 0) < 1e-12;
  const isFlip = magnitude(0, 0) < 1e-12;
  // Where the cosine vanishes the phases are those of the other diagonal, and lambda is free.
  const alpha = isFlip ? argument(0, 1) - Math.PI : argument(0, 0);
  const phi = isDiagonal ? 0 : argument(1, 0) - alpha;
  const lambda = isFlip
    ? 0
    : isDiagonal
      ? argument(1, 1) - alpha
      : argument(0, 1) - Math.PI - alpha;
  const placing = controls.length === 0 ? {} : { controls };
  const phase: Operation = { kind: "global-phase", angle: wrapped(alpha), ...placing };
  const parameters = [theta, wrapped(phi), wrapped(lambda)];
  const isIdentity = parameters.every((angle) => Math.abs(angle) < angleMin);
  const rotation: Operation = { kind: "gate", name: "u", parameters, qubits: [qubit], ...placing };
  return [...(Math.abs(phase.angle) < angleMin ? [] : [phase]), ...(isIdentity ? [] : [rotation])];
}

/** Into (-pi, pi]. */
function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.ceil(angle / (2 * Math.PI) - 0.5);
}

/** Controls that hold where the qubits, but for `except`, have the bits of a basis state. */
function at(state: number, qubits: readonly number[], except = -1): readonly Control[] {
  return qubits.flatMap((qubit, place): readonly Control[] =>
    place === except ? [] : [{ qubit, value: ((state >> place) & 1) as 0 | 1 }],
  );
}

const gray = (index: number): number => index ^ (index >> 1);

/**
 * By rotations between neighbours of the Gray code, each one qubit's under controls on all others
 * (Nielsen and Chuang 4.5.1 and 4.5.2): they clear the matrix below its diagonal, which then remains.
 */
export function ofUnitary(
  matrix: Matrix,
  qubits: readonly number[],
  controls: readonly Control[] = [],
): readonly Operation[] {
  if (qubits.length === 1) return ofOneQubit(matrix, qubits[0]!, controls);
  const { size } = matrix;
  const rest = matrix.scale(1);
  const undone: (readonly Operation[])[] = [];
  for (let column = 0; column < size - 1; column++) {
    for (let row = size - 1; row > column; row--) {
      const step = neighbours(gray(row - 1), gray(row));
      const rotation = clearing(rest, step, gray(column));
      if (rotation === undefined) continue;
      rotateRows(rest, rotation, step);
      const outer = [...controls, ...at(step.low, qubits, step.place)];
      undone.push(ofOneQubit(oriented(rotation.adjoint(), step), qubits[step.place]!, outer));
    }
  }
  const angles = Array.from({ length: size }, (_, state) =>
    Math.atan2(rest.im(state, state), rest.re(state, state)),
  );
  return [...ofDiagonal(angles, qubits, controls), ...undone.toReversed().flat()];
}

interface Step {
  /** What stays and what is cleared. */
  readonly kept: number;
  readonly cleared: number;
  /** The one that has 0 where they differ. */
  readonly low: number;
  readonly place: number;
}

function neighbours(kept: number, cleared: number): Step {
  return { kept, cleared, low: Math.min(kept, cleared), place: 31 - Math.clz32(kept ^ cleared) };
}

/** The rotation of (kept, cleared) that makes the cleared row 0 in this column. */
function clearing(matrix: Matrix, { kept, cleared }: Step, column: number): Matrix | undefined {
  const [ar, ai] = [matrix.re(kept, column), matrix.im(kept, column)];
  const [br, bi] = [matrix.re(cleared, column), matrix.im(cleared, column)];
  const norm = Math.hypot(ar, ai, br, bi);
  if (Math.hypot(br, bi) < 1e-15 || norm === 0) return undefined;
  return Matrix.of([
    [
      [ar / norm, -ai / norm],
      [br / norm, -bi / norm],
    ],
    [
      [-br / norm, -bi / norm],
      [ar / norm, ai / norm],
    ],
  ]);
}

function rotateRows(matrix: Matrix, rotation: Matrix, { kept, cleared }: Step): void {
  for (let column = 0; column < matrix.size; column++) {
    const rows = [kept, cleared];
    const before = rows.map((row) => [matrix.re(row, column), matrix.im(row, column)] as const);
    for (const [to, row] of rows.entries()) {
      let [re, im] = [0, 0];
      for (const [from, [a, b]] of before.entries()) {
        re += rotation.re(to, from) * a - rotation.im(to, from) * b;
        im += rotation.re(to, from) * b + rotation.im(to, from) * a;
      }
      matrix.set(row, column, re, im);
    }
  }
}

/** As a matrix of the qubit's 0 and 1, where it was one of kept and cleared. */
function oriented(rotation: Matrix, { kept, low }: Step): Matrix {
  if (kept === low) return rotation;
  const element = (row: number, column: number) =>
    [rotation.re(row, column), rotation.im(row, column)] as const;
  return Matrix.of([
    [element(1, 1), element(1, 0)],
    [element(0, 1), element(0, 0)],
  ]);
}

function ofDiagonal(
  angles: readonly number[],
  qubits: readonly number[],
  controls: readonly Control[],
): readonly Operation[] {
  const phase = (angle: number, under: readonly Control[]): readonly Operation[] =>
    Math.abs(angle) < angleMin
      ? []
      : [{ kind: "global-phase", angle, ...(under.length === 0 ? {} : { controls: under }) }];
  if (angles.every((angle) => angle === angles[0])) return phase(angles[0] ?? 0, controls);
  return angles.flatMap((angle, state) => phase(angle, [...controls, ...at(state, qubits)]));
}

/** Cycles as exchanges, each along a path of single bits. */
function ofPermutation(
  images: readonly number[],
  qubits: readonly number[],
  controls: readonly Control[],
): readonly Operation[] {
  const current = Array.from(images, (_, state) => state);
  const operations: Operation[] = [];
  for (const [from, to] of images.entries()) {
    // What began at `from` is at current[from], and belongs at `to`.
    for (let state = current[from]!; state !== to;) {
      const place = 31 - Math.clz32(state ^ to);
      const next = state ^ (1 << place);
      if (current.indexOf(next) < from) {
        // A state that stands already would be moved: exchange the two ends alone.
        operations.push(...exchange(state, to, qubits, controls));
        swapValues(current, state, to);
        break;
      }
      operations.push(flip(state, place, qubits, controls));
      swapValues(current, state, next);
      state = next;
    }
  }
  return operations;
}

function swapValues(values: number[], one: number, other: number): void {
  const [first, second] = [values.indexOf(one), values.indexOf(other)];
  values[first] = other;
  values[second] = one;
}

function flip(
  state: number,
  place: number,
  qubits: readonly number[],
  controls: readonly Control[],
): Operation {
  const under = [...controls, ...at(state, qubits, place)];
  return {
    kind: "gate",
    name: "x",
    parameters: [],
    qubits: [qubits[place]!],
    ...(under.length === 0 ? {} : { controls: under }),
  };
}

/** Two states exchanged, all others left: there along single bits, and back but for the last. */
function exchange(
  from: number,
  to: number,
  qubits: readonly number[],
  controls: readonly Control[],
): readonly Operation[] {
  const path: Operation[] = [];
  for (let state = from; state !== to;) {
    const place = 31 - Math.clz32(state ^ to);
    path.push(flip(state, place, qubits, controls));
    state ^= 1 << place;
  }
  return [...path, ...path.slice(0, -1).toReversed()];
}

/** From |0...0>: what clears the amplitudes one by one, undone. */
function ofState(amplitudes: readonly number[], qubits: readonly number[]): readonly Operation[] {
  const size = 2 ** qubits.length;
  if (amplitudes.length !== 2 * size) {
    throw new CircuitError(`initialise on ${qubits.length} qubits takes ${size} amplitudes`);
  }
  // Only the first column counts; the others are never looked at.
  const column = new Matrix(size);
  for (let state = 0; state < size; state++) {
    column.set(state, 0, amplitudes[2 * state]!, amplitudes[2 * state + 1]!);
  }
  const undone: (readonly Operation[])[] = [];
  for (let row = size - 1; row > 0; row--) {
    const step = neighbours(gray(row - 1), gray(row));
    const rotation = clearing(column, step, 0);
    if (rotation === undefined) continue;
    rotateRows(column, rotation, step);
    const controls = at(step.low, qubits, step.place);
    undone.push(ofOneQubit(oriented(rotation.adjoint(), step), qubits[step.place]!, controls));
  }
  const angle = Math.atan2(column.im(0, 0), column.re(0, 0));
  return [...ofDiagonal([angle], [], []), ...undone.toReversed().flat()];
}
