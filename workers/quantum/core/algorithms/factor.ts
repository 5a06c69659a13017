/** Shor's algorithm from end to end: bases are drawn, orders are measured, factors come out. */
import { Random } from "../../../cluster/random.ts";
import { CircuitError } from "../primitive.ts";
import { sampleCircuit } from "../sample-circuit.ts";
import { bitsOf, type Convergent, greatestCommonDivisor, orderFinding, readOrder } from "./shor.ts";

export interface FactorAttempt {
  readonly base: number;
  /** A factor that base and modulus share: nothing was left to measure. */
  readonly sharedFactor: number | null;
  readonly measured: number | null;
  readonly convergents: readonly Convergent[];
  readonly order: number | null;
  readonly factors: readonly [number, number] | null;
}

export interface Factoring {
  readonly modulus: number;
  readonly counting: number;
  readonly qubits: number;
  /** The last of them has found the factors, unless all were in vain. */
  readonly attempts: readonly FactorAttempt[];
  readonly factors: readonly [number, number] | null;
}

export const attemptsMax = 12;
const modulusMin = 15;
const modulusMax = 255;

export interface FactorOptions {
  readonly modulus: number;
  readonly seed: number;
  /** Drawn when left out. */
  readonly base?: number | undefined;
  /** 2 log2(N) when left out, as the proof asks for, but no more qubits than `qubitsMax` in all. */
  readonly counting?: number | undefined;
  readonly qubitsMax: number;
}

/** @throws CircuitError for a number that is even, prime, a power of a prime, or out of reach */
export function factor(options: FactorOptions): Factoring {
  const { modulus, qubitsMax } = options;
  checkModulus(modulus);
  const targets = bitsOf(modulus);
  const counting = options.counting ?? Math.min(2 * targets, qubitsMax - targets);
  if (!(counting >= targets && counting + targets <= qubitsMax)) {
    throw new CircuitError(
      `${modulus} needs ${targets} to ${qubitsMax - targets} counting qubits, not ${counting}`,
    );
  }
  const random = new Random(options.seed);
  const attempts: FactorAttempt[] = [];
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const base = options.base ?? random.between(2, modulus - 2);
    const outcome = attemptWith(base, { modulus, counting, seed: random.uint32() });
    attempts.push(outcome);
    if (outcome.factors !== null) break;
  }
  const factors = attempts.at(-1)?.factors ?? null;
  return { modulus, counting, qubits: counting + targets, attempts, factors };
}

function attemptWith(
  base: number,
  { modulus, counting, seed }: { modulus: number; counting: number; seed: number },
): FactorAttempt {
  const shared = greatestCommonDivisor(base, modulus);
  if (shared > 1) {
    const pair = [shared, modulus / shared].toSorted((a, b) => a - b);
    return {
      base,
      sharedFactor: shared,
      measured: null,
      convergents: [],
      order: null,
      factors: [pair[0]!, pair[1]!],
    };
  }
  const circuit = orderFinding(base, modulus, counting);
  const { counts } = sampleCircuit(circuit, { shots: 1, seed });
  const measured = Number.parseInt([...counts.keys()][0]!, 2);
  const reading = readOrder(measured, { base, modulus, counting });
  return { base, sharedFactor: null, measured, ...reading };
}

/** What Shor's algorithm has no use for is told apart before a circuit is made. */
function checkModulus(modulus: number): void {
  if (!Number.isInteger(modulus) || modulus < modulusMin || modulus > modulusMax) {
    throw new CircuitError(
      `a number to factor is a whole number from ${modulusMin} to ${modulusMax}, not ${modulus}`,
    );
  }
  if (modulus % 2 === 0) throw new CircuitError(`${modulus} is even: 2 is a factor`);
  const smallest = smallestFactor(modulus);
  if (smallest === modulus) throw new CircuitError(`${modulus} is prime`);
  let rest = modulus;
  while (rest % smallest === 0) rest /= smallest;
  if (rest === 1) {
    throw new CircuitError(`${modulus} is a power of ${smallest}, which a root finds faster`);
  }
}

function smallestFactor(value: number): number {
  for (let candidate = 2; candidate * candidate <= value; candidate++) {
    if (value % candidate === 0) return candidate;
  }
  return value;
}
