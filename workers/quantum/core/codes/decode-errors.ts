/** What a code and a decoder make of given errors: checks that fire, the correction, what is left. */
import { observablesOf, type Symptoms } from "../stim/model.ts";
import type { Basis } from "../stim/instructions.ts";
import {
  decoderFor,
  type DecoderName,
  type ExperimentOrder,
  openExperiment,
} from "./experiment.ts";
import { buildCode } from "./families.ts";
import { searchedStatesMax } from "./limits.ts";
import { commute, type Product, type StabilizerCode } from "./stabilizer-code.ts";
import type { PauliFactor } from "../frames/plan.ts";

export interface DecodedErrors {
  /** Numbers of the stabilizers that fire. */
  readonly fired: readonly number[];
  /** Stabilizers that were matched, each with another or with the boundary (null). */
  readonly pairs: readonly (readonly [number, number | null])[];
  readonly correction: Product;
  /** Errors and correction together. */
  readonly rest: Product;
  /** Of each encoded qubit, whether the rest acts on it as X, as Z, or as both. */
  readonly logicalErrors: readonly { readonly x: boolean; readonly z: boolean }[];
  readonly isCorrected: boolean;
}

/**
 * Checks are certain. `probability` weighs the errors for the decoder.
 * @throws RangeError when the code does not exist, or an error lies outside of it
 */
export function decodeErrors(order: {
  readonly code: string;
  readonly distance: number;
  readonly errors: Product;
  readonly decoder: DecoderName;
  readonly probability: number;
}): DecodedErrors {
  const { errors, probability } = order;
  const code = buildCode(order.code, order.distance);
  for (const { qubit } of errors) {
    if (qubit >= code.qubits) throw new RangeError(`the code has no qubit ${qubit}`);
  }
  const { model } = openExperiment({ ...capacity, ...order, probability });
  const decoder = decoderFor(order.code, order.decoder, model);
  const { detectors: fired } = symptomsOf(code, errors);
  const { observables, edges, pairs } = decoder.explain(fired);
  const correction =
    order.decoder === "lookup"
      ? lightest(code, { detectors: fired, observables })
      : simplified(edges.flatMap((edge) => singleError(code, edge)));
  const rest = simplified([...errors, ...correction]);
  const left = symptomsOf(code, rest);
  if (left.detectors.length > 0) throw new Error("the correction leaves checks that fire");
  const flips = new Set(observablesOf(left.observables));
  const logicalErrors = code.logicals.map((_, at) =>
    // Flipped Z is an X, and the other way round.
    code.seesOnlyX
      ? { x: flips.has(at), z: false }
      : { x: flips.has(2 * at), z: flips.has(2 * at + 1) },
  );
  return { fired, pairs, correction, rest, logicalErrors, isCorrected: flips.size === 0 };
}

const capacity: Omit<ExperimentOrder, "code" | "distance" | "probability"> = {
  noise: "code-capacity",
  rounds: 1,
  basis: "Z",
};

/** Which stabilizers clash with the errors, and which observables of `productExperiment`. */
export function symptomsOf(code: StabilizerCode, errors: Product): Symptoms {
  const observables = code.logicals.flatMap(({ x, z }) => (code.seesOnlyX ? [z] : [z, x]));
  const single = simplified(errors);
  return {
    detectors: code.stabilizers.flatMap(({ factors }, at) =>
      commute(factors, single) ? [] : [at],
    ),
    observables: observables.reduce(
      (bits, factors, at) => (commute(factors, single) ? bits : bits | (1 << at)),
      0,
    ),
  };
}

/** Each qubit once: X and Z of one are Y, and twice the same is nothing. */
export function simplified(factors: Product): Product {
  const letters = new Map<number, number>();
  for (const { qubit, basis } of factors) {
    letters.set(qubit, (letters.get(qubit) ?? 0) ^ "IXYZ".indexOf(basis));
  }
  return [...letters]
    .filter(([, letter]) => letter !== 0)
    .map(([qubit, letter]) => ({ qubit, basis: "IXYZ"[letter] as Basis }))
    .toSorted((a, b) => a.qubit - b.qubit);
}

function singlePaulis(code: StabilizerCode): readonly PauliFactor[] {
  const bases: readonly Basis[] = code.seesOnlyX ? ["X"] : ["X", "Z", "Y"];
  return bases.flatMap((basis) =>
    Array.from({ length: code.qubits }, (_, qubit) => ({ qubit, basis })),
  );
}

/** The error of one qubit that an edge stands for. */
function singleError(code: StabilizerCode, edge: Symptoms): Product {
  const found = singlePaulis(code).find((factor) => {
    const { detectors, observables } = symptomsOf(code, [factor]);
    return observables === edge.observables && detectors.join() === edge.detectors.join();
  });
  if (found === undefined) throw new Error("an edge stands for no error of one qubit");
  return [found];
}

/** The Pauli of least weight with these symptoms, by growing from the identity. */
function lightest(code: StabilizerCode, wanted: Symptoms): Product {
  const bits = code.stabilizers.length;
  const keyOf = ({ detectors, observables }: Symptoms) =>
    detectors.reduce((sum, detector) => sum | (1 << detector), observables << bits);
  const steps = singlePaulis(code).map((factor) => ({
    factor,
    key: keyOf(symptomsOf(code, [factor])),
  }));
  const goal = keyOf(wanted);
  const known = new Map<number, Product>([[0, []]]);
  const queue = [0];
  for (let head = 0; head < queue.length && !known.has(goal); head++) {
    const key = queue[head]!;
    for (const { factor, key: change } of steps) {
      if (known.has(key ^ change) || known.size >= searchedStatesMax) continue;
      known.set(key ^ change, [...known.get(key)!, factor]);
      queue.push(key ^ change);
    }
  }
  const found = known.get(goal);
  if (found === undefined) throw new RangeError("no error of the code has this syndrome");
  return simplified(found);
}
