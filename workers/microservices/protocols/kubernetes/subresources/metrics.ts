/** metrics.k8s.io: what nodes and pods use, by whoever measures it. */
import type { KubeObject } from "../../../core/store/objects.ts";
import { timeText } from "../../../core/store/objects.ts";
import { apiErrors } from "../../../core/store/api-error.ts";
import type { ApiContext } from "../context.ts";
import { parseLabelSelector } from "../../../core/store/selectors.ts";

export interface Usage {
  readonly cpuNanocores: number;
  readonly memoryBytes: number;
}

/** A measurement over a window that ends at `atMs`. */
export interface ResourceMetrics {
  readonly atMs: number;
  readonly windowSeconds: number;
  /** By the node's name. */
  readonly nodes: ReadonlyMap<string, Usage>;
  /** By "namespace/name", then by the container's name. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Usage>>;
}

const usageText = ({ cpuNanocores, memoryBytes }: Usage) => ({
  cpu: `${Math.round(cpuNanocores)}n`,
  memory: `${Math.round(memoryBytes / 1_024)}Ki`,
});

function measured({ metrics }: ApiContext): ResourceMetrics {
  const found = metrics();
  if (found === null) {
    throw apiErrors.unavailable("the server is currently unable to handle the request: no metrics");
  }
  return found;
}

function objectOf(kind: string, object: KubeObject, found: ResourceMetrics, parts: object): object {
  const { name, namespace, labels } = object.metadata;
  return {
    kind,
    apiVersion: "metrics.k8s.io/v1beta1",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      creationTimestamp: timeText(found.atMs),
      ...(labels && { labels }),
    },
    timestamp: timeText(found.atMs),
    window: `${found.windowSeconds}s`,
    ...parts,
  };
}

interface Asked {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
}

/** @throws ApiError 404, 503 */
export function metricsOf(context: ApiContext, plural: "nodes" | "pods", asked: Asked): object {
  const found = measured(context);
  const kind = plural === "nodes" ? "NodeMetrics" : "PodMetrics";
  const partsOf = (object: KubeObject): object | null => {
    const { name, namespace } = object.metadata;
    if (plural === "nodes") {
      const usage = found.nodes.get(name);
      return usage === undefined ? null : { usage: usageText(usage) };
    }
    const usages = found.pods.get(`${namespace}/${name}`);
    if (usages === undefined) return null;
    const containers = [...usages].map(([container, usage]) => ({
      name: container,
      usage: usageText(usage),
    }));
    return { containers };
  };
  if (asked.name !== undefined) {
    const object = context.store.get(plural, asked.namespace, asked.name) as KubeObject | undefined;
    const parts = object === undefined ? null : partsOf(object);
    if (object === undefined || parts === null) {
      throw apiErrors.notFound({ plural, group: "metrics.k8s.io" }, asked.name);
    }
    return objectOf(kind, object, found, parts);
  }
  const matches = parseLabelSelector(asked.query.get("labelSelector") ?? "");
  const objects = (
    asked.namespace === undefined
      ? context.store.all(plural)
      : context.store.inNamespace(plural, asked.namespace)
  ) as Iterable<KubeObject>;
  const items: object[] = [];
  for (const object of objects) {
    if (!matches(object.metadata.labels)) continue;
    const parts = partsOf(object);
    if (parts !== null) items.push(objectOf(kind, object, found, parts));
  }
  return { kind: `${kind}List`, apiVersion: "metrics.k8s.io/v1beta1", metadata: {}, items };
}
