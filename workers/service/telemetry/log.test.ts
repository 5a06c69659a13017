import * as fc from "fast-check";
import { context, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { telemetryLimits } from "../limits.ts";
import { logLevels, logSchema, type LogRecord } from "../records.ts";
import { Logger } from "./log.ts";
import { startTracing } from "./tracing.ts";

startTracing(
  "quantum",
  () => {},
  () => 0,
);

function logged(write: (log: Logger) => void): LogRecord[] {
  const records: LogRecord[] = [];
  write(
    new Logger(
      "quantum",
      (record) => records.push(record),
      () => 1_234,
    ),
  );
  return records;
}

describe("Logger", () => {
  it("makes a record of each level, time and origin included", () => {
    const records = logged((log) => {
      for (const level of logLevels) log[level](`a ${level}`, { n: 1 });
      log.info("bare");
    });
    const record = { at: 1_234, subsystem: "quantum", traceId: null };
    expect(records.map((each) => logSchema.strict().parse(each))).toEqual([
      ...logLevels.map((level) => ({
        ...record,
        level,
        message: `a ${level}`,
        attributes: { n: 1 },
      })),
      { ...record, level: "info", message: "bare", attributes: {} },
    ]);
  });

  it("ties a record to the trace in whose course it is written", () => {
    const span = trace.getTracer("test").startSpan("work");
    const records = context.with(trace.setSpan(context.active(), span), () =>
      logged((log) => log.warn("within")),
    );
    expect(records[0]?.traceId).toBe(span.spanContext().traceId);
  });

  it("A38: no message holds a control character or more than its length", () => {
    const text = fc.string({ unit: "binary", maxLength: 200 });
    const control = fc.constantFrom("\r\n", "\u001b[31m", "\u0000", "\u0085", "\u009b2J", "\t");
    fc.assert(
      fc.property(fc.array(fc.oneof(text, control), { maxLength: 60 }), (parts) => {
        const [record] = logged((log) => log.info(parts.join("")));
        // C0, delete and C1, by their code points.
        const codes = Array.from(record?.message ?? "", (each) => each.codePointAt(0) ?? 0);
        expect(codes.filter((code) => code < 0x20 || (code >= 0x7f && code < 0xa0))).toEqual([]);
        expect(record?.message.length).toBeLessThanOrEqual(telemetryLimits.messageLengthMax);
      }),
    );
  });

  it("A38: a message cannot forge a second line", () => {
    const [record] = logged((log) => log.info("failed\n2026-01-01 info admin signed in"));
    expect(record?.message).toBe("failed 2026-01-01 info admin signed in");
  });
});
