import {
  Autocomplete,
  Button,
  NumberInput,
  SegmentedControl,
  Select,
  TextInput,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Fault } from "../../../workers/microservices/contract.ts";
import { number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { useAct } from "../microservices/use-cluster.ts";
import classes from "./cluster.module.css";
import { FaultBanner, useFaults } from "./fault-banner.tsx";
import { podTable, useFollowPods, useNamespaces } from "./use-pods.ts";

const suggestionsMax = 50;

export function ChaosPage(): React.JSX.Element {
  const { data, isError } = useFaults();
  const faults = data?.faults ?? [];
  const inject = useAct(
    (fault: Fault) => client.microservices.cluster.inject({ fault }),
    (fault) => `Broken on purpose: ${fault.kind}`,
  );
  const mayAct = useMay("operator");
  const form = { mayAct, busy: inject.isPending, onInject: (fault: Fault) => inject.mutate(fault) };
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
    >
      <FaultBanner />
      {inject.error && <ProblemView error={inject.error} />}
      <div className={classes.columns}>
        <KillPod {...form} />
        <StopNode {...form} />
        <ZoneOutage {...form} />
        <Traffic {...form} />
      </div>
      {!mayAct && <p className="soft">These need the role operator.</p>}
    </PageFrame>
  );
}

interface FormProps {
  readonly mayAct: boolean;
  readonly busy: boolean;
  readonly onInject: (fault: Fault) => void;
}

function Form(props: {
  readonly title: string;
  readonly effect: string;
  readonly verb: string;
  readonly off: boolean;
  readonly busy: boolean;
  readonly onSubmit: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <Panel title={props.title}>
      <form
        className={classes.padded}
        aria-label={props.title}
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
      >
        <p className="soft">{props.effect}</p>
        <div className={classes.row}>
          {props.children}
          <Button type="submit" color="red" disabled={props.off} loading={props.busy}>
            {props.verb}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function usePodNames(typed: string): string[] {
  useFollowPods();
  return podTable
    .keys({ filter: typed, namespace: null, sort: "name", descending: false })
    .slice(0, suggestionsMax);
}

function KillPod({ mayAct, busy, onInject }: FormProps) {
  const [pod, setPod] = useState("");
  const names = usePodNames(pod);
  const [namespace = "", name = ""] = pod.split("/");
  return (
    <Form
      title="Kill a pod"
      effect="Its process ends at once, without a grace; its controller makes another."
      verb={name === "" ? "Kill pod" : `Kill ${name}`}
      off={!mayAct || name === ""}
      busy={busy}
      onSubmit={() => onInject({ kind: "kill-pod", namespace, pod: name })}
    >
      <Autocomplete
        className={classes.grow ?? ""}
        label="Pod"
        placeholder="namespace/name"
        data={names}
        filter={({ options }) => options}
        value={pod}
        onChange={setPod}
      />
    </Form>
  );
}

function useNodes() {
  const { data } = useQuery(orpc.microservices.cluster.nodes.queryOptions({ input: {} }));
  return data?.nodes ?? [];
}

function StopNode({ mayAct, busy, onInject }: FormProps) {
  const [node, setNode] = useState<string | null>(null);
  const nodes = useNodes();
  return (
    <Form
      title="Stop a node"
      effect="Its kubelet falls silent; after the grace its pods are made anew elsewhere."
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
        data={nodes.map(({ name }) => name)}
        value={node}
        onChange={setNode}
      />
    </Form>
  );
}

function ZoneOutage({ mayAct, busy, onInject }: FormProps) {
  const [zone, setZone] = useState<string | null>(null);
  const nodes = useNodes();
  const zones = [...new Set(nodes.map((node) => node.zone))].filter((each) => each !== "");
  const hit = nodes.filter((node) => node.zone === zone);
  const pods = hit.reduce((sum, node) => sum + node.pods, 0);
  return (
    <Form
      title="Zone outage"
      effect={
        zone === null
          ? "Every node of the zone stops at the same moment."
          : `Stops ${number(hit.length)} nodes with ${number(pods)} pods at the same moment.`
      }
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
    </Form>
  );
}

const trafficKinds = ["slow", "fail", "partition"] as const;

function Traffic({ mayAct, busy, onInject }: FormProps) {
  const namespaces = useNamespaces();
  const [kind, setKind] = useState<(typeof trafficKinds)[number]>("slow");
  const [namespace, setNamespace] = useState("default");
  const [what, setWhat] = useState<"service" | "pod">("service");
  const [name, setName] = useState("");
  const [amount, setAmount] = useState(500);
  const [percent, setPercent] = useState(100);
  const target = { namespace, ...(what === "service" ? { service: name } : { pod: name }) };
  const share = percent / 100;
  const fault = (): Fault => {
    if (kind === "partition") return { kind, target };
    return kind === "slow"
      ? { kind, target, delayMs: amount, share }
      : { kind, target, status: amount, share };
  };
  const effects = {
    slow: "Requests to it wait this long before they go on.",
    fail: "Requests to it are answered with this status instead.",
    partition: "No request reaches it at all.",
  };
  return (
    <Form
      title="Traffic"
      effect={effects[kind]}
      verb={
        name === ""
          ? "Break traffic"
          : `${{ slow: "Slow", fail: "Fail", partition: "Cut off" }[kind]} ${name}`
      }
      off={!mayAct || name === ""}
      busy={busy}
      onSubmit={() => onInject(fault())}
    >
      <SegmentedControl
        aria-label="Kind of fault"
        value={kind}
        onChange={(value) => {
          setKind(value);
          setAmount(value === "fail" ? 503 : 500);
        }}
        data={[...trafficKinds]}
      />
      <SegmentedControl
        aria-label="Target"
        value={what}
        onChange={setWhat}
        data={["service", "pod"]}
      />
      <Autocomplete
        label="In namespace"
        data={[...namespaces]}
        value={namespace}
        onChange={setNamespace}
      />
      <TextInput
        label={what === "service" ? "Service" : "Pod"}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {kind !== "partition" && (
        <>
          <NumberInput
            w={110}
            label={kind === "slow" ? "Delay, ms" : "Status"}
            min={kind === "slow" ? 1 : 400}
            max={kind === "slow" ? 60_000 : 599}
            value={amount}
            onChange={(value) => setAmount(Number(value))}
          />
          <NumberInput
            w={110}
            label="Share, %"
            min={1}
            max={100}
            value={percent}
            onChange={(value) => setPercent(Number(value))}
          />
        </>
      )}
    </Form>
  );
}
