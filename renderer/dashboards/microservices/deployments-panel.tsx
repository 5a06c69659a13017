import { useQuery } from "@tanstack/react-query";
import type { DeploymentView } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { deploymentState } from "./health.ts";
import { useRefresh } from "./use-cluster.ts";

const columns: readonly Column<DeploymentView>[] = [
  { id: "name", header: "Deployment", value: ({ name }) => name },
  {
    id: "status",
    header: "Status",
    value: (deployment) => deploymentState(deployment).word,
    cell: (deployment) => <StatusMark {...deploymentState(deployment)} />,
  },
  {
    id: "ready",
    header: "Ready",
    value: ({ ready }) => ready,
    cell: ({ ready, replicas }) => `${ready}/${replicas}`,
    numeric: true,
    width: "80px",
  },
  {
    id: "updated",
    header: "Up to date",
    value: ({ updated }) => updated,
    numeric: true,
    width: "96px",
  },
  {
    id: "revision",
    header: "Revision",
    value: ({ revision }) => revision,
    numeric: true,
    width: "88px",
  },
  { id: "image", header: "Image", value: ({ image }) => image },
  {
    id: "why",
    header: "Condition",
    value: ({ conditions }) =>
      conditions.find(({ type }) => type === "Progressing")?.reason ?? null,
  },
  {
    id: "age",
    header: "Created",
    value: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeAge at={createdAt} />,
  },
];

export function DeploymentsPanel() {
  const query = useQuery(
    orpc.microservices.deployments.list.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  return (
    <Panel title="Deployment status" id="deployments">
      <QueryBoundary query={query} thread="microservices">
        {({ deployments }) => (
          <DataTable
            label="Deployments"
            columns={columns}
            rows={deployments}
            rowKey={({ name }) => name}
            heightMax={280}
            empty="No deployment yet: create one above."
          />
        )}
      </QueryBoundary>
    </Panel>
  );
}
