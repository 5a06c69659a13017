import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { CompareOutput, ForecastScore } from "../../../workers/analytics/contract.ts";
import type { ForecastsSearch } from "../../app/search-params.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { compareInputOf } from "./forecast-settings.ts";
import classes from "./forecasts.module.css";
import { SeriesChart } from "./series-chart.tsx";
import type { Source } from "./sources.ts";
import { short } from "./value-text.ts";

interface Props {
  readonly search: ForecastsSearch;
  readonly given: Source["given"];
  /** The method of the forecast that is shown. */
  readonly shown: string;
  readonly onJob: (job: string | undefined) => void;
  readonly onMethod: (method: ForecastScore["method"]) => void;
}

const refreshMs = 700;
const originChoices = ["5", "12", "24", "50"];
const drawnMax = 5;
const plotHeight = 180;
const stepText = (x: number) => `step ${x}`;

/** Every method tested on the past of the same values, as a job that can be cancelled. */
export function ComparisonPanel({ search, given, shown, onJob, onMethod }: Props) {
  const { job } = search;
  const [origins, setOrigins] = useState("12");
  const mayRun = useMay("operator");
  const start = useMutation({
    mutationFn: () =>
      client.analytics.forecasts.startComparison(compareInputOf(search, given, Number(origins))),
    onSuccess: ({ id }) => onJob(id),
  });
  const query = useQuery({
    ...orpc.analytics.forecasts.comparison.queryOptions({ input: { id: job ?? "" } }),
    enabled: job !== undefined,
    refetchInterval: ({ state }) => (isOver(state.data?.job.state) ? false : refreshMs),
  });
  const cancel = useMutation({
    mutationFn: (id: string) => client.analytics.jobs.cancel({ id }),
    onSettled: () => query.refetch(),
  });
  const data = job === undefined ? undefined : query.data;
  const isRunning = data !== undefined && !isOver(data.job.state);
  const error = start.error ?? cancel.error ?? (job === undefined ? null : query.error);
  return (
    <Panel title="Comparison of methods" id="comparison">
      <div className={classes.padded}>
        <div className={classes.row}>
          <NativeSelect
            label="Origins in the past"
            value={origins}
            onChange={(event) => setOrigins(event.currentTarget.value)}
            data={originChoices}
          />
          <Button
            variant="default"
            loading={start.isPending}
            disabled={!mayRun || isRunning}
            onClick={() => start.mutate()}
          >
            Compare all methods
          </Button>
          {isRunning && (
            <Button
              variant="default"
              disabled={!mayRun}
              loading={cancel.isPending}
              onClick={() => cancel.mutate(data.job.id)}
            >
              Cancel comparison
            </Button>
          )}
        </div>
        {isRunning && (
          <progress
            className={classes.progress}
            max={1}
            value={data.job.fraction}
            aria-label="Share of the comparison"
          />
        )}
        {data && (
          <p role="status" aria-label="Comparison">
            {data.job.state}: {data.job.message}
          </p>
        )}
        {data === undefined && !error && (
          <p className="soft">
            Each method is fitted anew at every origin and forecasts what came after it.
          </p>
        )}
        {error && <ProblemView error={error} />}
      </div>
      {data?.result && <Scores result={data.result} shown={shown} onMethod={onMethod} />}
    </Panel>
  );
}

function Scores(props: {
  readonly result: CompareOutput;
  readonly shown: string;
  readonly onMethod: (method: ForecastScore["method"]) => void;
}) {
  const { result, shown, onMethod } = props;
  const columns = useMemo(() => columnsOf(result), [result]);
  const lines = useMemo(
    () =>
      result.scores
        .filter(({ stepErrors }) => stepErrors.length > 0)
        .slice(0, drawnMax)
        .map(({ title, stepErrors }, i) => ({
          name: title,
          color: `var(--series-${i + 1})`,
          ...(i === 0 ? {} : { dash: `${2 + 2 * i} 3` }),
          start: 1,
          values: stepErrors,
        })),
    [result],
  );
  return (
    <>
      <DataTable
        label="Methods, best first"
        columns={columns}
        rows={result.scores}
        rowKey={({ method }) => method}
        selectedKey={shown}
        onOpen={({ method }) => onMethod(method)}
        heightMax={420}
      />
      <div className={classes.padded}>
        <p className="soft">
          A row opens its forecast. MASE or OWA below 1 beats the naive forecast; the best has the
          least MASE.
        </p>
        {lines.length > 0 && (
          <>
            <h3>Mean absolute error by step ahead</h3>
            <SeriesChart
              label="Mean absolute error by step ahead, of the best methods"
              lines={lines}
              height={plotHeight}
              withZero
              xText={stepText}
              yText={short}
            />
          </>
        )}
        {result.notes.length > 0 && (
          <ul className={classes.notes}>
            {result.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function columnsOf({ best, scores }: CompareOutput): Column<ForecastScore>[] {
  const figure = (
    id: string,
    header: string,
    value: (score: ForecastScore) => number | null,
    digits = 2,
  ): Column<ForecastScore> => ({
    id,
    header,
    numeric: true,
    value,
    cell: (score) => value(score)?.toFixed(digits) ?? <span className="soft">none</span>,
    width: "92px",
  });
  const levels = scores.find((score) => score.levels.length > 0)?.levels ?? [];
  const widest = levels.length - 1;
  const level = Math.round(100 * (levels[widest]?.level ?? 0));
  return [
    {
      id: "method",
      header: "Method",
      value: ({ title, method }) => (method === best ? `${title} (best)` : title),
      cell: ({ title, method }) =>
        method === best ? (
          <>
            <strong>{title}</strong> best
          </>
        ) : (
          title
        ),
    },
    figure("mase", "MASE", ({ mase }) => mase),
    figure("smape", "sMAPE", ({ sMape }) => sMape),
    figure("owa", "OWA", ({ owa }) => owa),
    figure("msis", `MSIS ${level} %`, (score) => score.levels[widest]?.msis ?? null),
    ...levels.map(({ level: each }, place) =>
      figure(
        `held${Math.round(100 * each)}`,
        `In ${Math.round(100 * each)} %`,
        (score) => {
          const held = score.levels[place];
          return held === undefined ? null : 100 * held.coverage;
        },
        0,
      ),
    ),
    { id: "problem", header: "Left out because", value: ({ problem }) => problem ?? "" },
  ];
}

function isOver(state: string | undefined): boolean {
  return state !== undefined && state !== "queued" && state !== "running";
}
