/** Circuits of Clifford gates compared by stabilizers, for hundreds of qubits. */
import { Random } from "../../cluster/random.ts";
import type { Circuit, Operation } from "./circuit.ts";
import type { Equivalence } from "./equivalence.ts";
import { unrolledPrimitivesMax } from "./limits.ts";
import { Matrix } from "./matrix.ts";
import { CircuitError, denseOf, isUnitaryOperation, primitivesOf } from "./primitive.ts";
import type { ProductState } from "./product-state.ts";
import { cliffordOf } from "./stabilizer/clifford.ts";
import { Tableau } from "./stabilizer/tableau.ts";

/** A gate on a tableau, and how often it must be repeated to do nothing. */
interface CliffordStep {
  readonly apply: (tableau: Tableau) => void;
  readonly order: number;
}

/** The longest cycle of a Clifford gate on two qubits. */
const orderMax = 12;
/** Half of all product states of a basis show a difference; all of these miss it almost never. */
const candidatesMax = 200;

/** null when some gate is no Clifford gate of the table. */
export function cliffordStepsOf({ operations }: Circuit): readonly CliffordStep[] | null {
  const steps: CliffordStep[] = [];
  const add = (body: readonly Operation[]): boolean => {
    for (const operation of body) {
      if (operation.kind === "repeat") {
        for (let round = 0; round < operation.count; round++)
          if (!add(operation.body)) return false;
        continue;
      }
      const apply = cliffordOf(operation);
      if (apply === null) return false;
      steps.push({ apply, order: orderOf(operation) });
      if (steps.length > unrolledPrimitivesMax) {
        throw new CircuitError(
          `the circuit comes to more than ${unrolledPrimitivesMax} operations`,
        );
      }
    }
    return true;
  };
  return add(operations) ? steps : null;
}

const orders = new Map<string, number>();

/** The least k for which U^k is a phase. */
function orderOf(operation: Operation): number {
  if (operation.kind !== "gate") return 1;
  const key = `${operation.name} ${operation.parameters.join(" ")}`;
  const known = orders.get(key);
  if (known !== undefined) return known;
  const qubits = operation.qubits.map((_, at) => at);
  const local = { ...operation, qubits };
  const matrix = (isUnitaryOperation(local) ? primitivesOf(local) : []).reduce(
    (product, primitive) => denseOf(primitive, qubits.length).multiply(product),
    Matrix.identity(2 ** qubits.length),
  );
  const identity = Matrix.identity(matrix.size);
  let power = matrix;
  for (let order = 1; order <= orderMax; order++) {
    if (power.overlap(identity) > 1 - 1e-12) {
      // Angles are free: only so many are worth remembering.
      if (orders.size < 1_000) orders.set(key, order);
      return order;
    }
    power = power.multiply(matrix);
  }
  throw new Error(`${operation.name} is no Clifford gate of two qubits`);
}

interface Pair {
  readonly first: readonly CliffordStep[];
  readonly second: readonly CliffordStep[];
}

/** There by the first circuit, and back by the second. */
function thereAndBack(tableau: Tableau, { first, second }: Pair): void {
  for (const { apply } of first) apply(tableau);
  for (const { apply, order } of second.toReversed()) {
    for (let round = 1; round < order; round++) apply(tableau);
  }
}

/**
 * Half of as many Bell pairs as qubits goes there and back: the pairs are whole again exactly if the
 * circuits are equal up to a phase (Choi 1975).
 */
export function cliffordEquivalence(qubits: number, pair: Pair, seed: number): Equivalence {
  const tableau = new Tableau(2 * qubits);
  for (let qubit = 0; qubit < qubits; qubit++) {
    tableau.h(qubit);
    tableau.cx(qubit, qubits + qubit);
  }
  thereAndBack(tableau, pair);
  for (let qubit = 0; qubit < qubits; qubit++) {
    tableau.cx(qubit, qubits + qubit);
    tableau.h(qubit);
  }
  let equal = true;
  for (let qubit = 0; qubit < 2 * qubits && equal; qubit++) {
    equal = tableau.probabilityOfOne(qubit) === 0;
  }
  const found = { equal, method: "tableau", confidence: 1, overlap: null, phase: null } as const;
  if (equal) {
    const statement =
      "They are equal up to a global phase, which a tableau does not show. This is exact.";
    return { ...found, counterexample: null, statement };
  }
  const counterexample = counterexampleTo(qubits, pair, seed);
  const statement =
    counterexample === null
      ? "They differ: half of some Bell pairs, sent through both, tells them apart."
      : "They differ: the counterexample is a state that they turn into different ones.";
  return { ...found, counterexample, statement };
}

/** Preparations of the six states along the axes, from |0>, and their inverses. */
const half = Math.PI / 2;
const axisStates = [
  { angles: [0, 0], prepare: "", undo: "" },
  { angles: [Math.PI, 0], prepare: "x", undo: "x" },
  { angles: [half, 0], prepare: "h", undo: "h" },
  { angles: [half, Math.PI], prepare: "xh", undo: "hx" },
  { angles: [half, half], prepare: "hs", undo: "sssh" },
  { angles: [half, 3 * half], prepare: "hsss", undo: "sh" },
] as const;

function counterexampleTo(
  qubits: number,
  pair: Pair,
  seed: number,
): { readonly qubits: ProductState; readonly fidelity: number } | null {
  const random = new Random(seed);
  for (let candidate = 0; candidate < candidatesMax; candidate++) {
    const states = Array.from({ length: qubits }, () => random.pick(axisStates));
    const tableau = new Tableau(qubits);
    for (const [qubit, { prepare }] of states.entries()) turn(tableau, prepare, qubit);
    thereAndBack(tableau, pair);
    for (const [qubit, { undo }] of states.entries()) turn(tableau, undo, qubit);
    const fidelity = weightOfZero(tableau);
    if (fidelity < 1) return { qubits: states.map(({ angles }) => angles), fidelity };
  }
  return null;
}

function turn(tableau: Tableau, gates: string, qubit: number): void {
  for (const name of gates) {
    if (name === "h") tableau.h(qubit);
    else if (name === "s") tableau.s(qubit);
    else tableau.x(qubit);
  }
}

/** |<0...0|psi>|^2, qubit after qubit. */
function weightOfZero(tableau: Tableau): number {
  let weight = 1;
  for (let qubit = 0; qubit < tableau.qubits; qubit++) {
    const one = tableau.probabilityOfOne(qubit);
    if (one === 1) return 0;
    if (one === 0) continue;
    weight /= 2;
    tableau.collapse(qubit, 0);
  }
  return weight;
}
