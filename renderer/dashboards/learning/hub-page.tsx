/** What the learning machines hold, what they do now, and where one goes from here. */
import { useQuery } from "@tanstack/react-query";
import type { JobRecord } from "../../../workers/analytics/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { duration, number, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { PathLink } from "../../components/path-link.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { type ApiClient, orpc } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { useRefresh } from "../analytics/use-refresh.ts";
import tables from "../models/models.module.css";
import classes from "./flows.module.css";

const refreshMs = 3_000;
const shownMax = 6;

type Models = Awaited<ReturnType<ApiClient["analytics"]["registry"]["list"]>>["models"];

/** null: not known yet. */
interface Held {
  readonly datasets: number | null;
  readonly experiments: number | null;
  readonly models: Models | null;
  readonly openAnomalies: number | null;
  readonly jobs: readonly JobRecord[] | null;
}

export function HubPage(): React.JSX.Element {
  const held = useHeld();
  return (
    <PageFrame
      title="Learning overview"
      health={healthOf(held)}
      verdict={verdictOf(held)}
      figures={figuresOf(held)}
    >
      <OfflineOr thread="analytics">
        <div className={classes.two}>
          <Panel title="What to do next" id="next">
            <ul className={classes.steps}>
              {stepsFor(held).map(({ path, words, why }) => (
                <li key={path}>
                  <PathLink path={path}>{words}</PathLink>
                  <span>{why}</span>
                </li>
              ))}
            </ul>
          </Panel>
          <div className={tables.column}>
            <ServedPanel models={held.models ?? []} />
            <NewestJobs jobs={held.jobs ?? []} />
          </div>
        </div>
      </OfflineOr>
    </PageFrame>
  );
}

function useHeld(): Held {
  const refetchInterval = useRefresh(refreshMs);
  const options = { input: {}, refetchInterval };
  const { analytics } = orpc;
  const datasets = useQuery(analytics.datasets.list.queryOptions(options));
  const experiments = useQuery(analytics.training.list.queryOptions(options));
  const models = useQuery(analytics.registry.list.queryOptions(options));
  const anomalies = useQuery(analytics.anomalies.list.queryOptions(options));
  const jobs = useQuery(analytics.jobs.list.queryOptions(options));
  return {
    datasets: datasets.data?.datasets.length ?? null,
    experiments: experiments.data?.experiments.length ?? null,
    models: models.data?.models ?? null,
    openAnomalies:
      anomalies.data?.anomalies.filter(({ until, label }) => until === null && label === null)
        .length ?? null,
    jobs: jobs.data?.jobs ?? null,
  };
}

const isAtWork = ({ state }: JobRecord): boolean => state === "running" || state === "queued";

function healthOf({ models, openAnomalies }: Held): Health {
  if (models === null || openAnomalies === null) return "unknown";
  const isFailing = models.some(
    ({ failures, requests }) => failures > 0 && 10 * failures > requests,
  );
  return isFailing || openAnomalies > 0 ? "degraded" : "healthy";
}

function verdictOf({ models, openAnomalies, jobs }: Held): string {
  if (models === null || openAnomalies === null || jobs === null) {
    return "Waiting for the learning machines";
  }
  const atWork = jobs.filter(isAtWork).length;
  const unusual =
    openAnomalies === 0
      ? "nothing unusual now"
      : `${openAnomalies} ${openAnomalies === 1 ? "anomaly is" : "anomalies are"} open`;
  return `${models.length} ${models.length === 1 ? "model" : "models"} served, ${atWork} ${atWork === 1 ? "job" : "jobs"} at work, ${unusual}`;
}

