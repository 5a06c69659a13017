/** Whether two circuits do the same: for certain where that can be computed, with a confidence elsewhere. */
import { Random } from "../../cluster/random.ts";
import { applyPrimitive } from "./apply-primitive.ts";
import { javascript } from "./backend.ts";
import { bodiesOf, type Circuit, type Operation } from "./circuit.ts";
import { cliffordEquivalence, cliffordStepsOf } from "./equivalence-clifford.ts";
import {
  comparedCliffordQubitsMax,
  comparedDistributionQubitsMax,
  comparisonWorkMax,
  stateVectorQubitsMax,
} from "./limits.ts";
import { CircuitError, inverseOf, type Primitive } from "./primitive.ts";
import { type ProductState, productState, randomProduct } from "./product-state.ts";
import { exactDistribution } from "./distribution.ts";
import { StateVector } from "./state-vector.ts";
import { unitaryPrimitives } from "./unitary-primitives.ts";

export interface EquivalenceOptions {
  readonly first: Circuit;
  readonly second: Circuit;
  /** A global phase makes a difference. */
  readonly exactly: boolean;
  readonly seed: number;
}

export interface Equivalence {
  readonly equal: boolean;
  readonly method: "matrix" | "tableau" | "random-states" | "distribution";
  /** 1 where the answer is certain, but for rounding. */
  readonly confidence: number;
  /** What the answer says, and what it does not. */
  readonly statement: string;
  /** |tr(V^-1 U)| / 2^n; null where no trace was taken. */
  readonly overlap: number | null;
  /** U = e^(i phase) V, in radians; null when they differ otherwise, or the method shows no phase. */
  readonly phase: number | null;
  /** A state of independent qubits that the circuits turn into different ones. */
  readonly counterexample: Counterexample | null;
}

export interface Counterexample {
  /** Of each qubit the angles of its Bloch vector, theta from 0 to pi and phi, in radians. */
  readonly qubits: ProductState;
  /** |<U psi | V psi>|^2 */
  readonly fidelity: number;
}

/** Distances of states, which a wrong angle moves by half of itself; rounding is far below. */
const distanceTolerance = 1e-9;
const phaseTolerance = 1e-9;
/** With so many matrices of a pair of columns nothing else is needed. */
const matrixQubitsMax = 10;
const randomStatesMax = 20;
const randomStatesMin = 3;
const confidence = 0.99;

/** @throws CircuitError for circuits that cannot be compared, saying what could be */
export function equivalence(options: EquivalenceOptions): Equivalence {
  const { first, second } = options;
  if (first.qubits !== second.qubits) {
    throw new CircuitError(
      `${first.qubits} and ${second.qubits} qubits: circuits on equally many can be compared`,
    );
  }
  const isUnitary = [first, second].map(({ operations }) => !operations.some(leavesToChance));
  if (!isUnitary[0] || !isUnitary[1]) return byDistribution(options);
  const { qubits } = first;
  const primitives = [first, second].map(unitaryPrimitives);
  const steps = javascript.prepare(
    [...primitives[0]!, ...primitives[1]!.toReversed().map(undone)],
    qubits,
  );
  // The comparison itself is a pass, too.
  const columnWork = 2 ** qubits * (1 + steps.length);
  if (qubits <= matrixQubitsMax && 2 ** qubits * columnWork <= comparisonWorkMax) {
    return byMatrix(steps, options);
  }
  const clifford = [first, second].map(cliffordStepsOf);
  if (clifford[0] !== null && clifford[1] !== null && qubits <= comparedCliffordQubitsMax) {
    if (options.exactly) {
      throw new CircuitError(
        `a tableau shows no global phase: compare ${qubits} qubits up to a phase`,
      );
    }
    return cliffordEquivalence(qubits, { first: clifford[0]!, second: clifford[1]! }, options.seed);
  }
  const states = Math.min(randomStatesMax, Math.floor(comparisonWorkMax / columnWork));
  if (qubits > stateVectorQubitsMax || states < randomStatesMin) {
    throw new CircuitError(
      `${qubits} qubits and ${primitives.flat().length} operations are too many to compare: use fewer, or Clifford gates alone on at most ${comparedCliffordQubitsMax} qubits`,
    );
  }
  return byRandomStates(steps, states, options);
}

