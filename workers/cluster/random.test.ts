import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, splitMix64 } from "./random.ts";

function draws(random: Random): number[] {
  return Array.from({ length: 20 }, () => random.uint32());
}

function byValue(left: number, right: number): number {
  return left - right;
}

describe("xoshiro128** 1.1", () => {
  it("gives the outputs of the reference implementation from state 1, 2, 3, 4", () => {
    const random = Random.fromState([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, () => random.uint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  it("refuses the all-zero state", () => {
    expect(() => Random.fromState([0, 0, 0, 0])).toThrow(RangeError);
  });
});

describe("SplitMix64", () => {
  it("gives the published outputs from 1234567", () => {
    const outputs: bigint[] = [];
    let state = 1234567n;
    for (let draw = 0; draw < 5; draw++) {
      const step = splitMix64(state);
      state = step.state;
      outputs.push(step.output);
    }
    expect(outputs).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });
});

describe("Random", () => {
  it("repeats itself from its seed, and only from its seed", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        expect(draws(new Random(seed))).toEqual(draws(new Random(seed)));
        expect(draws(new Random(seed))).not.toEqual(draws(new Random(BigInt(seed) + 1n)));
      }),
    );
  });

  it("forks streams by name, whatever has been drawn before", () => {
    const fresh = new Random(7);
    const used = new Random(7);
    draws(used);
    expect(draws(fresh.fork("network"))).toEqual(draws(used.fork("network")));
    expect(draws(fresh.fork("network"))).not.toEqual(draws(fresh.fork("disk")));
  });

  it("keeps every draw in its range", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 0x100000000 }), (seed, bound) => {
        const random = new Random(seed);
        const whole = random.below(bound);
        const fraction = random.float();
        expect(Number.isInteger(whole) && whole >= 0 && whole < bound).toBe(true);
        expect(fraction >= 0 && fraction < 1).toBe(true);
      }),
    );
  });

  it("draws each of ten values equally often (chi-square, fixed seed)", () => {
    const random = new Random(20_261_123);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 100_000; draw++) {
      const value = random.below(10);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 27.88 is the 99.9th percentile for 9 degrees of freedom.
    expect(chiSquare).toBeLessThan(27.88);
  });

  it("has the mean of the exponential distribution", () => {
    const random = new Random(3);
    let sum = 0;
    for (let draw = 0; draw < 100_000; draw++) sum += random.exponential(5);
    expect(sum / 100_000).toBeCloseTo(5, 1);
  });

  it("shuffles into a permutation", () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, items) => {
        expect(new Random(seed).shuffle(items).toSorted(byValue)).toEqual(items.toSorted(byValue));
      }),
    );
  });

  it("names what is wrong with a seed, a bound or an empty list", () => {
    expect(() => new Random(0.5)).toThrow(/seed/);
    expect(() => new Random(1).below(0)).toThrow(/bound/);
    expect(() => new Random(1).pick([])).toThrow(RangeError);
  });
});
