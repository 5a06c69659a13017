import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Rollout } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { useAct, useRefresh } from "../microservices/use-cluster.ts";
import classes from "./cluster.module.css";
import { RolloutPlot } from "./rollout-plot.tsx";
import { ScaleForm } from "./workloads-page.tsx";

const route = getRouteApi("/cluster/rollouts/$namespace/$name");

export function RolloutPage(): React.JSX.Element {
  const { namespace, name } = route.useParams();
  const query = useQuery(
    orpc.microservices.cluster.rollout.queryOptions({
      input: { namespace, name },
      refetchInterval: useRefresh(1_000),
    }),
  );
  const { data } = query;
  return (
    <PageFrame
      title={`Rollout of ${name}`}
      live
      {...(data && { health: data.health })}
      verdict={data === undefined ? "Waiting for its state" : data.sentence || data.state}
      action={<Link to="/cluster/workloads">All workloads</Link>}
      figures={
        data === undefined
          ? []
          : (["desired", "updated", "ready", "available", "unavailable"] as const).map((each) => ({
              label: each.charAt(0).toUpperCase() + each.slice(1),
              quantity: { value: number(data[each]), unit: "pods" },
              note: `in namespace ${namespace}`,
              evidence: "revisions",
            }))
      }
    >
      <QueryBoundary query={query} thread="microservices">
        {(rollout) => (
          <div className={classes.stack}>
            <Controls rollout={rollout} />
            <Panel title="Pods by revision over time" id="history">
              <div className={classes.padded}>
                <RolloutPlot rollout={rollout} />
              </div>
            </Panel>
            <Panel title="Revisions" id="revisions">
              <Revisions rollout={rollout} />
            </Panel>
            <Panel title="Conditions" id="conditions">
              <ul className={classes.list}>
                {rollout.conditions.map(({ type, status, reason, message, changedAt }) => (
                  <li key={type}>
                    <strong>{type}</strong> {status} <span className="soft">{reason}</span>{" "}
                    {message} {changedAt !== null && <RelativeAge at={changedAt} />}
                  </li>
                ))}
              </ul>
            </Panel>
          </div>
        )}
      </QueryBoundary>
    </PageFrame>
  );
}

function Controls({ rollout }: { readonly rollout: Rollout }) {
  const { namespace, name, paused, desired, replicaSets, strategy } = rollout;
  const mayAct = useMay("operator");
  const { cluster } = client.microservices;
  const hold = useAct(paused ? cluster.resume : cluster.pause, () =>
    paused ? `Resumed ${name}` : `Paused ${name}`,
  );
  const undo = useAct(cluster.undo, () => `Rolling ${name} back`);
  const restart = useAct(cluster.restart, () => `Restarting ${name}`);
  return (
    <Panel title="Controls">
      <div className={classes.padded}>
        <p className="soft">{strategy}</p>
        <div className={classes.row}>
          <ScaleForm
            key={`${namespace}/${name}`}
            kind="Deployment"
            namespace={namespace}
            name={name}
            desired={desired}
          />
          <Button
            variant="default"
            disabled={!mayAct}
            loading={hold.isPending}
            onClick={() => hold.mutate({ namespace, name })}
          >
            {paused ? "Resume rollout" : "Pause rollout"}
          </Button>
          <Button
            variant="default"
            disabled={!mayAct || replicaSets.length < 2}
            loading={undo.isPending}
            onClick={() => undo.mutate({ namespace, name })}
          >
            Undo to the revision before
          </Button>
          <Button
            variant="default"
            disabled={!mayAct}
            loading={restart.isPending}
            onClick={() => restart.mutate({ kind: "Deployment", namespace, name })}
          >
            Restart {name}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function Revisions({ rollout }: { readonly rollout: Rollout }) {
  const { namespace, name, replicaSets } = rollout;
  const mayAct = useMay("operator");
  const undo = useAct(client.microservices.cluster.undo, () => `Rolling ${name} back`);
  const newest = replicaSets[0]?.revision;
  const columns: readonly Column<Rollout["replicaSets"][number]>[] = [
    { id: "revision", header: "Revision", value: ({ revision }) => revision, numeric: true },
    { id: "name", header: "ReplicaSet", value: (set) => set.name },
    { id: "images", header: "Images", value: ({ images }) => images.join(", ") },
    { id: "desired", header: "Desired", value: ({ desired }) => desired, numeric: true },
    { id: "ready", header: "Ready", value: ({ ready }) => ready, numeric: true },
    {
      id: "pods",
      header: "Pods",
      value: ({ pods }) =>
        Object.entries(pods)
          .map(([word, count]) => `${count} ${word}`)
          .join(", ") || "none",
    },
    {
      id: "age",
      header: "Created",
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <RelativeAge at={createdAt} />,
    },
    {
      id: "back",
      header: "Go back",
      value: () => null,
      cell: ({ revision }) =>
        revision === newest ? (
          <span className="soft">newest</span>
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            disabled={!mayAct}
            onClick={() => undo.mutate({ namespace, name, revision })}
          >
            Go back to {revision}
          </Button>
        ),
    },
  ];
  return (
    <DataTable
      label="Revisions"
      columns={columns}
      rows={replicaSets}
      rowKey={(set) => set.name}
      empty="The controller has made no ReplicaSet yet."
    />
  );
}