/** As primitive.ts does it, but in linear time for large permutations. */
function undone(primitive: Primitive): Primitive {
  if (primitive.kind !== "permutation") return inverseOf(primitive);
  const images = [...primitive.images];
  for (const [from, to] of primitive.images.entries()) images[to] = from;
  return { ...primitive, images };
}

/** What W = V^-1 U makes of a state: <psi|W|psi>, and how far the rest of it is from 0. */
interface Comparison {
  readonly re: number;
  readonly im: number;
  readonly rest: number;
}

function compared(steps: readonly Primitive[], psi: StateVector, state: StateVector): Comparison {
  state.set(psi);
  for (const step of steps) applyPrimitive(state, step);
  let [re, im] = [0, 0];
  for (let at = 0; at < psi.size; at++) {
    re += psi.real[at]! * state.real[at]! + psi.imaginary[at]! * state.imaginary[at]!;
    im += psi.real[at]! * state.imaginary[at]! - psi.imaginary[at]! * state.real[at]!;
  }
  // The rest is summed up itself: 1 less the fidelity would lose half of the digits.
  let rest = 0;
  for (let at = 0; at < psi.size; at++) {
    const [a, b] = [psi.real[at]!, psi.imaginary[at]!];
    rest +=
      (state.real[at]! - re * a + im * b) ** 2 + (state.imaginary[at]! - re * b - im * a) ** 2;
  }
  return { re, im, rest: Math.sqrt(rest) };
}

const fidelityOf = ({ re, im }: Comparison): number => Math.min(1, re * re + im * im);

/** Every basis state there and back: W must be a phase, the same for all. */
function byMatrix(
  steps: readonly Primitive[],
  { first, exactly }: EquivalenceOptions,
): Equivalence {
  const { qubits } = first;
  const size = 2 ** qubits;
  const [psi, state] = [new StateVector(qubits), new StateVector(qubits)];
  const diagonal = Array.from({ length: size }, (_, basis) => {
    psi.setBasisState(basis);
    return compared(steps, psi, state);
  });
  const trace = diagonal.reduce(
    (sum, { re, im }) => ({ re: sum.re + re / size, im: sum.im + im / size }),
    { re: 0, im: 0 },
  );
  const overlap = Math.min(1, Math.hypot(trace.re, trace.im));
  const found = { method: "matrix", confidence: 1, overlap } as const;
  const counterexample = differing(diagonal, qubits);
  if (counterexample !== null) {
    return {
      ...found,
      equal: false,
      phase: null,
      counterexample,
      statement: "They differ: the counterexample is a state that they turn into different ones.",
    };
  }
  return { ...found, ...verdictOn(Math.atan2(trace.im, trace.re), exactly), counterexample: null };
}

/** Equal up to the phase; whether that is all. */
function verdictOn(
  angle: number,
  exactly: boolean,
): { readonly equal: boolean; readonly phase: number; readonly statement: string } {
  const phase = Math.abs(angle) < phaseTolerance ? 0 : angle;
  if (phase === 0) return { equal: true, phase, statement: "They are equal, phase included." };
  return {
    equal: !exactly,
    phase,
    statement: `They are equal up to a global phase of ${phase} radians, which shows under controls alone.`,
  };
}

/**
 * The basis state that is moved the most, or, where all stay in place, two neighbours whose phases
 * differ the most: their sum is no eigenstate.
 */
function differing(diagonal: readonly Comparison[], qubits: number): Counterexample | null {
  let worst = 0;
  for (const [basis, { rest }] of diagonal.entries()) {
    if (rest > diagonal[worst]!.rest) worst = basis;
  }
  if (diagonal[worst]!.rest > distanceTolerance) {
    return { qubits: basisProduct(worst, qubits, null), fidelity: fidelityOf(diagonal[worst]!) };
  }
  let apart = { distance: 0, basis: 0, qubit: 0, fidelity: 1 };
  for (const [basis, a] of diagonal.entries()) {
    for (let qubit = 0; qubit < qubits; qubit++) {
      const b = diagonal[basis ^ (1 << qubit)]!;
      const distance = Math.hypot(a.re - b.re, a.im - b.im) / 2;
      if (distance <= apart.distance) continue;
      const fidelity = ((a.re + b.re) / 2) ** 2 + ((a.im + b.im) / 2) ** 2;
      apart = { distance, basis, qubit, fidelity };
    }
  }
  if (apart.distance <= distanceTolerance) return null;
  return { qubits: basisProduct(apart.basis, qubits, apart.qubit), fidelity: apart.fidelity };
}

