import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { circuitOf, type Operation } from "../circuit.ts";
import { inverseOperations } from "../inverse.ts";
import { Matrix } from "../matrix.ts";
import { randomOperation } from "../random-primitives.ts";
import { exactDistribution } from "../distribution.ts";
import { runShot } from "../run-circuit.ts";
import { unitaryOf } from "../sample-circuit.ts";
import {
  amplification,
  amplitudeAmplification,
  amplitudeEstimation,
  countFrom,
  estimationDistribution,
  estimationError,
  groverFor,
  tiltedPreparation,
  uniformSearch,
} from "./amplification.ts";
import { iterativePhase, phaseOfGate } from "./phase.ts";
import { predicateOf } from "./predicate.ts";

const exact = 1e-12;
const read = (distribution: ReadonlyMap<string, number>, y: number, bits: number) =>
  distribution.get(y.toString(2).padStart(bits, "0")) ?? 0;

describe("inverse operations", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("undo random circuits (seed %i)", (seed) => {
    const random = new Random(seed);
    const operations: Operation[] = Array.from({ length: 12 }, () => randomOperation(random, 4));
    operations.push({ kind: "repeat", count: 3, body: operations.slice(0, 4) });
    const both = circuitOf(4, [...operations, ...inverseOperations(operations)]);
    expect(unitaryOf(both).distance(Matrix.identity(16))).toBeLessThan(1e-11);
  });

  it("are refused for what cannot be undone", () => {
    expect(() => inverseOperations([{ kind: "reset", qubit: 0 }])).toThrow(/reset has no inverse/);
  });
});

describe("amplitude amplification (Brassard et al. 2000, section 2)", () => {
  it.each([
    [3, 0.9, 0, 1],
    [3, 1, 3, 2],
    [5, 0.7, 4, 3],
    [6, 2, 9, 5],
  ])(
    "%i qubits, tilted by %d: the states below %i + 1 grow as sin^2((2k + 1) theta)",
    (qubits, angle, last, iterations) => {
      const accepts = (x: number) => x <= last;
      // By the preparation's definition: each 1 weighs sin^2(angle / 2).
      let weight = 0;
      for (let x = 0; x <= last; x++) {
        const ones = x.toString(2).replaceAll("0", "").length;
        weight += Math.sin(angle / 2) ** (2 * ones) * Math.cos(angle / 2) ** (2 * (qubits - ones));
      }
      const prepare = tiltedPreparation(qubits, angle);
      const circuit = amplitudeAmplification({ qubits, prepare, accepts }, iterations);
      const distribution = exactDistribution(circuit);
      let success = 0;
      for (let x = 0; x <= last; x++) success += read(distribution, x, qubits);
      const theta = Math.asin(Math.sqrt(weight));
      const closedForm = Math.sin((2 * iterations + 1) * theta) ** 2;
      expect(Math.abs(success - closedForm)).toBeLessThan(exact);
    },
  );

  it("amplifies any preparation: a random unitary's weight obeys the same law", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = new Random(seed);
      const prepare = Array.from({ length: 10 }, () => randomOperation(random, 4));
      const accepts = (x: number) => x % 5 === 1;
      const start = runShot(circuitOf(4, prepare), () => 0).state;
      const weightOf = (state: typeof start) =>
        [1, 6, 11].reduce((sum, x) => sum + state.probability(x), 0);
      const theta = Math.asin(Math.sqrt(Math.min(1, weightOf(start))));
      for (let k = 0; k < 5; k++) {
        const rounds = Array.from({ length: k }, () =>
          amplification({ qubits: 4, prepare, accepts }),
        ).flat();
        const { state } = runShot(circuitOf(4, [...prepare, ...rounds]), () => 0);
        expect(weightOf(state)).toBeCloseTo(Math.sin((2 * k + 1) * theta) ** 2, 11);
      }
    }
  });

  it("Grover for a formula finds all that it accepts alike", () => {
    const accepts = predicateOf("x % 7 == 3 && (x & 8) == 0");
    const marked = Array.from({ length: 64 }, (_, x) => x).filter(
      (x) => x % 7 === 3 && (x & 8) === 0,
    );
    const distribution = exactDistribution(groverFor(6, accepts));
    const theta = Math.asin(Math.sqrt(marked.length / 64));
    const rounds = Math.round(Math.PI / (4 * theta) - 0.5);
    const each = Math.sin((2 * rounds + 1) * theta) ** 2 / marked.length;
    for (const x of marked) expect(Math.abs(read(distribution, x, 6) - each)).toBeLessThan(exact);
    expect(() => groverFor(3, () => false)).toThrow(/no state of 3 qubits is accepted/);
  });
});

