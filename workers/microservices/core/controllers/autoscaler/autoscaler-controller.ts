/** Scales Deployments, ReplicaSets and StatefulSets by their pods' metrics (podautoscaler/horizontal.go). */
import type { MetricSpec, MetricStatus } from "kubernetes-types/autoscaling/v2";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { controllerLimits } from "../../../limits.ts";
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { type KubeObject, type ObjectOf, timeText } from "../../store/objects.ts";
import { keyOf } from "../../store/resource-table.ts";
import { withCondition } from "../conditions.ts";
import type { EventRecorder } from "../event-recorder.ts";
import { QueueController } from "../queue-controller.ts";
import { type Bounded, limitRate, type ScalingHistory, stabilise } from "./behaviour.ts";
import { isFailure, type MetricAnswer, type MetricFailure, readMetric } from "./metric-reading.ts";
import { countsForScaling, type PodMetrics } from "./replica-count.ts";

type Autoscaler = ObjectOf<"horizontalpodautoscalers.autoscaling">;
type Conditions = NonNullable<NonNullable<Autoscaler["status"]>["conditions"]>;

interface Scaled extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelector };
}

const resource = "horizontalpodautoscalers.autoscaling";
const defaultMetrics: MetricSpec[] = [
  {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
  },
];

export class AutoscalerController extends QueueController {
  readonly name = "horizontal-pod-autoscaler";
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #metrics: PodMetrics;
  readonly #histories = new Map<string, ScalingHistory>();

  constructor(store: ObjectStore, events: EventRecorder, metrics: PodMetrics) {
    super();
    this.#store = store;
    this.#events = events.as(this.name);
    this.#metrics = metrics;
    for (const autoscaler of store.all(resource)) this.queue.add(keyOf(autoscaler));
  }

  /** New ones, and those with another spec; what it writes itself would wake it for ever. */
  observe({ type, resource: changed, object, previous }: Change): void {
    if (changed !== resource) return;
    if (type === "DELETED") {
      this.#histories.delete(object.metadata.uid);
      this.queue.forget(keyOf(object));
    } else if (previous?.metadata.generation !== object.metadata.generation) {
      this.queue.add(keyOf(object));
    }
  }

  protected sync(key: string, now: number): void {
    const autoscaler = this.#store.at(resource, key) as Autoscaler | undefined;
    if (autoscaler?.spec === undefined) return;
    this.queue.addAt(key, now + controllerLimits.autoscalerSyncMs);
    const conditions = new ConditionSet(autoscaler.status?.conditions ?? [], now);
    const target = this.#targetOf(autoscaler);
    if (target === null) {
      const { kind, name } = autoscaler.spec.scaleTargetRef;
      const message = `the HPA controller was unable to get the target's current scale: ${kind} "${name}" not found`;
      conditions.set("AbleToScale", "False", "FailedGetScale", message);
      this.#events.record(autoscaler, "Warning", "FailedGetScale", message);
      this.#write(autoscaler, conditions, {});
      return;
    }
    conditions.set(
      "AbleToScale",
      "True",
      "SucceededGetScale",
      "the HPA controller was able to get the target's current scale",
    );
    this.#scale(autoscaler, target, conditions, now);
  }

