import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LookupDecoder } from "../decoders/lookup-decoder.ts";
import { MatchingDecoder } from "../decoders/matching-decoder.ts";
import { matchingGraph } from "../decoders/matching-graph.ts";
import { UnionFindDecoder } from "../decoders/union-find-decoder.ts";
import { analyse } from "../frames/analyse.ts";
import { planOf } from "../frames/plan.ts";
import { symptomsText } from "../frames/split-hyperedges.ts";
import type { DetectorErrorModel } from "../stim/model.ts";
import { parseDem } from "../stim/parse-dem.ts";
import { parseStim } from "../stim/parse-stim.ts";
import { unfoldDem } from "../stim/unfold-dem.ts";
import { buildCode, codeFamilies } from "./families.ts";
import { injectFaults } from "./fault-injection.ts";
import { circuitExperiment, productExperiment } from "./memory-experiment.ts";
import { flawsOf, searchDistance, type StabilizerCode } from "./stabilizer-code.ts";
import { badOrder, rotatedSurfaceCode } from "./surface-codes.ts";

const evenNoise = (p: number) => ({
  afterClifford: p,
  beforeRound: p,
  beforeMeasure: p,
  afterReset: p,
});
const plan = (text: string) => planOf(parseStim(text));
const matching = (text: string) => new MatchingDecoder(matchingGraph(analyse(plan(text))));

describe.each(codeFamilies.map((family) => [family.id, family] as const))("%s", (_, family) => {
  const { min, max, step } = family.distances;
  const sizes = [min, min + step, min + 2 * step].filter((distance) => distance <= max);

  it.each(sizes)("of distance %i is a code", (distance) => {
    const code = family.build(distance);
    expect(flawsOf(code)).toEqual([]);
    expect(code.places).toHaveLength(code.qubits);
    expect(code.distance).toBe(distance);
  });

  it.each(sizes.filter((distance) => family.build(distance).qubits <= 25))(
    "of distance %i has just that distance, by trying all errors",
    (distance) => {
      // Weight 5 of 25 qubits would be 13 million errors: that none is lighter is shown.
      const code = family.build(distance);
      const weightMax = code.qubits > 20 ? distance - 1 : distance;
      expect(searchDistance(code, weightMax)).toBe(weightMax === distance ? distance : null);
    },
  );

  it.each([
    ["code capacity", 1, 0],
    ["noisy results", 3, 0.01],
  ])("has checks that never fire without errors, %s", (__, rounds, results) => {
    const code = family.build(min);
    const quiet = productExperiment(code, { rounds, data: 0, results });
    const noisy = productExperiment(code, { rounds, data: 0.01, results });
    expect(() => analyse(plan(quiet))).not.toThrow();
    expect(analyse(plan(noisy)).mechanisms.length).toBeGreaterThanOrEqual(code.qubits);
  });
});

describe("flaws of codes", () => {
  const steane = buildCode("steane", 3);
  it.each<[string, Partial<StabilizerCode>, RegExp]>([
    [
      "a check too few",
      { stabilizers: steane.stabilizers.slice(1) },
      /5 stabilizers are independent/,
    ],
    [
      "logicals exchanged",
      { logicals: [{ x: [{ qubit: 0, basis: "X" }], z: steane.logicals[0]!.z }] },
      /do not commute/,
    ],
    [
      "logicals that commute",
      { logicals: [{ x: steane.logicals[0]!.z, z: steane.logicals[0]!.z }] },
      /Z0\*Z1\*Z2 commute/,
    ],
  ])("%s are found", (_, change, message) => {
    expect(flawsOf({ ...steane, ...change }).join()).toMatch(message);
  });

  it("distances and ids outside the range are refused", () => {
    expect(() => buildCode("rotated-surface", 4)).toThrow("from 3 to 31 in steps of 2, not 4");
    expect(() => buildCode("steane", 5)).toThrow("is 3, not 5");
    expect(() => buildCode("golay", 7)).toThrow("there is no code golay");
  });
});

