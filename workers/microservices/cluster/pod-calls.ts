/** Calls that programs of pods make to services: over the mesh where both ends are of it. */
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { mayRetry } from "../core/balancer.ts";
import type { Endpoints } from "../core/endpoints.ts";
import { meshLimits } from "../core/mesh/limits.ts";
import type { MeshPod } from "../core/mesh/pod.ts";
import { serviceOfDnsName } from "../core/registry-names.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { Traffic } from "../core/traffic.ts";
import { refusalHeader } from "../mesh/headers.ts";
import type { MeshAnswer, MeshRequest } from "../mesh/call.ts";
import type { FetchAnswer, FetchRequest } from "../pods/container-spec.ts";
import type { ClusterFetch } from "../pods/pod-fetch.ts";
import { hostedLimits } from "../pods/pod-limits.ts";
import type { Gateway } from "../protocols/gateway/gateway.ts";
import { gatewayNameOf } from "./service-endpoints.ts";
import type { ServiceMesh } from "./service-mesh.ts";
import type { TrafficFaults } from "./traffic-faults.ts";

export interface PodCallsHost {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly store: ObjectStore;
  readonly endpoints: Endpoints;
  readonly traffic: Traffic;
  readonly gateway: Gateway;
  readonly faults: TrafficFaults;
  readonly mesh: ServiceMesh;
}

interface Caller {
  readonly uid: string;
  readonly pod: MeshPod;
}

/** The gateway's name of a service, and of a Service of the cluster its own. */
interface Target {
  readonly gatewayName: string;
  readonly namespace: string;
  readonly name: string;
}

export class PodCalls {
  readonly #host: PodCallsHost;

  constructor(host: PodCallsHost) {
    this.#host = host;
  }

  /** @throws Error as programs see it: a name that nothing has, a connection that fails */
  async fetch(...[from, request, signal]: Parameters<ClusterFetch>): Promise<FetchAnswer> {
    const { mesh } = this.#host;
    const url = new URL(request.url);
    const target = this.#targetOf(url.hostname, from.namespace);
    if (target === undefined) throw new Error(`Could not resolve host: ${url.hostname}`);
    const pod = mesh.pods.named(from.namespace, from.podName);
    const caller = pod && { uid: from.podUid, pod };
    const { namespace, name } = target;
    const asked = url.port === "" ? null : Number(url.port);
    const port =
      caller !== undefined && mesh.isMember(caller.uid)
        ? mesh.portOf(namespace, name, asked)
        : null;
    if (caller === undefined || port === null) {
      return this.#plain(from, caller, target, url, request, signal);
    }
    return this.#meshed(caller.pod, { ...target, port }, url, request, signal);
  }

