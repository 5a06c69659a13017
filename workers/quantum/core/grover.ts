/**
 * Grover's search (1996) over a list, with several marked items as in Boyer, Brassard, Hoyer and Tapp
 * (1998): every step is applied to a state vector; nothing is taken from the closed form.
 */
import { StateVector } from "./state-vector.ts";

interface GroverOptions {
  /** One item or more. Item i is basis state i; states beyond the list are padding. */
  readonly items: readonly string[];
  /** Every item equal to it is marked. */
  readonly target: string;
  /** Iterations to apply, exactly; the optimal count when undefined. */
  readonly iterations?: number | undefined;
  /** Uniform in [0, 1): decides the measurement. */
  readonly draw: number;
}

interface GroverResult {
  readonly found: boolean;
  readonly item: string | null;
  readonly index: number | null;
  readonly measuredState: number;
  readonly probability: number;
  readonly qubits: number;
  readonly states: number;
  readonly marked: number;
  readonly iterations: number;
  readonly optimalIterations: number;
  readonly successProbability: number;
  readonly closedForm: number;
  readonly deviation: number;
  readonly classicalProbability: number;
  readonly itemProbabilities: { item: string; probability: number; marked: boolean }[];
  readonly paddingProbability: number;
}

/** Qubits for a list: the least n >= 1 with 2^n >= items. */
export function qubitsForItems(itemCount: number): number {
  // Exact for integers, where the quotient of logarithms may round up past a power of two.
  return itemCount <= 2 ? 1 : 32 - Math.clz32(itemCount - 1);
}

/**
 * round(pi / (4 theta) - 1/2) with theta = asin(sqrt(M/N)): the first maximum of the success
 * probability. With half or more of the states marked no iteration improves on the start.
 */
export function optimalIterations(marked: number, states: number): number {
  if (marked === 0 || marked * 2 >= states) return 0;
  return Math.round(Math.PI / (4 * Math.asin(Math.sqrt(marked / states))) - 0.5);
}

/** sin^2((2k+1) asin(sqrt(M/N))): the success probability after k iterations. */
export function closedFormSuccess(marked: number, states: number, iterations: number): number {
  return Math.sin((2 * iterations + 1) * Math.asin(Math.sqrt(marked / states))) ** 2;
}

/**
 * The state after k iterations, from |0...0> through the uniform superposition. Yields the number of
 * iterations done after each, so that a caller can share its thread.
 */
export function* groverState(
  qubits: number,
  marked: readonly number[],
  iterations: number,
): Generator<number, StateVector> {
  const state = new StateVector(qubits);
  state.hadamardAll();
  for (let iteration = 0; iteration < iterations; iteration++) {
    state.flipSigns(marked);
    state.hadamardAll();
    state.reflectAboutZero();
    state.hadamardAll();
    yield iteration + 1;
  }
  return state;
}

/** Runs a generator to its end. */
export function finish<Result>(steps: Generator<unknown, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Yields as `groverState` does; RangeError on an empty list or a bad iteration count. */
export function* groverSearch(options: GroverOptions): Generator<number, GroverResult> {
  const { items, target, draw } = options;
  if (items.length === 0) throw new RangeError("a search needs at least one item");
  const requested = options.iterations;
  if (requested !== undefined && (!Number.isSafeInteger(requested) || requested < 0)) {
    throw new RangeError(`iterations must be an integer of at least 0, not ${requested}`);
  }
  const qubits = qubitsForItems(items.length);
  const marked = items.flatMap((item, index) => (item === target ? [index] : []));
  const states = 2 ** qubits;
  const optimal = optimalIterations(marked.length, states);
  const iterations = requested ?? optimal;

  const state = yield* groverState(qubits, marked, iterations);
  const measuredState = state.measure(draw);
  const item = items[measuredState] ?? null;
  const successProbability = marked.reduce((sum, index) => sum + state.probability(index), 0);
  const closedForm = closedFormSuccess(marked.length, states, iterations);
  let paddingProbability = 0;
  for (let index = items.length; index < states; index++) {
    paddingProbability += state.probability(index);
  }
  return {
    found: item === target,
    item,
    index: item === null ? null : measuredState,
    measuredState,
    probability: state.probability(measuredState),
    qubits,
    states,
    marked: marked.length,
    iterations,
    optimalIterations: optimal,
    successProbability,
    closedForm,
    deviation: Math.abs(successProbability - closedForm),
    classicalProbability: marked.length / items.length,
    itemProbabilities: items.map((name, index) => ({
      item: name,
      probability: state.probability(index),
      marked: name === target,
    })),
    paddingProbability,
  };
}
