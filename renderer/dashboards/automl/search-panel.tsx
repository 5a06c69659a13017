import { Button, Progress } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { download, downloadText } from "../../components/download.ts";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { type ApiClient, client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { AddToRegistry } from "../learning/add-to-registry.tsx";
import { TablePrediction } from "../learning/table-prediction.tsx";
import classes from "./automl.module.css";
import { ReportPanels } from "./report-panels.tsx";

type Search = Awaited<ReturnType<ApiClient["analytics"]["automl"]["get"]>>;
type Entry = NonNullable<Search["report"]>["leaderboard"][number];

const refreshMs = 1_000;
export const short = (value: number) => number(Number(value.toPrecision(4)));

const columns: readonly Column<Entry>[] = [
  { id: "title", header: "Model", value: ({ title }) => title },
  {
    id: "mean",
    header: "Score",
    value: ({ mean }) => mean,
    cell: ({ mean }) => short(mean),
    numeric: true,
    width: "100px",
  },
  {
    id: "interval",
    header: "95 % interval",
    value: ({ low, high }) =>
      low === null || high === null ? "" : `${short(low)} to ${short(high)}`,
    width: "170px",
  },
  {
    id: "settings",
    header: "Settings",
    value: ({ parameters, members }) =>
      parameters === null
        ? members.map(({ entry, weight }) => `${entry} × ${short(weight)}`).join(", ")
        : Object.entries(parameters)
            .map(([name, value]) => `${name} ${typeof value === "number" ? short(value) : value}`)
            .join(", "),
  },
];

/** A search while it runs and what it found. */
export function SearchPanel({ job }: { readonly job: string }) {
  const mayOperate = useMay("operator");
  const search = useQuery({
    ...orpc.analytics.automl.get.queryOptions({ input: { id: job } }),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : refreshMs),
  });
  const act = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onSettled: () => search.refetch(),
  });
  if (search.error) return <ProblemView error={search.error} />;
  if (!search.data) return <LoadingSkeleton rows={4} />;
  const { job: state, progress, report } = search.data;
  const leaderboard = report?.leaderboard ?? progress?.leaderboard ?? [];
  const over = isOver(search.data);
  return (
    <>
      <Panel title="Leaderboard" id="leaderboard">
        <div className={classes.padded}>
          <div className={classes.row}>
            <p role="status" aria-label="Search">
              {state.state}: {state.message}
            </p>
            {!over && (
              <Button
                variant="default"
                size="compact-sm"
                disabled={!mayOperate}
                onClick={() => act.mutate(() => client.analytics.jobs.cancel({ id: job }))}
              >
                Cancel
              </Button>
            )}
            {over && state.state !== "done" && (
              <Button
                size="compact-sm"
                disabled={!mayOperate}
                onClick={() => act.mutate(() => client.analytics.jobs.resume({ id: job }))}
              >
                Resume
              </Button>
            )}
            {report !== null && <Exports job={job} act={act.mutate} />}
            {report !== null && <AddToRegistry source="automl" id={job} name={report.target} />}
          </div>
          {!over && <Progress value={100 * state.fraction} aria-label="Share of the budget" />}
          {act.error && <ProblemView error={act.error} />}
        </div>
        <DataTable
          label="Leaderboard"
          columns={columns}
          rows={leaderboard}
          rowKey={({ id }) => id}
          heightMax={300}
          empty="The first models are being tried."
        />
      </Panel>
      {report !== null && (
        <TablePrediction
          title="Predict a whole table"
          table={search.data.order.dataset}
          start={(given) => client.analytics.automl.predictTable({ id: job, ...given })}
        />
      )}
      {report !== null && <ReportPanels report={report} />}
    </>
  );
}

function Exports(props: {
  readonly job: string;
  readonly act: (run: () => Promise<unknown>) => void;
}) {
  const { job, act } = props;
  const saveOnnx = async () => {
    const { fileName, base64 } = await client.analytics.automl.onnx({ id: job });
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    download(fileName, new Blob([bytes], { type: "application/octet-stream" }));
  };
  const saveCard = async () => {
    const { fileName, markdown } = await client.analytics.automl.card({ id: job });
    downloadText(fileName, markdown, "text/markdown");
  };
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => act(saveOnnx)}>
        Export ONNX
      </Button>
      <Button variant="default" size="compact-sm" onClick={() => act(saveCard)}>
        Model card
      </Button>
    </>
  );
}

function isOver(search: Search | undefined): boolean {
  const state = search?.job.state;
  return state !== undefined && state !== "queued" && state !== "running";
}
