import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import {
  closedFormSuccess,
  finish,
  groverSearch,
  groverState,
  optimalIterations,
  qubitsForItems,
} from "./grover.ts";

const list = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `item ${index}`);

function multiply(matrix: readonly number[][], vector: readonly number[]): number[] {
  return matrix.map((row) =>
    row.reduce((sum, element, column) => sum + element * (vector[column] ?? 0), 0),
  );
}

/** (D O)^k |s> from the textbook's matrices: O = I - 2 sum |m><m|, D = 2|s><s| - I. */
function denseGrover(states: number, marked: ReadonlySet<number>, iterations: number): number[] {
  const oracle = Array.from({ length: states }, (_, row) =>
    Array.from({ length: states }, (__, column) =>
      row === column ? (marked.has(row) ? -1 : 1) : 0,
    ),
  );
  const diffusion = Array.from({ length: states }, (_, row) =>
    Array.from({ length: states }, (__, column) => 2 / states - (row === column ? 1 : 0)),
  );
  let vector = Array.from({ length: states }, () => 1 / Math.sqrt(states));
  for (let k = 0; k < iterations; k++) vector = multiply(diffusion, multiply(oracle, vector));
  return vector;
}

const markedStates = fc
  .integer({ min: 1, max: 9 })
  .chain((qubits) =>
    fc.tuple(
      fc.constant(qubits),
      fc.uniqueArray(fc.nat(2 ** qubits - 1), { maxLength: 2 ** qubits }),
    ),
  );

describe("Grover's search", () => {
  it("reaches sin^2((2k+1) asin(sqrt(M/N))) to 1e-12 for any N, M and k", () => {
    fc.assert(
      fc.property(markedStates, fc.nat(200), ([qubits, marked], iterations) => {
        const state = finish(groverState(qubits, marked, iterations));
        const success = marked.reduce((sum, index) => sum + state.probability(index), 0);
        const closedForm = closedFormSuccess(marked.length, state.size, iterations);
        expect(Math.abs(success - closedForm)).toBeLessThan(1e-12);
        expect(Math.abs(state.norm() - 1)).toBeLessThan(1e-12);
      }),
    );
  });

  it("has the amplitudes of the dense oracle and diffusion matrices", () => {
    const small = fc
      .integer({ min: 1, max: 5 })
      .chain((qubits) =>
        fc.tuple(fc.constant(qubits), fc.uniqueArray(fc.nat(2 ** qubits - 1), { maxLength: 32 })),
      );
    fc.assert(
      fc.property(small, fc.nat(12), ([qubits, marked], iterations) => {
        const state = finish(groverState(qubits, marked, iterations));
        const expected = denseGrover(state.size, new Set(marked), iterations);
        for (const [index, amplitude] of expected.entries()) {
          expect(Math.abs((state.real[index] ?? 0) - amplitude)).toBeLessThan(1e-12);
          expect(state.imaginary[index]).toBeCloseTo(0, 12);
        }
      }),
    );
  });

  it.each([
    [2, 1, 1],
    [3, 2, 0.9453125],
    [4, 3, 0.96131897],
    [8, 12, 0.99994704],
    [10, 25, 0.99946124],
    [12, 50, 0.99994535],
  ])("finds one item among 2^%i at its optimum of %i iterations", (qubits, iterations, success) => {
    const states = 2 ** qubits;
    expect(optimalIterations(1, states)).toBe(iterations);
    expect(
      finish(groverState(qubits, [states - 1], iterations)).probability(states - 1),
    ).toBeCloseTo(success, 8);
  });

  it("never does better at the neighbours of the optimum", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (qubits, raw) => {
        const states = 2 ** qubits;
        const marked = 1 + (raw % states);
        const best = optimalIterations(marked, states);
        const at = (iterations: number): number => closedFormSuccess(marked, states, iterations);
        expect(at(best)).toBeGreaterThan(at(best + 1) - 1e-12);
        expect(at(best)).toBeGreaterThan(at(Math.max(0, best - 1)) - 1e-12);
      }),
    );
  });

  it("stays exact over the most iterations that the API allows", () => {
    const state = finish(groverState(7, [5], 10_000));
    expect(Math.abs(state.probability(5) - closedFormSuccess(1, 128, 10_000))).toBeLessThan(1e-11);
  });
});

