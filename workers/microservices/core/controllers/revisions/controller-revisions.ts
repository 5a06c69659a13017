/** The templates that a StatefulSet or DaemonSet has had, as objects (pkg/controller/history). */
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { sameJson } from "../../store/equal.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { KubeObject, ObjectOf } from "../../store/objects.ts";
import { hashOf } from "../deployment/template-hash.ts";
import { controllerReference } from "../ownership.ts";

export type Revision = ObjectOf<"controllerrevisions.apps">;

/** On pods: which revision they are of. */
export const revisionLabel = "controller-revision-hash";

/** What both kinds have, as far as revisions need it. */
export type Revised = KubeObject & {
  readonly spec?: {
    readonly template: PodTemplateSpec;
    readonly revisionHistoryLimit?: number;
  };
};

/** A patch that makes the owner's template this one again: `kubectl rollout undo` applies it. */
interface TemplatePatch {
  readonly spec: { readonly template: PodTemplateSpec & { readonly $patch: "replace" } };
}

/** The owner's revisions, the oldest first. */
export const revisionsOf = (store: ObjectStore, { metadata }: KubeObject): Revision[] =>
  [...store.ownedBy("controllerrevisions.apps", metadata.uid)].toSorted(
    (left, right) => (left.revision ?? 0) - (right.revision ?? 0),
  );

/** The template as it was. */
export function templateOf({ data }: Revision): PodTemplateSpec {
  const { $patch: _replace, ...template } = (data as unknown as TemplatePatch).spec.template;
  return template;
}

/**
 * The revision of the template that the owner has now: one that it had before becomes the newest
 * again, and a template that is new gets its own.
 * @param hashLabel under which the revision itself carries its hash
 */
export function currentRevision(store: ObjectStore, owner: Revised, hashLabel: string): Revision {
  const known = revisionsOf(store, owner);
  const { template } = owner.spec!;
  const newest = known.at(-1);
  const same = known.findLast((revision) => sameJson(templateOf(revision), template));
  const next = (newest?.revision ?? 0) + 1;
  if (same !== undefined) return same === newest ? same : store.update({ ...same, revision: next });
  const { name, namespace } = owner.metadata;
  const taken = (hash: string) =>
    store.get("controllerrevisions.apps", namespace, `${name}-${hash}`) !== undefined;
  let collisions = 0;
  let hash = hashOf(template);
  while (taken(hash)) hash = hashOf(template, ++collisions);
  const patch: TemplatePatch = { spec: { template: { ...template, $patch: "replace" } } };
  return store.create({
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${name}-${hash}`,
      namespace: namespace!,
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      ownerReferences: [controllerReference(owner)],
    },
    data: patch,
    revision: next,
  });
}

/** Ends the oldest revisions beyond the limit; those in `live` stay, and do not count. */
export function trimRevisions(store: ObjectStore, owner: Revised, live: ReadonlySet<string>): void {
  const idle = revisionsOf(store, owner).filter(({ metadata }) => !live.has(metadata.name));
  const surplus = idle.length - (owner.spec?.revisionHistoryLimit ?? 10);
  for (const { metadata } of idle.slice(0, Math.max(0, surplus))) {
    store.delete("controllerrevisions.apps", metadata.namespace, metadata.name);
  }
}
