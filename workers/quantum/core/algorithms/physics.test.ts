import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { Matrix } from "../matrix.ts";
import { haarUnitary } from "../random-unitary.ts";
import { exactDistribution } from "../distribution.ts";
import { runShot } from "../run-circuit.ts";
import {
  bellTestCircuit,
  chshValue,
  classicalBound,
  correlation,
  expectedCorrelation,
  optimalAngles,
  quantumBound,
  settings,
} from "./bell-test.ts";
import {
  heavyIdeal,
  heavyOutputs,
  heavyThreshold,
  lowerBoundOf,
  volumeCircuit,
  volumeTest,
} from "./quantum-volume.ts";
import { type Coin, cycleWalk, hypercubeWalk } from "./walk.ts";

const exact = 1e-12;
const read = (distribution: ReadonlyMap<string, number>, y: number, bits: number) =>
  distribution.get(y.toString(2).padStart(bits, "0")) ?? 0;

describe("quantum walks (Kempe 2003)", () => {
  /** The recursion of section 3.2 on complex amplitudes by place and coin: no matrices, no qubits. */
  function recursion(size: number, steps: number, start: readonly (readonly number[])[]): number[] {
    type Amplitude = readonly [number, number];
    let up: Amplitude[] = Array.from({ length: size }, () => [0, 0]);
    let down: Amplitude[] = Array.from({ length: size }, () => [0, 0]);
    up[0] = [start[0]![0]!, start[0]![1]!];
    down[0] = [start[1]![0]!, start[1]![1]!];
    for (let step = 0; step < steps; step++) {
      const half = Math.SQRT1_2;
      const at = (place: number) => ((place % size) + size) % size;
      const nextUp = up.map((_, place): Amplitude => {
        const from = at(place - 1);
        return [half * (up[from]![0] + down[from]![0]), half * (up[from]![1] + down[from]![1])];
      });
      const nextDown = down.map((_, place): Amplitude => {
        const from = at(place + 1);
        return [half * (up[from]![0] - down[from]![0]), half * (up[from]![1] - down[from]![1])];
      });
      [up, down] = [nextUp, nextDown];
    }
    return up.map(([re, im], place) => {
      const [otherRe, otherIm] = down[place]!;
      return re * re + im * im + otherRe * otherRe + otherIm * otherIm;
    });
  }

  const half = Math.SQRT1_2;
  it.each<[number, number, Coin, readonly (readonly number[])[]]>([
    [
      3,
      5,
      "up",
      [
        [1, 0],
        [0, 0],
      ],
    ],
    [
      4,
      40,
      "down",
      [
        [0, 0],
        [1, 0],
      ],
    ],
    [
      6,
      20,
      "balanced",
      [
        [half, 0],
        [0, half],
      ],
    ],
    [
      7,
      50,
      "balanced",
      [
        [half, 0],
        [0, half],
      ],
    ],
  ])("2^%i places, %i steps, coin %s: as the recursion has it", (positions, steps, coin, start) => {
    const distribution = exactDistribution(cycleWalk(positions, steps, coin));
    for (const [place, expected] of recursion(2 ** positions, steps, start).entries()) {
      expect(Math.abs(read(distribution, place, positions) - expected)).toBeLessThan(exact);
    }
  });

  it("after 4 steps with the coin up the line shows the published table", () => {
    // Kempe 2003, figure 5: for |down> 1/16, 10/16, 2/16, 2/16, 1/16 from place -4; |up> mirrors it.
    const distribution = exactDistribution(cycleWalk(4, 4, "up"));
    const table = [-4, -2, 0, 2, 4].map((place) => read(distribution, (place + 16) % 16, 4));
    for (const [at, expected] of [1, 2, 2, 10, 1].entries()) {
      expect(Math.abs(table[at]! - expected / 16)).toBeLessThan(exact);
    }
  });

  it("spreads in proportion to its steps, and alike to both sides when the coin is balanced", () => {
    const spread = (steps: number): number => {
      const distribution = exactDistribution(cycleWalk(8, steps));
      let variance = 0;
      for (let place = -127; place < 128; place++) {
        const chance = read(distribution, (place + 256) % 256, 8);
        expect(chance).toBeCloseTo(read(distribution, (256 - place) % 256, 8), 12);
        variance += place * place * chance;
      }
      return Math.sqrt(variance);
    };
    // The variance tends to (1 - 1/sqrt 2) steps^2 (Konno 2002), where a random walk has steps.
    expect(spread(100) / 100).toBeCloseTo(Math.sqrt(1 - Math.SQRT1_2), 1);
    expect(spread(100) / spread(50)).toBeCloseTo(2, 1);
  });

  it.each([1, 2, 3])("on a hypercube, coin of %i qubits: as by weights alone", (coins) => {
    const dimensions = 2 ** coins;
    for (const steps of [1, 2, 5, 9]) {
      // An amplitude for each corner and direction, moved by the definition.
      let amplitudes = new Map<string, number>();
      const add = (into: Map<string, number>, key: string, value: number) =>
        into.set(key, (into.get(key) ?? 0) + value);
      for (let way = 0; way < dimensions; way++) amplitudes.set(`0 ${way}`, dimensions ** -0.5);
      for (let step = 0; step < steps; step++) {
        const next = new Map<string, number>();
        for (const [key, value] of amplitudes) {
          const [corner, way] = key.split(" ").map(Number) as [number, number];
          for (let other = 0; other < dimensions; other++) {
            const tossed = 2 / dimensions - (other === way ? 1 : 0);
            add(next, `${corner ^ (1 << other)} ${other}`, tossed * value);
          }
        }
        amplitudes = next;
      }
      const distribution = exactDistribution(hypercubeWalk(coins, steps));
      for (let corner = 0; corner < 2 ** dimensions; corner++) {
        let expected = 0;
        for (let way = 0; way < dimensions; way++) {
          expected += (amplitudes.get(`${corner} ${way}`) ?? 0) ** 2;
        }
        expect(Math.abs(read(distribution, corner, dimensions) - expected)).toBeLessThan(exact);
      }
    }
  });
});

