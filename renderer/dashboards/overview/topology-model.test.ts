import { expect, test } from "vitest";
import type { SpanRecord } from "../../../workers/integration/contract.ts";
import { callsIn } from "./topology-model.ts";

function span(
  spanId: string,
  parentSpanId: string | null,
  subsystem: SpanRecord["subsystem"],
  durationMs: number,
  status: SpanRecord["status"] = "ok",
): SpanRecord {
  return {
    traceId: "t",
    spanId,
    parentSpanId,
    subsystem,
    name: spanId,
    kind: "internal",
    startTimeMs: 0,
    durationMs,
    status,
    statusMessage: null,
    attributes: {},
  };
}

test("a call is a span whose parent ran in another subsystem", () => {
  const traces = [
    [
      span("a", null, "gateway", 9),
      span("b", "a", "integration", 4),
      span("c", "b", "integration", 3),
      span("d", "c", "quantum", 2),
    ],
    [span("a", null, "gateway", 9), span("b", "a", "integration", 6, "error")],
    [span("x", "not stored", "quantum", 1)],
  ];
  expect(callsIn(traces)).toEqual([
    { from: "gateway", to: "integration", calls: 2, errors: 1, meanMs: 5 },
    { from: "integration", to: "quantum", calls: 1, errors: 0, meanMs: 2 },
  ]);
});
