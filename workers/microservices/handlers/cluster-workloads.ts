/** Every controller of workloads: what it should hold, what it holds, and what is in the way. */
import type { Workload } from "../contract-cluster.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import { timeOf } from "./cluster-words.ts";

type State = Pick<Workload, "health" | "state" | "why">;
interface Numbers {
  readonly desired: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
}
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export function clusterWorkloads(store: ObjectStore): Workload[] {
  return [
    ...[...store.all("deployments.apps")].map(deploymentRow),
    ...[...store.all("statefulsets.apps")].map(statefulSetRow),
    ...[...store.all("daemonsets.apps")].map(daemonSetRow),
    ...[...store.all("jobs.batch")].map(jobRow),
    ...[...store.all("cronjobs.batch")].map(cronJobRow),
    ...[...store.all("horizontalpodautoscalers.autoscaling")].map(autoscalerRow),
  ];
}

interface Templated {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly template?: { readonly spec?: { readonly containers: readonly { image?: string }[] } };
  };
}

export const imagesOf = ({ spec }: Templated): string[] =>
  (spec?.template?.spec?.containers ?? []).map(({ image }) => image ?? "");

function row(
  kind: Workload["kind"],
  object: Templated & { readonly metadata: { readonly creationTimestamp: string } },
  rest: Omit<Workload, "kind" | "namespace" | "name" | "images" | "createdAt">,
): Workload {
  const { namespace = "", name, creationTimestamp } = object.metadata;
  return {
    kind,
    namespace,
    name,
    images: imagesOf(object),
    createdAt: timeOf(creationTimestamp),
    ...rest,
  };
}

const holds = (conditions: readonly Condition[], type: string, status = "True") =>
  conditions.find((each) => each.type === type && each.status === status);

/** What `kubectl rollout status` looks at, in its order (kubectl pkg/polymorphichelpers). */
export function deploymentState(deployment: ObjectOf<"deployments.apps">): State & Numbers {
  const { spec, status = {}, metadata } = deployment;
  const desired = spec?.replicas ?? 1;
  const numbers = {
    desired,
    ready: status.readyReplicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    available: status.availableReplicas ?? 0,
  };
  const conditions = status.conditions ?? [];
  const stuck = conditions.find(({ reason }) => reason === "ProgressDeadlineExceeded");
  const failure = holds(conditions, "ReplicaFailure");
  const unseen = (status.observedGeneration ?? 0) < (metadata.generation ?? 0);
  const total = status.replicas ?? 0;
  let state: State = { health: "healthy", state: "available", why: "" };
  if (failure) state = { health: "failed", state: "failing", why: failure.message ?? "" };
  else if (stuck) state = { health: "failed", state: "stuck", why: stuck.message ?? "" };
  else if (spec?.paused === true) {
    state = { health: "degraded", state: "paused", why: "Its rollout is paused" };
  } else if (unseen) {
    state = { health: "degraded", state: "progressing", why: "The controller has yet to see it" };
  } else if (numbers.updated < desired) {
    state = progressing(`${numbers.updated} of ${desired} new replicas have been made`);
  } else if (total > numbers.updated) {
    state = progressing(`${total - numbers.updated} old replicas are still ending`);
  } else if (numbers.available < desired) {
    const why = `${numbers.available} of ${desired} replicas are available`;
    // Complete once, and pods were lost since: that is no rollout.
    const complete = holds(conditions, "Progressing")?.reason === "NewReplicaSetAvailable";
    const down = holds(conditions, "Available", "False") !== undefined;
    state = complete
      ? { health: down ? "failed" : "degraded", state: down ? "unavailable" : "degraded", why }
      : progressing(why);
  } else if (desired === 0) {
    state = { health: "unknown", state: "scaled to 0", why: "" };
  }
  return { ...state, ...numbers };
}

const progressing = (why: string): State => ({ health: "degraded", state: "progressing", why });

function deploymentRow(deployment: ObjectOf<"deployments.apps">): Workload {
  const strategy = deployment.spec?.strategy?.type ?? "RollingUpdate";
  return row("Deployment", deployment, { ...deploymentState(deployment), detail: strategy });
}

