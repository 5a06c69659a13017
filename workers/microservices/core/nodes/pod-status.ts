/** A pod's status as its kubelet reports it (kubelet_pods.go generateAPIPodStatus, status/generate.go). */
import type { ContainerStatus, PodCondition, PodSpec, PodStatus } from "kubernetes-types/core/v1";
import { setPodCondition } from "../scheduling/pod-condition.ts";
import { timeText } from "../store/objects.ts";
import type { ContainerRun } from "./container-run.ts";
import type { PodWorker } from "./pod-worker.ts";

export function statusOf(worker: PodWorker, now: number): PodStatus {
  const before = worker.pod.status ?? {};
  const phase = phaseOf(worker);
  const { failure, podIP, hostIP, init, main } = worker;
  const { nominatedNodeName: _, reason: __, message: ___, ...kept } = before;
  return {
    ...kept,
    phase,
    ...failure,
    conditions: conditionsOf(worker, phase, now),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: timeText(worker.startedAt),
    ...(init.length > 0 && {
      initContainerStatuses: init.map((run) => containerStatus(worker, run)),
    }),
    containerStatuses: main.map((run) => containerStatus(worker, run)),
    qosClass: before.qosClass ?? qosClassOf(worker.pod.spec!),
  };
}

/** getPhase: of a pod that is deleted as well. */
function phaseOf(worker: PodWorker): string {
  if (worker.failure !== null && !worker.anyLive) return "Failed";
  if (worker.isDone && !worker.anyLive) return worker.succeeded ? "Succeeded" : "Failed";
  if (worker.pod.metadata.deletionTimestamp !== undefined && !worker.anyLive) {
    return worker.succeeded ? "Succeeded" : "Failed";
  }
  if (!worker.initialized) return "Pending";
  // A container that never ran yet holds the whole pod back.
  const waits = worker.main.some(({ state, last }) => state.waiting && last === undefined);
  return waits ? "Pending" : "Running";
}

function containerStatus(worker: PodWorker, run: ContainerRun): ContainerStatus {
  const { spec, state, last, restarts, attempt } = run;
  const image = spec.image ?? "";
  const ready = run.role === "init" ? run.exitCode === 0 : run.ready;
  return {
    name: spec.name,
    state,
    lastState: last ?? {},
    ready,
    restartCount: restarts,
    image,
    imageID: attempt > 0 ? image : "",
    ...(attempt > 0 && { containerID: worker.containerId(run) }),
    started: run.started,
  };
}

function conditionsOf(worker: PodWorker, phase: string, now: number): PodCondition[] {
  let conditions: PodCondition[] = worker.pod.status?.conditions ?? [];
  const set = (type: string, holds: boolean, reason?: string, message?: string): void => {
    const status = holds ? "True" : "False";
    const why = {
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
    };
    conditions = setPodCondition(conditions, { type, status, ...why }, now);
  };
  const over = phase === "Succeeded" ? "PodCompleted" : phase === "Failed" ? "PodFailed" : null;
  set("PodReadyToStartContainers", over === null);
  if (worker.initialized)
    set("Initialized", true, ...(phase === "Succeeded" ? ["PodCompleted"] : []));
  else {
    const names = worker.init
      .filter(({ role, started, exitCode }) => (role === "sidecar" ? !started : exitCode !== 0))
      .map(({ spec }) => spec.name);
    const message = `containers with incomplete status: [${names.join(" ")}]`;
    set("Initialized", false, "ContainersNotInitialized", message);
  }
  const unready = worker.runs
    .filter(({ role, ready }) => role !== "init" && !ready)
    .map(({ spec }) => spec.name);
  const unreadyText = `containers with unready status: [${unready.join(" ")}]`;
  if (over !== null) {
    set("Ready", false, over);
    set("ContainersReady", false, over);
  } else if (unready.length > 0) {
    set("Ready", false, "ContainersNotReady", unreadyText);
    set("ContainersReady", false, "ContainersNotReady", unreadyText);
  } else {
    const gate = gateMessage(worker);
    if (gate === null) set("Ready", true);
    else set("Ready", false, "ReadinessGatesNotReady", gate);
    set("ContainersReady", true);
  }
  set("PodScheduled", true);
  return conditions;
}

function gateMessage({ pod }: PodWorker): string | null {
  const messages = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = pod.status?.conditions?.find(({ type }) => type === conditionType);
    if (found === undefined) {
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    }
    if (found.status === "True") return [];
    return [
      `the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`,
    ];
  });
  return messages.length === 0 ? null : messages.join(", ");
}

/** Guaranteed, Burstable or BestEffort (k8s.io/component-helpers qos.ComputePodQOS). */
export function qosClassOf({ containers, initContainers = [] }: PodSpec): string {
  const all = [...initContainers, ...containers];
  const resources = ["cpu", "memory"] as const;
  const amounts = all.flatMap(({ resources: own }) =>
    resources.map((name) => {
      const limit = own?.limits?.[name];
      return { limit, request: own?.requests?.[name] ?? limit };
    }),
  );
  const isSet = (text: string | undefined): boolean =>
    text !== undefined && Number.parseFloat(text) !== 0;
  if (amounts.every(({ limit, request }) => !isSet(limit) && !isSet(request))) return "BestEffort";
  return amounts.every(({ limit, request }) => isSet(limit) && limit === request)
    ? "Guaranteed"
    : "Burstable";
}
