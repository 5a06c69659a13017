/**
 * Shor's factoring by order finding (Shor 1997; Nielsen and Chuang 5.3): the period of a^x mod N is
 * measured as a phase, read from it by a continued fraction, and turned into factors.
 */
import type { Circuit } from "../circuit.ts";
import { gate } from "../circuit.ts";
import { CircuitError } from "../primitive.ts";
import { phaseEstimation } from "./fourier.ts";

/** Bits that hold the numbers below `modulus`. */
export const bitsOf = (modulus: number): number => Math.ceil(Math.log2(modulus));

/**
 * Measures y with y / 2^counting close to l / r, where r is the order of `base` modulo `modulus` and l
 * any number below it. Counting qubits come first, then those of the number.
 * @throws CircuitError when base and modulus share a factor, which is one found without any circuit
 */
export function orderFinding(base: number, modulus: number, counting: number): Circuit {
  if (!Number.isSafeInteger(modulus) || modulus < 3) {
    throw new CircuitError(`a modulus is a whole number from 3, not ${modulus}`);
  }
  const common = greatestCommonDivisor(base, modulus);
  if (common !== 1) {
    throw new CircuitError(
      `${base} and ${modulus} share the factor ${common}: choose another base`,
    );
  }
  const targets = bitsOf(modulus);
  const qubits = Array.from({ length: targets }, (_, at) => counting + at);
  let factor = base % modulus;
  const factors = Array.from({ length: counting }, () => {
    const present = factor;
    factor = (factor * factor) % modulus;
    return present;
  });
  return phaseEstimation({
    counting,
    targets,
    // |1> is the equal sum of all eigenstates of the multiplication.
    prepare: [gate("x", [counting])],
    power: (power, control) => [
      {
        kind: "permutation",
        label: `times ${factors[power]} mod ${modulus}`,
        // Numbers from the modulus on stay as they are, which keeps it a bijection.
        images: Array.from({ length: 2 ** targets }, (_, x) =>
          x < modulus ? (x * factors[power]!) % modulus : x,
        ),
        qubits,
        controls: [{ qubit: control, value: 1 }],
      },
    ],
  });
}

/** One step of a continued fraction: the whole part, and the fraction that all steps so far make. */
export interface Convergent {
  readonly whole: number;
  readonly numerator: number;
  readonly denominator: number;
}

/** The convergents of numerator / denominator, the last of which is the number itself. */
export function continuedFraction(numerator: number, denominator: number): readonly Convergent[] {
  const convergents: Convergent[] = [];
  let [above, below] = [numerator, denominator];
  let [h, hBefore, k, kBefore] = [1, 0, 0, 1];
  while (below !== 0) {
    const whole = Math.floor(above / below);
    [above, below] = [below, above - whole * below];
    [h, hBefore] = [whole * h + hBefore, h];
    [k, kBefore] = [whole * k + kBefore, k];
    convergents.push({ whole, numerator: h, denominator: k });
  }
  return convergents;
}

export interface Reading {
  readonly convergents: readonly Convergent[];
  /** The order that the measurement tells, or a multiple of what it tells; null when it tells none. */
  readonly order: number | null;
  /** null: this order gives no factor. */
  readonly factors: readonly [number, number] | null;
}

/** Multiples of a denominator that are tried: l and r may share a factor, which the fraction has lost. */
const multiplesTried = 4;

/** What a measured y says of the order of `base`, and of the factors of `modulus`. */
export function readOrder(
  measured: number,
  { base, modulus, counting }: { base: number; modulus: number; counting: number },
): Reading {
  const convergents = continuedFraction(measured, 2 ** counting);
  const denominators = convergents
    .map(({ denominator }) => denominator)
    .filter((denominator) => denominator < modulus);
  for (const denominator of denominators.toReversed()) {
    for (let multiple = 1; multiple <= multiplesTried; multiple++) {
      const order = denominator * multiple;
      if (powerModulo(base, order, modulus) !== 1) continue;
      return { convergents, order, factors: factorsFrom(base, order, modulus) };
    }
  }
  return { convergents, order: null, factors: null };
}

/** gcd(a^(r/2) - 1, N) and gcd(a^(r/2) + 1, N), unless the order is odd or a^(r/2) = -1. */
function factorsFrom(
  base: number,
  order: number,
  modulus: number,
): readonly [number, number] | null {
  if (order % 2 === 1) return null;
  const root = powerModulo(base, order / 2, modulus);
  if (root === modulus - 1 || root === 1) return null;
  const factor = greatestCommonDivisor(root - 1, modulus);
  if (factor === 1 || factor === modulus) return null;
  const other = modulus / factor;
  return factor < other ? [factor, other] : [other, factor];
}

export function powerModulo(base: number, exponent: number, modulus: number): number {
  let result = 1;
  let square = base % modulus;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

export function greatestCommonDivisor(a: number, b: number): number {
  let [high, low] = [Math.abs(a), Math.abs(b)];
  while (low !== 0) [high, low] = [low, high % low];
  return high;
}
