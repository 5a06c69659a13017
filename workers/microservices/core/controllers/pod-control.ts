/** How controllers make and end pods, and the events they leave (controller_utils.go). */
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { ObjectMeta } from "kubernetes-types/meta/v1";
import { controllerLimits } from "../../limits.ts";
import { ApiError } from "../store/api-error.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { KubeObject, NewObject } from "../store/objects.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { controllerReference } from "./ownership.ts";
import type { Pod } from "./pod-facts.ts";

/** What the API does to an object on its way in: admission, quota. @throws ApiError 403 */
export type Admit = <Shape extends NewObject>(object: Shape) => Shape;

export class PodControl {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #admit: Admit;

  constructor(store: ObjectStore, events: EventRecorder, admit: Admit) {
    this.#store = store;
    this.#events = events;
    this.#admit = admit;
  }

  /**
   * Makes a pod of the template, whose parts it shares.
   * @param metadata what the pod has besides what the template gives it; a name, or else one is made
   * @throws ApiError, after an event FailedCreate about the owner
   */
  create(owner: KubeObject, template: PodTemplateSpec, metadata: ObjectMeta = {}): Pod {
    try {
      const pod = this.#make({
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          ...(metadata.name === undefined && { generateName: generateName(owner.metadata.name) }),
          namespace: owner.metadata.namespace!,
          ...(template.metadata?.labels && { labels: template.metadata.labels }),
          ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
          ...(template.metadata?.finalizers && { finalizers: template.metadata.finalizers }),
          ownerReferences: [controllerReference(owner)],
          ...metadata,
        },
        spec: template.spec!,
        status: { phase: "Pending" },
      });
      const message = `Created pod: ${pod.metadata.name}`;
      this.#events.record(owner, "Normal", "SuccessfulCreate", message);
      return pod;
    } catch (error) {
      if (error instanceof ApiError && !isNamespaceEnding(error)) {
        this.#events.record(owner, "Warning", "FailedCreate", `Error creating: ${error.message}`);
      }
      throw error;
    }
  }

  delete(owner: KubeObject, { metadata: { namespace, name, uid } }: Pod): void {
    try {
      this.#store.delete("pods", namespace, name, { uid });
    } catch (error) {
      if (error instanceof ApiError && error.status.code === 404) return;
      throw error;
    }
    this.#events.record(owner, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
  }

  /** A made-up name that is taken is made up again (feature RetryGenerateName). */
  #make(pod: NewObject & { spec: object; status: object }): Pod {
    for (let tries = 1; ; tries++) {
      try {
        return this.#store.create(this.#admit(pod)) as KubeObject as Pod;
      } catch (error) {
        const isTaken = error instanceof ApiError && error.status.reason === "AlreadyExists";
        const hasName = pod.metadata.name !== undefined;
        if (!isTaken || hasName || tries >= controllerLimits.nameTriesMax) throw error;
      }
    }
  }
}

/** The name before a made-up end (names that are too long for it are cut by the store). */
const generateName = (name: string): string => `${name}-`;

export const isNamespaceEnding = (error: unknown): boolean =>
  error instanceof ApiError &&
  error.status.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating") === true;

/**
 * Runs `make` in batches of 1, 2, 4, ...: a call that fails ends it, so that what cannot succeed is
 * not tried hundreds of times.
 * @returns how many succeeded, and the first failure
 */
export function slowStart(
  count: number,
  make: () => void,
): { made: number; error: ApiError | undefined } {
  let made = 0;
  let error: ApiError | undefined;
  for (let batch = 1; made < count && error === undefined; batch *= 2) {
    for (let left = Math.min(batch, count - made); left > 0; left--) {
      try {
        make();
        made++;
      } catch (caught) {
        if (!(caught instanceof ApiError)) throw caught;
        error ??= caught;
      }
    }
  }
  return { made, error };
}
