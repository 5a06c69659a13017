/**
 * A host over a store for tests of the screens: writes validated and merged by the cluster's own
 * machinery, and pods that write what the test says. No controller runs: what is asked for is kept.
 */
import type { Fault } from "../contract-cluster-actions.ts";
import { fieldErrorBody, fieldErrorReason, validate } from "../core/machinery/validation.ts";
import type { Json, JsonObject } from "../core/machinery/json.ts";
import { applyJsonPatch } from "../core/machinery/json-patch.ts";
import { applyMergePatch } from "../core/machinery/merge-patch.ts";
import { ApiError, apiErrors } from "../core/store/api-error.ts";
import type { Kind } from "../core/store/kinds.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { KubeObject } from "../core/store/objects.ts";
import type {
  ClusterHost,
  KubernetesRequest,
  NotedFault,
  Usage,
} from "../handlers/cluster-host.ts";

export interface SampleHost extends ClusterHost {
  readonly requests: KubernetesRequest[];
  /** Pods, by name, that a disruption budget protects. */
  readonly protectedPods: Set<string>;
}

export function sampleHost(store: ObjectStore): SampleHost {
  const requests: KubernetesRequest[] = [];
  const protectedPods = new Set<string>();
  const active = new Map<string, NotedFault>();
  const dispatch = (request: KubernetesRequest) => {
    requests.push(request);
    return Promise.resolve(answer(() => serve(store, request, protectedPods)));
  };
  return {
    store,
    requests,
    protectedPods,
    now: () => store.now,
    monotonicMs: () => store.now,
    kubernetes: { dispatch },
    async *logs(namespace, pod, _container, { tail }) {
      for (let line = Math.max(0, 50 - tail); line < 50; line++) {
        yield { at: store.now + line, text: `${namespace}/${pod} line ${line + 1}` };
      }
    },
    exec: (_namespace, pod, _container, command) =>
      Promise.resolve({
        output: `${pod}$ ${command.join(" ")}\n`,
        exitCode: command[0] === "false" ? 1 : 0,
        truncated: false,
        timedOut: false,
      }),
    chaos: {
      inject: (fault) => Promise.resolve(inject(store, fault, active)),
      restore: (id) => Promise.resolve(active.delete(id)),
      active: () => [...active.values()],
    },
    metrics: () => usageOf(store),
    mesh: () => meshOf(store),
  };
}

/** Every deployment as a service that calls a few of those behind it; each tenth has errors with them. */
function meshOf(store: ObjectStore) {
  const services = [...store.all("deployments.apps")].map(({ metadata, status }, at) => ({
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    zone: `zone-${"abc"[at % 3]}`,
    pods: status?.replicas ?? 0,
    ready: status?.readyReplicas ?? 0,
  }));
  const keyAt = (at: number) => {
    const { namespace, name } = services[at]!;
    return `${namespace}/${name}`;
  };
  const traffic = services.flatMap((_service, at) =>
    [2 * at + 1, 2 * at + 2, 7 * at + 3]
      .filter((called) => called < services.length)
      .map((called) => ({
        from: keyAt(at),
        to: keyAt(called),
        requestsPerSecond: 1 + (at % 50),
        errorsPerSecond: at % 10 === 0 ? 0.5 : 0,
        p50Ms: 4,
        p99Ms: 20 + (at % 30),
      })),
  );
  return { services, traffic };
}

function usageOf(store: ObjectStore) {
  const pods = new Map<string, Usage>();
  for (const { metadata } of store.all("pods")) {
    const cpuMillicores = metadata.name.length * 3;
    pods.set(`${metadata.namespace}/${metadata.name}`, { cpuMillicores, memoryBytes: 2 ** 26 });
  }
  const nodes = new Map<string, Usage>();
  for (const { metadata } of store.all("nodes")) {
    nodes.set(metadata.name, { cpuMillicores: 1_500, memoryBytes: 2 ** 33 });
  }
  return { at: store.now, pods, nodes };
}

function inject(store: ObjectStore, fault: Fault, active: Map<string, NotedFault>) {
  if (fault.kind === "kill-pod") {
    store.delete("pods", fault.namespace, fault.pod, { gracePeriodSeconds: 0 });
    return null;
  }
  const subject =
    fault.kind === "stop-node"
      ? fault.node
      : fault.kind === "zone-outage"
        ? fault.zone
        : `${fault.target.namespace}/${fault.target.service ?? fault.target.pod}`;
  const id = `fault-${active.size + 1}`;
  const since = store.now;
  const added = { id, kind: fault.kind, subject, sentence: `${subject}: ${fault.kind}`, since };
  active.set(id, added);
  return added;
}

function answer(run: () => KubeObject) {
  const contentType = "application/json";
  try {
    return { status: 200, contentType, body: JSON.stringify(run()) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status.code, contentType, body: JSON.stringify(error.status) };
  }
}

interface Place {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly subresource: string;
}

const objectPattern =
  /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)\/([^/]+)(?:\/([a-z]+))?$/;

function placeOf(store: ObjectStore, path: string): Place {
  const [, group = "", namespace, plural = "", name = "", subresource = ""] =
    objectPattern.exec(path) ?? [];
  const kind = store.kind(group === "" ? plural : `${plural}.${group}`);
  return { kind, namespace, name, subresource };
}

function serve(store: ObjectStore, request: KubernetesRequest, protectedPods: Set<string>) {
  const place = placeOf(store, request.path);
  const { kind, namespace, name, subresource } = place;
  const body = request.body === undefined ? null : (JSON.parse(request.body) as Json);
  if (subresource === "eviction") {
    if (protectedPods.has(name)) {
      throw apiErrors.tooManyRequests(
        "Cannot evict pod as it would violate the pod's disruption budget.",
      );
    }
    return store.delete("pods", namespace, name, { gracePeriodSeconds: 0 }).object;
  }
  if (request.method === "DELETE") return store.delete(kind.resource, namespace, name).object;
  const before = store.get(kind.resource, namespace, name);
  const isApply = request.contentType === "application/apply-patch+yaml";
  if (before === undefined && !isApply) throw apiErrors.notFound(kind, name);
  const after = patched(before, body, request);
  const errors = validate(after, (before as unknown as JsonObject | undefined) ?? null);
  if (errors.length > 0) {
    const causes = errors.map((error) => ({
      reason: fieldErrorReason(error),
      message: fieldErrorBody(error),
      field: error.field,
    }));
    throw apiErrors.invalid(kind, name, causes);
  }
  if (request.query?.["dryRun"] === "All") return after as unknown as KubeObject;
  const object = after as unknown as KubeObject;
  return before === undefined ? store.create(object) : store.update(object, "main");
}

function patched(before: KubeObject | undefined, body: Json, { contentType }: KubernetesRequest) {
  const live = (before ?? {}) as unknown as JsonObject;
  if (contentType === "application/json") return body as JsonObject;
  return (
    contentType === "application/json-patch+json"
      ? applyJsonPatch(live, body)
      : applyMergePatch(live, body)
  ) as JsonObject;
}