  /** Through the same balancing and measuring as from outside. */
  async #plain(
    from: Parameters<ClusterFetch>[0],
    caller: Caller | undefined,
    { gatewayName: service }: Target,
    { pathname, search }: URL,
    { method, headers, body }: FetchRequest,
    signal: AbortSignal,
  ): Promise<FetchAnswer> {
    const answer = await this.#host.gateway.send({
      from: gatewayNameOf(from.namespace, caller?.pod.workload ?? from.podName),
      caller,
      service,
      method,
      path: `${pathname}${search}`,
      headers: { ...headers },
      body: body === "" ? undefined : Buffer.from(body),
      signal,
    });
    const kept = Object.entries(answer.headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    const text = await bodyOf(answer.body as AsyncIterable<Buffer>);
    return { status: answer.status, headers: Object.fromEntries(kept), body: text };
  }

  async #meshed(
    source: MeshPod,
    target: Target & { readonly port: number },
    { pathname, search, host }: URL,
    { method, headers, body }: FetchRequest,
    signal: AbortSignal,
  ): Promise<FetchAnswer> {
    const from = gatewayNameOf(source.namespace, source.workload);
    await this.#meetFaults(from, target.gatewayName, signal);
    const raw = ["host", host];
    for (const [name, value] of Object.entries(headers)) {
      if (name.toLowerCase() !== "host") raw.push(name, value);
    }
    const sent = { method, path: `${pathname}${search}`, headers: raw, signal };
    const request = body === "" ? sent : { ...sent, body };
    // The program's own trace goes on, where it passes one.
    const traced = propagation.extract(ROOT_CONTEXT, headers);
    return context.with(traced, () => this.#answered(source, from, target, request));
  }

  async #answered(
    source: MeshPod,
    from: string,
    target: Target & { readonly port: number },
    request: MeshRequest,
  ): Promise<FetchAnswer> {
    const { monotonicMs, now, traffic } = this.#host;
    const beganMs = monotonicMs();
    let attempts = 0;
    let failed = true;
    try {
      for (;;) {
        attempts += 1;
        const isLast = attempts > meshLimits.retriesMax || !mayRetry(request.method, "unavailable");
        const answer = await this.#try(source, target, request, isLast);
        if (answer === null) continue;
        failed = answer.status >= 500 || isRefused(answer);
        const text = await bodyOf(answer.body as AsyncIterable<Buffer>);
        return { status: answer.status, headers: recordOf(answer.headers), body: text };
      }
    } finally {
      const ms = monotonicMs() - beganMs;
      traffic.answered(from, target.gatewayName, now(), { ms, failed, attempts });
    }
  }

  /** @returns null where it may be tried again, and should be */
  async #try(
    source: MeshPod,
    target: Target & { readonly port: number },
    request: MeshRequest,
    isLast: boolean,
  ): Promise<MeshAnswer | null> {
    const { mesh, monotonicMs } = this.#host;
    const beganMs = monotonicMs();
    let answer: MeshAnswer;
    try {
      answer = await mesh.call(source, target, request);
    } catch (error) {
      const isBroken = (error as { code?: string }).code === "MESH_CONNECTION_FAILED";
      if (isLast || !isBroken) throw error;
      return null;
    }
    const { endpoint, status } = answer;
    // A refusal is the mesh's word and says nothing of the instance.
    const isPods = endpoint !== null && !isRefused(answer);
    if (isPods) this.#note(target.gatewayName, endpoint.pod.name, status, monotonicMs() - beganMs);
    const isGone = answer.headers.includes("unreachable") && isRefused(answer);
    if (isLast || !isGone) return answer;
    answer.body.destroy();
    return null;
  }

  /** The instance is measured as by the gateway: load, latency, and failures that eject it. */
  #note(service: string, pod: string, status: number, ms: number): void {
    const { endpoints, now, random } = this.#host;
    const upstream = endpoints.upstream(service);
    const endpoint = upstream?.hosts.find(({ id }) => id === pod);
    if (upstream === undefined || endpoint === undefined) return;
    endpoint.answered(status, ms, now());
    upstream.outliers.answered(endpoint.key, status, now(), random);
  }

  async #meetFaults(from: string, service: string, signal: AbortSignal): Promise<void> {
    const { faults, traffic, now } = this.#host;
    const hurt = faults.meet(from, service);
    if (hurt === null) return;
    if (hurt.refusal !== null) {
      traffic.refused(from, service, now());
      throw hurt.refusal;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, hurt.delayMs);
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  /** By DNS name, the caller's namespace first, or by cluster address. */
  #targetOf(host: string, namespace: string): Target | undefined {
    const { store, endpoints } = this.#host;
    if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) {
      for (const { metadata, spec } of store.all("services")) {
        if (spec?.clusterIP !== host) continue;
        const { namespace: home = "default", name } = metadata;
        return { gatewayName: gatewayNameOf(home, name), namespace: home, name };
      }
      return undefined;
    }
    if (!host.includes(".")) {
      const own = gatewayNameOf(namespace, host);
      const isOwn =
        endpoints.of(own) !== undefined || store.get("services", namespace, host) !== undefined;
      if (isOwn) return { gatewayName: own, namespace, name: host };
      return { gatewayName: host, namespace: "default", name: host };
    }
    const gatewayName = serviceOfDnsName(host);
    if (gatewayName === undefined) return undefined;
    const [name = "", home = "default"] = gatewayName.split(".");
    return { gatewayName, namespace: home, name };
  }
}

/** By the mesh, in place of the pod. */
function isRefused({ headers }: MeshAnswer): boolean {
  return headers.includes(refusalHeader);
}

function recordOf(raw: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < raw.length; index += 2) {
    record[raw[index]!.toLowerCase()] = raw[index + 1]!;
  }
  return record;
}

/** The rest beyond the limit is read and dropped. */
async function bodyOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size <= hostedLimits.fetchBytesMax) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
