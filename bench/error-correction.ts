/** Sampling, analysing and decoding surface codes, and where their curves cross. */
import { loadavg } from "node:os";
import { Random } from "../workers/cluster/random.ts";
import { decoderFor, openExperiment } from "../workers/quantum/core/codes/experiment.ts";
import { firedByShot, observablesOfShot } from "../workers/quantum/core/codes/logical-errors.ts";
import { sampleThreshold } from "../workers/quantum/core/codes/threshold.ts";
import { analyse } from "../workers/quantum/core/frames/analyse.ts";
import { FrameSampler } from "../workers/quantum/core/frames/frame-sampler.ts";
import { type BenchResult, type BenchRow, median, spread } from "./result.ts";

const shots = 1_024;
const targetMs = 50;

const surfaceCode = (distance: number, rounds: number, probability: number) =>
  openExperiment({
    code: "rotated-surface",
    distance,
    noise: "circuit",
    probability,
    rounds,
    basis: "Z",
  });

export async function benchErrorCorrection(): Promise<BenchResult> {
  const loadBefore = loadavg()[0]!;
  const rows: BenchRow[] = [];
  const failures: string[] = [];

  const large = surfaceCode(11, 100, 0.001);
  const sampler = new FrameSampler(large.plan, shots, new Random(1));
  const samplingMs = timesOf(5, 30, () => sampler.sample());
  rows.push({
    measure: `surface code, d = 11, 100 rounds, p = 0.001, ${shots} shots sampled, ms`,
    value: spread(samplingMs, 1),
    target: `<= ${targetMs}; Stim 5.1`,
  });
  if (median(samplingMs) > targetMs) {
    failures.push(`sampling took ${median(samplingMs).toFixed(1)} ms, not ${targetMs}`);
  }
  rows.push({
    measure: "the same, its detector error model, ms",
    value: spread(timesOf(1, 5, () => analyse(large.plan))),
    target: "Stim 320",
  });
  const wide = new FrameSampler(surfaceCode(31, 31, 0.001).plan, shots, new Random(1));
  rows.push({
    measure: `surface code, d = 31 (${wide.plan.qubits} qubits), 31 rounds, ${shots} shots, ms`,
    value: spread(timesOf(3, 11, () => wide.sample())),
  });
  for (const distance of [5, 9]) {
    for (const probability of [0.001, 0.005]) rows.push(...decoderRows(distance, probability));
  }
  rows.push(...thresholdRows());
  return Promise.resolve({
    peer: "Stim and PyMatching, as published by their repositories",
    rows,
    notes: [
      "Noise of probability p after every gate and reset, before every round and result, as Stim's generated circuits; memory of basis Z.",
      "Stim's figures are the goals of its own performance tests, with AVX (src/stim/simulators/frame_simulator.perf.cc, error_analyzer.perf.cc).",
      "PyMatching 2 publishes, us a shot, d rounds, both bases decoded, one core of an M1 Max: p = 0.001: d = 5 0.39, d = 9 2.3; p = 0.005: d = 5 1.84.",
      "Decoding leaves out detectors that cannot change the answer: those of the other basis.",
      "Crossings: 8,192 shots or 800 errors a point, d rounds, by exact matching; one round's rate and the whole shot's.",
      `Load average of the machine before: ${loadBefore.toFixed(1)}, after: ${loadavg()[0]!.toFixed(1)}.`,
    ],
    failures,
  });
}

function timesOf(warmUps: number, rounds: number, act: () => unknown): readonly number[] {
  return Array.from({ length: warmUps + rounds }, () => {
    const began = performance.now();
    act();
    return performance.now() - began;
  }).slice(warmUps);
}

function decoderRows(distance: number, probability: number): readonly BenchRow[] {
  const { plan, model } = surfaceCode(distance, distance, probability);
  const sampler = new FrameSampler(plan, shots, new Random(2));
  const batches = Array.from({ length: 8 }, () => {
    sampler.sample();
    return firedByShot(sampler).map((fired, shot) => ({
      fired,
      actual: observablesOfShot(sampler, shot),
    }));
  });
  return (["matching", "union-find"] as const).map((name) => {
    const decoder = decoderFor("rotated-surface", name, model);
    let wrong = 0;
    const times = batches.map((batch) => {
      const began = performance.now();
      for (const { fired, actual } of batch) if (decoder.decode(fired) !== actual) wrong++;
      return ((performance.now() - began) * 1_000) / batch.length;
    });
    const rate = (wrong / (batches.length * shots)).toFixed(4);
    return {
      measure: `${name}, d = ${distance}, p = ${probability}, us a shot`,
      // The first batch also remembers distances and is compiled.
      value: `${spread(times.slice(1), 1)}; ${rate} of shots wrong`,
    };
  });
}

function thresholdRows(): readonly BenchRow[] {
  const distances = [3, 5, 7, 9];
  const { points, crossings } = sampleThreshold(
    {
      code: "rotated-surface",
      distances,
      probabilities: [0.004, 0.006, 0.008, 0.01, 0.012, 0.014],
      noise: "circuit",
      basis: "Z",
      decoder: "matching",
      rounds: null,
      shotsMax: 8_192,
      errorsMax: 800,
      seed: 1,
    },
    () => undefined,
  );
  const percent = (value: number | null) =>
    value === null ? "none" : `${(100 * value).toFixed(2)} %`;
  return [
    ...distances.map((distance) => {
      const curve = points.filter((point) => point.distance === distance);
      return {
        measure: `logical error a round, d = ${distance}, p = 0.4, 0.6, 0.8, 1.0, 1.2, 1.4 %`,
        value: curve.map(({ ratePerRound }) => percent(ratePerRound)).join(", "),
      };
    }),
    ...crossings.map(({ distances: [smaller, larger], perRound, perShot }) => ({
      measure: `crossing of d = ${smaller} and ${larger}, by round and by shot`,
      value: `${percent(perRound)}, ${percent(perShot)}`,
      target: "near 1 %",
    })),
  ];
}
