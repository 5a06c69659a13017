import { Button, NumberInput, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { clusterReplicasMax, type Workload } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { useAct, useRefresh } from "../microservices/use-cluster.ts";
import classes from "./cluster.module.css";
import { DeleteObjects } from "./delete-objects.tsx";
import { ObjectDrawer } from "./object-drawer.tsx";
import { readReference, type Reference, referenceText, resourceOf } from "./references.ts";
import { YamlEditor } from "./yaml-tab.tsx";

const route = getRouteApi("/cluster/workloads");
const scalable = new Set(["Deployment", "StatefulSet"]);
const restartable = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

const referenceOf = ({ kind, namespace, name }: Workload): Reference => ({
  resource: resourceOf(kind) ?? "",
  namespace,
  name,
});
const keyOf = (workload: Workload) => referenceText(referenceOf(workload));
const part = (value: number | null) => (value === null ? "–" : number(value));

const columns: readonly Column<Workload>[] = [
  { id: "kind", header: "Kind", value: ({ kind }) => kind, width: "150px" },
  { id: "namespace", header: "Namespace", value: ({ namespace }) => namespace, width: "120px" },
  { id: "name", header: "Name", value: ({ name }) => name },
  {
    id: "state",
    header: "State",
    value: ({ state }) => state,
    cell: ({ health, state, why }) => (
      <span title={why}>
        <StatusMark health={health} word={state} />
      </span>
    ),
    width: "130px",
  },
  {
    id: "ready",
    header: "Ready",
    value: ({ ready }) => ready,
    cell: ({ ready, desired }) => `${part(ready)}/${part(desired)}`,
    numeric: true,
    width: "90px",
  },
  {
    id: "updated",
    header: "Updated",
    value: ({ updated }) => updated,
    numeric: true,
    width: "80px",
  },
  {
    id: "available",
    header: "Available",
    value: ({ available }) => available,
    numeric: true,
    width: "90px",
  },
  { id: "image", header: "Images", value: ({ images }) => images.join(", ") },
  { id: "detail", header: "Detail", value: ({ detail }) => detail },
  {
    id: "age",
    header: "Created",
    value: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeAge at={createdAt} />,
    width: "100px",
  },
];

const newManifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: default
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: nginx:latest
          ports:
            - containerPort: 80
`;

export function WorkloadsPage(): React.JSX.Element {
  const { filter = "", kind = null, open, tab } = route.useSearch();
  const navigate = route.useNavigate();
  const [deleting, setDeleting] = useState<readonly Reference[]>([]);
  const [creating, setCreating] = useState(false);
  const query = useQuery(
    orpc.microservices.cluster.workloads.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  const change = (next: Record<string, unknown>) =>
    void navigate({
      search: (search) => ({ ...search, ...next }),
      replace: true,
      resetScroll: false,
    });
  const all = query.data?.workloads ?? [];
  const failing = all.filter(({ health }) => health === "failed").length;
  const moving = all.filter(({ health }) => health === "degraded").length;
  const selected = all.find((each) => keyOf(each) === open);
  return (
    <PageFrame
      title="Workloads"
      live
      health={failing > 0 ? "failed" : moving > 0 ? "degraded" : "healthy"}
      verdict={
        query.data === undefined
          ? "Waiting for the list of workloads"
          : `${number(all.length)} workloads: ${number(failing)} failing, ${number(moving)} degraded or in motion`
      }
      action={<Button onClick={() => setCreating(true)}>Apply YAML…</Button>}
    >
      <Panel
        title="Controllers"
        tools={
          <Select
            aria-label="Kind"
            placeholder="All kinds"
            clearable
            data={[...new Set(all.map((each) => each.kind))]}
            value={kind}
            onChange={(value) => change({ kind: value ?? undefined })}
          />
        }
      >
        {selected !== undefined && (
          <Controls workload={selected} onDelete={() => setDeleting([referenceOf(selected)])} />
        )}
        <QueryBoundary query={query} thread="microservices">
          {({ workloads }) => (
            <DataTable
              label="Workloads"
              columns={columns}
              rows={kind === null ? workloads : workloads.filter((each) => each.kind === kind)}
              rowKey={keyOf}
              selectedKey={open}
              onOpen={(workload) => change({ open: keyOf(workload), tab: undefined })}
              filter={{
                value: filter,
                onChange: (value) => change({ filter: value || undefined }),
              }}
              heightMax={640}
              empty="No workload yet: apply one with Apply YAML, or kubectl create deployment web --image=nginx."
            />
          )}
        </QueryBoundary>
      </Panel>
      <ObjectDrawer
        open={tab === undefined ? undefined : open}
        tab={tab}
        onChange={(next) => change("open" in next ? { tab: undefined } : next)}
        onDelete={(object) => setDeleting([object])}
      />
      <SideDrawer wide title="Apply YAML" opened={creating} onClose={() => setCreating(false)}>
        <YamlEditor name="new objects" text={newManifest} />
      </SideDrawer>
      <DeleteObjects
        objects={deleting}
        onClose={() => {
          setDeleting([]);
          if (readReference(open) !== null) change({ open: undefined, tab: undefined });
        }}
      />
    </PageFrame>
  );
}

/** What one chosen workload can be told, above the row that shows the effect. */
function Controls(props: { readonly workload: Workload; readonly onDelete: () => void }) {
  const { kind, namespace, name, desired, why } = props.workload;
  const mayAct = useMay("operator");
  const navigate = route.useNavigate();
  const restart = useAct(client.microservices.cluster.restart, () => `Restarting ${name}`);
  const show = (tab: "yaml" | "events") =>
    void navigate({ search: (search) => ({ ...search, tab }), resetScroll: false });
  return (
    <section className={classes.padded} aria-label={`Controls of ${name}`}>
      <div className={classes.row}>
        <strong>
          {kind} {namespace}/{name}
        </strong>
        {why !== "" && <span className="soft">{why}</span>}
      </div>
      <div className={classes.row}>
        {scalable.has(kind) && (
          <ScaleForm
            key={name}
            kind={kind as "Deployment" | "StatefulSet"}
            namespace={namespace}
            name={name}
            desired={desired ?? 0}
          />
        )}
        {kind === "Deployment" && (
          <Link to="/cluster/rollouts/$namespace/$name" params={{ namespace, name }}>
            Watch its rollout
          </Link>
        )}
        {restartable.has(kind) && (
          <Button
            variant="default"
            disabled={!mayAct}
            loading={restart.isPending}
            onClick={() => restart.mutate({ kind: kind as "Deployment", namespace, name })}
          >
            Restart {name}
          </Button>
        )}
        <Button variant="default" onClick={() => show("yaml")}>
          YAML
        </Button>
        <Button variant="default" onClick={() => show("events")}>
          Events
        </Button>
        <Button variant="default" disabled={!mayAct} onClick={props.onDelete}>
          Delete…
        </Button>
      </div>
    </section>
  );
}

export function ScaleForm(props: {
  readonly kind: "Deployment" | "StatefulSet";
  readonly namespace: string;
  readonly name: string;
  readonly desired: number;
}) {
  const { desired, ...workload } = props;
  const mayAct = useMay("operator");
  const [replicas, setReplicas] = useState(desired);
  const scale = useAct(
    client.microservices.cluster.scale,
    (input) => `Scaled ${input.name} to ${input.replicas}`,
  );
  return (
    <form
      className={classes.row}
      aria-label={`Scale ${props.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        scale.mutate({ ...workload, replicas });
      }}
    >
      <NumberInput
        size="xs"
        w={96}
        label="Replicas"
        min={0}
        max={clusterReplicasMax}
        allowDecimal={false}
        value={replicas}
        onChange={(value) => setReplicas(Number(value))}
      />
      <Button type="submit" variant="default" disabled={!mayAct} loading={scale.isPending}>
        Scale {props.name}
      </Button>
    </form>
  );
}
