import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { vitalsSchema } from "./contract.ts";
import { platformLimits } from "./limits.ts";
import { createVitalsMemory, reportVitals, VitalsReader } from "./vitals.ts";

const counts = { requestsTotal: 12_345_678_901, requestErrorsTotal: 7, requestsInFlight: 3 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("vitals", () => {
  it("before the thread reports they are zero", () => {
    const reader = new VitalsReader(createVitalsMemory());
    expect(reader.beats()).toBe(0n);
    expect(reader.lastBeat()).toEqual({ cpuMs: 0, activeMs: 0, atMs: 0 });
    expect(Object.values(reader.vitals())).toEqual(Object.keys(vitalsSchema.shape).map(() => 0));
  });

  it("go through the shared memory as the contract has them", () => {
    const memory = createVitalsMemory();
    const { stop } = reportVitals(memory, () => counts);
    const reader = new VitalsReader(memory);
    const vitals = vitalsSchema.strict().parse(reader.vitals());
    expect(vitals).toMatchObject(counts);
    expect(vitals.heapUsedBytes).toBeGreaterThan(0);
    expect(vitals.heapTotalBytes).toBeGreaterThanOrEqual(vitals.heapUsedBytes);
    const { cpuMs, activeMs, atMs } = reader.lastBeat();
    expect(cpuMs).toBeGreaterThan(0);
    expect(activeMs).toBeGreaterThanOrEqual(0);
    expect(atMs).toBeGreaterThan(0);
    stop();
  });

  it("the heart beats once a second and on demand, and not after the end", () => {
    const memory = createVitalsMemory();
    const { beat, stop } = reportVitals(memory, () => counts);
    const reader = new VitalsReader(memory);
    const first = reader.beats();
    vi.advanceTimersByTime(10_000);
    expect(reader.beats() - first).toBe(10n);
    beat();
    expect(reader.beats() - first).toBe(11n);
    stop();
    vi.advanceTimersByTime(10_000);
    expect(reader.beats() - first).toBe(11n);
  });

  it("are taken anew once a second", () => {
    const memory = createVitalsMemory();
    let requestsTotal = 1;
    const { stop } = reportVitals(memory, () => ({ ...counts, requestsTotal }));
    const reader = new VitalsReader(memory);
    requestsTotal = 2;
    vi.advanceTimersByTime(999);
    expect(reader.vitals().requestsTotal).toBe(1);
    vi.advanceTimersByTime(1);
    expect(reader.vitals().requestsTotal).toBe(2);
    stop();
  });

  it("two threads do not share them", () => {
    const [one, other] = [createVitalsMemory(), createVitalsMemory()];
    const { stop } = reportVitals(one, () => counts);
    expect([new VitalsReader(one).beats(), new VitalsReader(other).beats()]).toEqual([1n, 0n]);
    stop();
  });

  it("a burst of work inside one turn of the loop counts as life, each piece once a beat", () => {
    let nowMs = 1_000;
    vi.spyOn(performance, "now").mockImplementation(() => nowMs);
    const memory = createVitalsMemory();
    const { progress, stop } = reportVitals(memory, () => counts);
    const reader = new VitalsReader(memory);
    const first = reader.beats();
    for (let piece = 0; piece < 10; piece++) {
      nowMs += platformLimits.beatIntervalMs / 2 + 1;
      progress();
    }
    expect(reader.beats() - first).toBe(5n);
    stop();
  });
});
