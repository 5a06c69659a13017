import { useMutation } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import type { SearchInput } from "../../../workers/quantum/contract.ts";
import type { QuantumSearchParams } from "../../app/search-params.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, OfflineOr } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { threadHealth } from "../../data/health.ts";
import { useThread } from "../../data/hooks.ts";
import classes from "./quantum.module.css";
import { QuantumForm } from "./quantum-form.tsx";
import { QuantumResult, resultFigures } from "./quantum-result.tsx";
import { addressOf, formFrom, readForm, type SearchForm } from "./search-form.ts";

const route = getRouteApi("/quantum");

export function QuantumPage(): React.JSX.Element {
  const address = route.useSearch();
  const navigate = route.useNavigate();
  const thread = useThread("quantum");
  const [form, setForm] = useState<SearchForm>(() => formFrom(address));
  const search = useMutation(orpc.quantum.search.mutationOptions());
  const { mutate } = search;

  const run = useCallback(
    (input: SearchInput) => {
      void navigate({ search: addressOf(input), replace: true });
      mutate(input);
    },
    [navigate, mutate],
  );
  const runExample = useCallback(
    (example: QuantumSearchParams) => {
      const filled = formFrom(example);
      setForm(filled);
      const result = readForm(filled);
      if ("input" in result) run(result.input);
    },
    [run],
  );
  const result = search.data;
  const figures = useMemo(() => (result ? resultFigures(result) : []), [result]);

  return (
    <PageFrame
      title="Quantum search"
      {...(thread ? { health: threadHealth(thread.state) } : {})}
      verdict={
        result
          ? `Measured ${result.item === null ? "a state beyond the list" : `“${result.item}”`}, ${
              result.found ? "which is the target" : "which is not the target"
            }`
          : "Grover search over a list, on a simulated state vector"
      }
      figures={figures}
    >
      <div className={classes.layout}>
        <QuantumForm
          form={form}
          onChange={setForm}
          onRun={run}
          onExample={runExample}
          pending={search.isPending}
        />
        <div className={classes.result}>
          {search.error && (
            <Panel title="The search failed">
              <OfflineOr thread="quantum">
                <ProblemView error={search.error} />
              </OfflineOr>
            </Panel>
          )}
          {result && <QuantumResult result={result} />}
          {!result && !search.error && (
            <Panel title="Result">
              <EmptyView>
                <p>
                  Run the search or an example: the simulator prepares every basis state at once,
                  marks the target, and amplifies it with each iteration.
                </p>
              </EmptyView>
            </Panel>
          )}
        </div>
      </div>
    </PageFrame>
  );
}
