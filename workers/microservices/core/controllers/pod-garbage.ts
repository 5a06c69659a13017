/** Deletes the oldest finished pods when there are too many (podgc, --terminated-pod-gc-threshold). */
import { housekeepingLimits } from "../../limits.ts";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { keyOf } from "../store/resource-table.ts";
import type { Budget, Controller } from "./controller.ts";
import { isFinishedPod, type Pod } from "./pod-facts.ts";

export class PodGarbage implements Controller {
  readonly name = "pod-garbage-collector";
  readonly #store: ObjectStore;
  readonly #most: number;
  readonly #finished = new Set<string>();

  /** @param most finished pods that may stay */
  constructor(store: ObjectStore, most: number = housekeepingLimits.terminatedPodsMax) {
    this.#store = store;
    this.#most = most;
    for (const pod of store.all("pods")) this.#note(pod);
  }

  observe({ type, resource, object }: Change): void {
    if (resource !== "pods") return;
    if (type === "DELETED") this.#finished.delete(keyOf(object));
    else this.#note(object as Pod);
  }

  step(_now: number, budget: Budget): void {
    const surplus = this.#finished.size - this.#most;
    if (surplus <= 0 || !budget.take()) return;
    const madeAt = (pod: Pod): number => Date.parse(pod.metadata.creationTimestamp);
    const oldest = [...this.#finished]
      .map((key) => this.#store.at("pods", key) as Pod)
      .toSorted((left, right) => madeAt(left) - madeAt(right));
    for (const pod of oldest.slice(0, surplus)) {
      const { namespace, name } = pod.metadata;
      this.#store.delete("pods", namespace, name, { gracePeriodSeconds: 0 });
      this.#finished.delete(keyOf(pod));
    }
  }

  dueAt(): number {
    return this.#finished.size > this.#most ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  #note(pod: Pod): void {
    if (isFinishedPod(pod) && pod.metadata.deletionTimestamp === undefined) {
      this.#finished.add(keyOf(pod));
    } else this.#finished.delete(keyOf(pod));
  }
}