describe("groverSearch", () => {
  it("answers the brief's example: cherry among four, five iterations", () => {
    const result = finish(
      groverSearch({
        items: ["apple", "banana", "cherry", "date"],
        target: "cherry",
        iterations: 5,
        draw: 0.6,
      }),
    );
    // theta is 30 degrees: sin^2(11 * 30 degrees) = 1/4, so five iterations are far too many.
    expect(result).toMatchObject({
      qubits: 2,
      states: 4,
      marked: 1,
      iterations: 5,
      optimalIterations: 1,
      classicalProbability: 0.25,
      measuredState: 2,
      found: true,
      item: "cherry",
      index: 2,
      paddingProbability: 0,
    });
    expect(result.successProbability).toBeCloseTo(0.25, 12);
    expect(result.deviation).toBeLessThan(1e-12);
  });

  it("is certain at the optimum for one of four", () => {
    const result = finish(groverSearch({ items: ["a", "b", "c", "d"], target: "b", draw: 0.999 }));
    expect(result).toMatchObject({ iterations: 1, found: true, index: 1 });
    expect(result.probability).toBeCloseTo(1, 12);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [1024, 10],
    [1025, 11],
    [4095, 12],
    [4096, 12],
  ])("needs for %i items %i qubits", (items, qubits) => {
    expect(qubitsForItems(items)).toBe(qubits);
  });

  it("marks nothing when the target is absent: no iterations, a uniform state", () => {
    const result = finish(groverSearch({ items: list(3), target: "absent", draw: 0.9 }));
    expect(result).toMatchObject({
      marked: 0,
      optimalIterations: 0,
      iterations: 0,
      found: false,
      item: null,
      index: null,
      measuredState: 3,
      successProbability: 0,
      closedForm: 0,
      classicalProbability: 0,
    });
    expect(result.paddingProbability).toBeCloseTo(0.25, 12);
  });

  it("is certain when every state is marked, however many iterations run", () => {
    const result = finish(
      groverSearch({
        items: ["x", "x", "x", "x"],
        target: "x",
        iterations: 7,
        draw: 0.3,
      }),
    );
    expect(result).toMatchObject({ marked: 4, optimalIterations: 0, found: true });
    expect(result.successProbability).toBeCloseTo(1, 12);
    expect(result.closedForm).toBeCloseTo(1, 12);
  });

  it("gives a list of one item one qubit and even odds", () => {
    const result = finish(groverSearch({ items: ["only"], target: "only", draw: 0.2 }));
    expect(result).toMatchObject({ qubits: 1, states: 2, marked: 1, iterations: 0, found: true });
    expect(result.successProbability).toBeCloseTo(0.5, 12);
  });

  it("marks every duplicate and accounts for all probability", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 70 }),
        fc.option(fc.nat(30), { nil: undefined }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (items, iterations, draw) => {
          const result = finish(groverSearch({ items, target: "b", iterations, draw }));
          expect(result.marked).toBe(items.filter((item) => item === "b").length);
          expect(result.iterations).toBe(iterations ?? result.optimalIterations);
          expect(result.itemProbabilities.map(({ item }) => item)).toEqual(items);
          const total = result.itemProbabilities.reduce(
            (sum, { probability }) => sum + probability,
            0,
          );
          expect(total + result.paddingProbability).toBeCloseTo(1, 12);
          expect(result.found).toBe(items[result.measuredState] === "b");
        },
      ),
    );
  });

  it("measures with the probabilities of the state (chi-square, fixed seed)", () => {
    const random = new Random(4);
    const items = list(11);
    const runs = 20_000;
    const counts = new Map<number, number>();
    const { itemProbabilities } = finish(
      groverSearch({ items, target: "item 4", iterations: 1, draw: 0 }),
    );
    const state = finish(groverState(4, [4], 1));
    for (let run = 0; run < runs; run++) {
      const measured = state.measure(random.float());
      counts.set(measured, (counts.get(measured) ?? 0) + 1);
    }
    let chiSquare = 0;
    for (let index = 0; index < 16; index++) {
      const expected = runs * (itemProbabilities[index]?.probability ?? state.probability(index));
      chiSquare += ((counts.get(index) ?? 0) - expected) ** 2 / expected;
    }
    // 37.70 is the 99.9th percentile for 15 degrees of freedom.
    expect(chiSquare).toBeLessThan(37.7);
  });

  it("refuses an empty list and a count that is not whole", () => {
    expect(() => finish(groverSearch({ items: [], target: "x", draw: 0 }))).toThrow(
      /at least one item/,
    );
    expect(() =>
      finish(groverSearch({ items: ["x"], target: "x", iterations: 1.5, draw: 0 })),
    ).toThrow(/iterations/);
  });
});
