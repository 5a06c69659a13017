/** The Bell test of Clauser, Horne, Shimony and Holt (1969; Nielsen and Chuang 2.6). */
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";
import { CircuitError } from "../primitive.ts";

/** Angles of the directions in the x-z plane, from z, that break the bound the most. */
export const optimalAngles = {
  alice: [0, Math.PI / 2],
  bob: [Math.PI / 4, -Math.PI / 4],
} as const;

/** Local hidden variables reach 2 and no more. */
export const classicalBound = 2;
/** Tsirelson (1980): no quantum state does more. */
export const quantumBound = 2 * Math.SQRT2;

/** Alice's and Bob's settings, and the sign of their correlation in S = E00 + E01 + E10 - E11. */
export const settings = [
  { alice: 0, bob: 0, sign: 1 },
  { alice: 0, bob: 1, sign: 1 },
  { alice: 1, bob: 0, sign: 1 },
  { alice: 1, bob: 1, sign: -1 },
] as const;

export interface BellTest {
  /** Radians from z to x, two of each. */
  readonly alice: readonly [number, number];
  readonly bob: readonly [number, number];
  /** Of a depolarising channel on each qubit: X, Y or Z with a third of it each. */
  readonly noise: number;
}

/** One of the four settings, 0 to 3: the pair is shared, disturbed, and measured along both directions. */
export function bellTestCircuit(setting: number, { alice, bob, noise }: BellTest): Circuit {
  const chosen = settings[setting];
  if (chosen === undefined) throw new CircuitError(`a setting is 0 to 3, not ${setting}`);
  const disturbed = [0, 1].map((qubit): Operation => ({
    kind: "noise",
    channel: { kind: "depolarising", probability: noise },
    qubits: [qubit],
  }));
  return circuitOf(
    2,
    [
      gate("h", [0]),
      gate("cx", [0, 1]),
      ...(noise > 0 ? disturbed : []),
      // Turned back by its angle, a direction lies along z.
      gate("ry", [0], [-alice[chosen.alice]]),
      gate("ry", [1], [-bob[chosen.bob]]),
      { kind: "measure", qubit: 0, bit: 0 },
      { kind: "measure", qubit: 1, bit: 1 },
    ],
    2,
  );
}

/** How often they agree less how often they do not, of what the two bits show. */
export function correlation(shares: ReadonlyMap<string, number>): number {
  const share = (key: string): number => shares.get(key) ?? 0;
  const total = share("00") + share("01") + share("10") + share("11");
  return (share("00") + share("11") - share("01") - share("10")) / total;
}

/**
 * cos(a - b) of the undisturbed pair. A depolarising channel of probability p leaves each of a qubit's
 * Pauli operators with 1 - 4p/3: one of the three errors commutes with it, two change its sign.
 */
export function expectedCorrelation(setting: number, { alice, bob, noise }: BellTest): number {
  const chosen = settings[setting]!;
  return (1 - (4 * noise) / 3) ** 2 * Math.cos(alice[chosen.alice] - bob[chosen.bob]);
}

/** S of the four correlations, in the order of the settings. */
export function chshValue(correlations: readonly number[]): number {
  return settings.reduce((sum, { sign }, at) => sum + sign * correlations[at]!, 0);
}
