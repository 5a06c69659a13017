import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { exactDistribution } from "../distribution.ts";
import { runShot } from "../run-circuit.ts";
import { parseDem } from "../stim/parse-dem.ts";
import { parseStim } from "../stim/parse-stim.ts";
import { foldDem, unfoldDem } from "../stim/unfold-dem.ts";
import type { DetectorErrorModel } from "../stim/model.ts";
import { analyse } from "./analyse.ts";
import { FrameSampler } from "./frame-sampler.ts";
import { independentErrors } from "./independent-errors.ts";
import { planOf } from "./plan.ts";
import { RareEvents } from "./rare-events.ts";
import { referenceSample } from "./reference-sample.ts";
import { followBackwards } from "./sensitivity.ts";
import { splitHyperedges, symptomsText } from "./split-hyperedges.ts";
import { toCircuit } from "./to-circuit.ts";

const folder = join(import.meta.dirname, "../stim/testdata");
const file = (name: string) => readFileSync(join(folder, name), "utf8");
const plan = (...lines: string[]) => planOf(parseStim(lines.join("\n")));
const bitOf = (words: Uint32Array, at: number) => (words[at >> 5]! >>> (at & 31)) & 1;

/** Random circuits of all kinds of gates and measurements, without noise. */
function randomCircuit(random: Random, qubits: number, noise: readonly string[]): string {
  const lines: string[] = [];
  const gates1 = ["H", "S", "C_XYZ", "C_ZNYX", "SQRT_X_DAG", "H_YZ", "Y", "H_NXY"];
  const gates2 = ["CX", "CY", "CZ", "ISWAP", "SQRT_XX", "SQRT_YY_DAG", "YCX", "CXSWAP", "SWAP"];
  const collapses = ["M", "MX", "MY", "MR", "MRX", "R", "RY"];
  let records = 0;
  const pauli = (qubit: number) =>
    `${random.chance(0.3) ? "!" : ""}${random.pick(["X", "Y", "Z"])}${qubit}`;
  for (let step = 0; step < 14; step++) {
    const [a, b] = random.shuffle(Array.from({ length: qubits }, (_, at) => at));
    const kind = random.below(10);
    if (kind < 3) lines.push(`${random.pick(gates1)} ${a}`);
    else if (kind < 6) lines.push(`${random.pick(gates2)} ${a} ${b}`);
    else if (kind === 6 && records < 7) {
      const name = random.pick(collapses);
      if (name.startsWith("M")) records++;
      lines.push(`${name} ${name.startsWith("M") && random.chance(0.3) ? "!" : ""}${a}`);
    } else if (kind === 7 && records < 7) {
      records++;
      lines.push(random.chance(0.5) ? `MPP ${pauli(a!)}*${pauli(b!)}` : `MYY ${a} !${b}`);
    } else if (kind === 8 && records > 0) {
      lines.push(`${random.pick(["CX", "CY", "CZ"])} rec[-${1 + random.below(records)}] ${a}`);
    } else lines.push(`SPP${random.pick(["", "_DAG"])} ${pauli(a!)}*${pauli(b!)}`);
    if (noise.length > 0 && random.chance(0.15)) lines.push(`${random.pick(noise)} ${a} ${b}`);
  }
  lines.push(`M ${Array.from({ length: qubits }, (_, at) => at).join(" ")}`);
  return lines.join("\n");
}