function figuresOf({ datasets, experiments, models, openAnomalies, jobs }: Held): FigureProps[] {
  const count = (value: number | null) =>
    value === null ? null : { value: number(value), unit: "" };
  const slowest = (models ?? []).reduce<number | null>(
    (most, { p99Ms }) => (p99Ms === null ? most : Math.max(most ?? 0, p99Ms)),
    null,
  );
  return [
    { label: "Tables", quantity: count(datasets), note: "to learn from", evidence: "next" },
    { label: "Experiments", quantity: count(experiments), note: "of the lab", evidence: "next" },
    {
      label: "Models",
      quantity: count(models?.length ?? null),
      note: slowest === null ? "not asked yet" : `slowest p99 ${text(duration(slowest))}`,
      evidence: "served",
    },
    {
      label: "Anomalies open",
      quantity: count(openAnomalies),
      note: "normally none",
      evidence: "next",
    },
    {
      label: "Jobs at work",
      quantity: count(jobs?.filter(isAtWork).length ?? null),
      note: "two run at a time",
      evidence: "newest-jobs",
    },
  ];
}

/** What is missing or waits comes first; then what can always be done. */
function stepsFor({ experiments, models, openAnomalies, jobs }: Held) {
  const stopped = jobs?.filter(({ state }) => state === "interrupted") ?? [];
  const steps = [
    {
      when: (openAnomalies ?? 0) > 0,
      path: "/analytics/anomalies",
      words: "Look at anomalies",
      why: `${openAnomalies} still going on; say whether they matter.`,
    },
    {
      when: stopped.length > 0,
      path: "/learning/jobs",
      words: "Resume jobs",
      why: `${stopped.length} were interrupted and can go on from their checkpoints.`,
    },
    {
      when: true,
      path: "/learning/automl",
      words: "Find a model",
      why:
        models?.length === 0
          ? "Bring a CSV or take a sample, name a column, and add the best model to the registry."
          : "From a table and the name of a column, with reasons.",
    },
    {
      when: true,
      path: "/learning/lab",
      words: "Train a network",
      why:
        experiments === 0
          ? "Draw it, watch it learn, change its weights by hand."
          : "Change the last one, or draw another.",
    },
    {
      when: true,
      path: "/learning/distributed",
      words: "Train over workers",
      why: "Crash and slow them: the result has the same bits.",
    },
    {
      when: (models?.length ?? 0) > 0,
      path: "/learning/models",
      words: "Ask your models",
      why: "Try them, move aliases, see latency and drift.",
    },
    {
      when: true,
      path: "/analytics",
      words: "Forecast the load",
      why: "Live series of the platform, and what comes next.",
    },
  ];
  return steps.filter(({ when }) => when);
}

function ServedPanel({ models }: { readonly models: Models }) {
  return (
    <Panel title="Models served" id="served">
      {models.length === 0 ? (
        <p className={tables.note}>No model yet: what you find or train can be added to one.</p>
      ) : (
        <div className={tables.scroll}>
          <table className={tables.table} aria-label="Models served">
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col" data-numeric>
                  Version
                </th>
                <th scope="col" data-numeric>
                  Requests
                </th>
                <th scope="col" data-numeric>
                  p99
                </th>
              </tr>
            </thead>
            <tbody>
              {models.slice(0, shownMax).map(({ name, serves, requests, p99Ms }) => (
                <tr key={name}>
                  <th scope="row">
                    <PathLink path={`/learning/models?model=${name}`}>{name}</PathLink>
                  </th>
                  <td data-numeric>{serves ?? "by weights"}</td>
                  <td data-numeric>{number(requests)}</td>
                  <td data-numeric>{p99Ms === null ? "none yet" : text(duration(p99Ms))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function NewestJobs({ jobs }: { readonly jobs: readonly JobRecord[] }) {
  return (
    <Panel
      title="Newest jobs"
      id="newest-jobs"
      tools={<PathLink path="/learning/jobs">All jobs</PathLink>}
    >
      {jobs.length === 0 ? (
        <p className={tables.note}>Searches, trainings and predictions of tables appear here.</p>
      ) : (
        <ul className={classes.steps} aria-label="Newest jobs">
          {jobs.slice(0, shownMax).map(({ id, state, title, message }) => (
            <li key={id}>
              <span>{state}</span>
              <span>
                {title}
                <span className="soft"> {message}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
