import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Session } from "../../../workers/analytics/contract.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { useRefresh } from "../analytics/use-refresh.ts";
import classes from "./anomalies.module.css";

/** Telemetry that is sent line by line: the commands that do it, and what is open. */
export function SessionsPanel() {
  const mayOperate = useMay("operator");
  const query = useQuery(
    orpc.analytics.detection.sessions.list.queryOptions({
      input: {},
      refetchInterval: useRefresh(),
    }),
  );
  const remove = useMutation(
    orpc.analytics.detection.sessions.remove.mutationOptions({
      onSuccess: () =>
        queryClient.invalidateQueries({ queryKey: orpc.analytics.detection.sessions.key() }),
    }),
  );
  const { mutate, isPending } = remove;
  const columns = useMemo<Column<Session>[]>(
    () => [
      ...sessionColumns,
      {
        id: "end",
        header: "Action",
        width: "128px",
        value: () => null,
        cell: ({ id }) => (
          <Button
            size="compact-xs"
            variant="default"
            disabled={!mayOperate || isPending}
            onClick={() => mutate({ id })}
          >
            End {id}
          </Button>
        ),
      },
    ],
    [mayOperate, isPending, mutate],
  );
  const lines = commandsFor(location.origin, query.data?.sessions.at(-1));
  return (
    <Panel title="Send your own telemetry" id="sessions">
      <div className={classes.padded}>
        <p>
          A session judges readings as they come, by a detector of your choice and by the detector
          that watches the platform; what that one calls unusual is listed under Live, with labels.
        </p>
        <pre className={classes.code}>{lines}</pre>
        <CopyButton text={lines} name="Copy the commands" />
        {remove.error && <ProblemView error={remove.error} />}
      </div>
      <QueryBoundary query={query} thread="analytics">
        {({ sessions }) => (
          <DataTable
            label="Sessions"
            columns={columns}
            rows={sessions}
            rowKey={({ id }) => id}
            heightMax={260}
            empty="No session is open. The first command above begins one."
          />
        )}
      </QueryBoundary>
    </Panel>
  );
}

/** @param session the one that the second and third line feed and follow */
function commandsFor(origin: string, session: Session | undefined): string {
  const { id, features } = session ?? { id: "session-1", features: ["value"] };
  const values = features.map((feature) => `"${feature}":42`).join(",");
  const path = `${origin}/api/analytics/detector-sessions`;
  const post = `curl -H 'content-type: application/json'`;
  return [
    `${post} ${path} -d '{"title":"My queue"}'`,
    `${post} ${path}/${id}/readings -d '{"readings":[{"values":{${values}}}]}'`,
    `curl -N ${path}/${id}/watch`,
  ].join("\n");
}

const sessionColumns: Column<Session>[] = [
  { id: "id", header: "Session", width: "96px", value: ({ id }) => id },
  { id: "title", header: "Title", value: ({ title }) => title },
  { id: "detector", header: "Detector", width: "160px", value: ({ detector }) => detector },
  { id: "state", header: "State", width: "176px", value: ({ state }) => state },
  {
    id: "readings",
    header: "Readings",
    numeric: true,
    width: "88px",
    value: ({ readings }) => readings,
  },
  {
    id: "alarms",
    header: "Alarms",
    numeric: true,
    width: "80px",
    value: ({ alarms }) => alarms.length,
  },
  {
    id: "created",
    header: "Begun",
    width: "96px",
    value: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeAge at={createdAt} />,
  },
];
