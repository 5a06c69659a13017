import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { telemetryLimits } from "../limits.ts";
import type { LogRecord, SpanRecord } from "../records.ts";
import { Outbox, type TelemetryBatch } from "./outbox.ts";

const span = (n: number) => ({ spanId: `${n}` }) as SpanRecord;
const log = (n: number) => ({ message: `${n}` }) as LogRecord;
const spanNumbers = (batches: readonly TelemetryBatch[]) =>
  batches.flatMap(({ spans }) => spans.map(({ spanId }) => Number(spanId)));
const logNumbers = (batches: readonly TelemetryBatch[]) =>
  batches.flatMap(({ logs }) => logs.map(({ message }) => Number(message)));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Stands for the integration thread: away or there. */
function receiver() {
  const world = { there: true, tries: 0, arrived: [] as TelemetryBatch[] };
  const send = (batch: TelemetryBatch): Promise<void> => {
    world.tries += 1;
    if (!world.there) return Promise.reject(new Error("away"));
    world.arrived.push(batch);
    return Promise.resolve();
  };
  return Object.assign(world, { send });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Outbox", () => {
  it("sends what came together as one batch, a moment later", async () => {
    const there = receiver();
    const outbox = new Outbox(there.send);
    outbox.addSpan(span(1));
    outbox.addLog(log(1));
    outbox.addSpan(span(2));
    expect(there.arrived).toEqual([]);
    await vi.advanceTimersByTimeAsync(telemetryLimits.flushIntervalMs);
    expect(there.arrived).toEqual([{ spans: [span(1), span(2)], logs: [log(1)], dropped: 0 }]);
  });

  it("sends nothing when there is nothing, and rests then", async () => {
    const there = receiver();
    const outbox = new Outbox(there.send);
    await outbox.flush();
    outbox.addLog(log(1));
    await outbox.flush();
    expect({ tries: there.tries, timers: vi.getTimerCount() }).toEqual({ tries: 1, timers: 0 });
  });

  it("a flush sends everything that is queued, in bounded batches and in order", async () => {
    const there = receiver();
    const outbox = new Outbox(there.send);
    upTo(telemetryLimits.spansQueuedMax).forEach((n) => outbox.addSpan(span(n)));
    upTo(telemetryLimits.logsQueuedMax).forEach((n) => outbox.addLog(log(n)));
    await outbox.flush();
    expect(spanNumbers(there.arrived)).toEqual(upTo(telemetryLimits.spansQueuedMax));
    expect(logNumbers(there.arrived)).toEqual(upTo(telemetryLimits.logsQueuedMax));
    for (const { spans, logs } of there.arrived) {
      expect(spans.length).toBeLessThanOrEqual(telemetryLimits.batchSizeMax);
      expect(logs.length).toBeLessThanOrEqual(telemetryLimits.batchSizeMax);
    }
  });

  it("drops the oldest beyond its bounds and says how many", async () => {
    const there = receiver();
    const outbox = new Outbox(there.send);
    const [spans, logs] = [telemetryLimits.spansQueuedMax + 7, telemetryLimits.logsQueuedMax + 5];
    upTo(spans).forEach((n) => outbox.addSpan(span(n)));
    upTo(logs).forEach((n) => outbox.addLog(log(n)));
    await outbox.flush();
    expect(spanNumbers(there.arrived)).toEqual(upTo(spans).slice(7));
    expect(logNumbers(there.arrived)).toEqual(upTo(logs).slice(5));
    expect(there.arrived.map(({ dropped }) => dropped).filter((each) => each > 0)).toEqual([12]);
  });

  it("keeps what the receiver could not take, and tries again by itself", async () => {
    const there = receiver();
    there.there = false;
    const outbox = new Outbox(there.send);
    outbox.addSpan(span(0));
    await vi.advanceTimersByTimeAsync(telemetryLimits.flushIntervalMs);
    outbox.addSpan(span(1));
    expect(there).toMatchObject({ tries: 1, arrived: [] });
    there.there = true;
    await vi.advanceTimersByTimeAsync(telemetryLimits.flushIntervalMs);
    expect(there.arrived).toEqual([{ spans: [span(0), span(1)], logs: [], dropped: 0 }]);
  });

  it("what came during a failed try stays behind what was tried", async () => {
    const arrived: TelemetryBatch[] = [];
    const outbox = new Outbox((batch) => {
      if (arrived.push(batch) > 1) return Promise.resolve();
      outbox.addSpan(span(1));
      outbox.addLog(log(1));
      return Promise.reject(new Error("away"));
    });
    outbox.addSpan(span(0));
    outbox.addLog(log(0));
    await outbox.flush();
    await outbox.flush();
    expect(arrived[1]).toEqual({ spans: [span(0), span(1)], logs: [log(0), log(1)], dropped: 0 });
  });

  it("a flush settles, though the receiver is away", async () => {
    const there = receiver();
    there.there = false;
    const outbox = new Outbox(there.send);
    upTo(3_000).forEach((n) => outbox.addSpan(span(n)));
    await outbox.flush();
    expect(there.tries).toBe(1);
  });

  it("flushes at once do not overtake each other", async () => {
    const arrived: number[] = [];
    const waiting: (() => void)[] = [];
    const outbox = new Outbox(async ({ spans }) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      arrived.push(...spans.map(({ spanId }) => Number(spanId)));
    });
    outbox.addSpan(span(0));
    const first = outbox.flush();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    outbox.addSpan(span(1));
    const [second, third] = [outbox.flush(), outbox.flush()];
    waiting[0]?.();
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.();
    await Promise.all([first, second, third]);
    expect({ arrived, sends: waiting.length }).toEqual({ arrived: [0, 1], sends: 2 });
  });

  it("loses nothing that it does not count, however the receiver comes and goes", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), count: fc.nat(1_500) }),
      fc.record({ kind: fc.constant("flush" as const), there: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const there = receiver();
        const outbox = new Outbox(there.send);
        let added = 0;
        for (const each of steps) {
          if (each.kind === "add") {
            for (let i = 0; i < each.count; i += 1) outbox.addLog(log(added++));
          } else {
            there.there = each.there;
            await outbox.flush();
          }
        }
        // A last record carries what was dropped before it.
        outbox.addLog(log(added++));
        there.there = true;
        await outbox.flush();
        const numbers = logNumbers(there.arrived);
        const dropped = there.arrived.reduce((sum, batch) => sum + batch.dropped, 0);
        expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
        expect(numbers.length + dropped).toBe(added);
        expect(numbers.at(-1)).toBe(added - 1);
      }),
      { numRuns: 40 },
    );
  });
});
