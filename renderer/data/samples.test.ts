import { describe, expect, test } from "vitest";
import type { PlatformState } from "../../workers/service/contract.ts";
import { appendSample, type Sample, samplesMax, seriesRows } from "./samples.ts";

function stateAt(at: number, requestsTotal: number | null): PlatformState {
  const vitals =
    requestsTotal === null
      ? null
      : {
          heapUsedBytes: 10,
          heapTotalBytes: 20,
          externalBytes: 5,
          eventLoopDelayP50Ms: 1,
          eventLoopDelayP99Ms: 2,
          eventLoopDelayMaxMs: 3,
          eventLoopUtilization: 0.1,
          requestsTotal,
          requestErrorsTotal: 0,
          requestsInFlight: 0,
        };
  return {
    version: "0",
    instanceId: "i",
    host: "headless",
    auth: "open",
    ephemeral: true,
    home: null,
    startedAt: 0,
    readyAfterMs: 1,
    process: { pid: 1, node: "24", os: "linux", cores: 2, residentBytes: 100, cpuFraction: 0.5 },
    at,
    threads: [
      {
        id: "quantum",
        title: "Quantum",
        state: vitals ? "ready" : "stopped",
        port: null,
        url: null,
        since: 0,
        startedAt: 0,
        restarts: 0,
        startDurationMs: 1,
        downtimeMs: null,
        lastExit: null,
        cpuFraction: 0.25,
        vitals,
      },
    ],
  };
}

function samplesOf(...readings: readonly [number, number | null][]): readonly Sample[] {
  return readings.reduce<readonly Sample[]>(
    (samples, [at, total]) => appendSample(samples, stateAt(at, total)),
    [],
  );
}

const rateOf = (samples: readonly Sample[]) => samples.at(-1)?.threads.quantum?.requestsPerSecond;

describe("appendSample", () => {
  test("ignores states that follow too closely", () => {
    expect(samplesOf([0, 0], [100, 0], [900, 0])).toHaveLength(2);
  });

  test("never holds more than its window", () => {
    const readings = Array.from({ length: samplesMax + 5 }, (_, index): [number, number] => [
      index * 1_000,
      index,
    ]);
    const samples = samplesOf(...readings);
    expect([samples.length, samples[0]?.at]).toEqual([samplesMax, 5_000]);
  });

  test("takes the request rate over some seconds", () => {
    expect(rateOf(samplesOf([0, 0], [1_000, 0], [2_000, 30], [3_000, 30]))).toBe(10);
  });

  test("has no rate for the first reading and across a restart", () => {
    expect(rateOf(samplesOf([0, 5]))).toBeNull();
    expect(rateOf(samplesOf([0, 50], [1_000, 2]))).toBeNull();
    expect(rateOf(samplesOf([0, 50], [1_000, null]))).toBeNull();
  });
});

describe("seriesRows", () => {
  const read = (sample: Sample) => ({ cpu: sample.cpuFraction });

  test("leaves a gap where readings are missing", () => {
    const rows = seriesRows(samplesOf([0, 0], [1_000, 0], [20_000, 0]), 60_000, read);
    expect(rows).toEqual([
      { at: 0, values: { cpu: 0.5 } },
      { at: 1_000, values: { cpu: 0.5 } },
      { at: 1_001, values: {} },
      { at: 20_000, values: { cpu: 0.5 } },
    ]);
  });

  test("keeps to the window and to what is visible, with the newest reading", () => {
    const readings = Array.from({ length: 800 }, (_, index): [number, number] => [
      index * 1_000,
      0,
    ]);
    const samples = samplesOf(...readings);
    expect(seriesRows(samples, 10_000, read)).toHaveLength(11);
    const rows = seriesRows(samples, 900_000, read);
    expect(rows.length).toBeLessThanOrEqual(300);
    expect(rows.at(-1)?.at).toBe(799_000);
  });
});
