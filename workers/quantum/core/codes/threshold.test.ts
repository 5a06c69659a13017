import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { LookupDecoder } from "../decoders/lookup-decoder.ts";
import type { Basis } from "../stim/instructions.ts";
import { decodeErrors, simplified, symptomsOf } from "./decode-errors.ts";
import { decoderFor, openExperiment } from "./experiment.ts";
import { buildCode, codeFamilies } from "./families.ts";
import { countLogicalErrors, errorPerRound, wilsonInterval } from "./logical-errors.ts";
import { crossingsOf, sampleThreshold, type ThresholdPoint } from "./threshold.ts";

const circuit = {
  code: "rotated-surface",
  noise: "circuit",
  basis: "Z",
  decoder: "matching",
  rounds: null,
  errorsMax: 1e9,
} as const;

describe("thresholds", () => {
  it("of the rotated surface code under circuit noise lie near 1 %: curves of d = 3, 5, 7 cross", () => {
    const { points, crossings } = sampleThreshold(
      {
        ...circuit,
        distances: [3, 5, 7],
        probabilities: [0.003, 0.006, 0.009, 0.014],
        shotsMax: 3_072,
        seed: 5,
      },
      () => undefined,
    );
    // 0.502 % to 1.140 % by noise and decoder (Stephens, arXiv:1311.5003).
    for (const { perShot } of crossings) expect(perShot).toBeGreaterThan(0.005);
    for (const { perShot } of crossings) expect(perShot).toBeLessThan(0.01);
    expect(crossings[1]!.perRound).toBeGreaterThan(0.008);
    expect(crossings[1]!.perRound).toBeLessThan(0.013);
    const rates = (p: number) =>
      points.filter(({ probability }) => probability === p).map(({ rate }) => rate);
    expect(rates(0.003)).toEqual(rates(0.003).toSorted((a, b) => b - a));
    expect(rates(0.014)).toEqual(rates(0.014).toSorted((a, b) => a - b));
  }, 30_000);

  it("of the toric code with certain checks lie near 10.3 % of X errors: 15.5 % depolarising", () => {
    const { crossings } = sampleThreshold(
      {
        ...circuit,
        code: "toric",
        noise: "code-capacity",
        distances: [4, 8],
        probabilities: [0.12, 0.14, 0.155, 0.17, 0.19],
        shotsMax: 2_048,
        seed: 3,
      },
      () => undefined,
    );
    // X and Z each with 2p / 3 (Dennis et al. 2002; matching 10.3 %).
    expect((crossings[0]!.perShot! * 2) / 3).toBeGreaterThan(0.09);
    expect((crossings[0]!.perShot! * 2) / 3).toBeLessThan(0.115);
  }, 30_000);

  it("report each point after every batch, the same for the same seed", () => {
    const order = { ...circuit, distances: [3], probabilities: [0.01], shotsMax: 2_500, seed: 9 };
    const heard: ThresholdPoint[] = [];
    const { points } = sampleThreshold(order, (point) => heard.push(point));
    expect(heard.map(({ shots, isDone }) => [shots, isDone])).toEqual([
      [1_024, false],
      [2_048, false],
      [2_500, false],
      [2_500, true],
    ]);
    expect(sampleThreshold(order, () => undefined).points).toEqual(points);
    const [stopped] = sampleThreshold({ ...order, errorsMax: 1 }, () => undefined).points;
    expect(stopped!.shots).toBe(1_024);
  });

  it("are found where straight curves cross", () => {
    // rate = A (p / p0)^((d + 1) / 2): all curves meet in p0 with A.
    const points = [3, 5, 7].flatMap((distance) =>
      [0.004, 0.008, 0.016].map((probability) => ({
        distance,
        probability,
        rate: 0.1 * (probability / 0.0105) ** ((distance + 1) / 2),
        ratePerRound: 0.01 * (probability / 0.009) ** ((distance + 1) / 2),
      })),
    );
    for (const { perShot, perRound } of crossingsOf(points, [7, 3, 5])) {
      expect(perShot).toBeCloseTo(0.0105, 10);
      expect(perRound).toBeCloseTo(0.009, 10);
    }
    expect(
      crossingsOf(
        points.filter(({ probability }) => probability < 0.01),
        [3, 5],
      ),
    ).toEqual([{ distances: [3, 5], perRound: null, perShot: null }]);
  });
});

