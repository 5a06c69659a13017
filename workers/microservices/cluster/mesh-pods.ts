/** The cluster's pods as parties of the mesh: one object for each as long as its facts stay the same. */
import type { MeshPod } from "../core/mesh/pod.ts";
import type { WorkloadIdentity } from "../core/mesh/spiffe-id.ts";
import { sameJson } from "../core/store/equal.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { workloadOf } from "./workload.ts";

type Pod = ObjectOf<"pods">;
type Namespace = ObjectOf<"namespaces">;

interface Known {
  readonly source: Pod;
  readonly namespace: Namespace | undefined;
  readonly pod: MeshPod;
}

/** The gateway, as policies can name it. */
export const gatewayPod: MeshPod = {
  namespace: "kube-system",
  serviceAccount: "gateway",
  name: "gateway",
  workload: "gateway",
  labels: { "app.kubernetes.io/name": "gateway" },
  namespaceLabels: { "kubernetes.io/metadata.name": "kube-system" },
  ip: null,
  namedPorts: {},
};

/** Istio's label of a namespace, and this cluster's own. */
export function isInjected(namespace: Namespace | undefined): boolean {
  const { labels = {} } = namespace?.metadata ?? {};
  return labels["istio-injection"] === "enabled" || labels["mesh.demo/injection"] === "enabled";
}

export class MeshPods {
  readonly #store: ObjectStore;
  /** By uid; until the pod is forgotten. */
  readonly #known = new Map<string, Known>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** As istiod decides: the pod's own label goes before its namespace's. */
  isMeshed({ metadata }: Pod): boolean {
    const own = metadata.labels?.["sidecar.istio.io/inject"];
    if (own !== undefined) return own === "true";
    return isInjected(this.#store.get("namespaces", undefined, metadata.namespace ?? ""));
  }

  named(namespace: string, name: string): MeshPod | undefined {
    const pod = this.#store.get("pods", namespace, name);
    return pod === undefined ? undefined : this.of(pod);
  }

  ofIdentity({ namespace, name }: WorkloadIdentity): MeshPod | undefined {
    return this.named(namespace, name);
  }

  of(source: Pod): MeshPod {
    const { uid } = source.metadata;
    const namespace = this.#store.get("namespaces", undefined, source.metadata.namespace ?? "");
    const known = this.#known.get(uid);
    if (known?.source === source && known.namespace === namespace) return known.pod;
    const facts = this.#factsOf(source, namespace);
    const pod = known !== undefined && sameJson(known.pod, facts) ? known.pod : facts;
    this.#known.set(uid, { source, namespace, pod });
    return pod;
  }

  forget(uid: string): void {
    this.#known.delete(uid);
  }

  #factsOf(source: Pod, namespace: Namespace | undefined): MeshPod {
    const { metadata, spec, status } = source;
    const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
    return {
      namespace: metadata.namespace ?? "default",
      serviceAccount: spec?.serviceAccountName ?? "default",
      name: metadata.name,
      workload: workloadOf(this.#store, source).name,
      labels: metadata.labels ?? {},
      namespaceLabels: namespace?.metadata.labels ?? {},
      ip: status?.podIP ?? null,
      namedPorts: Object.fromEntries(
        ports.flatMap(({ name, containerPort }) =>
          name === undefined ? [] : [[name, containerPort] as const],
        ),
      ),
    };
  }
}
