import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Suspense } from "react";
import { lazily } from "../../components/lazily.ts";
import type { MeshEdge } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, number, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton, QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useRefresh } from "./use-cluster.ts";

const MeshGraph = lazily(() => import("./mesh-graph.tsx"));
const route = getRouteApi("/microservices");

const columns: readonly Column<MeshEdge>[] = [
  { id: "from", header: "From", value: ({ from }) => from },
  { id: "to", header: "To", value: ({ to }) => to },
  { id: "requests", header: "Requests", value: ({ requests }) => requests, numeric: true },
  { id: "errors", header: "Errors", value: ({ errors }) => errors, numeric: true },
  {
    id: "rate",
    header: "Req/s",
    value: ({ requestsPerSecond }) => requestsPerSecond,
    cell: ({ requestsPerSecond }) => number(requestsPerSecond),
    numeric: true,
  },
  {
    id: "p99",
    header: "p99",
    value: ({ p99Ms }) => p99Ms,
    cell: ({ p99Ms }) => (p99Ms === null ? "none" : text(duration(p99Ms))),
    numeric: true,
  },
];

/** Who calls whom: only what the gateway and the pods' own calls have been measured to do. */
export function MeshPanel() {
  const { view = "graph" } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(
    orpc.microservices.mesh.queryOptions({ input: {}, refetchInterval: useRefresh(2_000) }),
  );
  return (
    <Panel
      title="Service mesh"
      id="mesh"
      tools={
        <SegmentedControl
          aria-label="View of the service mesh"
          value={view}
          onChange={(value) =>
            void navigate({
              search: (search) => ({ ...search, view: value }),
              replace: true,
              resetScroll: false,
            })
          }
          data={[
            { value: "graph", label: "Graph" },
            { value: "list", label: "List" },
          ]}
        />
      }
    >
      <QueryBoundary query={query} thread="microservices">
        {({ nodes, edges }) =>
          view === "list" ? (
            <DataTable
              label="Connections of the mesh"
              columns={columns}
              rows={edges}
              rowKey={({ from, to }) => `${from} ${to}`}
              heightMax={320}
              empty="No connection yet: send a request through the gateway."
            />
          ) : (
            <Suspense fallback={<LoadingSkeleton rows={6} />}>
              <MeshGraph nodes={nodes} edges={edges} />
            </Suspense>
          )
        }
      </QueryBoundary>
    </Panel>
  );
}
