/**
 * The cluster's state: Kubernetes objects under resource versions, as the API server keeps them in
 * etcd (generic registry store, k8s.io/apiserver pkg/registry/generic/registry/store.go). Pure:
 * time and chance are passed in, and the same calls always leave the same objects.
 */
import { strict as assert } from "node:assert";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { storeLimits } from "../../limits.ts";
import { apiErrors } from "./api-error.ts";
import { type Change, ChangeLog } from "./change-log.ts";
import { sameJson } from "./equal.ts";
import { type Kind, KindTable } from "./kinds.ts";
import {
  checkPreconditions,
  endingNamespace,
  finalizersOf,
  graceOf,
  isFinished,
  keepsGeneration,
  merged,
  newNamespaceParts,
} from "./lifecycle.ts";
import { randomSuffix, randomUid } from "./names.ts";
import {
  type KubeObject,
  type NewObject,
  type ObjectOf,
  type StoredMeta,
  timeText,
} from "./objects.ts";
import { keyOf, objectKey, ResourceTable } from "./resource-table.ts";
import { selectorMatcher } from "./selectors.ts";

export interface StoreHost {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface DeleteOptions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  /** Pods alone have a grace; null: what the pod says itself. */
  readonly gracePeriodSeconds?: number | null | undefined;
  readonly propagation?: "Orphan" | "Background" | "Foreground" | undefined;
  /** Answers what would become of it, and changes nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface Deletion {
  readonly object: KubeObject;
  /** False while a grace period or a finalizer keeps it. */
  readonly gone: boolean;
}

/** What an update changes: everything but the status, or the status alone. */
export type UpdatePart = "main" | "status" | "whole";

export class ObjectStore {
  readonly kinds = new KindTable();
  readonly #host: StoreHost;
  readonly #tables = new Map<string, ResourceTable>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #log: ChangeLog;
  #revision: number;
  #count = 0;

  /** `revision`: where to go on from; resource versions never go back, restarts included. */
  constructor(host: StoreHost, revision = 1) {
    assert(Number.isSafeInteger(revision) && revision >= 1);
    this.#host = host;
    this.#revision = revision;
    this.#log = new ChangeLog(storeLimits.changesKeptMax, revision);
  }

  get revision(): number {
    return this.#revision;
  }

  /** Objects of all resources. */
  get size(): number {
    return this.#count;
  }

  get now(): number {
    return this.#host.now();
  }

  /** `namespace`: undefined for a cluster-wide resource. */
  get<Name extends string>(
    resource: Name,
    namespace: string | undefined,
    name: string,
  ): ObjectOf<Name> | undefined {
    return this.#tables.get(resource)?.get(objectKey(namespace, name)) as ObjectOf<Name>;
  }

  /** @throws ApiError 404 */
  require<Name extends string>(
    resource: Name,
    namespace: string | undefined,
    name: string,
  ): ObjectOf<Name> {
    const object = this.get(resource, namespace, name);
    if (object === undefined) throw apiErrors.notFound(this.kind(resource), name);
    return object;
  }

