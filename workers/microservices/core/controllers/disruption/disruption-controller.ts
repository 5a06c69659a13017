/** How many pods a PodDisruptionBudget lets go (pkg/controller/disruption/disruption.go). */
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { type KubeObject, type ObjectOf, timeText } from "../../store/objects.ts";
import { keyOf } from "../../store/resource-table.ts";
import { withCondition } from "../conditions.ts";
import { shareOf } from "../daemon-set/rolling-update.ts";
import { controllerOf } from "../ownership.ts";
import { isEnding, isReady, type Pod } from "../pod-facts.ts";
import { QueueController } from "../queue-controller.ts";
import { SelectorIndex } from "../selector-index.ts";

type Budget = ObjectOf<"poddisruptionbudgets.policy">;

const resource = "poddisruptionbudgets.policy";
const conditionType = "DisruptionAllowed";

export class DisruptionController extends QueueController {
  readonly name = "disruption-controller";
  readonly #store: ObjectStore;
  readonly #selectors = new SelectorIndex();

  constructor(store: ObjectStore) {
    super();
    this.#store = store;
    for (const budget of store.all(resource)) this.#note(budget);
  }

  observe({ type, resource: changed, object, previous }: Change): void {
    if (changed === resource) {
      if (type === "DELETED") this.#selectors.delete(keyOf(object));
      else this.#note(object as Budget);
    } else if (changed === "pods") {
      this.#notePod(object);
      if (previous !== null && previous.metadata.labels !== object.metadata.labels) {
        this.#notePod(previous);
      }
    } else if (scaleOf(object) !== (previous === null ? undefined : scaleOf(previous))) {
      const { namespace } = object.metadata;
      if (namespace === undefined) return;
      for (const budget of this.#store.inNamespace(resource, namespace)) {
        this.queue.add(keyOf(budget));
      }
    }
  }

  protected sync(key: string, now: number): void {
    const budget = this.#store.at(resource, key) as Budget | undefined;
    if (budget === undefined) return;
    const pods = this.#store.podsSelected(budget.metadata.namespace!, budget.spec?.selector);
    const expectation = this.#expectation(budget, pods);
    if (typeof expectation === "string") {
      this.#fail(budget, expectation, now);
      return;
    }
    const { expected, desired } = expectation;
    const disrupted = budget.status?.disruptedPods ?? {};
    const healthy = pods.filter(
      (pod) => isReady(pod) && !isEnding(pod) && disrupted[pod.metadata.name] === undefined,
    ).length;
    const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    const conditions = withCondition(
      budget.status?.conditions,
      {
        type: conditionType,
        status: allowed > 0 ? "True" : "False",
        reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
        message: "",
        lastTransitionTime: timeText(now),
      },
      now,
    );
    this.#store.setStatus(budget, {
      ...budget.status,
      expectedPods: expected,
      currentHealthy: healthy,
      desiredHealthy: desired,
      disruptionsAllowed: allowed,
      observedGeneration: budget.metadata.generation ?? 1,
      conditions,
    });
  }

  /** How many pods there should be, and how many of them healthy; or why that cannot be said. */
  #expectation(
    { spec }: Budget,
    pods: readonly Pod[],
  ): { expected: number; desired: number } | string {
    const { minAvailable, maxUnavailable } = spec ?? {};
    if (typeof minAvailable === "number") return { expected: pods.length, desired: minAvailable };
    const expected = this.#scaleOfAll(pods);
    if (typeof expected === "string") return expected;
    if (maxUnavailable !== undefined) {
      return { expected, desired: Math.max(0, expected - shareOf(maxUnavailable, expected)) };
    }
    return { expected, desired: minAvailable === undefined ? 0 : shareOf(minAvailable, expected) };
  }

  /** The replicas that the pods' controllers ask for together. */
  #scaleOfAll(pods: readonly Pod[]): number | string {
    const scales = new Map<string, number>();
    for (const pod of pods) {
      const top = this.#topOf(pod);
      if (top === undefined) return `found no controller ref for pod "${pod.metadata.name}"`;
      const scale = scaleOf(top);
      if (scale === undefined) {
        return `${top.kind} ${top.metadata.name} does not implement the scale subresource`;
      }
      scales.set(top.metadata.uid, scale);
    }
    return [...scales.values()].reduce((sum, scale) => sum + scale, 0);
  }

  /** The pod's controller, and of a Deployment's ReplicaSet the Deployment. */
  #topOf(object: KubeObject): KubeObject | undefined {
    const reference = controllerOf(object);
    if (reference === undefined) return undefined;
    const kind = this.#store.kinds.ofObject(reference.apiVersion, reference.kind);
    if (kind === undefined) return undefined;
    const owner = this.#store.get(kind.resource, object.metadata.namespace, reference.name);
    if (owner?.metadata.uid !== reference.uid) return undefined;
    return owner.kind === "ReplicaSet" ? (this.#topOf(owner) ?? owner) : owner;
  }

  /** Nothing may be disrupted while nobody knows how many pods there should be. */
  #fail(budget: Budget, message: string, now: number): void {
    const lastTransitionTime = timeText(now);
    const reason = "SyncFailed";
    const condition = { type: conditionType, status: "False", reason, message, lastTransitionTime };
    const conditions = withCondition(budget.status?.conditions, condition, now);
    this.#store.setStatus(budget, {
      expectedPods: 0,
      currentHealthy: 0,
      desiredHealthy: 0,
      ...budget.status,
      disruptionsAllowed: 0,
      observedGeneration: budget.metadata.generation ?? 1,
      conditions,
    });
  }

  #note(budget: Budget): void {
    this.#selectors.set(keyOf(budget), budget.metadata.namespace!, budget.spec?.selector);
    this.queue.add(keyOf(budget));
  }

  #notePod({ metadata }: KubeObject): void {
    for (const key of this.#selectors.matching(metadata.namespace!, metadata.labels)) {
      this.queue.add(key);
    }
  }
}

const scaled = new Set(["Deployment", "ReplicaSet", "StatefulSet"]);

/** Undefined of what has no scale. */
function scaleOf({ kind, spec }: KubeObject): number | undefined {
  if (!scaled.has(kind)) return undefined;
  return (spec as { replicas?: number } | undefined)?.replicas ?? 1;
}
