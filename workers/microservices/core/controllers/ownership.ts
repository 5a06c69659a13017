/** Who controls whom: owner references, adoption and release (controller_ref_manager.go). */
import type { OwnerReference } from "kubernetes-types/meta/v1";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { BuiltInName, KubeObject, ObjectOf } from "../store/objects.ts";
import { keyOf } from "../store/resource-table.ts";
import type { LabelMatcher } from "../store/selectors.ts";

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

export const controllerReference = ({
  apiVersion,
  kind,
  metadata: { name, uid },
}: KubeObject): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** The objects of one resource that nobody controls, by namespace: the only ones to be adopted. */
export class Orphans {
  readonly #resource: string;
  readonly #keys = new Map<string, Set<string>>();

  constructor(store: ObjectStore, resource: BuiltInName) {
    this.#resource = resource;
    for (const object of store.all(resource)) this.#note(object, true);
  }

  observe({ type, resource, object }: Change): void {
    if (resource === this.#resource) this.#note(object, type !== "DELETED");
  }

  in(namespace: string): Iterable<string> {
    return this.#keys.get(namespace) ?? [];
  }

  #note(object: KubeObject, there: boolean): void {
    const { namespace = "", deletionTimestamp } = object.metadata;
    const isOrphan = there && deletionTimestamp === undefined && !controllerOf(object);
    let keys = this.#keys.get(namespace);
    if (isOrphan) {
      if (keys === undefined) this.#keys.set(namespace, (keys = new Set()));
      keys.add(keyOf(object));
    } else if (keys?.delete(keyOf(object)) && keys.size === 0) this.#keys.delete(namespace);
  }
}

/**
 * The objects that `owner` controls and that its selector means. Those that it means no longer are
 * let go, and orphans that it means are taken on, unless the owner is being deleted.
 */
export function claim<Name extends BuiltInName>(
  store: ObjectStore,
  resource: Name,
  owner: KubeObject,
  matches: LabelMatcher,
  orphans: Orphans,
  isWanted: (object: ObjectOf<Name>) => boolean = () => true,
): ObjectOf<Name>[] {
  const claimed: ObjectOf<Name>[] = [];
  const isEnding = owner.metadata.deletionTimestamp !== undefined;
  const released: KubeObject[] = [];
  for (const object of store.ownedBy(resource, owner.metadata.uid)) {
    if (!isControlledBy(object, owner)) continue;
    if (!matches(object.metadata.labels)) released.push(object);
    else if (isWanted(object)) claimed.push(object);
  }
  if (isEnding) return claimed;
  for (const object of released) {
    if (object.metadata.deletionTimestamp === undefined) release(store, object, owner);
  }
  for (const key of Array.from(orphans.in(owner.metadata.namespace ?? ""))) {
    const object = store.at(resource, key) as ObjectOf<Name> | undefined;
    if (object === undefined || !matches(object.metadata.labels) || !isWanted(object)) continue;
    claimed.push(adopt(store, object, owner));
  }
  return claimed;
}

function adopt<Shape extends KubeObject>(store: ObjectStore, object: Shape, owner: KubeObject) {
  const others = (object.metadata.ownerReferences ?? []).filter(
    ({ uid }) => uid !== owner.metadata.uid,
  );
  const ownerReferences = [...others, controllerReference(owner)];
  return store.update({ ...object, metadata: { ...object.metadata, ownerReferences } });
}

function release(store: ObjectStore, object: KubeObject, owner: KubeObject): void {
  const ownerReferences = (object.metadata.ownerReferences ?? []).filter(
    ({ uid }) => uid !== owner.metadata.uid,
  );
  store.update({ ...object, metadata: { ...object.metadata, ownerReferences } });
}
