/** Who talks to whom: threads as the supervisor reports them, calls as traces show them. */
import type { SpanRecord } from "../../../workers/integration/contract.ts";
import type { PlatformState, SubsystemId } from "../../../workers/service/contract.ts";
import { subsystemTitle } from "../../data/subsystem.ts";

export interface Call {
  readonly from: SubsystemId;
  readonly to: SubsystemId;
  readonly calls: number;
  readonly errors: number;
  readonly meanMs: number;
}

/** Calls between subsystems: spans whose parent ran in another one. */
export function callsIn(traces: readonly (readonly SpanRecord[])[]): Call[] {
  const totals = new Map<
    string,
    { from: SubsystemId; to: SubsystemId; calls: number; errors: number; sumMs: number }
  >();
  for (const spans of traces) {
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const span of spans) {
      const parent = span.parentSpanId === null ? undefined : byId.get(span.parentSpanId);
      if (!parent || parent.subsystem === span.subsystem) continue;
      const key = `${parent.subsystem} ${span.subsystem}`;
      const total = totals.get(key) ?? {
        from: parent.subsystem,
        to: span.subsystem,
        calls: 0,
        errors: 0,
        sumMs: 0,
      };
      total.calls += 1;
      total.errors += span.status === "error" ? 1 : 0;
      total.sumMs += span.durationMs;
      totals.set(key, total);
    }
  }
  return [...totals.values()].map(({ sumMs, ...total }) => ({
    ...total,
    meanMs: sumMs / total.calls,
  }));
}

export interface Link {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: "page" | "supervision" | "calls";
  readonly words: string;
  readonly errors: number;
}

/** The page reaches the thread that serves it, the supervisor watches all, traces show the rest. */
export function linksOf(
  state: PlatformState,
  serving: SubsystemId,
  calls: readonly Call[],
): Link[] {
  const running = new Set(state.threads.map(({ id }) => id));
  return [
    {
      id: "page",
      from: "page",
      to: serving,
      kind: "page",
      words: "This page, over HTTP",
      errors: 0,
    },
    ...state.threads.map(({ id, title }) => ({
      id: `supervisor-${id}`,
      from: "supervisor",
      to: id,
      kind: "supervision" as const,
      words: `Supervisor watches ${title}`,
      errors: 0,
    })),
    ...calls
      .filter(({ from, to }) => running.has(from) && running.has(to))
      .map(({ from, to, calls: count, errors, meanMs }) => ({
        id: `${from}-${to}`,
        from,
        to,
        kind: "calls" as const,
        words: `${subsystemTitle(from)} calls ${subsystemTitle(to)}: ${count} in recent traces, ${errors} failed, mean ${meanMs.toFixed(1)} ms`,
        errors,
      })),
  ];
}
