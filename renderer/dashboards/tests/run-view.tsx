import { useQuery } from "@tanstack/react-query";
import type { ComponentRun, RunSummary } from "../../../workers/integration/contract.ts";
import { CodeView } from "../../components/code-view.tsx";
import { abbreviate, duration, number, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { TraceLink } from "../../components/trace-link.tsx";
import { orpc } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { changeOf } from "./compare.ts";
import { componentColor } from "./component-color.ts";
import classes from "./tests.module.css";

type ComponentRow = Omit<ComponentRun, "result">;

const healthOf: Record<ComponentRow["status"], Health> = {
  running: "unknown",
  ok: "healthy",
  failed: "failed",
  timeout: "failed",
  down: "failed",
  absent: "unknown",
  cancelled: "unknown",
};

export function runHealth({ status }: Pick<RunSummary, "status">): Health {
  return { running: "unknown", ok: "healthy", partial: "degraded", failed: "failed" }[
    status
  ] as Health;
}

interface RunViewProps {
  readonly run: RunSummary;
  readonly baseline: RunSummary | undefined;
}

export function RunView({ run, baseline }: RunViewProps) {
  return (
    <>
      <Panel
        title={`Components of run ${run.id}`}
        id="components"
        tools={
          <span className={classes.tools}>
            {baseline && <span className="soft">mark: run {baseline.id}</span>}
            <TraceLink id={run.traceId}>Trace of this run</TraceLink>
          </span>
        }
      >
        <Components run={run} baseline={baseline} />
      </Panel>
      <Agreement run={run} />
      <Panel title="Aggregated result" id="aggregate">
        <Aggregated run={run} />
      </Panel>
    </>
  );
}

function Components({ run, baseline }: RunViewProps) {
  const spans = [run, baseline].flatMap((each) => each?.components ?? []);
  const longestMs = Math.max(1, ...spans.map((row) => row.startedMs + (row.durationMs ?? 0)));
  return (
    <ul className={classes.components} aria-label={`Components of run ${run.id}`}>
      {run.components.map((row) => (
        <Component
          key={row.id}
          row={row}
          before={baseline?.components.find(({ id }) => id === row.id)}
          longestMs={longestMs}
        />
      ))}
    </ul>
  );
}

interface ComponentProps {
  readonly row: ComponentRow;
  readonly before: ComponentRow | undefined;
  readonly longestMs: number;
}

function Component({ row, before, longestMs }: ComponentProps) {
  const failedCheck = row.status === "ok" && row.outcome === "fail";
  const change = changeOf(row, before);
  return (
    <li className={classes.component}>
      <strong>{row.title}</strong>
      <StatusMark
        health={failedCheck ? "degraded" : healthOf[row.status]}
        word={failedCheck ? "wrong" : row.status}
      />
      <span className={classes.track} aria-hidden="true">
        {row.durationMs !== null && row.status !== "absent" && (
          <span
            className={classes.bar}
            data-status={row.status}
            style={{
              left: `${(row.startedMs / longestMs) * 100}%`,
              width: `${(row.durationMs / longestMs) * 100}%`,
              color: componentColor(row.id),
            }}
          />
        )}
        {typeof before?.durationMs === "number" && (
          <span
            className={classes.before}
            style={{
              left: `min(calc(100% - 2px), ${((before.startedMs + before.durationMs) / longestMs) * 100}%)`,
            }}
          />
        )}
      </span>
      <span className={classes.time}>
        {row.durationMs === null ? (
          <span className="soft">waiting</span>
        ) : (
          text(duration(row.durationMs))
        )}
        {change !== null && <span className="soft"> ({change})</span>}
      </span>
      <p>
        <span className="mono">{row.operation}</span> {sentenceOf(row)}
      </p>
    </li>
  );
}

function sentenceOf(row: ComponentRow): string {
  if (row.problem !== null) return `${row.problem.detail} ${row.problem.remedy}`;
  if (row.status === "absent") return "Its thread is not part of this run of the platform.";
  if (row.status === "cancelled") return "Cancelled: another answer was faster.";
  if (row.status === "running") return `Deadline ${text(duration(row.deadlineMs))}.`;
  return row.note ?? "";
}

function Agreement({ run }: { readonly run: RunSummary }) {
  const { consensus, resultHash } = run;
  if (consensus === null) return null;
  const health = ({ pending: "unknown", agreed: "healthy", failed: "failed" } as const)[
    consensus.status
  ];
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ["Agreement", <StatusMark key="status" health={health} word={consensus.status} />],
    ["Term", consensus.term === null ? "none" : number(consensus.term)],
    ["Log index", consensus.index === null ? "none" : number(consensus.index)],
    ["Took", consensus.durationMs === null ? "not yet" : text(duration(consensus.durationMs))],
    [
      "SHA-256 of the result",
      <span key="hash" className="mono" title={resultHash ?? undefined}>
        {resultHash === null ? "not yet" : abbreviate(resultHash, 8)}
      </span>,
    ],
    ...(consensus.problem === null
      ? []
      : [["Problem", `${consensus.problem.detail} ${consensus.problem.remedy}`] as const]),
  ];
  return (
    <Panel title="Consensus on the result" id="consensus">
      <dl className={classes.agreement}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Results are long, so they are fetched for the run that is looked at alone. */
function Aggregated({ run }: { readonly run: RunSummary }) {
  const query = useQuery(
    orpc.integration.tests.get.queryOptions({
      input: { id: run.id },
      enabled: run.status !== "running",
      staleTime: Number.POSITIVE_INFINITY,
    }),
  );
  return (
    <QueryBoundary query={query} thread="integration">
      {({ result }) => (
        <div className={classes.json}>
          <CodeView
            label="Aggregated result"
            value={JSON.stringify(result, null, 2)}
            heightMax={320}
          />
        </div>
      )}
    </QueryBoundary>
  );
}