describe("circuits for the checks", () => {
  const testdata = join(import.meta.dirname, "../stim/testdata");
  it.each([
    ["rotated-surface", "rotated-surface", 3, "Z"],
    ["rotated-surface-x", "rotated-surface", 2, "X"],
    ["repetition", "repetition", 3, "Z"],
  ] as const)("make the same errors as Stim's %s", (file, id, rounds, basis) => {
    const noise = {
      afterClifford: 0.01,
      beforeRound: 0.02,
      beforeMeasure: 0.03,
      afterReset: 0.005,
    };
    const ours = analyse(plan(circuitExperiment(buildCode(id, 3), { rounds, basis, noise })));
    const theirs = unfoldDem(parseDem(readFileSync(join(testdata, `${file}.dem`), "utf8")));
    const [found, expected] = [byPlace(ours), byPlace(theirs)];
    expect([...found.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
    for (const [key, chance] of expected) expect(found.get(key)).toBeCloseTo(chance, 12);
  });

  it.each(["toric", "rotated-surface"] as const)(
    "of the %s code are certain in both bases",
    (id) => {
      for (const basis of ["X", "Z"] as const) {
        for (const distance of [3, 5]) {
          const code = buildCode(id, distance);
          const text = circuitExperiment(code, { rounds: 3, basis, noise: evenNoise(0.01) });
          const model = analyse(plan(text));
          expect(model.observables).toBe(code.logicalQubits);
          expect(() => matchingGraph(model)).not.toThrow();
        }
      }
    },
  );

  it("refuse codes without a schedule, and what bit-flip codes cannot keep", () => {
    const options = { rounds: 2, basis: "X", noise: evenNoise(0.01) } as const;
    expect(() => circuitExperiment(buildCode("five-qubit", 3), options)).toThrow(/no circuit/);
    expect(() => circuitExperiment(buildCode("repetition", 3), options)).toThrow(/basis Z alone/);
    expect(() => circuitExperiment(buildCode("toric", 3), { ...options, rounds: 0 })).toThrow(
      /from 1/,
    );
  });

  /** Repetition codes of Stim have coordinates of two axes, ours of three. */
  function byPlace({ mechanisms, coordinates }: DetectorErrorModel): Map<string, number> {
    const name = (detector: number) => {
      const place = coordinates[detector]!;
      return place.length === 2 ? `${place[0]},0,${place[1]}` : place.join();
    };
    return new Map(
      mechanisms
        .filter(({ symptoms }) => symptoms.detectors.length > 0)
        .map(({ symptoms, probability }) => [
          `${symptoms.detectors.map(name).toSorted().join(" ")} ${symptoms.observables}`,
          probability,
        ]),
    );
  }
});

describe("fault tolerance, every single fault tried", () => {
  it.each(["X", "Z"] as const)(
    "the rotated surface code of distance 3 corrects all, basis %s",
    (basis) => {
      const text = circuitExperiment(buildCode("rotated-surface", 3), {
        rounds: 3,
        basis,
        noise: evenNoise(0.001),
      });
      const { faults, uncorrected } = injectFaults(plan(text), matching(text));
      const unionFind = new UnionFindDecoder(matchingGraph(analyse(plan(text))));
      expect(injectFaults(plan(text), unionFind).uncorrected).toEqual([]);
      // 15 two-qubit Paulis after each of 24 gates in 3 rounds, of which some flip nothing.
      expect(faults).toBeGreaterThan(800);
      expect(uncorrected).toEqual([]);
    },
  );

  it.each(["X", "Z"] as const)("the bad order of its gates is caught by it, basis %s", (basis) => {
    const code = rotatedSurfaceCode(3, badOrder);
    const text = circuitExperiment(code, { rounds: 3, basis, noise: evenNoise(0.001) });
    const { uncorrected } = injectFaults(plan(text), matching(text));
    expect(uncorrected.length).toBeGreaterThan(0);
    // Hook errors: Paulis after gates, never a flipped result.
    expect(uncorrected.every(({ label }) => label().includes("DEPOLARIZE2"))).toBe(true);
  });

  it.each([
    ["repetition", 3],
    ["toric", 3],
  ])("%s of distance %i corrects all", (id, distance) => {
    const text = circuitExperiment(buildCode(id, distance), {
      rounds: 3,
      basis: "Z",
      noise: evenNoise(0.001),
    });
    expect(injectFaults(plan(text), matching(text)).uncorrected).toEqual([]);
  });

  it.each(["five-qubit", "steane", "shor-9"])(
    "%s corrects every Pauli of one qubit by its table",
    (id) => {
      const code = buildCode(id, 3);
      const made = plan(productExperiment(code, { rounds: 1, data: 0.001, results: 0 }));
      const { faults, uncorrected } = injectFaults(made, new LookupDecoder(analyse(made)));
      expect({ faults, uncorrected }).toEqual({ faults: 3 * code.qubits, uncorrected: [] });
    },
  );

  it("steane corrects every single fault among noisy results as well", () => {
    const made = plan(
      productExperiment(buildCode("steane", 3), { rounds: 1, data: 0.001, results: 0.001 }),
    );
    expect(injectFaults(made, new LookupDecoder(analyse(made))).uncorrected).toEqual([]);
  });

  it.each(["five-qubit", "steane"])("%s needs its table: matching leaves single errors", (id) => {
    const text = productExperiment(buildCode(id, 3), { rounds: 1, data: 0.01, results: 0 });
    expect(injectFaults(plan(text), matching(text)).uncorrected.length).toBeGreaterThan(0);
  });
});

describe("exact failure rates", () => {
  const binomial = (n: number, k: number): number =>
    k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k;

  it.each([3, 5, 7, 9])(
    "the repetition code of distance %i has its closed form, with every decoder",
    (d) => {
      for (const p of [0.01, 0.1, 0.3]) {
        const model = analyse(
          plan(productExperiment(buildCode("repetition", d), { rounds: 1, data: p, results: 0 })),
        );
        let closedForm = 0;
        for (let k = (d + 1) / 2; k <= d; k++)
          closedForm += binomial(d, k) * p ** k * (1 - p) ** (d - k);
        expect(new LookupDecoder(model).failureChance()).toBeCloseTo(closedForm, 12);
        const graph = matchingGraph(model);
        for (const decoder of [new MatchingDecoder(graph), new UnionFindDecoder(graph)]) {
          expect(enumeratedFailure(model, (fired) => decoder.decode(fired))).toBeCloseTo(
            closedForm,
            12,
          );
        }
      }
    },
  );

  it("a perfect code fails just when two or more of its five qubits are hit", () => {
    // The five-qubit code is perfect: every syndrome but the trivial one is of one single error, so that
    // it fails exactly when the rest of an error of higher weight is logical.
    const p = 0.03;
    const model = analyse(
      plan(productExperiment(buildCode("five-qubit", 3), { rounds: 1, data: p, results: 0 })),
    );
    const failure = new LookupDecoder(model).failureChance();
    const byWeights = failureOfPerfectCode(p);
    expect(failure).toBeCloseTo(byWeights, 12);
    expect(failure).toBeLessThan(1 - (1 - p) ** 5 - 5 * p * (1 - p) ** 4);
  });

  /** All 4^5 Paulis: the error of least weight with the same syndrome is taken away. */
  function failureOfPerfectCode(p: number): number {
    const letters = ["XZZXI", "IXZZX", "XIXZZ", "ZXIXZ"];
    const clash = (a: string, b: string) =>
      Array.from(a).filter((letter, at) => letter !== "I" && b[at] !== "I" && letter !== b[at])
        .length % 2;
    const errors = Array.from({ length: 1024 }, (_, number) =>
      Array.from({ length: 5 }, (__, at) => "IXYZ"[(number >> (2 * at)) & 3]!).join(""),
    );
    const weight = (error: string) => error.replaceAll("I", "").length;
    const syndrome = (error: string) => letters.map((letter) => clash(letter, error)).join("");
    const effect = (error: string) => `${clash("XXXXX", error)}${clash("ZZZZZ", error)}`;
    const correction = new Map<string, string>();
    for (const error of errors.toSorted((a, b) => weight(a) - weight(b))) {
      if (!correction.has(syndrome(error))) correction.set(syndrome(error), error);
    }
    return errors.reduce((sum, error) => {
      const isRight = effect(error) === effect(correction.get(syndrome(error))!);
      return isRight ? sum : sum + (p / 3) ** weight(error) * (1 - p) ** (5 - weight(error));
    }, 0);
  }

  /** By all sets of mechanisms. */
  function enumeratedFailure(
    model: DetectorErrorModel,
    decode: (fired: number[]) => number,
  ): number {
    let failure = 0;
    const { mechanisms } = model;
    for (let subset = 0; subset < 2 ** mechanisms.length; subset++) {
      const fired = new Set<number>();
      let [chance, flips] = [1, 0];
      for (const [at, { probability, symptoms }] of mechanisms.entries()) {
        if (((subset >> at) & 1) === 0) {
          chance *= 1 - probability;
          continue;
        }
        chance *= probability;
        flips ^= symptoms.observables;
        for (const detector of symptoms.detectors) if (!fired.delete(detector)) fired.add(detector);
      }
      if (decode([...fired]) !== flips) failure += chance;
    }
    return failure;
  }

  it("names of symptoms are as in .dem texts", () => {
    expect(symptomsText({ detectors: [3, 5], observables: 5 })).toBe("D3 D5 L0 L2");
  });
});
