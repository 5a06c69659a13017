import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { FlowState } from "../../../workers/integration/contract.ts";
import { duration, number, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { TraceLink } from "../../components/trace-link.tsx";
import { orpc, queryClient } from "../../data/client.ts";
import { useLive, useMay } from "../../data/hooks.ts";
import classes from "./tests.module.css";

const refreshMs = 5_000;

/** Named pipelines between components: source, transform, target. */
export function FlowsPanel() {
  const { paused } = useLive();
  const query = useQuery(
    orpc.integration.flows.list.queryOptions({
      input: {},
      refetchInterval: paused ? false : refreshMs,
    }),
  );
  const run = useMutation(
    orpc.integration.flows.run.mutationOptions({
      onSuccess: () =>
        queryClient.invalidateQueries({ queryKey: orpc.integration.flows.list.key() }),
    }),
  );
  return (
    <Panel title="Data flows" id="flows">
      {run.error && <ProblemView error={run.error} />}
      <QueryBoundary query={query} thread="integration">
        {({ flows }) => (
          <ul className={classes.flows} aria-label="Data flows">
            {flows.map((flow) => (
              <Flow
                key={flow.name}
                flow={flow}
                pending={run.isPending && run.variables.name === flow.name}
                onRun={() => run.mutate({ name: flow.name })}
              />
            ))}
          </ul>
        )}
      </QueryBoundary>
    </Panel>
  );
}

interface FlowProps {
  readonly flow: FlowState;
  readonly pending: boolean;
  readonly onRun: () => void;
}

function Flow({ flow, pending, onRun }: FlowProps) {
  const mayRun = useMay("operator");
  const { last } = flow;
  return (
    <li className={classes.flow}>
      <p>
        <strong>{flow.name}</strong> <span className="soft">{flow.summary}</span>
        <br />
        <span className="mono">
          {flow.source} → {flow.transform} → {flow.target}
        </span>
      </p>
      <Button
        variant="default"
        loading={pending}
        disabled={!mayRun || !flow.available}
        onClick={onRun}
      >
        Run {flow.name}
      </Button>
      <p className="soft">
        {number(flow.runs)} runs, {number(flow.failures)} failed, {number(flow.retries)} retries
        {!flow.available && "; a component of it is not part of this run"}
      </p>
      {last && (
        <p>
          <StatusMark health={last.status === "ok" ? "healthy" : "failed"} word={last.status} />{" "}
          {text(duration(last.durationMs))}, <RelativeAge at={last.at} />,{" "}
          <TraceLink id={last.traceId}>trace</TraceLink>
          {last.problem && <span> {last.problem.detail}</span>}
        </p>
      )}
    </li>
  );
}