/** A basis state, one qubit of it in (|0> + |1>) / sqrt 2. */
function basisProduct(basis: number, qubits: number, even: number | null): ProductState {
  return Array.from({ length: qubits }, (_, qubit) => {
    if (qubit === even) return [Math.PI / 2, 0] as const;
    return [((basis >> qubit) & 1) * Math.PI, 0] as const;
  });
}

/**
 * States of independent qubits, each drawn evenly from its Bloch sphere. If W is no phase it keeps almost
 * none of them, so that in exact arithmetic one would do; what is said is what holds with rounding.
 */
function byRandomStates(
  steps: readonly Primitive[],
  count: number,
  { first, exactly, seed }: EquivalenceOptions,
): Equivalence {
  const random = new Random(seed);
  const state = new StateVector(first.qubits);
  const phases: number[] = [];
  for (let draw = 0; draw < count; draw++) {
    const qubits = randomProduct(random, first.qubits);
    const comparison = compared(steps, productState(qubits), state);
    if (comparison.rest > distanceTolerance) {
      return {
        equal: false,
        method: "random-states",
        confidence: 1,
        overlap: null,
        phase: null,
        counterexample: { qubits, fidelity: fidelityOf(comparison) },
        statement: "They differ: the counterexample is a state that they turn into different ones.",
      };
    }
    phases.push(Math.atan2(comparison.im, comparison.re));
  }
  const share = 1 - (1 - confidence) ** (1 / count);
  const percent = (100 * (1 - share)).toFixed(1);
  const verdict = verdictOn(phases[0]!, exactly);
  return {
    ...verdict,
    method: "random-states",
    confidence,
    overlap: null,
    counterexample: null,
    statement: `${verdict.statement} This is probable, not certain: on ${count} random product states they agree, so with ${100 * confidence} % confidence they agree on at least ${percent} % of all such states.`,
  };
}

/** Circuits that measure: the chances of their bits, from |0...0>. */
function byDistribution({ first, second }: EquivalenceOptions): Equivalence {
  for (const { operations, qubits } of [first, second]) {
    if (!operations.some(measures)) {
      throw new CircuitError(
        "a circuit that resets, initialises or has noise is compared by what it measures: let both measure",
      );
    }
    if (qubits > comparedDistributionQubitsMax) {
      throw new CircuitError(
        `circuits that measure are compared with at most ${comparedDistributionQubitsMax} qubits, not ${qubits}: leave the measurements out`,
      );
    }
  }
  if (first.bits !== second.bits) {
    throw new CircuitError(
      `${first.bits} and ${second.bits} bits: circuits with equally many can be compared`,
    );
  }
  const [one, other] = [exactDistribution(first), exactDistribution(second)];
  let difference = 0;
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    difference += Math.abs((one.get(key) ?? 0) - (other.get(key) ?? 0)) / 2;
  }
  const equal = difference < distanceTolerance;
  return {
    equal,
    method: "distribution",
    confidence: 1,
    overlap: null,
    phase: null,
    counterexample: null,
    statement: equal
      ? "Their bits have the same chances from |0...0>. Their states, and other inputs, were not compared."
      : `The chances of their bits differ by ${difference} (total variation) from |0...0>.`,
  };
}

function measures(operation: Operation): boolean {
  return operation.kind === "measure" || bodiesOf(operation).flat().some(measures);
}

function leavesToChance(operation: Operation): boolean {
  const { kind } = operation;
  if (kind === "measure" || kind === "reset" || kind === "noise" || kind === "initialise")
    return true;
  return bodiesOf(operation).flat().some(leavesToChance);
}
