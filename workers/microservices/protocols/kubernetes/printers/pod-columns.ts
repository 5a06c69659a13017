/** `kubectl get pods` (printers.go, printPod). */
import type { ContainerStatus, Pod, PodCondition } from "kubernetes-types/core/v1";
import type { KubeObject } from "../../../core/store/objects.ts";
import { age, ageColumn, type Cell, column, nameColumn, type Printer, wide } from "./columns.ts";
import { ageOf } from "./human-duration.ts";

type StoredPod = KubeObject & Omit<Pod, "apiVersion" | "kind" | "metadata">;

interface Summary {
  reason: string;
  ready: number;
  restarts: number;
  /** When a container last ended before it was started again. */
  lastRestart: string | undefined;
}

const conditionOf = (pod: StoredPod, type: string): PodCondition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type);

function endedReason({ state }: ContainerStatus, prefix: string): string {
  const { reason, signal, exitCode } = state!.terminated!;
  if (reason) return `${prefix}${reason}`;
  return signal ? `${prefix}Signal:${signal}` : `${prefix}ExitCode:${exitCode}`;
}

function noteRestart(summary: Summary, { lastState }: ContainerStatus): void {
  const finished = lastState?.terminated?.finishedAt;
  if (finished && (summary.lastRestart === undefined || summary.lastRestart < finished)) {
    summary.lastRestart = finished;
  }
}

/** Looks at the init containers; true while one of them holds the pod up. */
function lookAtInit(pod: StoredPod, summary: Summary): boolean {
  const specs = pod.spec?.initContainers ?? [];
  const isSidecar = (name: string): boolean =>
    specs.find((container) => container.name === name)?.restartPolicy === "Always";
  let sidecarRestarts = 0;
  let sidecarRestart: string | undefined;
  for (const [at, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    summary.restarts += status.restartCount;
    noteRestart(summary, status);
    if (isSidecar(status.name)) {
      sidecarRestarts += status.restartCount;
      sidecarRestart = status.lastState?.terminated?.finishedAt ?? sidecarRestart;
    }
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar(status.name) && status.started) {
      if (status.ready) summary.ready += 1;
      continue;
    }
    if (terminated) summary.reason = endedReason(status, "Init:");
    else if (waiting?.reason && waiting.reason !== "PodInitializing") {
      summary.reason = `Init:${waiting.reason}`;
    } else summary.reason = `Init:${at}/${specs.length}`;
    return true;
  }
  summary.restarts = sidecarRestarts;
  summary.lastRestart = sidecarRestart;
  return false;
}

function lookAtContainers(pod: StoredPod, summary: Summary): void {
  let hasRunning = false;
  const statuses = pod.status?.containerStatuses ?? [];
  for (let at = statuses.length - 1; at >= 0; at--) {
    const status = statuses[at]!;
    summary.restarts += status.restartCount;
    noteRestart(summary, status);
    const { waiting, terminated, running } = status.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) summary.reason = endedReason(status, "");
    else if (status.ready && running) {
      hasRunning = true;
      summary.ready += 1;
    }
  }
  if (summary.reason === "Completed" && hasRunning) {
    summary.reason = conditionOf(pod, "Ready")?.status === "True" ? "Running" : "NotReady";
  }
}

/** What kubectl says of a pod in a word, and how often it was started again. */
export function podSummary(
  pod: KubeObject & Omit<Pod, "apiVersion" | "kind" | "metadata">,
): Readonly<Summary> {
  const { status, metadata } = pod;
  const summary: Summary = {
    reason: status?.reason || (status?.phase ?? "Unknown"),
    ready: 0,
    restarts: 0,
    lastRestart: undefined,
  };
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.reason === "SchedulingGated") summary.reason = "SchedulingGated";
  if (!lookAtInit(pod, summary) || conditionOf(pod, "Initialized")?.status === "True") {
    lookAtContainers(pod, summary);
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (status?.reason === "NodeLost") summary.reason = "Unknown";
    else if (status?.phase !== "Succeeded" && status?.phase !== "Failed") {
      summary.reason = "Terminating";
    }
  }
  return summary;
}

function containersOf(pod: StoredPod): number {
  const sidecars = (pod.spec?.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === "Always",
  );
  return (pod.spec?.containers.length ?? 0) + sidecars.length;
}

function readinessGates(pod: StoredPod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  const met = gates.filter(
    ({ conditionType }) => conditionOf(pod, conditionType)?.status === "True",
  );
  return `${met.length}/${gates.length}`;
}

function podCells(object: KubeObject, nowMs: number): Cell[] {
  const pod = object as StoredPod;
  const { reason, ready, restarts, lastRestart } = podSummary(pod);
  const restartText =
    restarts > 0 && lastRestart !== undefined
      ? `${restarts} (${ageOf(lastRestart, nowMs)} ago)`
      : String(restarts);
  return [
    pod.metadata.name,
    `${ready}/${containersOf(pod)}`,
    reason,
    restartText,
    age(pod, nowMs),
    pod.status?.podIP || "<none>",
    pod.spec?.nodeName || "<none>",
    pod.status?.nominatedNodeName || "<none>",
    readinessGates(pod),
  ];
}

export const podPrinter: Printer = {
  columns: [
    nameColumn,
    column("Ready", {
      description: "The aggregate readiness state of this pod for accepting traffic.",
    }),
    column("Status", { description: "The aggregate status of the containers in this pod." }),
    column("Restarts", {
      description:
        "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.",
    }),
    ageColumn,
    column("IP", wide),
    column("Node", wide),
    column("Nominated Node", wide),
    column("Readiness Gates", wide),
  ],
  cells: podCells,
};
