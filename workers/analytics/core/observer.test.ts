import { describe, expect, it } from "vitest";
import type { PlatformState, Thread } from "../../service/contract.ts";
import { seriesLimits } from "../limits.ts";
import { liveDetectionLimits } from "./anomaly/limits.ts";
import { Observer } from "./observer.ts";

interface Inputs {
  readonly cpu?: number;
  readonly requestsTotal?: number;
  readonly errorsTotal?: number;
  readonly state?: Thread["state"];
  readonly restarts?: number;
}

/** A platform of one thread. */
function stateAt(at: number, inputs: Inputs = {}): PlatformState {
  const { cpu = 0.1, requestsTotal = 0, errorsTotal = 0, state = "ready", restarts = 0 } = inputs;
  return {
    at,
    process: { cpuFraction: cpu, residentBytes: 1e8, cores: 2 },
    threads: [
      {
        id: "quantum",
        title: "Quantum",
        state,
        since: 0,
        restarts,
        lastExit: null,
        cpuFraction: cpu,
        vitals: {
          heapUsedBytes: 10,
          externalBytes: 5,
          eventLoopDelayP99Ms: 1,
          requestsTotal,
          requestErrorsTotal: errorsTotal,
        },
      },
    ],
  } as unknown as PlatformState;
}

function observed(seconds: number, inputs: (second: number) => Inputs): Observer {
  const observer = new Observer();
  for (let second = 0; second < seconds; second += 1) {
    observer.observe(stateAt(second * 1_000, inputs(second)));
  }
  return observer;
}

const valuesOf = (observer: Observer, id: string, resolution: "1s" | "10s" = "1s") =>
  observer.points(id, resolution, 10_000).map(({ value }) => value);

describe("readings", () => {
  it("turn totals into rates over some seconds, and a restart is a gap and no drop", () => {
    const observer = observed(12, (second) => ({
      requestsTotal: second < 6 ? second * 20 : (second - 6) * 50,
      errorsTotal: second < 6 ? second : 0,
    }));
    const rates = valuesOf(observer, "quantum.requests");
    expect(rates.slice(0, 3)).toEqual([null, null, null]);
    expect(rates.slice(3, 6)).toEqual([20, 20, 20]);
    expect(rates.slice(6, 9)).toEqual([null, null, null]);
    expect(rates.slice(9)).toEqual([50, 50, 50]);
    expect(valuesOf(observer, "quantum.errors").slice(3, 6)).toEqual([1, 1, 1]);
    expect(valuesOf(observer, "platform.requests")).toEqual(rates);
  });

  it("are missing while a thread is down", () => {
    const observer = observed(6, (second) => ({ state: second === 3 ? "restarting" : "ready" }));
    expect(valuesOf(observer, "quantum.memory")).toEqual([15, 15, 15, null, 15, 15]);
  });

  it("count restarts when they happen", () => {
    const observer = observed(5, (second) => ({ restarts: second < 3 ? 4 : 5 }));
    expect(valuesOf(observer, "platform.restarts")).toEqual([null, 0, 0, 1, 0]);
  });

  it("are taken once a second, however often the state changes", () => {
    const observer = new Observer();
    for (let at = 0; at < 10_000; at += 100) observer.observe(stateAt(at));
    expect(valuesOf(observer, "platform.cpu").length).toBeLessThanOrEqual(13);
  });
});

describe("memory", () => {
  it("keeps a quarter of an hour, and means of ten seconds beyond", () => {
    const observer = observed(1_000, (second) => ({ cpu: second % 10 }));
    expect(valuesOf(observer, "platform.cpu")).toHaveLength(seriesLimits.finePoints);
    expect(valuesOf(observer, "platform.cpu").at(-1)).toBe(9);
    const coarse = valuesOf(observer, "platform.cpu", "10s");
    expect(coarse).toHaveLength(99);
    expect(new Set(coarse)).toEqual(new Set([4.5]));
    expect(observer.get("platform.cpu")?.readings).toBe(seriesLimits.finePoints);
  });

  it("has a gap where nothing was observed", () => {
    const observer = new Observer();
    for (const second of [0, 1, 2, 35, 36, 47])
      observer.observe(stateAt(second * 1_000, { cpu: 0.25 }));
    expect(valuesOf(observer, "platform.cpu", "10s")).toEqual([0.25, null, null, 0.25]);
  });
});

describe("anomalies", () => {
  it("begin, are explained and end", () => {
    const observer = observed(200, (second) => ({
      cpu: second >= 150 && second < 160 ? 0.9 : 0.1,
    }));
    const { anomalies, open } = observer.anomalies.list(10, "quantum.cpu");
    expect(open).toBe(0);
    expect(anomalies).toEqual([
      expect.objectContaining({
        series: "quantum.cpu",
        kind: "spike",
        severity: "high",
        since: 150_000,
        until: 159_000,
        peak: 0.9,
        expected: 0.1,
        readings: 10,
      }),
    ]);
    expect(anomalies[0]?.explanation).toMatch(
      /^CPU of Quantum rose to 90 %, .* unusual for 9 s\.$/,
    );
  });

  it("of lasting kind are a shift of level, after which forecasts begin anew", () => {
    const observer = observed(300, (second) => ({ cpu: second >= 150 ? 0.9 : 0.1 }));
    const { anomalies } = observer.anomalies.list(10, "platform.cpu");
    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]).toMatchObject({
      kind: "level shift",
      readings: liveDetectionLimits.levelShiftReadings,
    });
    expect(observer.anomalies.shiftOf("platform.cpu")).toBe(150_000);
    expect(observer.get("platform.cpu")?.baseline.median).toBe(0.9);
  });

  it("tell watchers of each beginning and end", () => {
    const observer = observed(150, () => ({}));
    const changes = Array.from({ length: 20 }, (_, i) =>
      observer.observe(stateAt(150_000 + i * 1_000, { cpu: i === 2 ? 0.9 : 0.1 })),
    );
    const seen = changes.flatMap(({ anomalies }, i) => (anomalies ? [i] : []));
    expect(seen).toEqual([2, 2 + liveDetectionLimits.calmReadings]);
  });

  it("that follow one another within a minute, the same way, are one", () => {
    const observer = observed(400, (second) => ({
      cpu: second === 200 || second === 230 || second === 300 ? 0.9 - second / 1e4 : 0.1,
    }));
    const { anomalies } = observer.anomalies.list(10, "quantum.cpu");
    expect(anomalies.map(({ since, until, readings }) => ({ since, until, readings }))).toEqual([
      { since: 300_000, until: 300_000, readings: 1 },
      { since: 200_000, until: 230_000, readings: 2 },
    ]);
    expect(observer.anomalies.find(anomalies[1]!.id)).toEqual(anomalies[1]);
  });

  it("are not looked for before there is enough data", () => {
    const observer = observed(liveDetectionLimits.warmUp, (second) => ({
      cpu: second === 30 ? 9 : 0,
    }));
    expect(observer.anomalies.total).toBe(0);
    expect(observer.list().every(({ baseline }) => baseline.samples <= 60)).toBe(true);
    expect(observer.get("no.series")).toBeNull();
  });
});
