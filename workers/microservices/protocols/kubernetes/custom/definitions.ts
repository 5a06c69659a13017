/**
 * Serves what CustomResourceDefinitions define: watches them, adds and withdraws their resources, and
 * says so in their conditions (apiextensions-apiserver, controllers establish and finalizer).
 */
import { apiErrors } from "../../../core/store/api-error.ts";
import type { ObjectStore } from "../../../core/store/object-store.ts";
import { type KubeObject, type ObjectOf, timeText } from "../../../core/store/objects.ts";
import { kubernetesApiLimits as limits } from "../../../limits.ts";
import type { ServedTable } from "../served.ts";
import type { WatchHub } from "../watch.ts";
import { kindOfDefinition, readDefinition } from "./definition.ts";

const resource = "customresourcedefinitions.apiextensions.k8s.io";
type Stored = ObjectOf<typeof resource>;

export class Definitions {
  readonly #store: ObjectStore;
  readonly #served: ServedTable;
  readonly #watches: WatchHub;
  readonly #later: (act: () => void) => void;
  readonly #stop: () => void;

  /** @param later runs something after the call that it is told of, on the same thread */
  constructor(
    store: ObjectStore,
    served: ServedTable,
    watches: WatchHub,
    later: (act: () => void) => void,
  ) {
    this.#store = store;
    this.#served = served;
    this.#watches = watches;
    this.#later = later;
    for (const definition of store.all(resource)) {
      this.#serve(definition);
      // Of the cluster's first objects nobody has said so yet.
      const isTold = definition.status?.conditions !== undefined;
      if (!isTold) this.#later(() => this.#establish(definition.metadata.name));
    }
    this.#stop = store.subscribe((change) => {
      if (change.resource !== resource) return;
      const { name } = change.object.metadata;
      if (change.type === "DELETED") this.#withdraw(name);
      else this.#serve(change.object as Stored);
      this.#later(() => this.#establish(name));
    });
  }

  close(): void {
    this.#stop();
  }

  #serve(definition: Stored): void {
    const kind = kindOfDefinition(definition as never);
    const there = this.#store.kinds.get(kind.resource);
    if (there !== undefined && !there.custom) return;
    const taken = this.#store.kinds.ofObject(`${kind.group}/${kind.version}`, kind.kind);
    if (taken !== undefined && taken.resource !== kind.resource) return;
    this.#served.withdraw(kind.resource);
    if (there !== undefined) this.#store.kinds.remove(kind.resource);
    this.#store.kinds.add(kind);
    this.#served.serve(kind, readDefinition(definition as never));
  }

  #withdraw(name: string): void {
    this.#watches.endAll(name);
    this.#served.withdraw(name);
    this.#later(() => {
      // Its objects go with it: nothing could read them any more.
      if (this.#store.kinds.get(name)?.custom !== true) return;
      for (const object of this.#store.all<string>(name)) {
        const { namespace, name: own } = object.metadata;
        const bare = { ...object, metadata: { ...object.metadata, finalizers: [] } };
        this.#store.update(bare);
        if (this.#store.get(name, namespace, own)) this.#store.delete(name, namespace, own);
      }
      if (this.#store.get(resource, undefined, name) === undefined) this.#store.kinds.remove(name);
    });
  }

  #establish(name: string): void {
    const definition = this.#store.get(resource, undefined, name);
    if (definition === undefined || definition.metadata.deletionTimestamp !== undefined) return;
    const isServed = this.#served.definition(name) !== undefined;
    const now = timeText(this.#store.now);
    const { names, versions } = definition.spec;
    const since = (type: string, status: string): string => {
      const before = definition.status?.conditions?.find((each) => each.type === type);
      return before?.status === status ? (before.lastTransitionTime ?? now) : now;
    };
    const accepted = isServed ? "True" : "False";
    const status = {
      conditions: [
        {
          type: "NamesAccepted",
          status: accepted,
          lastTransitionTime: since("NamesAccepted", accepted),
          reason: isServed ? "NoConflicts" : "NamesConflict",
          message: isServed ? "no conflicts found" : "the names are another resource's",
        },
        {
          type: "Established",
          status: accepted,
          lastTransitionTime: since("Established", accepted),
          reason: isServed ? "InitialNamesAccepted" : "NotAccepted",
          message: isServed ? "the initial names have been accepted" : "not all names are accepted",
        },
      ],
      acceptedNames: isServed
        ? {
            ...names,
            singular: names.singular ?? names.kind.toLowerCase(),
            listKind: names.listKind ?? `${names.kind}List`,
          }
        : { kind: "", plural: "" },
      storedVersions: versions.filter(({ storage }) => storage).map((version) => version.name),
    };
    this.#store.setStatus<KubeObject>(definition, status);
  }
}

/** @throws ApiError 429 where too many are defined already */
export function refuseTooMany(store: ObjectStore): void {
  if (store.countOf(resource) < limits.definitionsMax) return;
  throw apiErrors.tooManyRequests(`${limits.definitionsMax} resources are defined, the limit`);
}
