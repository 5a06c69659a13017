import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ClusterNode, Fault } from "../../../workers/microservices/contract.ts";
import { number } from "../../components/format.ts";
import { PageFrame } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { useAct, useRefresh } from "../microservices/use-cluster.ts";
import { radiusInWords, radiusOf } from "./blast-radius.ts";
import { ChaosForm, type ChaosProps } from "./chaos-form.tsx";
import { ChaosPods } from "./chaos-pods.tsx";
import { ChaosTraffic } from "./chaos-traffic.tsx";
import classes from "./cluster.module.css";
import { FaultBanner, useFaults } from "./fault-banner.tsx";
import { podTable, usePodCount } from "./use-pods.ts";

const suggestionsMax = 50;

/** How long a fault lasts unless it is ended before. */
const spans = [
  { value: "", label: "until somebody ends it" },
  { value: "60", label: "1 minute" },
  { value: "300", label: "5 minutes" },
  { value: "900", label: "15 minutes" },
  { value: "3600", label: "1 hour" },
];

export function ChaosPage(): React.JSX.Element {
  const { data, isError } = useFaults();
  const faults = data?.faults ?? [];
  const [seconds, setSeconds] = useState("300");
  const inject = useAct(
    ({ fault, forSeconds }: { readonly fault: Fault; readonly forSeconds: number }) =>
      client.microservices.cluster.inject({ fault, ...(forSeconds > 0 && { forSeconds }) }),
    ({ fault }) => `Broken on purpose: ${fault.kind}`,
  );
  const mayAct = useMay("operator");
  const nodes = useNodes();
  const zoneOf = useMemo(() => new Map(nodes.map(({ name, zone }) => [name, zone])), [nodes]);
  const form: ChaosProps = {
    mayAct,
    busy: inject.isPending,
    onInject: (fault) => inject.mutate({ fault, forSeconds: Number(seconds) }),
  };
  return (
    <PageFrame
      title="Chaos"
      live
      health={isError ? "unknown" : faults.length === 0 ? "healthy" : "degraded"}
      verdict={
        faults.length === 0
          ? "Nothing is broken on purpose"
          : `${number(faults.length)} ${faults.length === 1 ? "fault is" : "faults are"} active`
      }
      action={
        <Select
          aria-label="Faults last"
          leftSection={<span className="soft">Lasts</span>}
          leftSectionWidth={48}
          allowDeselect={false}
          data={spans}
          value={seconds}
          onChange={(value) => setSeconds(value ?? "")}
        />
      }
    >
      <FaultBanner />
      {inject.error && <ProblemView error={inject.error} />}
      <ChaosPods {...form} zoneOf={zoneOf} />
      <div className={classes.columns}>
        <StopNode {...form} nodes={nodes} />
        <ZoneOutage {...form} nodes={nodes} />
        <ChaosTraffic {...form} />
      </div>
      {!mayAct && <p className="soft">These need the role operator.</p>}
    </PageFrame>
  );
}

const noNodes: readonly ClusterNode[] = [];

function useNodes(): readonly ClusterNode[] {
  const { data } = useQuery(
    orpc.microservices.cluster.nodes.queryOptions({
      input: {},
      refetchInterval: useRefresh(5_000),
    }),
  );
  return data?.nodes ?? noNodes;
}

interface NodesProps extends ChaosProps {
  readonly nodes: readonly ClusterNode[];
}

function StopNode({ mayAct, busy, onInject, nodes }: NodesProps) {
  const [node, setNode] = useState<string | null>(null);
  return (
    <ChaosForm
      title="Stop a node"
      effect="Its kubelet falls silent; after the grace its pods are made anew elsewhere."
      radius={useRadius(node === null ? noNodes : nodes.filter(({ name }) => name === node))}
      verb={node === null ? "Stop node" : `Stop ${node}`}
      off={!mayAct || node === null}
      busy={busy}
      onSubmit={() => node !== null && onInject({ kind: "stop-node", node })}
    >
      <Select
        className={classes.grow ?? ""}
        label="Node"
        searchable
        limit={suggestionsMax}
        data={nodes.map(({ name, zone, pods }) => ({
          value: name,
          label: `${name}${zone === "" ? "" : `, ${zone}`}, ${number(pods)} pods`,
        }))}
        value={node}
        onChange={setNode}
      />
    </ChaosForm>
  );
}

function ZoneOutage({ mayAct, busy, onInject, nodes }: NodesProps) {
  const [zone, setZone] = useState<string | null>(null);
  const zones = [...new Set(nodes.map((node) => node.zone))].filter((each) => each !== "");
  const hit = zone === null ? noNodes : nodes.filter((node) => node.zone === zone);
  const radius = useRadius(hit);
  return (
    <ChaosForm
      title="Zone outage"
      effect="Every node of the zone stops at the same moment."
      radius={zone === null ? null : `Stops ${number(hit.length)} nodes. ${radius ?? ""}`}
      verb={zone === null ? "Cut zone off" : `Cut ${zone} off`}
      off={!mayAct || zone === null}
      busy={busy}
      onSubmit={() => zone !== null && onInject({ kind: "zone-outage", zone })}
    >
      <Select
        className={classes.grow ?? ""}
        label="Zone"
        data={zones}
        value={zone}
        onChange={setZone}
      />
    </ChaosForm>
  );
}

/** What stops with these nodes; null: none of them is chosen. */
function useRadius(nodes: readonly ClusterNode[]): string | null {
  // Drawn anew when pods come and go.
  usePodCount();
  if (nodes.length === 0) return null;
  const names = new Set(nodes.map(({ name }) => name));
  return radiusInWords(radiusOf(podTable.rows(), ({ node }) => names.has(node)));
}
