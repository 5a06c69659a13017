import type { Candidate, ProcessOutput } from "../../../workers/edge/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, number, percent, probability, text } from "../../components/format.ts";
import classes from "./edge.module.css";

const cacheWords = {
  hit: "from its cache",
  miss: "computed and cached",
  bypassed: "computed, cache bypassed",
} as const;

export function RequestResult({ output }: { readonly output: ProcessOutput }) {
  const { node, cache, route, queueMs, computeMs, networkMs, totalMs } = output;
  return (
    <>
      <p className={classes.answer} role="status">
        <Outcome result={output.result} /> {node.place}, {cacheWords[cache]}.
      </p>
      <ResultDetails result={output.result} />
      <p className={classes.note}>{route.reason}</p>
      <dl className={classes.details} aria-label="Where the time went">
        <Detail name="Queue, measured" value={text(duration(queueMs))} />
        <Detail name="Compute, measured" value={text(duration(computeMs))} />
        <Detail name="Network, modelled and not waited for" value={text(duration(networkMs))} />
        <Detail name="Sum" value={text(duration(totalMs))} />
      </dl>
      <DataTable
        label="Candidates"
        columns={candidateColumns}
        rows={route.candidates}
        rowKey={(candidate) => candidate.node}
        selectedKey={node.id}
        heightMax={200}
      />
      {route.excluded.length > 0 && (
        <p className={classes.note}>
          Left out: {route.excluded.map((out) => `${out.node} (${out.reason})`).join(", ")}
        </p>
      )}
    </>
  );
}

function Outcome({ result }: Pick<ProcessOutput, "result">) {
  if (result.kind === "classification") {
    return (
      <>
        <strong>{result.label}</strong> with {text(percent(result.confidence))}, answered by
      </>
    );
  }
  if (result.kind === "series") {
    return (
      <>
        <strong>{number(result.values.length)}</strong> values, answered by
      </>
    );
  }
  const { mean, count } = result.statistics;
  return (
    <>
      Mean <strong>{number(mean)}</strong> of {number(count)} values, answered by
    </>
  );
}

const seriesShownMax = 50;

function ResultDetails({ result }: Pick<ProcessOutput, "result">) {
  if (result.kind === "classification") return <Classification result={result} />;
  if (result.kind === "series") {
    return (
      <p className={classes.note}>
        {result.values.slice(0, seriesShownMax).map(number).join(", ")}
        {result.values.length > seriesShownMax && ` … of ${number(result.values.length)}`}
      </p>
    );
  }
  return (
    <dl className={classes.details} aria-label="Statistics">
      {Object.entries(result.statistics).map(([name, value]) => (
        <Detail key={name} name={name} value={number(value)} />
      ))}
    </dl>
  );
}

function Classification(props: {
  readonly result: Extract<ProcessOutput["result"], { readonly kind: "classification" }>;
}) {
  const { resampled, scaled, note, probabilities } = props.result;
  return (
    <>
      {resampled && (
        <p className={classes.note}>
          {number(resampled.from)} values were resampled to {number(resampled.to)} (
          {resampled.method}), scaled: {scaled}.
        </p>
      )}
      {note && <p className={classes.note}>{note}</p>}
      <ul className={classes.bars} aria-label="Probability of each label">
        {probabilities.map((entry) => (
          <li key={entry.label}>
            <span>{entry.label}</span>
            <span className={classes.track}>
              <span className={classes.bar} style={{ width: `${entry.probability * 100}%` }} />
            </span>
            <span className={classes.count}>{probability(entry.probability)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Detail({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const milliseconds = (read: (candidate: Candidate) => number) => ({
  value: read,
  cell: (candidate: Candidate) => text(duration(read(candidate))),
  numeric: true,
});

const candidateColumns: readonly Column<Candidate>[] = [
  { id: "node", header: "Node", value: ({ node }) => node },
  {
    id: "distance",
    header: "Distance, km",
    value: ({ distanceKm }) => Math.round(distanceKm),
    numeric: true,
  },
  { id: "network", header: "Network", ...milliseconds(({ networkMs }) => networkMs) },
  { id: "wait", header: "Wait", ...milliseconds(({ waitMs }) => waitMs) },
  { id: "compute", header: "Compute", ...milliseconds(({ computeMs }) => computeMs) },
  { id: "score", header: "Score", ...milliseconds(({ scoreMs }) => scoreMs) },
];
