/** A party of the mesh, with all that policies ask about it. */
import type { Labels } from "../store/selectors.ts";
import type { WorkloadIdentity } from "./spiffe-id.ts";

/**
 * Decisions are remembered by object: a pod whose facts change becomes another object, and one that
 * stays the same should stay the same object.
 */
export interface MeshPod extends WorkloadIdentity {
  /** What it is a replica of, as edges of the graph are named. */
  readonly workload: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
  /** Its address in the cluster; null: it has none that an ipBlock could mean. */
  readonly ip: string | null;
  /** Container ports by their name. */
  readonly namedPorts: Readonly<Record<string, number>>;
}

/** Somebody who has a certificate and is no pod that is known. */
export function strangerPod(identity: WorkloadIdentity): MeshPod {
  const { namespace, serviceAccount, name } = identity;
  return {
    namespace,
    serviceAccount,
    name,
    workload: name,
    labels: {},
    namespaceLabels: {},
    ip: null,
    namedPorts: {},
  };
}

/** As edges name their ends. */
export function workloadOf({ namespace, workload }: MeshPod): string {
  return `${namespace}/${workload}`;
}
