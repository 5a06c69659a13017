import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ForecastScore } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./analytics.module.css";
import { fixed } from "./models-panel.tsx";

interface Props {
  readonly values: readonly number[];
  /** Null: none was found. */
  readonly season: number | null;
  readonly horizon: number;
}

/** The shortest values that leave room to test on their own past. */
const valuesMin = 12;

/** Every usual method tested on the past of the same values, best first. */
export function MethodComparison({ values, season, horizon }: Props) {
  const compare = useMutation(orpc.analytics.forecasts.compare.mutationOptions());
  const { data } = compare;
  return (
    <section aria-label="Comparison of methods">
      <Button
        variant="default"
        size="compact-sm"
        loading={compare.isPending}
        disabled={values.length < valuesMin}
        onClick={() =>
          compare.mutate({
            values: [...values],
            seasons: season === null ? [] : [season],
            horizon,
          })
        }
      >
        Compare methods on its past
      </Button>
      {compare.error && <ProblemView error={compare.error} />}
      {data && (
        <>
          <DataTable
            label="Methods, best first"
            columns={columns}
            rows={data.scores}
            rowKey={({ method }) => method}
            heightMax={280}
          />
          <ul className={classes.notes}>
            <li>
              A MASE or OWA below 1 beats the naive forecast. Each method was fitted anew at every
              origin.
            </li>
            {data.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const score = (key: "sMape" | "mase" | "owa", header: string): Column<ForecastScore> => ({
  id: key,
  header,
  numeric: true,
  value: (row) => row[key] ?? Number.POSITIVE_INFINITY,
  cell: (row) => fixed(row[key], 2) ?? "none",
});

const columns: Column<ForecastScore>[] = [
  { id: "method", header: "Method", value: ({ title }) => title },
  score("mase", "MASE"),
  score("sMape", "sMAPE"),
  score("owa", "OWA"),
  {
    id: "origins",
    header: "Origins",
    numeric: true,
    value: ({ origins }) => origins,
  },
  { id: "problem", header: "Left out because", value: ({ problem }) => problem ?? "" },
];
