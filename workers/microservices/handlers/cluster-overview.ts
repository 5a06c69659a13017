/** The cluster in numbers, and in a sentence that says what is wrong and where. */
import type { ClusterOverview, Workload } from "../contract-cluster.ts";
import { clusterScreenLimits } from "../limits.ts";
import { clusterEvents } from "./cluster-events.ts";
import type { ClusterHost } from "./cluster-host.ts";
import { allocatableOf, readyOf, requestedOn } from "./cluster-nodes.ts";
import { isFailingWord, isReady, podWords, zoneOf } from "./cluster-words.ts";
import { clusterWorkloads } from "./cluster-workloads.ts";

export function clusterOverview(host: ClusterHost): ClusterOverview {
  const at = host.now();
  const parts = { nodes: nodesOf(host), pods: podsOf(host), workloads: workloadsOf(host) };
  const used = host.metrics();
  const usage = { cpuMillicores: 0, memoryBytes: 0 };
  for (const { cpuMillicores, memoryBytes } of used.nodes.values()) {
    usage.cpuMillicores += cpuMillicores;
    usage.memoryBytes += memoryBytes;
  }
  const capacity = { cpuMillicores: 0, memoryBytes: 0, pods: 0 };
  for (const node of host.store.all("nodes")) {
    if (readyOf(node) !== "True") continue;
    const { cpuMillicores, memoryBytes, pods } = allocatableOf(node);
    capacity.cpuMillicores += cpuMillicores;
    capacity.memoryBytes += memoryBytes;
    capacity.pods += pods;
  }
  const warnings = clusterEvents(host, { limit: clusterScreenLimits.warningsMax, type: "Warning" });
  return {
    at,
    ...verdictOf(parts),
    ...parts,
    capacity,
    requests: requestedOn(host.store.all("pods")),
    usage: used.at === null ? null : { ...usage, at: used.at },
    warnings: warnings.events.filter(
      ({ lastAt }) => lastAt > at - clusterScreenLimits.warningsLifeMs,
    ),
  };
}

function nodesOf({ store }: ClusterHost): ClusterOverview["nodes"] {
  const zones = new Map<string, { zone: string; total: number; ready: number; pods: number }>();
  let ready = 0;
  let cordoned = 0;
  for (const node of store.all("nodes")) {
    const zone = zoneOf(node);
    let found = zones.get(zone);
    if (found === undefined) zones.set(zone, (found = { zone, total: 0, ready: 0, pods: 0 }));
    const isUp = readyOf(node) === "True" ? 1 : 0;
    found.total += 1;
    found.ready += isUp;
    found.pods += [...store.podsOn(node.metadata.name)].length;
    ready += isUp;
    if (node.spec?.unschedulable === true) cordoned += 1;
  }
  return {
    total: store.countOf("nodes"),
    ready,
    cordoned,
    zones: [...zones.values()].toSorted((left, right) => (left.zone < right.zone ? -1 : 1)),
  };
}

function podsOf({ store }: ClusterHost): ClusterOverview["pods"] {
  const phases: Record<string, number> = {};
  let ready = 0;
  let failing = 0;
  for (const pod of store.all("pods")) {
    const phase = pod.status?.phase ?? "Unknown";
    phases[phase] = (phases[phase] ?? 0) + 1;
    if (isReady(pod)) ready += 1;
    if (isFailingWord(podWords(pod).status)) failing += 1;
  }
  // What has done its work is not missed.
  const total = store.countOf("pods") - (phases["Succeeded"] ?? 0);
  return { total, ready, failing, phases };
}

const failed = ({ health }: Workload) => health === "failed";

function workloadsOf({ store }: ClusterHost): ClusterOverview["workloads"] {
  const rows = clusterWorkloads(store);
  const troubled = rows.filter(({ health }) => health === "failed" || health === "degraded");
  const worst = [...troubled.filter(failed), ...troubled.filter((each) => !failed(each))];
  return {
    total: rows.length,
    healthy: rows.length - troubled.length,
    progressing: troubled.filter((each) => !failed(each)).length,
    failing: troubled.filter(failed).length,
    worst: worst
      .slice(0, clusterScreenLimits.worstMax)
      .map(({ kind, namespace, name, state, why }) => ({
        kind,
        namespace,
        name,
        why: why === "" ? state : why,
      })),
  };
}

type Parts = Pick<ClusterOverview, "nodes" | "pods" | "workloads">;

const count = (value: number, noun: string) =>
  `${value.toLocaleString("en")} ${noun}${value === 1 ? "" : "s"}`;

function verdictOf({
  nodes,
  pods,
  workloads,
}: Parts): Pick<ClusterOverview, "verdict" | "sentence"> {
  if (nodes.total === 0) return { verdict: "idle", sentence: "The cluster has no node yet" };
  const wrong: string[] = [];
  const dark = nodes.zones.filter(({ ready, total }) => ready === 0 && total > 0);
  for (const { zone } of dark) wrong.push(`zone ${zone || "without a name"} is down`);
  const downElsewhere = nodes.zones
    .filter((zone) => !dark.includes(zone) && zone.ready < zone.total)
    .map(({ zone, total, ready }) => `${total - ready} in ${zone || "no zone"}`);
  if (downElsewhere.length > 0) wrong.push(`nodes not ready: ${downElsewhere.join(", ")}`);
  const [first] = workloads.worst;
  if (workloads.failing > 0 && first !== undefined) {
    wrong.push(
      `${count(workloads.failing, "workload")} failing, first ${first.namespace}/${first.name}: ${first.why}`,
    );
  }
  if (pods.failing > 0) wrong.push(`${count(pods.failing, "pod")} failing`);
  const well = `${count(nodes.ready, "node")} ready in ${count(nodes.zones.length, "zone")}, ${pods.ready.toLocaleString("en")} of ${count(pods.total, "pod")} ready`;
  if (wrong.length === 0) {
    const busy = workloads.progressing > 0;
    const sentence = busy
      ? `${well}; ${count(workloads.progressing, "workload")} degraded or in motion`
      : well;
    return { verdict: busy ? "degraded" : "healthy", sentence };
  }
  const isDown = nodes.ready === 0 || workloads.failing > 0;
  const sentence = wrong.join("; ");
  return {
    verdict: isDown ? "failed" : "degraded",
    sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1),
  };
}
