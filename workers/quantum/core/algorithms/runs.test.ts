import { describe, expect, it } from "vitest";
import { perform, type RunName, type RunOptions, type RunResult } from "../programs.ts";
import { optimalAngles } from "./bell-test.ts";

function run<Name extends RunName>(name: Name, options: RunOptions<Name>): RunResult<Name> {
  const answer = perform({ kind: "run", name, options } as Parameters<typeof perform>[0]);
  if (answer.kind === "refused") throw new RangeError(answer.message);
  if (answer.kind !== "ran") throw new Error("a run was asked for");
  // As it crosses the border of the thread.
  return structuredClone(answer.result) as RunResult<Name>;
}

describe("amplify", () => {
  it("shows every round beside its closed form, from equal weights and from tilted ones", () => {
    for (const tilt of [undefined, 0.9]) {
      const { rounds, iterations, optimalIterations, weight, marked } = run("amplify", {
        qubits: 6,
        wanted: { formula: "x % 21 == 4" },
        tilt,
        iterations: undefined,
      });
      expect(marked).toBe(3);
      expect(iterations).toBe(optimalIterations);
      expect(rounds).toHaveLength(iterations + 1);
      if (tilt === undefined) expect(weight).toBeCloseTo(3 / 64, 12);
      for (const { success, closedForm } of rounds) expect(success).toBeCloseTo(closedForm, 11);
      // The best count comes within half a round of sin^2 = 1: cos^2(theta) at least.
      expect(rounds.at(-1)!.success).toBeGreaterThanOrEqual(1 - weight - 1e-12);
    }
  });

  it("of nothing stays at nothing, and of unknown states is refused", () => {
    const options = { qubits: 3, tilt: undefined, iterations: 2 };
    const { rounds } = run("amplify", { ...options, wanted: { states: [] } });
    expect(rounds.map(({ success }) => success)).toEqual([0, 0, 0]);
    expect(() => run("amplify", { ...options, wanted: { states: [8] } })).toThrow(
      /state 8 needs more qubits: 7 is the largest here/,
    );
  });
});

describe("count", () => {
  it("tells the count within its bound, and repeats with its seed", () => {
    const options = {
      qubits: 5,
      wanted: { formula: "x % 7 == 1" },
      counting: 6,
      shots: 500,
      seed: 3,
    };
    const result = run("countWanted", options);
    expect(result.marked).toBe(5);
    expect(Math.abs(result.estimate.count - 5)).toBeLessThan(result.errorBound);
    expect(result.outcomes.reduce((sum, { shots }) => sum + shots, 0)).toBe(500);
    for (const { chance, closedForm } of result.outcomes) {
      expect(Math.abs(chance - closedForm)).toBeLessThan(1e-12);
    }
    expect(run("countWanted", options)).toEqual(result);
    expect(() => run("countWanted", { ...options, qubits: 10, counting: 7 })).toThrow(/16 in all/);
  });
});

describe("walk", () => {
  it("spreads further than a random walk, whose spread is the root of its steps", () => {
    const { quantum, classical, spread, farCorner } = run("walk", {
      on: { kind: "cycle", positions: 8, coin: "balanced" },
      steps: 64,
    });
    expect(quantum.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
    expect(classical.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
    expect(spread!.classical).toBeCloseTo(8, 6);
    expect(spread!.quantum).toBeGreaterThan(30);
    expect(farCorner).toBeNull();
  });

  it("crosses a square in two steps, as a random walk does with a half", () => {
    const { farCorner } = run("walk", { on: { kind: "hypercube", coins: 1 }, steps: 2 });
    expect(farCorner!.quantum).toBeCloseTo(1, 12);
    expect(farCorner!.classical).toBeCloseTo(0.5, 12);
  });

  it("is at the far corner of a hypercube after about pi / 2 times its dimensions (Kempe 2005)", () => {
    const chances = Array.from({ length: 20 }, (_, steps) => {
      return run("walk", { on: { kind: "hypercube", coins: 3 }, steps }).farCorner!;
    });
    const quantum = chances.map((each) => each.quantum);
    const most = Math.max(...quantum);
    expect(quantum.indexOf(most)).toBe(2 * Math.round((Math.PI / 2) * 4));
    expect(most).toBeGreaterThan(0.9);
    expect(Math.max(...chances.map((each) => each.classical))).toBeLessThan(2 / 256 + 1e-3);
  });
});

describe("Bell test", () => {
  it("breaks the classical bound without noise, and no more with much", () => {
    const options = { ...optimalAngles, shots: 4_000, seed: 8 };
    const clean = run("bellTest", { ...options, noise: 0 });
    expect(clean).toMatchObject({ violates: true, classicalBound: 2 });
    expect(clean.exact).toBeCloseTo(Math.sqrt(8), 12);
    expect(Math.abs(clean.sampled - clean.exact)).toBeLessThan(5 * clean.standardError);
    const noisy = run("bellTest", { ...options, noise: 0.2 });
    expect(noisy.exact).toBeCloseTo(noisy.expected, 12);
    expect(noisy.violates).toBe(false);
  });
});

describe("maximum cut and ground energy", () => {
  it("refuse what is too large or empty, and take graphs by their edges", () => {
    const options = {
      layers: 1,
      method: "nelder-mead",
      evaluationsMax: 150,
      shots: 100,
      seed: 1,
    } as const;
    const square = [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 0],
    ] as const;
    const result = run("maximumCutByQaoa", {
      ...options,
      graph: { kind: "edges", vertices: 4, edges: square },
    });
    expect(result).toMatchObject({ maximum: 4, best: { cut: 4 } });
    expect(result.expectation).toBeCloseTo(3, 6);
    const large = { kind: "ring", vertices: 14 } as const;
    expect(() => run("maximumCutByQaoa", { ...options, graph: large })).toThrow(/at most 12/);
    const empty = { kind: "edges", vertices: 4, edges: [] } as const;
    expect(() => run("maximumCutByQaoa", { ...options, graph: empty })).toThrow(/nothing to cut/);
  });

  it("come with the terms of the Hamiltonian", () => {
    const { terms, error } = run("groundEnergyByVqe", {
      hamiltonian: { kind: "ising", qubits: 2, coupling: 1, field: 0.5, closed: false },
      layers: 1,
      method: "coordinate-sines",
      evaluationsMax: 800,
      starts: 2,
      seed: 4,
    });
    expect(terms).toEqual([
      { paulis: "ZZ", factor: -1 },
      { paulis: "IX", factor: -0.5 },
      { paulis: "XI", factor: -0.5 },
    ]);
    expect(Math.abs(error)).toBeLessThan(1e-6);
  });
});
