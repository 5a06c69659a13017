/** Makes and ends the pods of a StatefulSet, and its claims (stateful_pod_control.go). */
import { ApiError } from "../../store/api-error.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { EventRecorder } from "../event-recorder.ts";
import { type Admit, isNamespaceEnding } from "../pod-control.ts";
import type { Pod } from "../pod-facts.ts";
import { type Revision, templateOf } from "../revisions/controller-revisions.ts";
import { claimsOf, ordinalOf, podOf, type StatefulSet } from "./identity.ts";

export class StatefulPods {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #admit: Admit;

  constructor(store: ObjectStore, events: EventRecorder, admit: Admit) {
    this.#store = store;
    this.#events = events;
    this.#admit = admit;
  }

  /** @throws ApiError, after an event FailedCreate about the set */
  create(set: StatefulSet, ordinal: number, revision: Revision): void {
    this.ensureClaims(set, ordinal);
    const pod = podOf(set, ordinal, templateOf(revision), revision.metadata.name);
    this.#try(set, "create", `Pod ${pod.metadata.name}`, () => {
      this.#store.create(this.#admit(pod));
    });
  }

  /** Claims stay when their pods go, so that most are there already. @throws ApiError */
  ensureClaims(set: StatefulSet, ordinal: number): void {
    for (const claim of claimsOf(set, ordinal)) {
      const { name, namespace } = claim.metadata;
      if (this.#store.get("persistentvolumeclaims", namespace, name) !== undefined) continue;
      const what = `Claim ${name} Pod ${set.metadata.name}-${ordinal}`;
      this.#try(set, "create", what, () => {
        this.#store.create(this.#admit(claim));
      });
    }
  }

  delete(set: StatefulSet, { metadata: { name, namespace, uid } }: Pod): void {
    this.#try(set, "delete", `Pod ${name}`, () => {
      this.#store.delete("pods", namespace, name, { uid });
    });
  }

  /** The claims of a pod that is scaled away go with it, where the set says so. */
  condemnClaims(set: StatefulSet, pod: Pod): void {
    if (set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== "Delete") return;
    const { name, uid } = pod.metadata;
    for (const { metadata } of claimsOf(set, ordinalOf(set, pod)!)) {
      const claim = this.#store.get("persistentvolumeclaims", metadata.namespace, metadata.name);
      if (claim === undefined) continue;
      const ownerReferences = [{ apiVersion: "v1", kind: "Pod", name, uid }];
      this.#store.update({ ...claim, metadata: { ...claim.metadata, ownerReferences } });
    }
  }

  #try(set: StatefulSet, verb: "create" | "delete", what: string, action: () => void): void {
    const reason = verb === "create" ? "Create" : "Delete";
    const text = `${verb} ${what} in StatefulSet ${set.metadata.name}`;
    try {
      action();
    } catch (error) {
      if (error instanceof ApiError && !isNamespaceEnding(error)) {
        const message = `${text} failed error: ${error.message}`;
        this.#events.record(set, "Warning", `Failed${reason}`, message);
      }
      throw error;
    }
    this.#events.record(set, "Normal", `Successful${reason}`, `${text} successful`);
  }
}
