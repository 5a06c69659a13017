import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { methods, minimise, type Problem } from "./minimise.ts";

const bounds = (dimension: number, low = -5, high = 5) =>
  Array.from({ length: dimension }, () => [low, high] as const);
const problem = (
  evaluate: Problem["evaluate"],
  start: readonly number[],
  rest: Partial<Problem> = {},
): Problem => ({
  evaluate,
  start,
  bounds: bounds(start.length),
  evaluationsMax: 3_000,
  random: new Random(1),
  ...rest,
});

describe("the search for a minimum", () => {
  it("Nelder and Mead descend Rosenbrock's valley (1960) to (1, 1)", () => {
    const rosenbrock = ([x, y]: readonly number[]) => 100 * (y! - x! * x!) ** 2 + (1 - x!) ** 2;
    const { point, value, converged } = minimise(problem(rosenbrock, [-1.2, 1]), "nelder-mead");
    expect(converged).toBe(true);
    expect(value).toBeLessThan(1e-12);
    expect(point).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
  });

  it.each([1, 3, 6])("Nelder and Mead find the middle of a bowl of %i dimensions", (dimension) => {
    const bowl = (point: readonly number[]) =>
      point.reduce((sum, value, at) => sum + (at + 1) * (value - at / 3) ** 2, 0);
    const start = Array.from({ length: dimension }, () => -2);
    const { point } = minimise(problem(bowl, start), "nelder-mead");
    for (const [at, value] of point.entries()) expect(value).toBeCloseTo(at / 3, 4);
  });

  it("stays within its bounds, where the minimum is on them", () => {
    for (const method of ["nelder-mead", "spsa"] as const) {
      const { point, improvements } = minimise(
        problem(([x, y]) => x! + 2 * y!, [0.3, 0.2], { bounds: bounds(2, -1, 1) }),
        method,
      );
      expect(point).toEqual([expect.closeTo(-1, 3), expect.closeTo(-1, 3)]);
      for (const { point: each } of improvements) {
        expect(Math.max(...each.map(Math.abs))).toBeLessThanOrEqual(1);
      }
    }
  });

  it("simultaneous perturbation comes close through noise", () => {
    const noise = new Random(9);
    const bowl = (point: readonly number[]) =>
      point.reduce((sum, value) => sum + (value - 1) ** 2, 0) + 0.02 * (noise.float() - 0.5);
    const { point } = minimise(problem(bowl, [-1, 2, 0]), "spsa");
    for (const value of point) expect(Math.abs(value - 1)).toBeLessThan(0.15);
  });

  it("sines go straight to their minimum, one coordinate in two evaluations", () => {
    const wave = ([x]: readonly number[]) => 0.7 - 1.5 * Math.cos(x! - 2);
    const { point, value, values } = minimise(problem(wave, [0.1]), "coordinate-sines");
    expect(point[0]).toBeCloseTo(2, 7);
    expect(value).toBeCloseTo(-0.8, 12);
    expect(values.length).toBeLessThanOrEqual(8);
  });

  it.each(methods)("%s repeats with its seed, keeps its search and ends in time", (method) => {
    const wave = (point: readonly number[]) =>
      point.reduce((sum, value) => sum + Math.sin(value + 0.3), 0);
    const run = () =>
      minimise(problem(wave, [0.5, -0.5], { evaluationsMax: 41, random: new Random(4) }), method);
    const first = run();
    expect(run()).toEqual(first);
    expect(first.values.length).toBeLessThanOrEqual(41);
    expect(first.value).toBe(Math.min(...first.values));
    expect(first.improvements.at(-1)).toMatchObject({ value: first.value, point: first.point });
    for (const { evaluation, value } of first.improvements) {
      expect(first.values[evaluation - 1]).toBe(value);
    }
  });
});
