import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { subsystemIds } from "../service/contract.ts";
import { logLevels, type LogRecord, type SpanRecord } from "../service/records.ts";
import type { logsInputSchema, tracesInputSchema } from "./contract.ts";
import { storeLimits } from "./limits.ts";
import { openTelemetryDatabase } from "./telemetry-database.ts";
import { listLogs, listTraces, traceSpans } from "./telemetry-queries.ts";
import { TelemetryStore } from "./telemetry-store.ts";

type TracesInput = z.output<typeof tracesInputSchema>;
type LogsInput = z.output<typeof logsInputSchema>;

const attributes = fc.dictionary(
  fc.stringMatching(/^[a-z.]{1,8}$/),
  fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  { maxKeys: 3, noNullPrototype: true },
);
const subsystem = fc.constantFrom(...subsystemIds);
const traceId = fc.constantFrom(..."abcdef".split("").map((letter) => letter.repeat(32)));

const spans: fc.Arbitrary<SpanRecord[]> = fc
  .array(
    fc.record({
      traceId,
      parentSpanId: fc.constantFrom(null, "1".repeat(16)),
      subsystem,
      name: fc.string(),
      kind: fc.constantFrom("internal" as const, "server" as const, "client" as const),
      startTimeMs: fc.nat(1_000),
      durationMs: fc.nat(500),
      status: fc.constantFrom("unset" as const, "ok" as const, "error" as const),
      statusMessage: fc.option(fc.string()),
      attributes,
    }),
    { maxLength: 40 },
  )
  // No two spans begin at the same moment, so that every order is decided.
  .map((all) =>
    all.map((span, i) => ({
      ...span,
      spanId: i.toString(16).padStart(16, "0"),
      startTimeMs: span.startTimeMs * 64 + i,
    })),
  );

const logs: fc.Arbitrary<LogRecord[]> = fc.array(
  fc.record({
    at: fc.nat(),
    level: fc.constantFrom(...logLevels),
    subsystem,
    message: fc.constantFrom("Ready after 5 ms.", "ready", "Ended (crash)", "100% done_", "%", ""),
    traceId: fc.option(traceId),
    attributes,
  }),
  { maxLength: 40 },
);

function stored(someSpans: readonly SpanRecord[], someLogs: readonly LogRecord[] = []) {
  const store = new TelemetryStore(openTelemetryDatabase(null, 0));
  store.add(someSpans, someLogs, 0);
  return store.database;
}

/** Follows `next` to the end. */
function allPages<P extends { next: number | null }>(page: (before: number | undefined) => P): P[] {
  const pages = [page(undefined)];
  for (let next = pages[0]!.next; next !== null; next = pages.at(-1)!.next) {
    pages.push(page(next));
    if (pages.length > 1_000) throw new Error("The pages do not end.");
  }
  return pages;
}

/** Straight from the definitions: lists, filters and sorts in memory. */
function tracesByHand(all: readonly SpanRecord[], filter: Partial<TracesInput>) {
  const groups = [...Map.groupBy(all, (span) => span.traceId).values()];
  return groups
    .toSorted((a, b) => all.indexOf(b.at(-1)!) - all.indexOf(a.at(-1)!))
    .map((group) => {
      const begin = Math.min(...group.map((span) => span.startTimeMs));
      const end = Math.max(...group.map((span) => span.startTimeMs + span.durationMs));
      const byStart = group.toSorted((a, b) => a.startTimeMs - b.startTimeMs);
      const root = byStart.find((span) => span.parentSpanId === null) ?? byStart[0]!;
      return {
        traceId: root.traceId,
        name: root.name,
        subsystem: root.subsystem,
        subsystems: [...new Set(group.map((span) => span.subsystem))].toSorted(),
        startTimeMs: begin,
        durationMs: end - begin,
        spans: group.length,
        errors: group.filter(({ status }) => status === "error").length,
      };
    })
    .filter((each) => filter.subsystem === undefined || each.subsystems.includes(filter.subsystem))
    .filter(
      (each) => filter.status === undefined || each.errors > 0 === (filter.status === "error"),
    )
    .filter((each) => each.durationMs >= (filter.minDurationMs ?? 0));
}

