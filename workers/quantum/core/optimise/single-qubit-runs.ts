/** Runs of gates on one qubit as one gate. */
import type { Operation } from "../circuit.ts";
import { ofOneQubit } from "../decompose.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { Matrix } from "../matrix.ts";
import { localMatrix } from "./combine.ts";
import { elementTolerance, type Item, itemOf, type Surroundings } from "./item.ts";
import { phaseOperation } from "./turn.ts";

/** Clifford gates and T: exact where errors are corrected, so they are not given up for angles. */
const discreteNames = ["x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg"] as const;
const discrete = discreteNames.map((name) => ({ name, matrix: standardGates.get(name)!.matrix() }));

/** Discrete gates that are tried together: the product of more is seldom a single one. */
const windowMax = 6;

interface Placed {
  readonly operation: Operation;
  readonly matrix: Matrix;
  readonly place: number;
}

/** A run that gets shorter stands where it ended; everything else stays in its place. */
export function withShortRuns(
  operations: readonly Operation[],
  surroundings: Surroundings,
): readonly Operation[] {
  const slots: (readonly Operation[])[] = operations.map((operation) => [operation]);
  const open = new Map<number, Placed[]>();
  const close = (qubit: number): void => {
    const run = open.get(qubit) ?? [];
    open.delete(qubit);
    const shorter = run.length < 2 ? [] : shortened(run, qubit);
    if (run.length < 2 || gatesIn(shorter) >= run.length) return;
    for (const { place } of run) slots[place] = [];
    slots[run.at(-1)!.place] = shorter;
  };
  for (const [place, operation] of operations.entries()) {
    const item = itemOf(operation, surroundings);
    const matrix = matrixOf(item);
    if (matrix === null) {
      for (const qubit of item.axes.keys()) close(qubit);
      continue;
    }
    const qubit = item.primitive!.qubits[0]!;
    const run = open.get(qubit);
    if (run === undefined) open.set(qubit, [{ operation, matrix, place }]);
    else run.push({ operation, matrix, place });
  }
  for (const qubit of open.keys()) close(qubit);
  return slots.flat();
}

/** Phases of everything are free. */
function gatesIn(operations: readonly Operation[]): number {
  return operations.filter(({ kind }) => kind !== "global-phase").length;
}

/** null for what is not on one qubit alone. */
function matrixOf({ primitive }: Item): Matrix | null {
  if (primitive === null || primitive.qubits.length !== 1 || primitive.controls.length > 0) {
    return null;
  }
  return localMatrix(primitive);
}

function shortened(run: readonly Placed[], qubit: number): readonly Operation[] {
  if (run.every(({ operation }) => isDiscrete(operation))) return discreteRun(run, qubit);
  const product = productOf(run);
  return discreteFor(product, qubit) ?? ofOneQubit(product, qubit, []);
}

function isDiscrete(operation: Operation): boolean {
  return (
    operation.kind === "gate" &&
    (operation.power ?? 1) === 1 &&
    discreteNames.some((name) => name === operation.name)
  );
}

/** From each gate on, the longest stretch that is a single one, or none, is that. */
function discreteRun(run: readonly Placed[], qubit: number): readonly Operation[] {
  const result: Operation[] = [];
  for (let at = 0; at < run.length;) {
    let [taken, found]: [number, readonly Operation[]] = [1, [run[at]!.operation]];
    for (let count = Math.min(windowMax, run.length - at); count >= 2; count--) {
      const single = discreteFor(productOf(run.slice(at, at + count)), qubit);
      if (single === null) continue;
      [taken, found] = [count, single];
      break;
    }
    result.push(...found);
    at += taken;
  }
  return result;
}

function productOf(run: readonly Placed[]): Matrix {
  return run.reduce((product, { matrix }) => matrix.multiply(product), Matrix.identity(2));
}

/** The gate of the table, or none, with its phase; null when it is neither. */
function discreteFor(product: Matrix, qubit: number): readonly Operation[] | null {
  const isNothing = phaseBetween(Matrix.identity(2), product);
  if (isNothing !== null) return withPhase([], isNothing);
  for (const { name, matrix } of discrete) {
    const phase = phaseBetween(matrix, product);
    if (phase === null) continue;
    return withPhase([{ kind: "gate", name, parameters: [], qubits: [qubit] }], phase);
  }
  return null;
}

function withPhase(operations: readonly Operation[], phase: number): readonly Operation[] {
  const operation = phaseOperation(phase);
  return operation === null ? operations : [...operations, operation];
}

/** The phase by which the second is the first; null when it is another matrix. */
function phaseBetween(first: Matrix, second: Matrix): number | null {
  // An element of the first that is far from 0.
  const at = first.re(0, 0) ** 2 + first.im(0, 0) ** 2 > 0.25 ? 0 : 1;
  const [re, im] = [first.re(0, at), first.im(0, at)];
  const [otherRe, otherIm] = [second.re(0, at), second.im(0, at)];
  const phase = Math.atan2(otherIm * re - otherRe * im, otherRe * re + otherIm * im);
  const turned = first.scale(Math.cos(phase), Math.sin(phase));
  return turned.distance(second) < elementTolerance ? phase : null;
}
