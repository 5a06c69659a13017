import { NumberInput, SegmentedControl, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Fault, Topology } from "../../../workers/microservices/contract.ts";
import { number } from "../../components/format.ts";
import { orpc } from "../../data/client.ts";
import { useRefresh } from "../microservices/use-cluster.ts";
import { ChaosForm, type ChaosProps } from "./chaos-form.tsx";
import classes from "./cluster.module.css";

const kinds = ["slow", "fail", "partition"] as const;
const suggestionsMax = 50;

const effects = {
  slow: "Requests to it wait this long before they go on.",
  fail: "Requests to it are answered with this status instead.",
  partition: "No request reaches it at all, or none of one caller.",
};
const verbs = { slow: "Slow", fail: "Fail", partition: "Cut off" };

/** The traffic of a service, by its name in the mesh. */
export function ChaosTraffic({ mayAct, busy, onInject }: ChaosProps) {
  const { data } = useQuery(
    orpc.microservices.cluster.topology.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  const [kind, setKind] = useState<(typeof kinds)[number]>("slow");
  const [service, setService] = useState<string | null>(null);
  const [caller, setCaller] = useState<string | null>(null);
  const [amount, setAmount] = useState(500);
  const [percent, setPercent] = useState(100);
  const names = (data?.services ?? []).map(({ namespace, name }) => `${namespace}/${name}`);
  const fault = (to: string): Fault => {
    const target = targetOf(to);
    const share = percent / 100;
    if (kind === "partition") {
      return { kind, target, ...(caller !== null && { from: targetOf(caller) }) };
    }
    return kind === "slow"
      ? { kind, target, delayMs: amount, share }
      : { kind, target, status: amount, share };
  };
  const picker = (label: string, value: string | null, set: (value: string | null) => void) => (
    <Select
      className={classes.grow ?? ""}
      label={label}
      searchable
      clearable
      limit={suggestionsMax}
      data={names}
      value={value}
      onChange={set}
    />
  );
  return (
    <ChaosForm
      title="Traffic"
      effect={effects[kind]}
      radius={service === null ? null : callersInWords(data, service)}
      verb={service === null ? "Break traffic" : `${verbs[kind]} ${service}`}
      off={!mayAct || service === null}
      busy={busy}
      onSubmit={() => service !== null && onInject(fault(service))}
    >
      <SegmentedControl
        aria-label="Kind of fault"
        value={kind}
        onChange={(value) => {
          setKind(value);
          setAmount(value === "fail" ? 503 : 500);
        }}
        data={[...kinds]}
      />
      {picker("Service", service, setService)}
      {kind === "partition" ? (
        picker("Only from", caller, setCaller)
      ) : (
        <>
          <NumberInput
            size="xs"
            w={110}
            label={kind === "slow" ? "Delay, ms" : "Status"}
            min={kind === "slow" ? 1 : 400}
            max={kind === "slow" ? 60_000 : 599}
            value={amount}
            onChange={(value) => setAmount(Number(value))}
          />
          <NumberInput
            size="xs"
            w={110}
            label="Share, %"
            min={1}
            max={100}
            value={percent}
            onChange={(value) => setPercent(Number(value))}
          />
        </>
      )}
    </ChaosForm>
  );
}

function targetOf(name: string): { readonly namespace: string; readonly service: string } {
  const slash = name.indexOf("/");
  return { namespace: name.slice(0, slash), service: name.slice(slash + 1) };
}

function callersInWords(topology: Topology | undefined, service: string): string {
  if (topology === undefined) return "";
  const { services, now } = topology;
  const at = services.findIndex(({ namespace, name }) => `${namespace}/${name}` === service);
  const incoming = now.edges.filter(({ to }) => to === at);
  const rate = incoming.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  const pods = services[at]?.pods ?? 0;
  return incoming.length === 0
    ? `Hits ${number(pods)} pods; nobody calls it now.`
    : `Hits ${number(pods)} pods, ${number(incoming.length)} ${incoming.length === 1 ? "caller" : "callers"} and ${rate.toFixed(1)} requests a second.`;
}
