import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { type RunSummary, processInputSchema } from "../../../workers/integration/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { duration, number, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, OfflineOr, QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc, queryClient } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { FlowsPanel } from "./flows-panel.tsx";
import { RunsTable } from "./runs-table.tsx";
import { runHealth, RunView } from "./run-view.tsx";
import { TestForm } from "./test-form.tsx";
import classes from "./tests.module.css";

const route = getRouteApi("/tests");
const refreshMs = 5_000;

export function TestsPage(): React.JSX.Element {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { paused } = useLive();
  const input = processInputSchema.parse({
    type: search.type ?? "comprehensive_test",
    aggregation: search.aggregation ?? "merge",
    requiresConsensus: search.consensus ?? true,
    transfer: search.transfer ?? false,
  });
  const history = useQuery(
    orpc.integration.tests.list.queryOptions({
      input: {},
      refetchInterval: paused ? false : refreshMs,
    }),
  );
  const refresh = () =>
    queryClient.invalidateQueries({ queryKey: orpc.integration.tests.list.key() });
  const test = useMutation(
    orpc.integration.process.mutationOptions({
      onSuccess: ({ id }) => navigate({ search: (current) => ({ ...current, run: id }) }),
      onSettled: refresh,
    }),
  );
  const progress = useProgress(test.isPending);
  const runs = history.data?.runs ?? [];
  const answered = test.data?.id === search.run ? test.data : undefined;
  const shown = progress ?? runs.find(({ id }) => id === search.run) ?? answered ?? runs[0];
  const baseline = runs.find(({ id }) => id === search.compare && id !== shown?.id);
  const openRun = useCallback(
    (id: number) =>
      void navigate({ search: (current) => ({ ...current, run: id }), resetScroll: false }),
    [navigate],
  );
  const compare = useCallback(
    (id: number | undefined) =>
      void navigate({
        search: (current) => ({ ...current, compare: id }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const figures = useMemo(() => (shown ? figuresOf(shown) : []), [shown]);
  return (
    <PageFrame
      title="Distributed tests"
      {...(shown ? { health: runHealth(shown) } : {})}
      verdict={shown ? verdictOf(shown) : "One request across every component"}
      figures={figures}
    >
      <div className={classes.layout}>
        <TestForm
          input={input}
          pending={test.isPending}
          onChange={({ type, aggregation, requiresConsensus, transfer }) =>
            void navigate({
              search: (current) => ({
                ...current,
                type,
                aggregation,
                consensus: requiresConsensus,
                transfer: transfer || undefined,
              }),
              replace: true,
              resetScroll: false,
            })
          }
          onRun={() => test.mutate(input)}
        />
        <div className={classes.result}>
          {test.error && (
            <Panel title="The test did not answer">
              <OfflineOr thread="integration">
                <ProblemView error={test.error} />
              </OfflineOr>
            </Panel>
          )}
          {shown ? (
            <RunView run={shown} baseline={baseline} />
          ) : (
            <Panel title="Result">
              <EmptyView>
                <p>
                  Run a test: every component is called at once, each with its own deadline, and
                  what each did shows here.
                </p>
              </EmptyView>
            </Panel>
          )}
        </div>
      </div>
      <QueryBoundary query={history} thread="integration">
        {({ dropped }) => (
          <RunsTable
            runs={runs}
            dropped={dropped}
            shown={shown?.id}
            baseline={baseline?.id}
            onOpen={openRun}
            onCompare={compare}
          />
        )}
      </QueryBoundary>
      <FlowsPanel />
    </PageFrame>
  );
}

/** The run in progress, component by component, while a test is waited for. */
function useProgress(following: boolean): RunSummary | undefined {
  const { data } = useQuery(
    orpc.integration.tests.watch.experimental_liveOptions({ input: {}, enabled: following }),
  );
  return following && data?.run?.status === "running" ? data.run : undefined;
}

function verdictOf({ id, status, components, durationMs }: RunSummary): string {
  const passed = components.filter(({ outcome }) => outcome === "pass").length;
  const counted = `${passed} of ${components.length} components passed`;
  return status === "running" || durationMs === null
    ? `Run ${id} is in progress: ${counted}`
    : `Run ${id}: ${counted} in ${text(duration(durationMs))}`;
}

function figuresOf(run: RunSummary): FigureProps[] {
  const slowest = run.components.toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))[0];
  const passed = run.components.filter(({ outcome }) => outcome === "pass").length;
  return [
    {
      label: "Passed",
      quantity: { value: number(passed), unit: `of ${run.components.length}` },
      note: "answers that held their check",
      evidence: "components",
    },
    {
      label: "Whole run",
      quantity: run.durationMs === null ? null : duration(run.durationMs),
      note: "normal: under 300 ms",
      evidence: "components",
    },
    {
      label: "Slowest component",
      quantity: slowest?.durationMs ? duration(slowest.durationMs) : null,
      note: slowest?.title ?? "none was asked",
      evidence: "components",
    },
    ...agreementFigures(run),
  ];
}

function agreementFigures({ consensus }: RunSummary): FigureProps[] {
  const evidence = consensus === null ? "components" : "consensus";
  const quantity = (value: number | null | undefined) =>
    consensus === null
      ? { value: "none", unit: "" }
      : value === null || value === undefined
        ? null
        : { value: number(value), unit: "" };
  return [
    {
      label: "Consensus term",
      quantity: quantity(consensus?.term),
      note: consensus === null ? "not asked for" : consensus.status,
      evidence,
    },
    {
      label: "Log index",
      quantity: quantity(consensus?.index),
      note: "place of the result's hash",
      evidence,
    },
  ];
}