describe("logical errors", () => {
  it.each(["matching", "union-find", "lookup"] as const)(
    "of the repetition code are as often as its closed form, %s",
    (decoder) => {
      const p = 0.15;
      const order = {
        code: "repetition",
        distance: 5,
        noise: "code-capacity",
        probability: p,
        rounds: 1,
        basis: "Z",
      } as const;
      const { plan, model } = openExperiment(order);
      const shotsMax = 40_000;
      const { errors } = countLogicalErrors(
        { plan, decoder: decoderFor("repetition", decoder, model) },
        { shotsMax, errorsMax: 1e9 },
        new Random(4),
      );
      const expected = 10 * p ** 3 * (1 - p) ** 2 + 5 * p ** 4 * (1 - p) + p ** 5;
      expect(Math.abs(errors / shotsMax - expected)).toBeLessThan(
        4 * Math.sqrt((expected * (1 - expected)) / shotsMax),
      );
    },
  );

  it.each([
    ["five-qubit", "code-capacity", 1],
    ["steane", "code-capacity", 1],
    ["shor-9", "code-capacity", 1],
    ["five-qubit", "phenomenological", 3],
  ] as const)("of %s are as often as its table says, %s", (code, noise, rounds) => {
    const order = { code, distance: 3, noise, probability: 0.06, rounds, basis: "Z" } as const;
    const { plan, model } = openExperiment(order);
    const decoder = new LookupDecoder(model);
    const shotsMax = 20_000;
    const limits = { shotsMax, errorsMax: 1e9 };
    const { errors } = countLogicalErrors({ plan, decoder }, limits, new Random(8));
    const expected = decoder.failureChance();
    const sigma = Math.sqrt((expected * (1 - expected)) / shotsMax);
    expect(Math.abs(errors / shotsMax - expected)).toBeLessThan(4 * sigma);
  });

  it("union-find is nearly as good as matching, never much better", () => {
    const order = {
      code: "rotated-surface",
      distance: 5,
      noise: "phenomenological",
      probability: 0.02,
      rounds: 5,
      basis: "Z",
    } as const;
    const { plan, model } = openExperiment(order);
    const [matching, unionFind] = (["matching", "union-find"] as const).map((name) =>
      countLogicalErrors(
        { plan, decoder: decoderFor(order.code, name, model) },
        { shotsMax: 8_192, errorsMax: 1e9 },
        new Random(6),
      ),
    );
    expect(unionFind!.errors).toBeGreaterThan(0.95 * matching!.errors);
    expect(unionFind!.errors).toBeLessThan(1.6 * matching!.errors);
  });

  it("have Wilson intervals that hold the true share 95 times of 100", () => {
    expect(wilsonInterval({ shots: 10, errors: 0 })[0]).toBe(0);
    // The ends of the interval are where the share deviates by 1.96 standard errors.
    for (const [shots, errors] of [
      [100, 7],
      [1_000, 1],
      [50, 50],
      [20, 0],
    ] as const) {
      const share = errors / shots;
      for (const end of wilsonInterval({ shots, errors })) {
        if (end === 0 || end === 1) continue;
        expect(Math.abs(share - end) / Math.sqrt((end * (1 - end)) / shots)).toBeCloseTo(1.96, 3);
      }
    }
  });

  it("of one round add up to those of all", () => {
    for (const [each, rounds] of [
      [0.01, 7],
      [0.2, 3],
    ] as const) {
      let share = 0;
      for (let round = 0; round < rounds; round++) share = share * (1 - each) + (1 - share) * each;
      expect(errorPerRound(share, rounds)).toBeCloseTo(each, 12);
    }
  });
});

describe("errors that somebody places", () => {
  it.each(
    codeFamilies.map(({ id, isMatchable }) => [id, isMatchable ? "matching" : "lookup"] as const),
  )(
    "on %s are corrected up to (d - 1) / 2, and what is left is said truly, by %s",
    (id, decoder) => {
      const code = buildCode(id, 3);
      const bases: Basis[] = code.seesOnlyX ? ["X"] : ["X", "Y", "Z"];
      const paulis = fc.record({
        qubit: fc.nat({ max: code.qubits - 1 }),
        basis: fc.constantFrom(...bases),
      });
      fc.assert(
        fc.property(fc.array(paulis, { maxLength: 4 }), (errors) => {
          const order = { code: id, distance: 3, errors, decoder, probability: 0.05 };
          const decoded = decodeErrors(order);
          expect(symptomsOf(code, decoded.correction).detectors).toEqual(decoded.fired);
          expect(decoded.rest).toEqual(simplified([...errors, ...decoded.correction]));
          expect(symptomsOf(code, decoded.rest).detectors).toEqual([]);
          const isHarmless = decoded.logicalErrors.every(({ x, z }) => !x && !z);
          expect(decoded.isCorrected).toBe(isHarmless);
          if (simplified(errors).length <= 1) expect(isHarmless).toBe(true);
        }),
        { numRuns: 60 },
      );
    },
  );

  it("along a logical operator fire nothing and are a logical error", () => {
    for (const { id, isMatchable } of codeFamilies) {
      const code = buildCode(id, 3);
      const decoder = isMatchable ? "matching" : "lookup";
      const errors = code.logicals[0]!.x;
      const decoded = decodeErrors({ code: id, distance: 3, errors, decoder, probability: 0.05 });
      expect({ id, ...decoded }).toMatchObject({
        id,
        fired: [],
        correction: [],
        isCorrected: false,
      });
      expect(decoded.logicalErrors[0]).toEqual({ x: true, z: false });
    }
  });

  it("outside the code, and matching where it cannot decode, are refused", () => {
    const order = { code: "steane", distance: 3, errors: [], probability: 0.05 };
    expect(() => decodeErrors({ ...order, decoder: "matching" })).toThrow(/hyperedges/);
    const outside = [{ qubit: 7, basis: "X" as const }];
    expect(() => decodeErrors({ ...order, errors: outside, decoder: "lookup" })).toThrow(
      /no qubit 7/,
    );
  });
});
