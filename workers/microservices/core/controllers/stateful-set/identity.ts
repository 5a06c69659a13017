/** The stable names of a StatefulSet's pods and of their claims (stateful_set_utils.go). */
import type { PersistentVolumeClaim, PodTemplateSpec } from "kubernetes-types/core/v1";
import type { ObjectMeta } from "kubernetes-types/meta/v1";
import type { ObjectOf } from "../../store/objects.ts";
import { controllerReference } from "../ownership.ts";
import type { Pod } from "../pod-facts.ts";
import { revisionLabel } from "../revisions/controller-revisions.ts";

export type StatefulSet = ObjectOf<"statefulsets.apps">;

/** The number at the end of the pod's name; null for a pod that is none of the set's. */
export function ordinalOf({ metadata }: StatefulSet, pod: Pod): number | null {
  const { name } = pod.metadata;
  if (!name.startsWith(`${metadata.name}-`)) return null;
  const text = name.slice(metadata.name.length + 1);
  return /^(?:0|[1-9]\d{0,8})$/.test(text) ? Number(text) : null;
}

export const startOf = ({ spec }: StatefulSet): number => spec?.ordinals?.start ?? 0;

/** A claim as it is made: nothing provides volumes here, so it is bound from the first. */
export type NewClaim = PersistentVolumeClaim & {
  apiVersion: "v1";
  kind: "PersistentVolumeClaim";
  metadata: ObjectMeta & { name: string };
};

/** The claims of the pod with this ordinal: `<template>-<set>-<ordinal>`. */
export function claimsOf(set: StatefulSet, ordinal: number): NewClaim[] {
  const { volumeClaimTemplates = [], selector, persistentVolumeClaimRetentionPolicy } = set.spec!;
  const endsWithSet = persistentVolumeClaimRetentionPolicy?.whenDeleted === "Delete";
  return volumeClaimTemplates.map(({ metadata, spec }) => {
    const capacity = spec?.resources?.requests;
    return {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        ...metadata,
        name: claimName(set, metadata?.name ?? "", ordinal),
        namespace: set.metadata.namespace!,
        labels: { ...metadata?.labels, ...selector.matchLabels },
        ...(endsWithSet && { ownerReferences: [controllerReference(set)] }),
      },
      ...(spec && { spec }),
      status: {
        phase: "Bound",
        ...(spec?.accessModes && { accessModes: spec.accessModes }),
        ...(capacity && { capacity }),
      },
    };
  });
}

const claimName = ({ metadata }: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${metadata.name}-${ordinal}`;

/** The pod with this ordinal of a revision whose template this is. */
export function podOf(
  set: StatefulSet,
  ordinal: number,
  { metadata, spec }: PodTemplateSpec,
  revision: string,
) {
  const { serviceName, volumeClaimTemplates = [] } = set.spec!;
  const name = `${set.metadata.name}-${ordinal}`;
  const claimed = new Set(volumeClaimTemplates.map((template) => template.metadata?.name));
  const volumes = [
    ...volumeClaimTemplates.map((template) => ({
      name: template.metadata?.name ?? "",
      persistentVolumeClaim: { claimName: claimName(set, template.metadata?.name ?? "", ordinal) },
    })),
    ...(spec?.volumes ?? []).filter((volume) => !claimed.has(volume.name)),
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: set.metadata.namespace!,
      labels: {
        ...metadata?.labels,
        "statefulset.kubernetes.io/pod-name": name,
        "apps.kubernetes.io/pod-index": String(ordinal),
        [revisionLabel]: revision,
      },
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ...(metadata?.finalizers && { finalizers: metadata.finalizers }),
      ownerReferences: [controllerReference(set)],
    },
    spec: {
      ...spec!,
      hostname: name,
      ...(serviceName && { subdomain: serviceName }),
      ...(volumes.length > 0 && { volumes }),
    },
    status: { phase: "Pending" },
  };
}
