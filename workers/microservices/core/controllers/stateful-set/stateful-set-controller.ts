/** Keeps pods with names of their own, one after another (pkg/controller/statefulset). */
import type { StatefulSetStatus } from "kubernetes-types/apps/v1";
import { ApiError } from "../../store/api-error.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { keyOf } from "../../store/resource-table.ts";
import { selectorMatcher } from "../../store/selectors.ts";
import type { EventRecorder } from "../event-recorder.ts";
import { claim } from "../ownership.ts";
import { type Admit, isNamespaceEnding } from "../pod-control.ts";
import { availableAt, isEnding, isFinishedPod, isReady, type Pod } from "../pod-facts.ts";
import { PodOwnerController } from "../pod-owner-controller.ts";
import {
  currentRevision,
  type Revision,
  revisionLabel,
  revisionsOf,
  trimRevisions,
} from "../revisions/controller-revisions.ts";
import { ordinalOf, startOf, type StatefulSet } from "./identity.ts";
import { StatefulPods } from "./stateful-pods.ts";

/** What one look at a set has before it. */
interface View {
  readonly set: StatefulSet;
  /** By place: the ordinal is that plus the set's first. */
  readonly replicas: readonly (Pod | undefined)[];
  /** Beyond the number of replicas, the highest ordinal first. */
  readonly condemned: readonly Pod[];
  readonly current: Revision;
  readonly update: Revision;
  /** One pod at a time (podManagementPolicy OrderedReady). */
  readonly isOrdered: boolean;
  readonly now: number;
}

export class StatefulSetController extends PodOwnerController {
  readonly name = "statefulset-controller";
  readonly #pods: StatefulPods;
  readonly #events: EventRecorder;

  constructor(store: ObjectStore, events: EventRecorder, admit: Admit) {
    super(store, "statefulsets.apps", "StatefulSet");
    this.#events = events.as(this.name);
    this.#pods = new StatefulPods(store, this.#events, admit);
  }

  protected sync(key: string, now: number): void {
    const set = this.store.at("statefulsets.apps", key) as StatefulSet | undefined;
    if (set?.spec === undefined) return;
    const update = currentRevision(this.store, set, "controller.kubernetes.io/hash");
    const current =
      revisionsOf(this.store, set).find(
        ({ metadata }) => metadata.name === set.status?.currentRevision,
      ) ?? update;
    let error: ApiError | undefined;
    if (set.metadata.deletionTimestamp === undefined) {
      try {
        this.#advance(this.#view(set, current, update, now));
      } catch (caught) {
        if (!(caught instanceof ApiError)) throw caught;
        error = caught;
      }
    }
    const pods = this.#claimed(set);
    const status = this.#statusOf(set, pods, current, update, now);
    this.store.setStatus(set, status);
    const live = new Set([current.metadata.name, update.metadata.name, status.currentRevision!]);
    for (const pod of pods) live.add(revisionNameOf(pod));
    trimRevisions(this.store, set, live);
    if (error !== undefined && !isNamespaceEnding(error)) throw error;
  }

