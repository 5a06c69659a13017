import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { SamplingDecision } from "@opentelemetry/sdk-trace";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { telemetryLimits } from "../limits.ts";
import { spanSchema, type SpanRecord } from "../records.ts";
import { startSpan } from "./span.ts";
import { flatten, RateLimitingSampler, startTracing } from "./tracing.ts";

const spans: SpanRecord[] = [];
const sampler = { ms: 0 };
startTracing(
  "quantum",
  (span) => spans.push(span),
  () => sampler.ms,
);
const tracer = trace.getTracer("test");

beforeEach(() => {
  spans.length = 0;
  sampler.ms += 60_000;
});

describe("RateLimitingSampler", () => {
  it("admits what a token bucket admits, computed in whole numbers", () => {
    const perSecond = 4;
    const burst = 3;
    fc.assert(
      fc.property(fc.array(fc.nat(900), { maxLength: 100 }), (pauses) => {
        let now = 5_000;
        const bucket = new RateLimitingSampler(perSecond, burst, () => now);
        // The oracle counts in 1/1000 tokens: 4 of them for each millisecond.
        let level = burst * 1_000;
        for (const pause of pauses) {
          now += pause;
          level = Math.min(burst * 1_000, level + pause * perSecond);
          const admitted = level >= 1_000;
          if (admitted) level -= 1_000;
          expect(bucket.shouldSample().decision).toBe(
            admitted ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
          );
        }
      }),
    );
  });

  it("never admits more than the burst and the rate allow", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (perSecond, burst, pauses) => {
          let now = 0;
          const bucket = new RateLimitingSampler(perSecond, burst, () => now);
          let admitted = 0;
          for (const pause of pauses) {
            now += pause;
            if (bucket.shouldSample().decision !== SamplingDecision.NOT_RECORD) admitted += 1;
          }
          expect(admitted).toBeLessThanOrEqual(burst + (now / 1_000) * perSecond + 1e-6);
        },
      ),
    );
  });
});

describe("spans", () => {
  it("become records of the contract, children with their parent", async () => {
    const parent = context.active();
    await startSpan(tracer, { name: "outer", kind: SpanKind.SERVER, parent }, (outer) =>
      startSpan(
        tracer,
        { name: "inner", kind: SpanKind.CLIENT, parent: context.active(), attributes: { a: 1 } },
        (inner) => {
          expect(inner.spanContext().traceId).toBe(outer.spanContext().traceId);
          inner.setStatus({ code: SpanStatusCode.ERROR, message: "x".repeat(5_000) });
        },
      ),
    );
    const [inner, outer] = spans.map((span) => spanSchema.strict().parse(span));
    expect(inner).toEqual({
      traceId: outer?.traceId,
      spanId: inner?.spanId,
      parentSpanId: outer?.spanId,
      subsystem: "quantum",
      name: "inner",
      kind: "client",
      startTimeMs: inner?.startTimeMs,
      durationMs: inner?.durationMs,
      status: "error",
      statusMessage: "x".repeat(telemetryLimits.attributeLengthMax),
      attributes: { a: 1 },
    });
    expect(outer).toMatchObject({
      name: "outer",
      kind: "server",
      parentSpanId: null,
      status: "unset",
    });
    expect(outer?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(outer?.spanId).toMatch(/^[0-9a-f]{16}$/);
  });

  it("end when their work fails, and the failure goes on", async () => {
    const start = { name: "failing", kind: SpanKind.INTERNAL, parent: context.active() };
    const failure = new Error("no");
    await expect(startSpan(tracer, start, () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(
      startSpan(tracer, start, () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(spans.map(({ name }) => name)).toEqual(["failing", "failing"]);
  });

  it("hold attributes of bounded length", () => {
    tracer.startSpan("long", { attributes: { text: "x".repeat(10_000) } }).end();
    expect(spans[0]?.attributes["text"]).toBe("x".repeat(telemetryLimits.attributeLengthMax));
  });

  it("beyond the burst of new traces are not recorded", () => {
    for (let i = 0; i < telemetryLimits.rootSpansBurst + 10; i += 1) tracer.startSpan("root").end();
    expect(spans).toHaveLength(telemetryLimits.rootSpansBurst);
  });
});

describe("W3C Trace Context, section 3.2 (traceparent)", () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const continued = (traceparent: string) => {
    const parent = propagation.extract(context.active(), { traceparent });
    tracer.startSpan("request", {}, parent).end();
    return spans.map((span) => ({ traceId: span.traceId, parent: span.parentSpanId }));
  };

  it("a sampled trace of the caller goes on", () => {
    expect(continued(`00-${traceId}-b7ad6b7169203331-01`)).toEqual([
      { traceId, parent: "b7ad6b7169203331" },
    ]);
  });

  it("a trace that the caller does not sample is not recorded", () => {
    expect(continued(`00-${traceId}-b7ad6b7169203331-00`)).toEqual([]);
  });

  it.each([
    ["a trace id of zeroes", "00-00000000000000000000000000000000-b7ad6b7169203331-01"],
    ["a parent id of zeroes", `00-${traceId}-0000000000000000-01`],
    ["upper-case digits", `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`],
    ["version ff", `ff-${traceId}-b7ad6b7169203331-01`],
    ["nonsense", "not-a-traceparent"],
  ])("%s begins a trace of its own", (_title, traceparent) => {
    const [own] = continued(traceparent);
    expect(own?.parent).toBeNull();
    expect(own?.traceId).not.toBe(traceId);
  });
});

describe("flatten", () => {
  it("keeps scalars and turns lists into text", () => {
    expect(
      flatten({
        text: "a",
        number: 0,
        flag: false,
        list: ["a", "b"],
        numbers: [1, 2],
        none: undefined,
      }),
    ).toEqual({ text: "a", number: 0, flag: false, list: '["a","b"]', numbers: "[1,2]" });
  });
});
