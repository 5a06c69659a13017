/** One measurement of Shor's circuit, read aloud. */
import { factor } from "../core/algorithms/factor.ts";
import { greatestCommonDivisor, powerModulo } from "../core/algorithms/shor.ts";
import { wiresMax } from "./limits.ts";

export interface FactoringView {
  readonly modulus: number;
  readonly base: number;
  readonly counting: number;
  readonly measured: number | null;
  readonly convergents: readonly {
    readonly whole: number;
    readonly numerator: number;
    readonly denominator: number;
    /** base^denominator modulo the modulus: 1 where the denominator is the order or a multiple. */
    readonly power: number;
  }[];
  readonly order: number | null;
  readonly root: number | null;
  readonly divisors: readonly [number, number] | null;
  readonly factors: readonly [number, number] | null;
}

/** @throws CircuitError for a number that cannot be factored so */
export function factoringOf(order: {
  readonly modulus: number;
  readonly base: number;
  readonly seed: number;
}): FactoringView {
  const { modulus, base, seed } = order;
  const { attempts, counting } = factor({ modulus, base, seed, counting: 4, qubitsMax: wiresMax });
  // Each press is one measurement, however it turns out.
  const attempt = attempts[0]!;
  const found = attempt.order;
  const root = found === null || found % 2 === 1 ? null : powerModulo(base, found / 2, modulus);
  return {
    modulus,
    base,
    counting,
    measured: attempt.measured,
    convergents: attempt.convergents.map((each) => ({
      ...each,
      power: powerModulo(base, each.denominator, modulus),
    })),
    order: found,
    root,
    divisors:
      root === null
        ? null
        : [greatestCommonDivisor(root - 1, modulus), greatestCommonDivisor(root + 1, modulus)],
    factors: attempt.factors,
  };
}