function byCounts({ desired, updated, available }: Numbers): State {
  if (desired === 0) return { health: "unknown", state: "scaled to 0", why: "" };
  if (updated < desired) return progressing(`${updated} of ${desired} are of the newest revision`);
  if (available < desired) {
    return {
      health: available === 0 ? "failed" : "degraded",
      state: available === 0 ? "unavailable" : "degraded",
      why: `${available} of ${desired} are available`,
    };
  }
  return { health: "healthy", state: "available", why: "" };
}

function statefulSetRow(set: ObjectOf<"statefulsets.apps">): Workload {
  const { spec, status } = set;
  const numbers = {
    desired: spec?.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
  };
  const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  // Pods below the partition stay as they are, on purpose.
  const held = { ...numbers, updated: numbers.updated + Math.min(partition, numbers.desired) };
  const detail = `${spec?.updateStrategy?.type ?? "RollingUpdate"}${partition > 0 ? `, partition ${partition}` : ""}`;
  return row("StatefulSet", set, { ...byCounts(held), ...numbers, detail });
}

function daemonSetRow(set: ObjectOf<"daemonsets.apps">): Workload {
  const { spec, status } = set;
  const numbers = {
    desired: status?.desiredNumberScheduled ?? 0,
    ready: status?.numberReady ?? 0,
    updated: status?.updatedNumberScheduled ?? 0,
    available: status?.numberAvailable ?? 0,
  };
  const onDelete = spec?.updateStrategy?.type === "OnDelete";
  const state = byCounts(onDelete ? { ...numbers, updated: numbers.desired } : numbers);
  const detail = spec?.updateStrategy?.type ?? "RollingUpdate";
  return row("DaemonSet", set, { ...state, ...numbers, detail });
}

function jobRow(job: ObjectOf<"jobs.batch">): Workload {
  const { spec, status = {} } = job;
  const completions = spec?.completions ?? spec?.parallelism ?? 1;
  const succeeded = status.succeeded ?? 0;
  const conditions = status.conditions ?? [];
  const failed = holds(conditions, "Failed");
  let state = progressing(`${status.active ?? 0} active, ${status.failed ?? 0} failed`);
  if (failed) state = { health: "failed", state: "failed", why: failed.message ?? "" };
  else if (holds(conditions, "Complete")) state = { health: "healthy", state: "complete", why: "" };
  else if (spec?.suspend === true) state = { health: "unknown", state: "suspended", why: "" };
  return row("Job", job, {
    ...state,
    desired: completions,
    ready: status.ready ?? 0,
    updated: null,
    available: succeeded,
    detail: `${succeeded} of ${completions} completions`,
  });
}

function cronJobRow(job: ObjectOf<"cronjobs.batch">): Workload {
  const { spec, status } = job;
  const active = status?.active?.length ?? 0;
  const last = status?.lastScheduleTime;
  const templated = {
    metadata: job.metadata,
    ...(spec?.jobTemplate.spec && { spec: spec.jobTemplate.spec }),
  };
  return row("CronJob", templated, {
    health: spec?.suspend === true ? "unknown" : "healthy",
    state: spec?.suspend === true ? "suspended" : "scheduled",
    why: last === undefined ? "It has not run yet" : `Last run ${last}`,
    desired: null,
    ready: null,
    updated: null,
    available: active,
    detail: `${spec?.schedule ?? ""}, ${active} active`,
  });
}

function autoscalerRow(scaler: ObjectOf<"horizontalpodautoscalers.autoscaling">): Workload {
  const { spec, status, metadata } = scaler;
  const conditions = (status?.conditions ?? []) as readonly Condition[];
  const off =
    holds(conditions, "ScalingActive", "False") ?? holds(conditions, "AbleToScale", "False");
  const limited = holds(conditions, "ScalingLimited");
  let state: State = { health: "healthy", state: "active", why: "" };
  if (off) state = { health: "failed", state: "inactive", why: off.message ?? "" };
  else if (limited) state = { health: "degraded", state: "limited", why: limited.message ?? "" };
  const target = spec?.scaleTargetRef;
  return row(
    "HorizontalPodAutoscaler",
    { metadata },
    {
      ...state,
      desired: status?.desiredReplicas ?? null,
      ready: status?.currentReplicas ?? null,
      updated: null,
      available: null,
      detail: `${target?.kind ?? ""}/${target?.name ?? ""}, ${spec?.minReplicas ?? 1} to ${spec?.maxReplicas ?? "?"}`,
    },
  );
}