  #claimed(set: StatefulSet): Pod[] {
    const matches = selectorMatcher(set.spec!.selector);
    return claim(
      this.store,
      "pods",
      set,
      matches,
      this.orphans,
      (pod) => ordinalOf(set, pod) !== null,
    );
  }

  #view(set: StatefulSet, current: Revision, update: Revision, now: number): View {
    const { replicas: count = 1, podManagementPolicy } = set.spec!;
    const start = startOf(set);
    const replicas = Array.from<Pod | undefined>({ length: count });
    const condemned: Pod[] = [];
    for (const pod of this.#claimed(set)) {
      const place = ordinalOf(set, pod)! - start;
      if (place >= 0 && place < count) replicas[place] = pod;
      else condemned.push(pod);
    }
    condemned.sort((left, right) => ordinalOf(set, right)! - ordinalOf(set, left)!);
    const isOrdered = podManagementPolicy !== "Parallel";
    return { set, replicas, condemned, current, update, isOrdered, now };
  }

  #advance(view: View): void {
    for (const place of view.replicas.keys()) {
      if (!this.#keepReplica(view, place) && view.isOrdered) return;
    }
    const { set, condemned, isOrdered } = view;
    const unhealthy =
      view.replicas.find((pod) => pod === undefined || !isAvailableIn(view, pod)) ??
      condemned.findLast((pod) => !isAvailableIn(view, pod));
    for (const pod of condemned) {
      if (isEnding(pod)) {
        if (isOrdered) return;
        continue;
      }
      if (isOrdered && !isAvailableIn(view, pod) && pod !== unhealthy) return;
      this.#pods.condemnClaims(set, pod);
      this.#pods.delete(set, pod);
      if (isOrdered) return;
    }
    if ((set.spec?.updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate") this.#roll(view);
  }

  /** @returns whether the pod is there, ready and has been so for long enough */
  #keepReplica(view: View, place: number): boolean {
    const { set, current, update, replicas } = view;
    const pod = replicas[place];
    const ordinal = startOf(set) + place;
    if (pod === undefined) {
      const isHeldBack = place < partitionOf(set) && isRolling(set);
      this.#pods.create(set, ordinal, isHeldBack ? current : update);
      return false;
    }
    if (isFinishedPod(pod)) {
      if (!isEnding(pod)) {
        const { name, namespace } = set.metadata;
        const message = `StatefulSet ${namespace}/${name} is recreating failed Pod ${pod.metadata.name}`;
        this.#events.record(set, "Warning", "RecreatingFailedPod", message);
        this.#pods.delete(set, pod);
      }
      return false;
    }
    if (pod.status?.phase === "Pending") this.#pods.ensureClaims(set, ordinal);
    return isAvailableIn(view, pod);
  }

  /** The highest pod of another revision makes way, once those above it are well. */
  #roll(view: View): void {
    const { set, replicas, update } = view;
    for (let place = replicas.length - 1; place >= partitionOf(set); place--) {
      const pod = replicas[place];
      if (pod === undefined) return;
      if (revisionNameOf(pod) !== update.metadata.name && !isEnding(pod)) {
        this.#pods.delete(set, pod);
        return;
      }
      if (!isAvailableIn(view, pod)) return;
    }
  }

  #statusOf(
    set: StatefulSet,
    pods: readonly Pod[],
    current: Revision,
    update: Revision,
    now: number,
  ): StatefulSetStatus {
    const counts = { ready: 0, available: 0, current: 0, updated: 0 };
    let nextAvailableAt = Number.POSITIVE_INFINITY;
    for (const pod of pods) {
      if (pod.status?.phase === "Running" && isReady(pod)) {
        counts.ready++;
        const at = availableAt(pod, set.spec?.minReadySeconds);
        if (at <= now) counts.available++;
        else nextAvailableAt = Math.min(nextAvailableAt, at);
      }
      if (isEnding(pod)) continue;
      if (revisionNameOf(pod) === current.metadata.name) counts.current++;
      if (revisionNameOf(pod) === update.metadata.name) counts.updated++;
    }
    if (Number.isFinite(nextAvailableAt)) this.queue.addAt(keyOf(set), nextAvailableAt);
    const isRolled =
      isRolling(set) && counts.updated === pods.length && counts.ready === pods.length;
    return {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      readyReplicas: counts.ready,
      availableReplicas: counts.available,
      currentReplicas: isRolled ? counts.updated : counts.current,
      updatedReplicas: counts.updated,
      currentRevision: (isRolled ? update : current).metadata.name,
      updateRevision: update.metadata.name,
      collisionCount: 0,
    };
  }
}

const isRolling = ({ spec }: StatefulSet): boolean =>
  (spec?.updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate";

const partitionOf = ({ spec }: StatefulSet): number =>
  spec?.updateStrategy?.rollingUpdate?.partition ?? 0;

const revisionNameOf = ({ metadata }: Pod): string => metadata.labels?.[revisionLabel] ?? "";

const isAvailableIn = ({ set, now }: View, pod: Pod): boolean =>
  pod.status?.phase === "Running" &&
  !isEnding(pod) &&
  availableAt(pod, set.spec?.minReadySeconds) <= now;
