/**
 * What a namespace has from the first (service account, root certificates) and its end: all that is in
 * it goes first (namespace, serviceaccount and root-ca-cert-publisher controllers).
 */
import { housekeepingLimits } from "../../limits.ts";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { ObjectOf } from "../store/objects.ts";
import { withCondition } from "./conditions.ts";
import { QueueController } from "./queue-controller.ts";

type Namespace = ObjectOf<"namespaces">;

export class NamespaceController extends QueueController {
  readonly name = "namespaces";
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    super();
    this.#store = store;
    for (const { metadata } of store.all("namespaces")) this.queue.add(metadata.name);
  }

  observe({ type, resource, object }: Change): void {
    if (resource === "namespaces") {
      if (type !== "DELETED") this.queue.add(object.metadata.name);
      return;
    }
    const { namespace } = object.metadata;
    if (type !== "DELETED" || namespace === undefined) return;
    const home = this.#store.get("namespaces", undefined, namespace);
    const isKept = resource === "serviceaccounts" || resource === "configmaps";
    if (isKept || home?.metadata.deletionTimestamp !== undefined) this.queue.add(namespace);
  }

  protected sync(name: string, now: number): void {
    const namespace = this.#store.get("namespaces", undefined, name);
    if (namespace === undefined) return;
    if (namespace.metadata.deletionTimestamp !== undefined) this.#end(namespace, now);
    else this.#furnish(name);
  }

  #furnish(namespace: string): void {
    if (this.#store.get("serviceaccounts", namespace, "default") === undefined) {
      this.#store.create({
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "default", namespace },
      });
    }
    if (this.#store.get("configmaps", namespace, "kube-root-ca.crt") === undefined) {
      this.#store.create({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "kube-root-ca.crt", namespace },
        // The API is served without TLS on loopback: there is no authority to trust.
        data: { "ca.crt": "" },
      });
    }
  }

  /** Deletes what is left, a part at each look; what waits for a finalizer or a grace is waited for. */
  #end(namespace: Namespace, now: number): void {
    const { name } = namespace.metadata;
    const remaining = new Map<string, number>();
    const held = new Map<string, number>();
    let deletions: number = housekeepingLimits.deletedPerLookMax;
    for (const { resource, plural, group, namespaced } of this.#store.kinds.values()) {
      if (!namespaced) continue;
      for (const { metadata } of Array.from(this.#store.inNamespace(resource, name))) {
        if (metadata.deletionTimestamp === undefined && deletions > 0) {
          deletions -= 1;
          const options = { propagation: "Background" } as const;
          if (this.#store.delete(resource, name, metadata.name, options).gone) continue;
        }
        count(remaining, `${plural}.${group} has`);
        for (const finalizer of metadata.finalizers ?? []) count(held, `${finalizer} in`);
      }
    }
    if (remaining.size === 0) this.#finalize(name);
    else {
      this.#tell(name, remaining, held, now);
      if (deletions <= 0) this.queue.add(name);
    }
  }

  #finalize(name: string): void {
    const namespace = this.#store.get("namespaces", undefined, name);
    if (namespace === undefined) return;
    this.#store.update<Namespace>({ ...namespace, spec: { ...namespace.spec, finalizers: [] } });
  }

  /** What is waited for, in the words of namespaced_resources_deleter.go. */
  #tell(
    name: string,
    remaining: ReadonlyMap<string, number>,
    held: ReadonlyMap<string, number>,
    now: number,
  ): void {
    const namespace = this.#store.get("namespaces", undefined, name);
    if (namespace === undefined) return;
    let conditions = withCondition(
      namespace.status?.conditions,
      {
        type: "NamespaceContentRemaining",
        status: "True",
        reason: "SomeResourcesRemain",
        message: `Some resources are remaining: ${listed(remaining)}`,
      },
      now,
    );
    const isHeld = held.size > 0;
    conditions = withCondition(
      conditions,
      {
        type: "NamespaceFinalizersRemaining",
        status: isHeld ? "True" : "False",
        reason: isHeld ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
        message: isHeld
          ? `Some content in the namespace has finalizers remaining: ${listed(held)}`
          : "All content-preserving finalizers finished",
      },
      now,
    );
    this.#store.setStatus(namespace, { ...namespace.status, conditions });
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([what, number]) => `${what} ${number} resource instances`).join(", ");