describe("predicates", () => {
  it.each([
    ["x == 5", (x: number) => x === 5],
    ["x % 3 == 1 && x > 4", (x: number) => x % 3 === 1 && x > 4],
    ["!(x & 1) || x ** 2 == 49", (x: number) => (x & 1) === 0 || x === 7],
    ["(x >> 2) ^ 1 == 2", (x: number) => x >> 2 !== 0],
    ["x / 3 < 2 && ~x < -1", (x: number) => Math.trunc(x / 3) < 2 && x > 0],
    ["x % 0 == 0", () => true],
    ["true", () => true],
  ] as const)("%s", (formula, expected) => {
    const predicate = predicateOf(formula);
    for (let x = 0; x < 64; x++) expect({ x, is: predicate(x) }).toEqual({ x, is: expected(x) });
  });

  it.each([
    ["y == 1", /a formula knows x alone/],
    ["x == ", /line 1, column/],
    ["x == 1)", /ends before this/],
    ["sin(x) > 0", /made of x, numbers and operators/],
    ["x == 1 §", /line 1/],
    [`${"(".repeat(200)}x${")".repeat(200)}`, /more than 100 levels inside one another/],
  ])("%s is refused with its place", (formula, message) => {
    expect(() => predicateOf(formula)).toThrow(message);
  });
});

describe("amplitude estimation (Brassard et al. 2000, section 4)", () => {
  it.each([
    [3, 0, 4],
    [3, 1, 4],
    [4, 5, 5],
    [4, 8, 3],
    [3, 8, 4],
    [5, 3, 6],
  ])(
    "%i qubits, %i marked, %i counting: each y has its closed-form chance",
    (qubits, marked, t) => {
      const circuit = amplitudeEstimation(
        uniformSearch(qubits, (x) => x < marked),
        t,
      );
      const distribution = exactDistribution(circuit);
      const expected = estimationDistribution(marked / 2 ** qubits, t);
      expect(expected.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
      for (const [y, chance] of expected.entries()) {
        expect(Math.abs(read(distribution, y, t) - chance)).toBeLessThan(exact);
      }
    },
  );

  it("estimates within the bound of theorem 12 at least 8 times in pi^2", () => {
    for (const marked of [0, 1, 3, 7, 16, 31, 32]) {
      for (const counting of [3, 5, 7]) {
        const weight = marked / 32;
        const bound = 32 * estimationError(weight, counting);
        const chance = estimationDistribution(weight, counting)
          .filter((_, y) => Math.abs(countFrom(y, counting, 32).count - marked) <= bound + 1e-9)
          .reduce((sum, each) => sum + each, 0);
        expect(chance).toBeGreaterThanOrEqual(8 / Math.PI ** 2);
      }
    }
  });
});

describe("phase estimation of a phase gate", () => {
  it.each([
    [0.25, 4],
    [0.3, 5],
    [0.9999, 3],
    [1 / 3, 6],
  ])("of %d with %i digits: at once and one after another alike", (phase, counting) => {
    const size = 2 ** counting;
    const atOnce = exactDistribution(phaseOfGate(phase, counting));
    const iterative = exactDistribution(iterativePhase(phase, counting));
    for (let y = 0; y < size; y++) {
      let [re, im] = [0, 0];
      // The definition: the amplitude of y is the mean of e^(2 pi i k (phase - y / N)).
      for (let k = 0; k < size; k++) {
        re += Math.cos(2 * Math.PI * k * (phase - y / size)) / size;
        im += Math.sin(2 * Math.PI * k * (phase - y / size)) / size;
      }
      const expected = re * re + im * im;
      expect(Math.abs(read(atOnce, y, counting) - expected)).toBeLessThan(exact);
      expect(Math.abs(read(iterative, y, counting) - expected)).toBeLessThan(exact);
    }
  });
});
