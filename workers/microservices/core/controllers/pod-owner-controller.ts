/** What the controllers have in common that own pods by a selector: which key a change concerns. */
import type { LabelSelector } from "kubernetes-types/meta/v1";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { BuiltInName, KubeObject } from "../store/objects.ts";
import { keyOf, objectKey } from "../store/resource-table.ts";
import { controllerOf, Orphans } from "./ownership.ts";
import { QueueController } from "./queue-controller.ts";
import { SelectorIndex } from "./selector-index.ts";

export abstract class PodOwnerController extends QueueController {
  protected readonly store: ObjectStore;
  protected readonly orphans: Orphans;
  readonly #selectors = new SelectorIndex();
  readonly #resource: BuiltInName;
  readonly #kind: string;
  /** What is owned: pods, or the ReplicaSets of Deployments. */
  readonly #owned: BuiltInName;

  constructor(
    store: ObjectStore,
    resource: BuiltInName,
    kind: string,
    owned: BuiltInName = "pods",
  ) {
    super();
    this.store = store;
    this.#resource = resource;
    this.#kind = kind;
    this.#owned = owned;
    this.orphans = new Orphans(store, owned);
    for (const object of store.all(resource)) this.#noteOwner(object);
  }

  observe(change: Change): void {
    const { type, resource, object, previous } = change;
    this.orphans.observe(change);
    if (resource === this.#resource) {
      if (type === "DELETED") this.#selectors.delete(keyOf(object));
      else this.#noteOwner(object);
      this.onOwner(change);
    }
    if (resource !== this.#owned) return;
    this.#addController(object);
    if (previous !== null && previous.metadata.ownerReferences !== object.metadata.ownerReferences)
      this.#addController(previous);
    if (type === "DELETED" || controllerOf(object) !== undefined) return;
    for (const key of this.#selectors.matching(
      object.metadata.namespace ?? "",
      object.metadata.labels,
    )) {
      this.queue.add(key);
    }
  }

  /** For controllers that keep more about their objects. */
  protected onOwner(_change: Change): void {}

  #noteOwner(object: KubeObject): void {
    const key = keyOf(object);
    const { selector } = object.spec as { selector?: LabelSelector };
    this.#selectors.set(key, object.metadata.namespace ?? "", selector);
    this.queue.add(key);
  }

  #addController(owned: KubeObject): void {
    const owner = controllerOf(owned);
    if (owner?.kind !== this.#kind) return;
    this.queue.add(objectKey(owned.metadata.namespace, owner.name));
  }
}
