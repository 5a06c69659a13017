/** What of a ResourceQuota is used (pkg/controller/resourcequota, pkg/quota/v1/evaluator/core). */
import { podRequests } from "../../scheduling/pod-shape.ts";
import { addQuantities, formatQuantity, parseQuantity } from "../../machinery/quantity.ts";
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { ObjectOf } from "../../store/objects.ts";
import { keyOf } from "../../store/resource-table.ts";
import { isFinishedPod, type Pod } from "../pod-facts.ts";
import { QueueController } from "../queue-controller.ts";

type Quota = ObjectOf<"resourcequotas">;

/** Names of old that stand for numbers of objects. */
const counted: Readonly<Record<string, string>> = {
  configmaps: "configmaps",
  secrets: "secrets",
  services: "services",
  persistentvolumeclaims: "persistentvolumeclaims",
  resourcequotas: "resourcequotas",
};

export class QuotaController extends QueueController {
  readonly name = "resourcequota-controller";
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    super();
    this.#store = store;
    for (const quota of store.all("resourcequotas")) this.queue.add(keyOf(quota));
  }

  observe({ type, resource, object, previous }: Change): void {
    const { namespace } = object.metadata;
    if (resource === "resourcequotas" && type !== "DELETED") this.queue.add(keyOf(object));
    // Events come by the thousand, and hardly anybody counts them.
    if (namespace === undefined || resource === "events") return;
    const isEnd =
      resource === "pods" &&
      previous !== null &&
      isFinishedPod(object as Pod) !== isFinishedPod(previous as Pod);
    if (type === "MODIFIED" && !isEnd) return;
    for (const quota of this.#store.inNamespace("resourcequotas", namespace)) {
      this.queue.add(keyOf(quota));
    }
  }

  protected sync(key: string): void {
    const quota = this.#store.at("resourcequotas", key) as Quota | undefined;
    if (quota === undefined) return;
    const { hard = {} } = quota.spec ?? {};
    const namespace = quota.metadata.namespace!;
    const used: Record<string, string> = {};
    for (const name of Object.keys(hard)) {
      const amount = this.#usedOf(namespace, name);
      if (amount !== null) used[name] = amount;
    }
    this.#store.setStatus(quota, { hard, used });
  }

  /** Null of what is not counted here. */
  #usedOf(namespace: string, name: string): string | null {
    const resource = name.startsWith("count/") ? name.slice(6) : counted[name];
    if (resource !== undefined) return String(this.#count(namespace, resource));
    const pods = [...this.#store.inNamespace("pods", namespace)].filter(
      (pod) => !isFinishedPod(pod),
    );
    if (name === "pods") return String(pods.length);
    const [kind, what = name] = /^(requests|limits)\.(.+)$/.exec(name)?.slice(1) ?? ["requests"];
    if (!["cpu", "memory", "ephemeral-storage"].includes(what)) return null;
    const isLimit = kind === "limits";
    const sum = pods.reduce((total, pod) => total + amountOf(pod, what, isLimit), 0);
    const text = what === "cpu" ? `${sum}m` : String(sum);
    return formatQuantity(addQuantities(parseQuantity("0"), parseQuantity(text)));
  }

  #count(namespace: string, resource: string): number {
    return [...this.#store.inNamespace(resource, namespace)].length;
  }
}

/** Thousandths of cpu, bytes of the rest. */
function amountOf({ spec }: Pod, resource: string, isLimit: boolean): number {
  if (spec === undefined) return 0;
  const { containers, initContainers } = spec;
  if (!isLimit) return podRequests(spec, {}).get(resource) ?? 0;
  const asRequests = <Shape extends { resources?: { limits?: object } }>(container: Shape) => ({
    ...container,
    resources: { requests: (container.resources?.limits ?? {}) as Record<string, string> },
  });
  const limits = {
    containers: containers.map(asRequests),
    ...(initContainers && { initContainers: initContainers.map(asRequests) }),
  };
  return podRequests(limits, {}).get(resource) ?? 0;
}