describe("listTraces", () => {
  const filter = fc.record(
    {
      subsystem,
      status: fc.constantFrom("ok" as const, "error" as const),
      minDurationMs: fc.nat(30_000),
    },
    { requiredKeys: [] },
  );

  it("pages visit every trace that fits exactly once, newest first", () => {
    fc.assert(
      fc.property(spans, filter, fc.integer({ min: 1, max: 5 }), (all, conditions, limit) => {
        const database = stored(all);
        const pages = allPages((before) =>
          listTraces(database, { ...conditions, limit, ...(before !== undefined && { before }) }),
        );
        expect(pages.flatMap(({ traces }) => traces)).toEqual(tracesByHand(all, conditions));
        expect(pages.filter(({ traces }) => traces.length > limit)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("a trace that grows while someone pages comes to the front and is not told twice", () => {
    const span = (trace: string, n: number): SpanRecord => ({
      traceId: trace.repeat(32),
      spanId: `${n}`.padStart(16, "0"),
      parentSpanId: null,
      subsystem: "quantum",
      name: `${n}`,
      kind: "internal",
      startTimeMs: n,
      durationMs: 1,
      status: "unset",
      statusMessage: null,
      attributes: {},
    });
    const store = new TelemetryStore(openTelemetryDatabase(null, 0));
    store.add([span("a", 1), span("b", 2), span("c", 3)], [], 0);
    const first = listTraces(store.database, { limit: 1 });
    store.add([span("a", 4)], [], 0);
    const rest = listTraces(store.database, { limit: 5, before: first.next! });
    const front = listTraces(store.database, { limit: 1 });
    expect([first, rest, front].map(({ traces }) => traces.map((each) => each.traceId[0]))).toEqual(
      [["c"], ["b"], ["a"]],
    );
  });

  it("what lies deeper than one page may look is found by the pages after it", () => {
    const busy = {
      parentSpanId: null,
      subsystem: "gateway",
      name: "busy",
      kind: "server",
    } as const;
    const rest = { durationMs: 1, statusMessage: null, attributes: {} };
    const deep = Array.from({ length: storeLimits.spansScannedMax + 10 }, (_, n): SpanRecord => ({
      ...busy,
      ...rest,
      traceId: (n < 5 ? "a" : "b").repeat(32),
      spanId: `${n}`.padStart(16, "0"),
      startTimeMs: n,
      status: n === 0 ? "error" : "ok",
    }));
    const database = stored(deep);
    const pages = allPages((before) =>
      listTraces(database, { limit: 10, status: "error", ...(before !== undefined && { before }) }),
    );
    expect(pages.flatMap(({ traces }) => traces)).toEqual(tracesByHand(deep.slice(0, 5), {}));
  });
});

describe("traceSpans", () => {
  it("gives back each span as it was stored, by start time", () => {
    fc.assert(
      fc.property(spans, traceId, (all, id) => {
        const expected = all
          .filter((span) => span.traceId === id)
          .toSorted((a, b) => a.startTimeMs - b.startTimeMs);
        expect(traceSpans(stored(all), id)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("holds its bound", () => {
    const one = fc.sample(
      spans.filter((all) => all.length > 0),
      1,
    )[0]![0]!;
    const many = Array.from({ length: storeLimits.spansPerTraceMax + 1 }, () => one);
    expect(traceSpans(stored(many), one.traceId)).toHaveLength(storeLimits.spansPerTraceMax);
  });
});

describe("listLogs", () => {
  const filter = fc.record(
    {
      subsystem,
      level: fc.constantFrom(...logLevels),
      query: fc.constantFrom("READY", "ready", "%", "_", "5 ms", "crash)", ""),
      traceId,
    },
    { requiredKeys: [] },
  );

  const fits = (log: LogRecord, conditions: Partial<LogsInput>) =>
    (conditions.subsystem ?? log.subsystem) === log.subsystem &&
    (conditions.traceId ?? log.traceId) === log.traceId &&
    logLevels.indexOf(log.level) >= logLevels.indexOf(conditions.level ?? "debug") &&
    log.message.toLowerCase().includes((conditions.query ?? "").toLowerCase());

  it("pages visit every record that fits exactly once, newest first", () => {
    fc.assert(
      fc.property(logs, filter, fc.integer({ min: 1, max: 5 }), (all, conditions, limit) => {
        const database = stored([], all);
        const pages = allPages((before) =>
          listLogs(database, { ...conditions, limit, ...(before !== undefined && { before }) }),
        );
        const expected = all
          .map((log, i) => ({ ...log, id: i + 1 }))
          .filter((log) => fits(log, conditions))
          .toReversed();
        expect(pages.flatMap((page) => page.logs)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("a search text is a text, never a part of the statement", () => {
    const database = stored([], fc.sample(logs, 1)[0]);
    for (const query of ["'; DROP TABLE logs; --", '"', "\\", "?1"]) {
      expect(listLogs(database, { limit: 10, query })).toEqual({ logs: [], next: null });
    }
  });
});
