/**
 * Ends what has lost its owners, and carries deletions on to dependents in the way that was asked for
 * (kube-controller-manager pkg/controller/garbagecollector).
 */
import type { OwnerReference } from "kubernetes-types/meta/v1";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { KubeObject } from "../store/objects.ts";
import { keyOf } from "../store/resource-table.ts";
import { QueueController } from "./queue-controller.ts";

const foreground = "foregroundDeletion";
const orphan = "orphan";

export class GarbageCollector extends QueueController {
  readonly name = "garbage-collector";
  readonly #store: ObjectStore;
  /** Resources and keys of what names an owner, by the owner's uid. */
  readonly #dependents = new Map<string, Map<string, { resource: string; key: string }>>();

  constructor(store: ObjectStore) {
    super();
    this.#store = store;
    for (const { resource } of store.kinds.values()) {
      for (const object of store.all(resource)) {
        this.#link(resource, object);
        this.#add(resource, object);
      }
    }
  }

  observe({ type, resource, object, previous }: Change): void {
    if (resource === "events" || resource === "leases.coordination.k8s.io") return;
    if (previous !== null && previous.metadata.ownerReferences !== object.metadata.ownerReferences)
      this.#unlink(resource, previous);
    if (type === "DELETED") {
      this.#unlink(resource, object);
      for (const { resource: of, key } of this.#dependents.get(object.metadata.uid)?.values() ?? [])
        this.queue.add(`${of} ${key}`);
      for (const owner of object.metadata.ownerReferences ?? []) this.#addOwner(object, owner);
      return;
    }
    this.#link(resource, object);
    this.#add(resource, object);
  }

  protected sync(mark: string): void {
    const space = mark.indexOf(" ");
    const resource = mark.slice(0, space);
    const object = this.#store.at(resource, mark.slice(space + 1));
    if (object === undefined) return;
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined) {
      if (finalizers.includes(orphan)) this.#release(object);
      else if (finalizers.includes(foreground)) this.#deleteDependents(object);
      return;
    }
    this.#endIfUnowned(resource, object);
  }

  #endIfUnowned(resource: string, object: KubeObject): void {
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0) return;
    const solid: OwnerReference[] = [];
    const gone = new Set<string>();
    let blocked = false;
    for (const reference of references) {
      const owner = this.#ownerOf(object, reference);
      if (owner === undefined) gone.add(reference.uid);
      else if (
        owner.metadata.deletionTimestamp !== undefined &&
        owner.metadata.finalizers?.includes(foreground)
      ) {
        gone.add(reference.uid);
        blocked = true;
      } else solid.push(reference);
    }
    if (gone.size === 0) return;
    const { namespace, name, uid } = object.metadata;
    if (solid.length > 0) {
      this.#store.update({
        ...object,
        metadata: { ...object.metadata, ownerReferences: solid },
      });
      return;
    }
    // An owner that waits for its dependents wants theirs to be gone first, too.
    const propagation = blocked && this.#dependents.has(uid) ? "Foreground" : "Background";
    if (propagation === "Foreground" && this.#isInCycle(uid)) {
      const ownerReferences = references.map((each) => ({ ...each, blockOwnerDeletion: false }));
      this.#store.update({ ...object, metadata: { ...object.metadata, ownerReferences } });
    }
    this.#store.delete(resource, namespace, name, { uid, propagation });
  }

  /**
   * Owners and dependents both wait for their dependents: perhaps for each other, so that this one is
   * not to be waited for (Kubernetes looks no further either).
   */
  #isInCycle(uid: string): boolean {
    for (const { resource, key } of this.#dependents.get(uid)?.values() ?? []) {
      const dependent = this.#store.at(resource, key);
      if (dependent?.metadata.deletionTimestamp === undefined) continue;
      if (dependent.metadata.finalizers?.includes(foreground)) return true;
    }
    return false;
  }

  /** The dependents stay, without this owner. */
  #release(owner: KubeObject): void {
    const { uid } = owner.metadata;
    for (const { resource, key } of Array.from(this.#dependents.get(uid)?.values() ?? [])) {
      const object = this.#store.at(resource, key);
      if (object === undefined) continue;
      const ownerReferences = object.metadata.ownerReferences?.filter((each) => each.uid !== uid);
      const metadata = { ...object.metadata, ownerReferences: ownerReferences ?? [] };
      this.#store.update({ ...object, metadata });
    }
    this.#takeFinalizer(owner, orphan);
  }

  /** Waits for those that block: a cycle of owners lets go of itself, as nobody outside it is asked. */
  #deleteDependents(owner: KubeObject): void {
    const { uid } = owner.metadata;
    let waits = false;
    for (const { resource, key } of Array.from(this.#dependents.get(uid)?.values() ?? [])) {
      const object = this.#store.at(resource, key);
      if (object === undefined) continue;
      const reference = object.metadata.ownerReferences?.find((each) => each.uid === uid);
      const isEnding = object.metadata.deletionTimestamp !== undefined;
      const isOwnersOwner = owner.metadata.ownerReferences?.some(
        (each) => each.uid === object.metadata.uid,
      );
      if (!isEnding) this.queue.add(`${resource} ${key}`);
      if (reference?.blockOwnerDeletion === true && !(isEnding && isOwnersOwner)) waits = true;
    }
    if (!waits) this.#takeFinalizer(owner, foreground);
  }

  #takeFinalizer(object: KubeObject, finalizer: string): void {
    const kind = this.#store.kinds.ofObject(object.apiVersion, object.kind);
    const present = kind && this.#store.at(kind.resource, keyOf(object));
    if (present === undefined) return;
    const finalizers = (present.metadata.finalizers ?? []).filter((each) => each !== finalizer);
    this.#store.update({ ...present, metadata: { ...present.metadata, finalizers } });
  }

  /** Owners are in the same namespace, or in none. */
  #ownerOf(dependent: KubeObject, { apiVersion, kind, name, uid }: OwnerReference) {
    const found = this.#store.kinds.ofObject(apiVersion, kind);
    if (found === undefined) return undefined;
    const namespace = found.namespaced ? dependent.metadata.namespace : undefined;
    const owner = this.#store.get(found.resource, namespace, name);
    return owner?.metadata.uid === uid ? owner : undefined;
  }

  #addOwner(dependent: KubeObject, reference: OwnerReference): void {
    const owner = this.#ownerOf(dependent, reference);
    const kind = owner && this.#store.kinds.ofObject(owner.apiVersion, owner.kind);
    if (owner?.metadata.deletionTimestamp === undefined || kind === undefined) return;
    this.queue.add(`${kind.resource} ${keyOf(owner)}`);
  }

  #add(resource: string, object: KubeObject): void {
    const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    const isEnding = deletionTimestamp !== undefined && finalizers.length > 0;
    if (isEnding || ownerReferences.length > 0) this.queue.add(`${resource} ${keyOf(object)}`);
    if (!isEnding) return;
    for (const reference of ownerReferences) this.#addOwner(object, reference);
  }

  #link(resource: string, object: KubeObject): void {
    const key = keyOf(object);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      let dependents = this.#dependents.get(uid);
      if (dependents === undefined) this.#dependents.set(uid, (dependents = new Map()));
      dependents.set(`${resource} ${key}`, { resource, key });
    }
  }

  #unlink(resource: string, object: KubeObject): void {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(uid);
      dependents?.delete(`${resource} ${keyOf(object)}`);
      if (dependents?.size === 0) this.#dependents.delete(uid);
    }
  }
}
