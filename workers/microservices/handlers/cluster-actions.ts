/** What one button of a workload or a node does, as kubectl does it. */
import { timeText } from "../core/store/objects.ts";
import { problem } from "../errors.ts";
import type { ClusterHost } from "./cluster-host.ts";
import { demand, fieldManager, mergePatch, objectPath } from "./cluster-kubernetes.ts";
import { replicaSetsOf, revisionOf } from "./cluster-rollouts.ts";

interface Named {
  readonly namespace: string;
  readonly name: string;
}
type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet";

export function clusterActionHandlers(host: ClusterHost) {
  const { store } = host;
  const workload = (kind: WorkloadKind, { namespace, name }: Named, subresource = "") =>
    objectPath(store.kinds.ofObject("apps/v1", kind)!, namespace, name, subresource);
  const words = (kind: string, name: string, what: string) => ({
    message: `${kind.toLowerCase()}.apps/${name} ${what}`,
  });
  const setPaused = async (input: Named, paused: boolean) => {
    await demand(host, mergePatch(workload("Deployment", input), { spec: { paused } }));
    return words("Deployment", input.name, paused ? "paused" : "resumed");
  };
  return {
    async scale(input: Named & { readonly kind: WorkloadKind; readonly replicas: number }) {
      const { kind, name, replicas } = input;
      await demand(host, mergePatch(workload(kind, input, "scale"), { spec: { replicas } }));
      return words(kind, name, "scaled");
    },
    async restart({ kind, ...input }: Named & { readonly kind: WorkloadKind }) {
      const annotations = { "kubectl.kubernetes.io/restartedAt": timeText(host.now()) };
      const patch = { spec: { template: { metadata: { annotations } } } };
      await demand(host, mergePatch(workload(kind, input), patch));
      return words(kind, input.name, "restarted");
    },
    pause: (input: Named) => setPaused(input, true),
    resume: (input: Named) => setPaused(input, false),
    async undo(input: Named & { readonly revision?: number | undefined }) {
      const { namespace, name, revision } = input;
      const deployment = store.get("deployments.apps", namespace, name);
      if (deployment === undefined) {
        throw problem("CLUSTER_OBJECT_UNKNOWN", `There is no deployment ${namespace}/${name}.`);
      }
      if (deployment.spec?.paused === true) {
        const detail = `cannot rollback a paused deployment; resume ${name} first`;
        throw problem("CLUSTER_CONFLICT", detail);
      }
      const sets = replicaSetsOf(store, deployment.metadata.uid);
      const wanted =
        revision === undefined ? sets[1] : sets.find((set) => revisionOf(set) === revision);
      if (wanted?.spec?.template === undefined) {
        const detail =
          revision === undefined
            ? `no rollout history found for deployment "${name}"`
            : `unable to find specified revision ${revision} in history`;
        throw problem("CLUSTER_OBJECT_UNKNOWN", detail);
      }
      const { "pod-template-hash": _hash, ...labels } = wanted.spec.template.metadata?.labels ?? {};
      const template = {
        ...wanted.spec.template,
        metadata: { ...wanted.spec.template.metadata, labels },
      };
      await demand(host, {
        method: "PATCH",
        path: workload("Deployment", input),
        query: { fieldManager },
        contentType: "application/json-patch+json",
        body: JSON.stringify([{ op: "replace", path: "/spec/template", value: template }]),
      });
      return words("Deployment", name, `rolled back to revision ${revisionOf(wanted)}`);
    },
    cordon: ({ node }: { readonly node: string }) => setUnschedulable(host, node, true),
    uncordon: ({ node }: { readonly node: string }) => setUnschedulable(host, node, false),
  };
}

export async function setUnschedulable(host: ClusterHost, node: string, value: boolean) {
  const path = objectPath(host.store.kind("nodes"), undefined, node);
  // null takes the field out again, as kubectl does.
  await demand(host, mergePatch(path, { spec: { unschedulable: value ? true : null } }));
  return { message: `node/${node} ${value ? "cordoned" : "uncordoned"}` };
}
