/** The objects of one resource, with the indexes that controllers ask by. */
import type { KubeObject } from "./objects.ts";

const nothing: ReadonlyMap<string, KubeObject> = new Map();

export const objectKey = (namespace: string | undefined, name: string): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  objectKey(namespace, name);

/** Names that an object is found by besides its own: its owners' uids, its node, a pod's labels. */
function indexKeys({ kind, metadata, spec }: KubeObject): string[] {
  const keys = (metadata.ownerReferences ?? []).map(({ uid }) => `owner ${uid}`);
  if (metadata.namespace !== undefined) keys.push(`namespace ${metadata.namespace}`);
  if (kind !== "Pod") return keys;
  keys.push(`node ${(spec as { nodeName?: string }).nodeName ?? ""}`);
  for (const pair of Object.entries(metadata.labels ?? {})) {
    keys.push(labelKey(metadata.namespace!, pair));
  }
  return keys;
}

const labelKey = (namespace: string, [key, value]: readonly [string, string]): string =>
  `label ${namespace} ${key}=${value}`;

export class ResourceTable {
  readonly #objects = new Map<string, KubeObject>();
  readonly #indexes = new Map<string, Map<string, KubeObject>>();
  #sorted: string[] | null = null;

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<KubeObject> {
    return this.#objects.values();
  }

  put(object: KubeObject): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    this.#objects.set(key, object);
    if (before === undefined) this.#sorted = null;
    else for (const index of indexKeys(before)) this.#unindex(index, key);
    for (const index of indexKeys(object)) {
      let members = this.#indexes.get(index);
      if (members === undefined) this.#indexes.set(index, (members = new Map()));
      members.set(key, object);
    }
  }

  remove(object: KubeObject): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before === undefined) return;
    this.#objects.delete(key);
    this.#sorted = null;
    for (const index of indexKeys(before)) this.#unindex(index, key);
  }

  ownedBy(uid: string): Iterable<KubeObject> {
    return (this.#indexes.get(`owner ${uid}`) ?? nothing).values();
  }

  inNamespace(namespace: string): Iterable<KubeObject> {
    return (this.#indexes.get(`namespace ${namespace}`) ?? nothing).values();
  }

  /** Pods of a namespace that have one of these labels, the rarest: whoever has them all is among them. */
  labelled(
    namespace: string,
    labels: readonly (readonly [string, string])[],
  ): Iterable<KubeObject> {
    let fewest = this.#indexes.get(`namespace ${namespace}`) ?? nothing;
    for (const pair of labels) {
      const members = this.#indexes.get(labelKey(namespace, pair)) ?? nothing;
      if (members.size < fewest.size) fewest = members;
    }
    return fewest.values();
  }

  /** Pods on a node; of the node "" those that wait for one. */
  onNode(name: string): Iterable<KubeObject> {
    return (this.#indexes.get(`node ${name}`) ?? nothing).values();
  }

  countOnNode(name: string): number {
    return (this.#indexes.get(`node ${name}`) ?? nothing).size;
  }

  /** Every key in the order in which lists and their pages come. */
  sortedKeys(): readonly string[] {
    // By code unit, as etcd orders its keys.
    return (this.#sorted ??= [...this.#objects.keys()].toSorted());
  }

  #unindex(index: string, key: string): void {
    const members = this.#indexes.get(index)!;
    members.delete(key);
    if (members.size === 0) this.#indexes.delete(index);
  }
}
