/** All runs with their settings and results; several chosen are compared. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { Experiment } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { toProblemError } from "../../data/problem.ts";
import { Comparison } from "./comparison.tsx";
import classes from "./learning.module.css";

const route = getRouteApi("/learning/experiments");
const refreshMs = 2_000;
const comparedMax = 8;

export function ExperimentsPage(): React.JSX.Element {
  const { runs = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(
    orpc.analytics.training.list.queryOptions({ input: {}, refetchInterval: refreshMs }),
  );
  const experiments = useMemo(() => list.data?.experiments ?? [], [list.data]);
  const chosen = useMemo(() => runs.split(",").filter((id) => id !== ""), [runs]);
  const actions = useActions();
  const choose = (id: string) => {
    const next = chosen.includes(id)
      ? chosen.filter((each) => each !== id)
      : [...chosen, id].slice(-comparedMax);
    void navigate({
      search: { runs: next.length === 0 ? undefined : next.join(",") },
      replace: true,
    });
  };
  const present = chosen.filter((id) => experiments.some((each) => each.id === id));
  const active = experiments.filter(({ state }) => state === "running" || state === "queued");
  return (
    <PageFrame
      title="Experiments"
      health={list.data === undefined ? "unknown" : "healthy"}
      verdict={`${experiments.length} of at most ${list.data?.experimentsMax ?? 100} kept, ${active.length} being trained`}
    >
      {actions.problem !== null && <ProblemView error={actions.problem} />}
      <Panel title="Runs">
        <QueryBoundary
          query={list}
          thread="analytics"
          isEmpty={(data) => data.experiments.length === 0}
          empty={
            <p>
              No run yet: <Link to="/learning/lab">train a network in the lab</Link>.
            </p>
          }
        >
          {() => (
            <RunsTable
              experiments={experiments}
              chosen={present}
              onChoose={choose}
              actions={actions}
            />
          )}
        </QueryBoundary>
      </Panel>
      <Panel title="Comparison">
        {present.length < 2 ? (
          <EmptyView>
            <p>Choose two runs or more in the table to compare their curves and settings.</p>
          </EmptyView>
        ) : (
          <Comparison ids={present} />
        )}
      </Panel>
    </PageFrame>
  );
}

type Actions = ReturnType<typeof useActions>;

function useActions() {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<unknown>(null);
  const act = async (work: () => Promise<unknown>) => {
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(toProblemError(error));
    }
    await queries.invalidateQueries({ queryKey: orpc.analytics.training.list.key() });
  };
  const restore = (id: string) => act(() => client.analytics.training.restore({ id }));
  return {
    problem,
    rerun: ({ name, specification }: Experiment) =>
      act(() => client.analytics.training.start({ name, specification, paused: false })),
    remove: ({ id, name }: Experiment) =>
      act(async () => {
        await client.analytics.training.remove({ id });
        const note = `removed-${id}`;
        notifications.show({
          id: note,
          autoClose: 15_000,
          message: (
            <span>
              {name} is deleted.{" "}
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => {
                  notifications.hide(note);
                  void restore(id);
                }}
              >
                Undo
              </Button>
            </span>
          ),
        });
      }),
  };
}

interface RunsTableProps {
  readonly experiments: readonly Experiment[];
  readonly chosen: readonly string[];
  readonly onChoose: (id: string) => void;
  readonly actions: Actions;
}

const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? "" : `${(100 * share).toFixed(1)} %`;

function RunsTable({ experiments, chosen, onChoose, actions }: RunsTableProps) {
  const mayRun = useMay("operator");
  const columns = useMemo<Column<Experiment>[]>(
    () => [
      {
        id: "compare",
        header: "Compare",
        width: "76px",
        value: ({ id }) => (chosen.includes(id) ? "chosen" : ""),
        cell: ({ id, name }) => (
          <input
            type="checkbox"
            aria-label={`Compare ${name}`}
            checked={chosen.includes(id)}
            onChange={() => onChoose(id)}
          />
        ),
      },
      {
        id: "name",
        header: "Name",
        value: ({ name }) => name,
        cell: ({ id, name }) => (
          <Link to="/learning/lab" search={{ run: id }}>
            {name}
          </Link>
        ),
      },
      { id: "state", header: "State", width: "92px", value: ({ state }) => state },
      {
        id: "actions",
        header: "Actions",
        width: "150px",
        value: () => "",
        cell: (experiment) => (
          <span className={classes.columnTools}>
            <Button
              size="compact-xs"
              variant="default"
              disabled={!mayRun}
              aria-label={`Rerun ${experiment.name}`}
              onClick={() => void actions.rerun(experiment)}
            >
              Rerun
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              disabled={!mayRun}
              aria-label={`Delete ${experiment.name}`}
              onClick={() => void actions.remove(experiment)}
            >
              Delete
            </Button>
          </span>
        ),
      },
      { id: "data", header: "Data", value: ({ specification }) => specification.data.kind },
      {
        id: "network",
        header: "Network",
        width: "22%",
        value: ({ specification }) => networkText(specification.layers),
      },
      {
        id: "optimiser",
        header: "Optimiser",
        value: ({ specification: { optimiser } }) => `${optimiser.type} ${optimiser.lr}`,
      },
      {
        id: "parameters",
        header: "Parameters",
        numeric: true,
        value: ({ parameters }) => parameters,
      },
      {
        id: "epoch",
        header: "Epoch",
        numeric: true,
        value: ({ result }) => (result === null ? null : Math.floor(result.epoch)),
      },
      {
        id: "loss",
        header: "Val. loss",
        numeric: true,
        value: ({ result }) => result?.validationLoss ?? null,
        cell: ({ result }) => result?.validationLoss?.toPrecision(3) ?? "",
      },
      {
        id: "accuracy",
        header: "Val. accuracy",
        numeric: true,
        value: ({ result }) => result?.validationAccuracy ?? null,
        cell: ({ result }) => percent(result?.validationAccuracy),
      },
    ],
    [chosen, onChoose, actions, mayRun],
  );
  return (
    <DataTable
      label="Experiments"
      columns={columns}
      rows={experiments}
      rowKey={({ id }) => id}
      heightMax={420}
    />
  );
}

function networkText(layers: Experiment["specification"]["layers"]): string {
  return layers
    .map((layer) => {
      if (layer.type === "Linear") return String(layer.outFeatures);
      if (layer.type === "Conv2d") return `conv ${layer.outChannels}`;
      return layer.type;
    })
    .join(" - ");
}