/** The measured values of many shots, each as a string with the first measurement last. */
function frameCounts(text: string, batches: number, seed: number): Map<string, number> {
  const made = planOf(parseStim(text));
  const reference = referenceSample(made);
  const sampler = new FrameSampler(made, 1_024, new Random(seed));
  const counts = new Map<string, number>();
  for (let batch = 0; batch < batches; batch++) {
    sampler.sample();
    for (let shot = 0; shot < sampler.shots; shot++) {
      let key = "";
      for (let record = made.measurements - 1; record >= 0; record--) {
        key += bitOf(sampler.records, record * sampler.words * 32 + shot) ^ reference[record]!;
      }
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** Pearson's statistic, cells of small expectation joined, and its degrees of freedom. */
function chiSquare(counts: ReadonlyMap<string, number>, exact: ReadonlyMap<string, number>) {
  const shots = [...counts.values()].reduce((sum, count) => sum + count, 0);
  for (const key of counts.keys()) expect(exact.get(key) ?? 0).toBeGreaterThan(0);
  let [statistic, cells, rareExpected, rareCount] = [0, 0, 0, 0];
  const add = (count: number, expected: number) => {
    statistic += (count - expected) ** 2 / expected;
    cells++;
  };
  for (const [key, probability] of exact) {
    const expected = probability * shots;
    const count = counts.get(key) ?? 0;
    if (expected >= 8) add(count, expected);
    else {
      rareExpected += expected;
      rareCount += count;
    }
  }
  if (rareExpected > 1) add(rareCount, rareExpected);
  return { statistic, freedom: Math.max(1, cells - 1) };
}

/** Wilson and Hilferty's cube root: standard normal when the hypothesis holds. */
const deviationOf = ({ statistic, freedom }: { statistic: number; freedom: number }) =>
  (Math.cbrt(statistic / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));

describe("frames beside the state vector", () => {
  it("give each outcome its exact share, without noise", () => {
    for (let seed = 1; seed <= 25; seed++) {
      const text = randomCircuit(new Random(seed), 2 + (seed % 3), []);
      const exact = exactDistribution(toCircuit(planOf(parseStim(text))));
      const deviation = deviationOf(chiSquare(frameCounts(text, 4, seed), exact));
      expect({ seed, text, deviation }).toMatchObject({
        deviation: expect.toSatisfy((value: number) => value < 4),
      });
    }
  });

  it("give each outcome its exact share, with noise", () => {
    const noise = [
      "X_ERROR(0.3)",
      "PAULI_CHANNEL_1(0.1, 0.2, 0.05)",
      "DEPOLARIZE1(0.3)",
      "DEPOLARIZE2(0.4)",
    ];
    for (let seed = 1; seed <= 20; seed++) {
      const text = randomCircuit(new Random(100 + seed), 3, noise);
      const circuit = toCircuit(planOf(parseStim(text)));
      if (circuit.operations.filter(({ kind }) => kind === "noise").length > 2) continue;
      const deviation = deviationOf(
        chiSquare(frameCounts(text, 8, seed), exactDistribution(circuit)),
      );
      expect({ seed, text, deviation }).toMatchObject({
        deviation: expect.toSatisfy((value: number) => value < 4),
      });
    }
  });

  it("have a reference that the state vector allows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const made = planOf(parseStim(randomCircuit(new Random(seed), 4, [])));
        const exact = exactDistribution(toCircuit(made));
        const drawn = referenceSample(made, new Random(seed));
        for (const reference of [referenceSample(made), drawn]) {
          expect(exact.get([...reference].toReversed().join(""))).toBeGreaterThan(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("sample thousands of qubits: in each shot of a GHZ state all agree, half of them on 1", () => {
    const qubits = 3_000;
    const chain = Array.from({ length: qubits - 1 }, (_, at) => `${at} ${at + 1}`).join(" ");
    const all = Array.from({ length: qubits }, (_, at) => at).join(" ");
    const made = plan("H 0", `CX ${chain}`, `M ${all}`);
    expect(new Set(referenceSample(made)).size).toBe(1);
    const sampler = new FrameSampler(made, 1_024, new Random(2));
    sampler.sample();
    const [first, ...others] = Array.from({ length: qubits }, (_, record) =>
      sampler.records.subarray(record * sampler.words, (record + 1) * sampler.words).join(),
    );
    expect(others.every((record) => record === first)).toBe(true);
    const ones = Array.from({ length: 1_024 }, (_, shot) => bitOf(sampler.records, shot));
    expect(Math.abs(ones.filter((one) => one === 1).length - 512)).toBeLessThan(4 * 16);
  });

  it("are circuits of this simulator, shot by shot as well", () => {
    const { bits } = runShot(toCircuit(plan("X 0", "M 0 !1", "CX rec[-2] 2", "M 2")), () => 0.3);
    expect([...bits]).toEqual([1, 1, 1]);
  });
});

describe("noise", () => {
  it.each([
    ["X_ERROR(0.02)", 0.02],
    ["Z_ERROR(0.02)", 0],
    ["DEPOLARIZE1(0.03)", 0.02],
    ["DEPOLARIZE1(0.6)", 0.4],
    ["PAULI_CHANNEL_1(0.01, 0.02, 0.5)", 0.03],
  ])("%s flips a measurement with probability %f", (noise, expected) => {
    expect(sharesOf(plan(`${noise} 0`, "M 0"))).toEqual([about(expected)]);
  });

  it("two-qubit channels name their Paulis in the order IX to ZZ", () => {
    // The eighth of them is YI: both an X and a Z basis see it, on the first qubit alone.
    const weights = Array.from({ length: 15 }, (_, at) => (at === 7 ? 0.25 : 0)).join(", ");
    const noise = `PAULI_CHANNEL_2(${weights}) 0 1`;
    const shares = [about(0.25), about(0)];
    expect(sharesOf(plan("RX 0 1", noise, "MX 0 1"))).toEqual(shares);
    expect(sharesOf(plan("R 0 1", noise, "M 0 1"))).toEqual(shares);
    expect(sharesOf(plan("RY 0 1", noise, "MY 0 1"))).toEqual([about(0), about(0)]);
  });

  it("flips results, not qubits, where a measurement is noisy", () => {
    const made = plan("M(0.1) 0", "M 0", "MPP(0.2) Z0", "MPAD(0.3) 0", "MR(0.05) 0");
    expect(sharesOf(made)).toEqual([0.1, 0, 0.2, 0.3, 0.05].map(about));
  });

  it("of a chain of correlated errors excludes all after the first", () => {
    const made = plan(
      "E(0.2) X0",
      "ELSE_CORRELATED_ERROR(0.5) X1",
      "ELSE_CORRELATED_ERROR(1) X2",
      "M 0 1 2",
    );
    expect(sharesOf(made)).toEqual([0.2, 0.4, 0.4].map(about));
    const sampler = new FrameSampler(made, 1_024, new Random(3));
    sampler.sample();
    for (let shot = 0; shot < 1_024; shot++) {
      const hits = [0, 1, 2].map((record) => bitOf(sampler.records, record * 1_024 + shot));
      expect(hits.filter((hit) => hit === 1)).toHaveLength(1);
    }
  });

  it("hits each place with its chance, in ascending order, by gaps and by single draws", () => {
    for (const chance of [0, 1e-4, 0.01, 0.2, 0.3, 1]) {
      const hits: number[] = [];
      new RareEvents(new Random(11)).each(chance, 200_000, (place) => hits.push(place));
      expect(hits).toEqual([...new Set(hits)].toSorted((a, b) => a - b));
      const sigma = Math.sqrt(200_000 * chance * (1 - chance));
      expect(Math.abs(hits.length - 200_000 * chance)).toBeLessThanOrEqual(4 * sigma);
    }
  });
});

const sampledShots = 65_536;

/** Of each measurement, how often it was flipped. */
function sharesOf(made: ReturnType<typeof plan>): readonly number[] {
  const sampler = new FrameSampler(made, sampledShots, new Random(9));
  sampler.sample();
  return Array.from({ length: made.measurements }, (_, record) => {
    let hits = 0;
    for (let shot = 0; shot < sampledShots; shot++) {
      hits += bitOf(sampler.records, record * sampledShots + shot);
    }
    return hits / sampledShots;
  });
}

/** Within 4.5 standard deviations. */
function about(share: number): number {
  const sigma = Math.sqrt((share * (1 - share)) / sampledShots);
  return expect.toSatisfy(
    (value: number) => Math.abs(value - share) <= 4.5 * sigma,
    `about ${share}`,
  ) as number;
}

describe("detectors", () => {
  it.each(["rotated-surface", "rotated-surface-x", "repetition", "surface", "colour", "gates"])(
    "of Stim's %s never fire without noise",
    (name) => {
      const quiet = file(`${name}.stim`)
        .replaceAll(/^\s*\w*(?:ERROR|DEPOLARIZE|CHANNEL|E)\w*\(.*$/gm, "")
        .replaceAll(/(M\w*)\([^)]*\)/g, "$1");
      const made = planOf(parseStim(quiet));
      const sampler = new FrameSampler(made, 256, new Random(5));
      sampler.sample();
      expect(sampler.detectors.every((word) => word === 0)).toBe(true);
      expect(sampler.observables.every((word) => word === 0)).toBe(true);
      expect(analyse(made).mechanisms).toEqual([]);
    },
  );

  it("that are random without noise are refused with the place", () => {
    const analysed =
      (...lines: string[]) =>
      () =>
        followBackwards(plan(...lines));
    expect(analysed("H 0", "M 0", "DETECTOR(1, 2) rec[-1]")).toThrow(
      /detector D0 at \(1, 2\) is random even without noise: .*the start of the circuit/,
    );
    expect(analysed("R 0", "MX 0", "M 0", "DETECTOR rec[-1]")).toThrow(
      /measurement of qubit 0 in line 2/,
    );
    expect(analysed("RX 0", "M 0", "OBSERVABLE_INCLUDE(0) rec[-1]")).toThrow(
      /observable L0 is random.*reset/,
    );
    expect(analysed("MPP X0*X1", "DETECTOR rec[-1]")).toThrow(/D0 is random/);
    expect(analysed("MPP Z0*Z1", "DETECTOR rec[-1]")).not.toThrow();
  });

  it.each([
    ["DETECTOR rec[-1]", /only 0 measurements/],
    ["REPEAT 3 {\nM 0\nDETECTOR rec[-2]\n}", /rec\[-2\] is named where there are only 1/],
    ["MPP X0*Z0", /anti-Hermitian/],
    ["REPEAT 999999999999 {\nREPEAT 999999999999 {\nM 0\n}\n}", /more than/],
    ["M 999999", /qubits, more than/],
  ])("%j has no plan: %s", (text, message) => {
    expect(() => planOf(parseStim(text))).toThrow(message);
  });
});

describe("the detector error model of a circuit", () => {
  it.each(["rotated-surface", "rotated-surface-x", "repetition", "surface", "colour", "gates"])(
    "of %s is Stim's",
    (name) => {
      const ours = analyse(planOf(parseStim(file(`${name}.stim`))));
      const theirs = unfoldDem(parseDem(file(`${name}.dem`)));
      const [found, expected] = [chances(ours), chances(theirs)];
      expect([...found.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
      for (const [key, chance] of expected) expect(found.get(key)).toBeCloseTo(chance, 12);
      expect(ours.coordinates).toEqual(
        theirs.coordinates.length < ours.detectors
          ? [...theirs.coordinates, ...ours.coordinates.slice(theirs.coordinates.length)]
          : theirs.coordinates,
      );
    },
  );

  const random = JSON.parse(file("random-circuits.json")) as Record<
    "stim" | "dem" | "ref",
    string
  >[];
  it.each(random)(
    "and the reference sample of random circuits are Stim's: $ref",
    ({ stim, dem, ref }) => {
      const made = plan(stim);
      expect(referenceSample(made).join("")).toBe(ref);
      const [found, expected] = [chances(analyse(made)), chances(unfoldDem(parseDem(dem)))];
      expect([...found.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
      for (const [key, chance] of expected) expect(found.get(key)).toBeCloseTo(chance, 12);
    },
  );

  it("tells how often detectors fire: frames agree", () => {
    const made = planOf(parseStim(file("gates.stim")));
    const model = analyse(made);
    const sampler = new FrameSampler(made, 262_144, new Random(8));
    sampler.sample();
    for (let detector = 0; detector < made.detectors; detector++) {
      // Of independent flips: 1 - 2P = product of 1 - 2p.
      const expected =
        (1 -
          model.mechanisms
            .filter(({ symptoms }) => symptoms.detectors.includes(detector))
            .reduce((product, { probability }) => product * (1 - 2 * probability), 1)) /
        2;
      let hits = 0;
      for (let shot = 0; shot < sampler.shots; shot++)
        hits += bitOf(sampler.detectors, detector * sampler.shots + shot);
      const sigma = Math.sqrt((expected * (1 - expected)) / sampler.shots);
      expect(Math.abs(hits / sampler.shots - expected)).toBeLessThan(4.5 * sigma);
    }
  });

  it("makes channels independent errors: composed, they are the channel again", () => {
    const small = fc.double({ min: 0, max: 0.02, noNaN: true });
    const channels = fc.oneof(
      fc.tuple(small, small, small),
      fc
        .array(small, { minLength: 15, maxLength: 15 })
        .map((weights) => weights.map((weight) => 0.01 + weight / 50)),
    );
    fc.assert(
      fc.property(channels, (weights) => {
        const errors = independentErrors(weights);
        if (errors === null) return;
        const distribution = errors.reduce<number[]>(
          (shares, error, at) =>
            shares.map(
              (share, pauli) =>
                share * (1 - error) + shares[pauli ^ change(pauli, at + 1)]! * error,
            ),
          [1, ...weights.map(() => 0)],
        );
        for (const [at, weight] of weights.entries())
          expect(distribution[at + 1]).toBeCloseTo(weight, 10);
      }),
    );
    expect(independentErrors([0.5, 0.25, 0.25])).toBeNull();
  });

  it("refuses what has no independent errors", () => {
    expect(() =>
      analyse(plan("E(0.1) X0", "ELSE_CORRELATED_ERROR(0.1) X1", "M 0", "DETECTOR rec[-1]")),
    ).toThrow(/excludes other errors/);
    expect(() => analyse(plan("DEPOLARIZE1(1) 0", "M 0", "DETECTOR rec[-1]"))).toThrow(
      /DEPOLARIZE1 of line 1 is too strong/,
    );
  });
});

describe("hyperedges", () => {
  it.each(["rotated-surface", "rotated-surface-x", "repetition", "surface"])(
    "of %s fall apart into edges that add up to them",
    (name) => {
      const model = analyse(planOf(parseStim(file(`${name}.stim`))));
      const known = new Set(model.mechanisms.map(({ symptoms }) => symptomsText(symptoms)));
      const split = splitHyperedges(model);
      for (const { symptoms, parts } of split.mechanisms) {
        const flips = new Map<number, number>();
        for (const part of parts) {
          expect(part.detectors.length).toBeLessThanOrEqual(2);
          expect(known).toContain(symptomsText(part));
          for (const detector of part.detectors)
            flips.set(detector, (flips.get(detector) ?? 0) ^ 1);
        }
        const odd = [...flips].filter(([, odd_]) => odd_ === 1).map(([detector]) => detector);
        expect(odd.toSorted((a, b) => a - b)).toEqual(symptoms.detectors);
        expect(parts.reduce((bits, { observables }) => bits ^ observables, 0)).toBe(
          symptoms.observables,
        );
      }
      expect(unfoldDem(foldDem(split))).toEqual(split);
    },
  );

  it("that cannot be split are refused by name, never dropped", () => {
    expect(() => splitHyperedges(analyse(planOf(parseStim(file("colour.stim")))))).toThrow(
      /mechanism "D\d+ .*" flips \d+ detectors.*falsify/,
    );
    const model = (text: string) => unfoldDem(parseDem(text));
    expect(() => splitHyperedges(model("error(0.1) D0 D1 D2 L3"))).toThrow(
      '"D0 D1 D2 L3" flips 3 detectors',
    );
    // The detectors would add up, the observable does not.
    expect(() =>
      splitHyperedges(model("error(0.1) D0 D1 D2 L0\nerror(0.1) D0 D1\nerror(0.1) D2")),
    ).toThrow(/no sum/);
    const parts = splitHyperedges(
      model("error(0.1) D0 D1 D2 L0\nerror(0.1) D0 D1\nerror(0.1) D2 L0"),
    );
    expect(parts.mechanisms[0]?.parts.map(symptomsText)).toEqual(["D0 D1", "D2 L0"]);
  });
});

/** Two-qubit Paulis as numbers in base 4 with Y = 2 and Z = 3: what to change p by so that it is p times q. */
function change(p: number, q: number): number {
  const bits = [0, 1, 3, 2];
  const times = (a: number, b: number) => bits.indexOf(bits[a]! ^ bits[b]!);
  const result = times(p & 3, q & 3) | (times(p >> 2, q >> 2) << 2);
  return p ^ result;
}

function chances({ mechanisms }: DetectorErrorModel): Map<string, number> {
  return new Map(
    mechanisms
      .filter(({ symptoms }) => symptoms.detectors.length + symptoms.observables > 0)
      .map(({ symptoms, probability }) => [symptomsText(symptoms), probability]),
  );
}
