import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useRefresh } from "../microservices/use-cluster.ts";
import { DeleteObjects } from "./delete-objects.tsx";
import { EventsTable } from "./events-table.tsx";
import { ObjectDrawer } from "./object-drawer.tsx";
import { type Reference, referenceText, resourceOf } from "./references.ts";

const route = getRouteApi("/cluster/events");

export function ClusterEventsPage(): React.JSX.Element {
  const { filter = "", type, open, tab } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(
    orpc.microservices.cluster.events.queryOptions({
      input: { limit: 1_000, ...(type && { type }) },
      refetchInterval: useRefresh(2_000),
    }),
  );
  const change = (next: Record<string, unknown>) =>
    void navigate({
      search: (search) => ({ ...search, ...next }),
      replace: true,
      resetScroll: false,
    });
  const [deleting, setDeleting] = useState<readonly Reference[]>([]);
  const { data } = query;
  return (
    <PageFrame
      title="Cluster events"
      live
      verdict={
        data === undefined
          ? "Waiting for events"
          : `${number(data.total)} ${type === undefined ? "" : `${type.toLowerCase()} `}events; the newest ${number(data.events.length)} are shown`
      }
    >
      <Panel
        title="Newest first"
        tools={
          <SegmentedControl
            aria-label="Type of event"
            value={type ?? "all"}
            onChange={(value) => change({ type: value === "all" ? undefined : value })}
            data={[
              { value: "all", label: "All" },
              { value: "Warning", label: "Warnings" },
              { value: "Normal", label: "Normal" },
            ]}
          />
        }
      >
        <QueryBoundary query={query} thread="microservices">
          {({ events }) => (
            <EventsTable
              label="Events of the cluster"
              events={events}
              heightMax={640}
              filter={{
                value: filter,
                onChange: (value) => change({ filter: value || undefined }),
              }}
              onOpen={({ kind, namespace, name }) => {
                const resource = resourceOf(kind);
                if (resource === null) return;
                const home = resource === "nodes" ? "" : namespace;
                change({ open: referenceText({ resource, namespace: home, name }), tab: "events" });
              }}
            />
          )}
        </QueryBoundary>
      </Panel>
      <DeleteObjects objects={deleting} onClose={() => setDeleting([])} />
      <ObjectDrawer
        open={open}
        tab={tab}
        onChange={change}
        onDelete={(object) => setDeleting([object])}
      />
    </PageFrame>
  );
}
