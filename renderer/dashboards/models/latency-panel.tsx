import type {
  ModelVersion,
  ServingStatistics,
  VersionHealth,
} from "../../../workers/analytics/contract.ts";
import { duration, number, percent, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import classes from "./models.module.css";
import { useVersionHealth } from "./use-models.ts";

const rows = [
  ["lastMinute", "Arrival to answer, last minute"],
  ["total", "Arrival to answer, since the start"],
  ["queue", "Waiting for a batch and a thread"],
  ["run", "The graph alone"],
] as const;

const ms = (value: number | null) => (value === null ? "none" : text(duration(value)));

/** How long requests take and where, and what a shadow does with the same ones. */
export function LatencyPanel({ version }: { readonly version: ModelVersion }) {
  const query = useVersionHealth(version.model, version.version);
  return (
    <Panel title={`Latency of version ${version.version}`} id="latency">
      <QueryBoundary query={query} thread="analytics">
        {({ serving, shadows }) => (
          <>
            <Percentiles serving={serving} />
            <p className={classes.note}>{countsOf(serving)}</p>
            {shadows.map((shadow) => (
              <Shadow key={shadow.alias} shadow={shadow} />
            ))}
          </>
        )}
      </QueryBoundary>
    </Panel>
  );
}

function Percentiles({ serving }: { readonly serving: ServingStatistics }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label="Latency percentiles">
        <thead>
          <tr>
            <th scope="col">What</th>
            {["Requests", "p50", "p90", "p99", "Longest"].map((name) => (
              <th key={name} scope="col" data-numeric>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, title]) => {
            const { count, p50, p90, p99, max } = serving[key];
            return (
              <tr key={key}>
                <th scope="row">{title}</th>
                <td data-numeric>{number(count)}</td>
                <td data-numeric>{ms(p50)}</td>
                <td data-numeric>{ms(p90)}</td>
                <td data-numeric>{ms(p99)}</td>
                <td data-numeric>{ms(max)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function countsOf({
  requests,
  rows: sent,
  batches,
  failures,
  refused,
  waiting,
}: ServingStatistics) {
  if (requests === 0) return "Nothing was asked of it since the thread started.";
  return `${number(requests)} requests with ${number(sent)} rows in ${number(batches)} batches; ${number(failures)} failed, ${number(refused)} refused, ${number(waiting)} wait now.`;
}

function Shadow({ shadow }: { readonly shadow: VersionHealth["shadows"][number] }) {
  const { alias, version, agreement, differenceMax, requests, failures, skipped } = shadow;
  const facts = [
    ["Same answer", agreement === null ? "nothing compared yet" : text(percent(agreement))],
    [
      "Largest difference",
      differenceMax === null ? "none" : String(Number(differenceMax.toPrecision(3))),
    ],
    [
      "Compared",
      `${number(requests)} requests; ${number(failures)} failed, ${number(skipped)} left out`,
    ],
    ["p50, own and shadow", `${ms(shadow.ownP50Ms)} and ${ms(shadow.shadowP50Ms)}`],
    ["p99, own and shadow", `${ms(shadow.ownP99Ms)} and ${ms(shadow.shadowP99Ms)}`],
  ];
  return (
    <dl className={classes.details} aria-label={`Shadow ${version} of ${alias}`}>
      <div>
        <dt>Shadow</dt>
        <dd>
          Version {version} gets a copy of each request to {alias}
        </dd>
      </div>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