describe("the Bell test (Clauser, Horne, Shimony and Holt 1969)", () => {
  const valueOf = (noise: number) =>
    chshValue(
      settings.map((_, setting) =>
        correlation(exactDistribution(bellTestCircuit(setting, { ...optimalAngles, noise }))),
      ),
    );

  it("reaches 2 sqrt 2, and no assignment of values more than 2", () => {
    expect(quantumBound).toBe(Math.sqrt(8));
    expect(Math.abs(valueOf(0) - quantumBound)).toBeLessThan(exact);
    let most = 0;
    for (let values = 0; values < 16; values++) {
      const sign = (at: number) => ((values >> at) & 1 ? 1 : -1);
      most = Math.max(
        most,
        chshValue(settings.map(({ alice, bob }) => sign(alice) * sign(2 + bob))),
      );
    }
    expect(most).toBe(classicalBound);
  });

  it.each([0.01, 0.1, 0.3, 0.75, 1])("shrinks by (1 - 4p/3)^2 under noise p = %d", (noise) => {
    const expected = 2 * Math.SQRT2 * (1 - (4 * noise) / 3) ** 2;
    expect(Math.abs(valueOf(noise) - expected)).toBeLessThan(exact);
    const closed = chshValue(
      settings.map((_, at) => expectedCorrelation(at, { ...optimalAngles, noise })),
    );
    expect(Math.abs(closed - expected)).toBeLessThan(exact);
  });

  it("correlates as the cosine of the angle between any two directions", () => {
    const test = { alice: [0.3, -1.2], bob: [2, 0.1], noise: 0.05 } as const;
    for (const setting of [0, 1, 2, 3]) {
      const measured = correlation(exactDistribution(bellTestCircuit(setting, test)));
      expect(Math.abs(measured - expectedCorrelation(setting, test))).toBeLessThan(exact);
    }
  });
});

describe("quantum volume (Cross et al. 2019)", () => {
  it("draws unitaries from Haar's measure: moments of an element and of the trace", () => {
    const random = new Random(5);
    const draws = 4_000;
    let [second, fourth, trace] = [0, 0, 0];
    for (let draw = 0; draw < draws; draw++) {
      const unitary = haarUnitary(random, 4);
      if (draw < 20) {
        const product = unitary.multiply(unitary.adjoint());
        expect(product.distance(Matrix.identity(4))).toBeLessThan(1e-14);
      }
      const weight = unitary.re(1, 2) ** 2 + unitary.im(1, 2) ** 2;
      second += weight / draws;
      fourth += weight ** 2 / draws;
      const [re, im] = [0, 1, 2, 3].reduce(
        ([sumRe, sumIm], at) => [sumRe + unitary.re(at, at), sumIm + unitary.im(at, at)] as const,
        [0, 0] as readonly [number, number],
      );
      trace += (re * re + im * im) / draws;
    }
    // E|u|^2 = 1/N, E|u|^4 = 2/(N (N + 1)), E|tr U|^2 = 1; within five standard errors.
    expect(Math.abs(second - 1 / 4)).toBeLessThan((5 * Math.sqrt(0.0375)) / Math.sqrt(draws));
    expect(Math.abs(fourth - 2 / 20)).toBeLessThan((5 * 0.14) / Math.sqrt(draws));
    expect(Math.abs(trace - 1)).toBeLessThan(5 / Math.sqrt(draws));
  });

  it("heavy outputs are those above the median, and weigh at least half", () => {
    expect(heavyOutputs(Float64Array.of(0.1, 0.4, 0.2, 0.3))).toEqual(new Set([1, 3]));
    expect(heavyOutputs(Float64Array.of(0.25, 0.25, 0.25, 0.25))).toEqual(new Set());
    for (let seed = 1; seed < 20; seed++) {
      const probabilities = runShot(volumeCircuit(4, seed), () => 0).state.probabilities();
      const heavy = heavyOutputs(probabilities);
      expect(heavy.size).toBe(8);
      const weight = [...heavy].reduce((sum, output) => sum + probabilities[output]!, 0);
      expect(weight).toBeGreaterThan(0.5);
    }
  });

  it("a perfect device finds (1 + ln 2) / 2 of them, and passes; a noisy one does not", () => {
    const options = { width: 5, circuits: 150, shots: 30, seed: 3 };
    const perfect = volumeTest({ ...options, noise: 0 });
    expect(Math.abs(perfect.meanIdeal - heavyIdeal)).toBeLessThan(0.02);
    expect(perfect).toMatchObject({ passed: true, volume: 32 });
    expect(perfect.lowerBound).toBe(lowerBoundOf(perfect.mean, 150));
    const noisy = volumeTest({ ...options, noise: 0.3 });
    expect(noisy.mean).toBeLessThan(heavyThreshold);
    expect(noisy).toMatchObject({ passed: false, volume: null });
    expect(volumeTest({ ...options, circuits: 50, noise: 0 }).passed).toBe(false);
  });
});
