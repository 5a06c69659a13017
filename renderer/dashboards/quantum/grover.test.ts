import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barsMax, barsOf, successCurve, successProbability } from "./grover.ts";

describe("successProbability", () => {
  test("one of four is certain after one iteration", () => {
    expect(successProbability(4, 1, 1)).toBeCloseTo(1, 12);
  });

  test("one of eight after two iterations is 121/128 (Nielsen and Chuang, exercise 6.3)", () => {
    expect(successProbability(8, 1, 2)).toBeCloseTo(121 / 128, 12);
  });

  test("nothing marked is never found, everything marked always", () => {
    expect(successProbability(16, 0, 3)).toBe(0);
    expect(successProbability(16, 16, 3)).toBeCloseTo(1, 12);
  });

  test("agrees with the reflections done one by one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.nat(),
        fc.integer({ min: 0, max: 40 }),
        (qubits, pick, k) => {
          const states = 2 ** qubits;
          const marked = 1 + (pick % states);
          // Amplitudes of one marked and one unmarked state; all of a kind are equal.
          let good = 1 / Math.sqrt(states);
          let bad = good;
          for (let step = 0; step < k; step += 1) {
            good = -good;
            const mean = (marked * good + (states - marked) * bad) / states;
            [good, bad] = [2 * mean - good, 2 * mean - bad];
          }
          expect(successProbability(states, marked, k)).toBeCloseTo(marked * good ** 2, 8);
        },
      ),
    );
  });
});

test("the curve reaches the present iteration and stays bounded", () => {
  const curve = successCurve(4096, 1, 10_000, 50);
  expect(curve.length).toBeLessThanOrEqual(402);
  expect(curve.at(-1)?.iterations).toBeGreaterThan(9_900);
});

test("long lists show their most probable items in the order of the list", () => {
  const items = Array.from({ length: 4096 }, (_, index) => ({
    item: `item ${index}`,
    probability: index === 4000 ? 0.9 : index === 7 ? 0.05 : 0.00001,
    marked: index === 4000,
  }));
  const bars = barsOf(items);
  expect(bars).toHaveLength(barsMax);
  expect(bars.map(({ index }) => index)).toEqual(expect.arrayContaining([7, 4000]));
  expect(bars.at(-1)?.index).toBe(4000);
});