  #scale(autoscaler: Autoscaler, target: Scaled, conditions: ConditionSet, now: number): void {
    const { minReplicas: min = 1, maxReplicas: max } = autoscaler.spec!;
    const current = target.spec.replicas ?? 1;
    let desired = current;
    let reason = "";
    let statuses: MetricStatus[] | undefined;
    if (current === 0 && min !== 0) {
      const message = "scaling is disabled since the replica count of the target is zero";
      conditions.set("ScalingActive", "False", "ScalingDisabled", message);
    } else if (current > max) {
      reason = "Current number of replicas above Spec.MaxReplicas";
      desired = max;
    } else if (current < min) {
      reason = "Current number of replicas below Spec.MinReplicas";
      desired = min;
    } else {
      const answer = this.#recommend(autoscaler, target, current, conditions, now);
      statuses = answer?.statuses;
      if (answer !== null) {
        desired = this.#bound(autoscaler, current, answer.replicas, conditions, now);
        reason = desired > current ? `${answer.name} above target` : "All metrics below target";
      }
    }
    if (desired !== current) {
      this.#store.update({ ...target, spec: { ...target.spec, replicas: desired } });
      this.#historyOf(autoscaler).changes.push({ at: now, change: desired - current });
      const message = `the HPA controller was able to update the target scale to ${desired}`;
      conditions.set("AbleToScale", "True", "SucceededRescale", message);
      const news = `New size: ${desired}; reason: ${reason}`;
      this.#events.record(autoscaler, "Normal", "SuccessfulRescale", news);
    }
    this.#write(autoscaler, conditions, {
      currentReplicas: current,
      desiredReplicas: desired,
      ...(desired !== current && { lastScaleTime: timeText(now) }),
      ...(statuses && { currentMetrics: statuses }),
    });
  }

  /** The most that any metric asks for; null where none says anything to act on. */
  #recommend(
    autoscaler: Autoscaler,
    target: Scaled,
    current: number,
    conditions: ConditionSet,
    now: number,
  ) {
    const pods = this.#store
      .podsSelected(target.metadata.namespace!, target.spec.selector)
      .filter(countsForScaling);
    const answers: MetricAnswer[] = [];
    let failure: MetricFailure | undefined;
    for (const metric of autoscaler.spec!.metrics ?? defaultMetrics) {
      const answer = readMetric(metric, pods, this.#metrics, current, now);
      if (isFailure(answer)) failure ??= answer;
      else answers.push(answer);
    }
    const [first, ...others] = answers;
    let most = first;
    for (const answer of others) if (answer.replicas > most!.replicas) most = answer;
    // A metric that says nothing might have asked for more: nothing is scaled down without it.
    if (most === undefined || (failure !== undefined && most.replicas < current)) {
      if (failure === undefined) return null;
      conditions.set("ScalingActive", "False", failure.reason, failure.message);
      this.#events.record(autoscaler, "Warning", failure.reason, failure.message);
      return null;
    }
    const message = `the HPA was able to successfully calculate a replica count from ${most.name}`;
    conditions.set("ScalingActive", "True", "ValidMetricFound", message);
    return { ...most, statuses: answers.map(({ status }) => status) };
  }

  #bound(
    autoscaler: Autoscaler,
    current: number,
    desired: number,
    conditions: ConditionSet,
    now: number,
  ): number {
    const { behavior, minReplicas: min = 1, maxReplicas: max } = autoscaler.spec!;
    const history = this.#historyOf(autoscaler);
    const stable = stabilise(behavior, history, current, desired, now);
    conditions.set("AbleToScale", "True", stable.reason, stable.message);
    const limited: Bounded = limitRate(
      behavior,
      history,
      { min, max },
      current,
      stable.replicas,
      now,
    );
    const isLimited = limited.reason !== "DesiredWithinRange";
    const status = isLimited ? "True" : "False";
    conditions.set("ScalingLimited", status, limited.reason, limited.message);
    return limited.replicas;
  }

  #targetOf({ spec, metadata }: Autoscaler): Scaled | null {
    const { apiVersion = "apps/v1", kind, name } = spec!.scaleTargetRef;
    const found = this.#store.kinds.ofObject(apiVersion, kind);
    if (!found?.subresources.includes("scale")) return null;
    const target = this.#store.get(found.resource, metadata.namespace, name);
    return target === undefined ? null : (target as Scaled);
  }

  #historyOf({ metadata: { uid } }: Autoscaler): ScalingHistory {
    let history = this.#histories.get(uid);
    if (history === undefined) {
      this.#histories.set(uid, (history = { recommendations: [], changes: [] }));
    }
    return history;
  }

  #write(autoscaler: Autoscaler, { all }: ConditionSet, status: Partial<Autoscaler["status"]>) {
    this.#store.setStatus(autoscaler, {
      desiredReplicas: 0,
      ...autoscaler.status,
      ...status,
      conditions: all,
      observedGeneration: autoscaler.metadata.generation ?? 1,
    });
  }
}

class ConditionSet {
  all: Conditions;
  readonly #now: number;

  constructor(conditions: Conditions, now: number) {
    this.all = conditions;
    this.#now = now;
  }

  set(type: string, status: "True" | "False", reason: string, message: string): void {
    this.all = withCondition(this.all, { type, status, reason, message }, this.#now);
  }
}