  /** Every object of the resource, in the order of their making. */
  all<Name extends string>(resource: Name): Iterable<ObjectOf<Name>> {
    return (this.#tables.get(resource)?.values() ?? []) as Iterable<ObjectOf<Name>>;
  }

  inNamespace<Name extends string>(resource: Name, namespace: string): Iterable<ObjectOf<Name>> {
    return (this.#tables.get(resource)?.inNamespace(namespace) ?? []) as Iterable<ObjectOf<Name>>;
  }

  ownedBy<Name extends string>(resource: Name, uid: string): Iterable<ObjectOf<Name>> {
    return (this.#tables.get(resource)?.ownedBy(uid) ?? []) as Iterable<ObjectOf<Name>>;
  }

  /** Pods of a namespace that a selector means; no selector means none, an empty one all. */
  podsSelected(namespace: string, selector: LabelSelector | undefined): ObjectOf<"pods">[] {
    const pairs = Object.entries(selector?.matchLabels ?? {});
    const candidates = this.#tables.get("pods")?.labelled(namespace, pairs) ?? [];
    const matches = selectorMatcher(selector);
    return (Array.from(candidates) as ObjectOf<"pods">[]).filter(({ metadata }) =>
      matches(metadata.labels),
    );
  }

  /** Pods on a node; of the node "" those that wait for one. */
  podsOn(node: string): Iterable<ObjectOf<"pods">> {
    return (this.#tables.get("pods")?.onNode(node) ?? []) as Iterable<ObjectOf<"pods">>;
  }

  countOf(resource: string): number {
    return this.#tables.get(resource)?.size ?? 0;
  }

  /** Keys ("namespace/name", or the name) in the order of lists and their pages. */
  sortedKeys(resource: string): readonly string[] {
    return this.#tables.get(resource)?.sortedKeys() ?? [];
  }

  /** By a key of `sortedKeys`. */
  at(resource: string, key: string): KubeObject | undefined {
    return this.#tables.get(resource)?.get(key);
  }

  /** @throws ApiError 404 for a resource that is not served */
  kind(resource: string): Kind {
    const kind = this.kinds.get(resource);
    if (kind === undefined) throw apiErrors.pathNotFound();
    return kind;
  }

  /** Told of every change, right after it, in order; it may not change the store in the call. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The changes after `revision`; null when some are no longer known (HTTP 410). */
  changesSince(revision: number): Change[] | null {
    return this.#log.since(revision);
  }

  /**
   * @throws ApiError 409 where the name is taken, 403 in a namespace that is ending, 404 in one
   * that is not there, 429 where the store is full
   * @param options.dryRun answers what would be stored, and stores nothing
   */
  create<Shape extends NewObject>(object: Shape, { dryRun = false } = {}): KubeObject & Shape {
    const kind = this.#kindOf(object);
    const name = object.metadata.name || this.#generateName(object.metadata.generateName);
    const { namespace } = object.metadata;
    this.#assertNamespace(kind, namespace, name);
    const table = this.#table(kind.resource);
    if (table.get(objectKey(namespace, name))) throw apiErrors.alreadyExists(kind, name);
    if (this.#count >= storeLimits.objectsMax) {
      throw apiErrors.tooManyRequests(
        `the cluster holds ${storeLimits.objectsMax} objects, its limit: delete some first`,
      );
    }
    const metadata = {
      ...object.metadata,
      name,
      uid: randomUid(this.#host.random),
      resourceVersion: "",
      creationTimestamp: timeText(this.now),
      ...(keepsGeneration(kind) && { generation: 1 }),
    };
    const made: KubeObject = { ...object, metadata, ...newNamespaceParts(kind) };
    return (dryRun ? made : this.#write(kind, null, made)) as KubeObject & Shape;
  }

  /**
   * Replaces an object. What the store fills in itself cannot be changed: name, uid, times. Nothing
   * happens, and no version is spent, where nothing would change.
   *
   * @param part "main" leaves the status as it is stored, "status" everything else
   * @throws ApiError 404, and 409 where `object` is not of the stored version
   */
  update<Shape extends KubeObject>(
    object: Shape,
    part: UpdatePart = "whole",
    { dryRun = false } = {},
  ): Shape {
    const kind = this.#kindOf(object);
    const { name, namespace, resourceVersion, uid } = object.metadata;
    const before = this.#table(kind.resource).get(objectKey(namespace, name));
    if (before === undefined) throw apiErrors.notFound(kind, name);
    if (uid !== undefined && uid !== before.metadata.uid) {
      throw apiErrors.conflict(
        kind,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`,
      );
    }
    if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) {
      throw apiErrors.conflict(
        kind,
        name,
        "the object has been modified; please apply your changes to the latest version and try again",
      );
    }
    const after = merged(before, object, part);
    if (sameJson(before, after)) return before as Shape;
    if (
      keepsGeneration(kind) &&
      !sameJson(
        { ...before, metadata: null, status: null },
        { ...after, metadata: null, status: null },
      )
    ) {
      after.metadata = { ...after.metadata, generation: (before.metadata.generation ?? 0) + 1 };
    }
    if (dryRun) return after as Shape;
    return (
      isFinished(after) ? this.#erase(kind, after) : this.#write(kind, before, after)
    ) as Shape;
  }

  /** Changes the status alone: what controllers do most. */
  setStatus<Shape extends KubeObject>(object: Shape, status: Shape["status"]): Shape {
    return this.update({ ...object, status }, "status");
  }

  /** @throws ApiError 404, and 409 where a precondition does not hold */
  delete(
    resource: string,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): Deletion {
    const kind = this.kind(resource);
    const before = this.require<string>(resource, namespace, name);
    checkPreconditions(kind, before, options);
    const { dryRun = false } = options;
    const graceSeconds = graceOf(before, options);
    const finalizers = finalizersOf(before, options);
    const { deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
    // A grace may be made shorter and never longer.
    if (deletionTimestamp !== undefined && graceSeconds >= (deletionGracePeriodSeconds ?? 0)) {
      if (sameJson(finalizers, before.metadata.finalizers ?? [])) {
        if (isFinished(before)) return this.#ended(kind, before, dryRun);
        return { object: before, gone: false };
      }
    }
    const metadata: StoredMeta = {
      ...before.metadata,
      deletionTimestamp: timeText(this.now + graceSeconds * 1_000),
      deletionGracePeriodSeconds: graceSeconds,
      finalizers,
      ...(keepsGeneration(kind) && { generation: (before.metadata.generation ?? 0) + 1 }),
    };
    if (finalizers.length === 0) delete (metadata as { finalizers?: unknown }).finalizers;
    const after: KubeObject = { ...before, metadata, ...endingNamespace(before) };
    if (isFinished(after)) return this.#ended(kind, after, dryRun);
    return { object: dryRun ? after : this.#write(kind, before, after), gone: false };
  }

  #ended(kind: Kind, object: KubeObject, dryRun: boolean): Deletion {
    return { object: dryRun ? object : this.#erase(kind, object), gone: true };
  }

  /** Puts back what a journal kept: no listener hears of it. Only into an empty store. */
  restore(objects: Iterable<KubeObject>): void {
    assert(this.#count === 0, "A store is restored before it is used");
    for (const object of objects) {
      const kind = this.#kindOf(object);
      this.#table(kind.resource).put(object);
      this.#count++;
    }
  }

  #kindOf({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): Kind {
    const found = this.kinds.ofObject(apiVersion, kind);
    if (found !== undefined) return found;
    throw apiErrors.badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`);
  }

  #table(resource: string): ResourceTable {
    let table = this.#tables.get(resource);
    if (table === undefined) this.#tables.set(resource, (table = new ResourceTable()));
    return table;
  }

  #generateName(prefix: string | undefined): string {
    assert(prefix, "An object has a name or a generateName; validation asks for one");
    return `${prefix.slice(0, 58)}${randomSuffix(this.#host.random)}`;
  }

  #assertNamespace(kind: Kind, namespace: string | undefined, name: string): void {
    assert(kind.namespaced === (namespace !== undefined), `${kind.kind} ${name}: namespace`);
    if (namespace === undefined) return;
    const home = this.get("namespaces", undefined, namespace);
    if (home === undefined) {
      throw apiErrors.notFound({ plural: "namespaces", group: "" }, namespace);
    }
    if (home.metadata.deletionTimestamp !== undefined) {
      const message = `namespace ${namespace} is being terminated`;
      throw apiErrors.forbidden(
        kind,
        name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
        [{ reason: "NamespaceTerminating", message, field: "metadata.namespace" }],
      );
    }
  }

  #write(kind: Kind, previous: KubeObject | null, object: KubeObject): KubeObject {
    const stored = this.#versioned(object);
    this.#table(kind.resource).put(stored);
    if (previous === null) this.#count++;
    const type = previous === null ? "ADDED" : "MODIFIED";
    this.#tell({
      type,
      resource: kind.resource,
      object: stored,
      previous,
      revision: this.#revision,
    });
    return stored;
  }

  #erase(kind: Kind, object: KubeObject): KubeObject {
    const table = this.#table(kind.resource);
    const previous = table.get(keyOf(object))!;
    const last = this.#versioned(object);
    table.remove(previous);
    this.#count--;
    const { resource } = kind;
    this.#tell({ type: "DELETED", resource, object: last, previous, revision: this.#revision });
    return last;
  }

  #versioned(object: KubeObject): KubeObject {
    const resourceVersion = String(++this.#revision);
    return { ...object, metadata: { ...object.metadata, resourceVersion } };
  }

  #tell(change: Change): void {
    this.#log.add(change);
    for (const listener of this.#listeners) listener(change);
  }
}
