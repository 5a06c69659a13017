import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { SpanRecord } from "../../../workers/integration/contract.ts";
import { duration, formatDateTime, number, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { threadSeries } from "../../components/series.ts";
import { orpc } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { subsystemTitle } from "../../data/subsystem.ts";
import classes from "./traces.module.css";
import { WaterfallView } from "./waterfall.tsx";
import { waterfallOf, type WaterfallRow } from "./waterfall-model.ts";

/** Spans arrive up to this long after they have ended; a younger trace may still grow. */
const settledAfterMs = 5_000;
const refreshMs = 1_000;

interface TraceViewProps {
  readonly traceId: string;
  readonly span: string | undefined;
  readonly onSpan: (spanId: string) => void;
  readonly onClose: () => void;
}

export function TraceView({ traceId, span, onSpan, onClose }: TraceViewProps) {
  const { paused } = useLive();
  const query = useQuery(
    orpc.integration.traces.get.queryOptions({
      input: { traceId },
      refetchInterval: ({ state }) =>
        paused || isSettled(state.data?.spans ?? []) ? false : refreshMs,
    }),
  );
  return (
    <Panel
      title={`Trace ${traceId}`}
      id="trace"
      tools={
        <span className={classes.tools}>
          <Link to="/logs" search={{ trace: traceId }}>
            Logs of this trace
          </Link>
          <Button variant="default" size="compact-xs" onClick={onClose}>
            Close trace
          </Button>
        </span>
      }
    >
      <QueryBoundary
        query={query}
        thread="integration"
        isEmpty={({ spans }) => spans.length === 0}
        empty={
          <p>
            No span of this trace is stored. Spans arrive within a second; a busy thread records
            only a share of its requests, and the oldest are dropped.
          </p>
        }
      >
        {({ spans }) => <TracePicture spans={spans} span={span} onSpan={onSpan} />}
      </QueryBoundary>
    </Panel>
  );
}

function isSettled(spans: readonly SpanRecord[]): boolean {
  const last = Math.max(0, ...spans.map((span) => span.startTimeMs + span.durationMs));
  return spans.length > 0 && Date.now() - last > settledAfterMs;
}

interface TracePictureProps {
  readonly spans: readonly SpanRecord[];
  readonly span: string | undefined;
  readonly onSpan: (spanId: string) => void;
}

function TracePicture({ spans, span, onSpan }: TracePictureProps) {
  const waterfall = useMemo(() => waterfallOf(spans), [spans]);
  const threads = [...new Set(spans.map(({ subsystem }) => subsystem))];
  const failed = spans.some(({ status }) => status === "error");
  const selected = waterfall.rows.find((row) => row.span.spanId === span);
  return (
    <>
      <ul className={classes.legend}>
        {threads.map((id) => (
          <li key={id}>
            <span className={classes.swatch} style={{ background: threadSeries(id).color }} />
            {subsystemTitle(id)}
          </li>
        ))}
        {failed && (
          <li>
            <span className={classes.swatch} data-failed /> failed (striped)
          </li>
        )}
        <li>
          {number(spans.length)} spans in {text(duration(waterfall.durationMs))}
        </li>
      </ul>
      <WaterfallView waterfall={waterfall} selected={span} onSelect={onSpan} />
      {selected ? (
        <SpanFacts row={selected} />
      ) : (
        <EmptyView>
          <p className="soft">Choose a span to see its attributes.</p>
        </EmptyView>
      )}
    </>
  );
}

function SpanFacts({ row }: { readonly row: WaterfallRow }) {
  const { timeFormat } = usePreferences();
  const { span, offsetMs, selfMs, orphan } = row;
  const facts: (readonly [string, string])[] = [
    ["Subsystem", subsystemTitle(span.subsystem)],
    ["Kind", span.kind],
    ["Status", span.statusMessage ? `${span.status}: ${span.statusMessage}` : span.status],
    ["Began", `${formatDateTime(span.startTimeMs, timeFormat)}, after ${text(duration(offsetMs))}`],
    ["Took", text(duration(span.durationMs))],
    ["Of this, not in a child", text(duration(selfMs))],
    ["Span id", span.spanId],
    [
      "Parent",
      span.parentSpanId === null ? "none" : `${span.parentSpanId}${orphan ? " (not stored)" : ""}`,
    ],
    ...Object.entries(span.attributes).map(([name, value]) => [name, String(value)] as const),
  ];
  return (
    <section aria-label={`Span ${span.name}`}>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
