import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { LifecycleEvent } from "../service/contract.ts";
import type { LogRecord, SpanRecord } from "../service/records.ts";
import { storeLimits } from "./limits.ts";
import { openTelemetryDatabase } from "./telemetry-database.ts";
import { listLogs } from "./telemetry-queries.ts";
import { TelemetryStore } from "./telemetry-store.ts";

const limits = { spansMax: 20, logsMax: 10 };

const span = (n: number): SpanRecord => ({
  traceId: n.toString(16).padStart(32, "0"),
  spanId: n.toString(16).padStart(16, "0"),
  parentSpanId: null,
  subsystem: "quantum",
  name: `span ${n}`,
  kind: "internal",
  startTimeMs: n,
  durationMs: 1,
  status: "unset",
  statusMessage: null,
  attributes: {},
});
const log = (n: number): LogRecord => ({
  at: n,
  level: "info",
  subsystem: "quantum",
  message: `${n}`,
  traceId: null,
  attributes: {},
});
const event = (sequence: number): LifecycleEvent => ({
  sequence,
  at: sequence,
  thread: "gateway",
  level: "warn",
  message: `event ${sequence}`,
});

let store: TelemetryStore;
beforeEach(() => {
  store = new TelemetryStore(openTelemetryDatabase(null, 0), limits);
});

const column = (sql: string) =>
  store.database
    .prepare(sql)
    .all()
    .map((row) => Object.values(row)[0]);
const spansStored = () => column("SELECT start_ms FROM spans ORDER BY id") as number[];
const logsStored = () => column("SELECT message FROM logs ORDER BY id") as string[];
const reopened = () => new TelemetryStore(store.database, limits);

describe("bounds", () => {
  it("hold after every batch; the oldest go, the newest stay, all are accounted for", () => {
    const batch = fc.record({ spans: fc.nat(30), logs: fc.nat(15), dropped: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
        store = new TelemetryStore(openTelemetryDatabase(null, 0), limits);
        let [spans, logs, dropped] = [0, 0, 0];
        for (const each of batches) {
          store.add(
            Array.from({ length: each.spans }, (_, i) => span(spans + i)),
            Array.from({ length: each.logs }, (_, i) => log(logs + i)),
            each.dropped,
          );
          spans += each.spans;
          logs += each.logs;
          dropped += each.dropped;
          const [keptSpans, keptLogs] = [spansStored(), logsStored()];
          expect(keptSpans).toEqual(
            Array.from({ length: spans }, (_, n) => n).slice(spans - keptSpans.length),
          );
          expect(keptLogs).toEqual(
            Array.from({ length: logs }, (_, n) => `${n}`).slice(logs - keptLogs.length),
          );
          expect(keptSpans.length).toBeLessThanOrEqual(limits.spansMax);
          expect(keptLogs.length).toBeLessThanOrEqual(limits.logsMax);
          const counts = {
            spans: keptSpans.length,
            spansMax: limits.spansMax,
            logs: keptLogs.length,
            logsMax: limits.logsMax,
            dropped: dropped + spans - keptSpans.length + logs - keptLogs.length,
          };
          expect(store.counts()).toEqual(counts);
          // What a restart would find.
          expect(reopened().counts()).toEqual(counts);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("a full table keeps all but the slack, and never drops what just came", () => {
    const large = { spansMax: 3 * storeLimits.trimSlackRows, logsMax: 1 };
    store = new TelemetryStore(store.database, large);
    const numbers = Array.from({ length: large.spansMax + 1 }, (_, n) => n);
    store.add(numbers.map(span), [], 0);
    expect(spansStored()).toEqual(numbers.slice(-(large.spansMax - storeLimits.trimSlackRows)));
  });
});

describe("a batch that fails", () => {
  it("leaves nothing, neither rows nor counts, and the next one is stored", () => {
    store.add([span(1)], [log(1)], 2);
    const before = { counts: store.counts(), spans: spansStored(), logs: logsStored() };
    // SQLite stores NaN as NULL, which the table refuses.
    const broken = { ...log(3), at: Number.NaN };
    expect(() => store.add([span(2), span(3)], [log(2), broken], 5)).toThrow(/NOT NULL/);
    expect({ counts: store.counts(), spans: spansStored(), logs: logsStored() }).toEqual(before);
    store.add([span(4)], [], 0);
    expect(spansStored()).toEqual([1, 4]);
    expect(store.counts()).toEqual(reopened().counts());
  });
});

describe("lifecycle events", () => {
  it("become log lines", () => {
    store.addLifecycle("one", [event(1)]);
    const { logs } = listLogs(store.database, { limit: 10 });
    expect(logs).toEqual([
      {
        id: 1,
        at: 1,
        level: "warn",
        subsystem: "gateway",
        message: "event 1",
        traceId: null,
        attributes: { source: "supervisor" },
      },
    ]);
  });

  it("are stored once, however often and in whatever overlap they are told", () => {
    const telling = fc.array(fc.record({ from: fc.nat(8), count: fc.nat(4) }), { maxLength: 8 });
    fc.assert(
      fc.property(telling, (tellings) => {
        store = new TelemetryStore(openTelemetryDatabase(null, 0), { spansMax: 1, logsMax: 1_000 });
        const told = new Set<string>();
        for (const { from, count } of tellings) {
          const events = Array.from({ length: count }, (_, i) => event(from + i));
          events.forEach(({ message }) => told.add(message));
          store.addLifecycle("one", events);
        }
        expect(logsStored().toSorted()).toEqual([...told].toSorted());
        expect(store.counts().logs).toBe(told.size);
      }),
      { numRuns: 50 },
    );
  });

  it("survive a restart of the thread that stores them, not one of the platform", () => {
    store.addLifecycle("one", [event(1), event(2)]);
    reopened().addLifecycle("one", [event(1), event(2), event(3)]);
    reopened().addLifecycle("two", [event(1)]);
    expect(logsStored()).toEqual(["event 1", "event 2", "event 3", "event 1"]);
  });

  it("are bounded as other logs are", () => {
    store.addLifecycle(
      "one",
      Array.from({ length: 50 }, (_, i) => event(i + 1)),
    );
    expect(store.counts().logs).toBeLessThanOrEqual(limits.logsMax);
    expect(store.counts().logs + store.counts().dropped).toBe(50);
  });
});
