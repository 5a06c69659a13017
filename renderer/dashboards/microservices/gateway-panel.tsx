import { Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { GatewayRoute } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, number, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client, orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { LatencyChart } from "./latency-chart.tsx";
import classes from "./microservices.module.css";
import { ScrolledText } from "./scrolled-text.tsx";
import { useRefresh } from "./use-cluster.ts";

/** Routes with what was measured on them, and a request on trial. */
export function GatewayPanel() {
  const [chosen, setChosen] = useState<string | null>(null);
  const query = useQuery(
    orpc.microservices.gateway.routes.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  return (
    <Panel title="API gateway" id="gateway">
      <QueryBoundary query={query} thread="microservices">
        {({ routes }) => {
          const selected = routes.find(({ service }) => service === chosen) ?? busiest(routes);
          return (
            <>
              <DataTable
                label="Gateway routes"
                columns={columns}
                rows={routes}
                rowKey={({ service }) => service}
                onOpen={({ service }) => setChosen(service)}
                selectedKey={selected?.service}
                heightMax={280}
                empty="No route yet: each deployment and each registered service gets one."
              />
              {selected && (
                <div className={classes.columns}>
                  <TrialForm
                    services={routes.map(({ service }) => service)}
                    service={selected.service}
                    onService={setChosen}
                  />
                  <LatencyChart route={selected} />
                </div>
              )}
            </>
          );
        }}
      </QueryBoundary>
    </Panel>
  );
}

function busiest(routes: readonly GatewayRoute[]): GatewayRoute | undefined {
  return routes.toSorted((a, b) => b.requests - a.requests)[0];
}

const ms = (value: number | null) =>
  value === null ? <span className="soft">none</span> : text(duration(value));

function numeric(
  id: string,
  header: string,
  value: (route: GatewayRoute) => number | null,
  format: (value: number | null) => React.ReactNode = (each) => number(each ?? 0),
): Column<GatewayRoute> {
  return { id, header, value, cell: (route) => format(value(route)), numeric: true };
}

const columns: readonly Column<GatewayRoute>[] = [
  { id: "path", header: "Route", value: ({ path }) => path },
  {
    id: "health",
    header: "Health",
    value: ({ healthy, instances }) => `${healthy} of ${instances}`,
    cell: ({ healthy, instances, openCircuits }) => (
      <StatusMark
        health={
          healthy === 0
            ? "failed"
            : openCircuits > 0 || healthy < instances
              ? "degraded"
              : "healthy"
        }
        word={`${healthy} of ${instances} healthy${openCircuits > 0 ? `, ${openCircuits} open` : ""}`}
      />
    ),
    width: "180px",
  },
  numeric("rate", "Req/s", ({ requestsPerSecond }) => requestsPerSecond),
  numeric("requests", "Requests", ({ requests }) => requests),
  numeric("errors", "Errors", ({ errors }) => errors),
  numeric("retries", "Retries", ({ retries }) => retries),
  numeric("refused", "Refused", ({ refused }) => refused),
  numeric("p50", "p50", ({ latency }) => latency.p50Ms, ms),
  numeric("p99", "p99", ({ latency }) => latency.p99Ms, ms),
];

interface TrialFormProps {
  readonly services: readonly string[];
  readonly service: string;
  readonly onService: (service: string) => void;
}

function TrialForm({ services, service, onService }: TrialFormProps) {
  const mayAct = useMay("operator");
  const [path, setPath] = useState("/");
  const trial = useMutation({
    mutationFn: (input: Parameters<typeof client.microservices.gateway.send>[0]) =>
      client.microservices.gateway.send(input),
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.microservices.key() }),
  });
  const answer = trial.data;
  return (
    <form
      className={classes.form}
      aria-label="Try a route"
      onSubmit={(event) => {
        event.preventDefault();
        trial.mutate({ name: service, method: "GET", path });
      }}
    >
      <h3>Try a route</h3>
      <div className={classes.row}>
        <Select
          className={classes.grow}
          label="Service"
          data={[...services]}
          value={service}
          allowDeselect={false}
          onChange={(value) => value !== null && onService(value)}
        />
        <TextInput
          className={classes.grow}
          label="Path"
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <Button type="submit" loading={trial.isPending} disabled={!mayAct}>
          Send GET
        </Button>
      </div>
      {trial.error && <ProblemView error={trial.error} />}
      {answer && (
        <output aria-label="Answer of the route">
          <p>
            <StatusMark
              health={
                answer.status >= 500 ? "failed" : answer.status >= 400 ? "degraded" : "healthy"
              }
              word={`Status ${answer.status}`}
            />{" "}
            from <span className="mono">{answer.instance}</span> in{" "}
            {text(duration(answer.durationMs))}, {answer.attempts}{" "}
            {answer.attempts === 1 ? "attempt" : "attempts"}
          </p>
          <ScrolledText label="Body of the answer">
            {answer.body}
            {answer.truncated && "\n(the rest is not shown)"}
          </ScrolledText>
        </output>
      )}
    </form>
  );
}
