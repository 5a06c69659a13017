/**
 * The thread's parts together: the cluster, the registry with its checks, and the gateway, whose
 * endpoints are kept current.
 */
import type { NodePool } from "../core/nodes/node-pools.ts";
import { Endpoints } from "../core/endpoints.ts";
import { type RegisteredInstance, Registry } from "../core/registry.ts";
import { serviceOfDnsName } from "../core/registry-names.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import { Traffic } from "../core/traffic.ts";
import { clusterLoopLimits, registryLimits } from "../limits.ts";
import type { FetchAnswer } from "../pods/container-spec.ts";
import type { ClusterFetch } from "../pods/pod-fetch.ts";
import { hostedLimits } from "../pods/pod-limits.ts";
import { probeHttp, probeTcp } from "../pods/probe.ts";
import { Gateway } from "../protocols/gateway/gateway.ts";
import type { ApiAddress } from "./container-environment.ts";
import { LiveCluster, type LiveClusterOptions } from "./live-cluster.ts";
import { endpointFacts, gatewayNameOf, whyUnanswered } from "./service-endpoints.ts";
import { TrafficFaults } from "./traffic-faults.ts";
import { workloadOf } from "./workload.ts";

export interface OrchestratorHost {
  readonly now: () => number;
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly seed: number;
  readonly revision: number;
  readonly api: ApiAddress;
  readonly pools: readonly NodePool[];
  readonly restore: (store: ObjectStore) => void;
  readonly controllers: LiveClusterOptions["controllers"];
  readonly onFailure: (error: unknown) => void;
}

export class Orchestrator {
  readonly cluster: LiveCluster;
  readonly registry = new Registry();
  readonly endpoints = new Endpoints();
  readonly traffic = new Traffic();
  readonly gateway: Gateway;
  readonly faults: TrafficFaults;
  readonly #host: OrchestratorHost;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(host: OrchestratorHost) {
    this.#host = host;
    this.gateway = new Gateway(this.endpoints, this.traffic, host);
    this.faults = new TrafficFaults(host.random);
    this.gateway.explain = (service) => whyUnanswered(this.cluster.store, service);
    this.gateway.hurt = (from, service) => this.faults.meet(from, service);
    this.cluster = new LiveCluster({
      ...host,
      fetch: (...call) => this.#fetch(...call),
      onEnding: () => this.#stepSoon(),
    });
    this.cluster.store.subscribe(({ resource }) => {
      if (resource === "endpointslices.discovery.k8s.io") this.#stepSoon();
    });
  }

  /** The registry's turn, and the gateway's endpoints anew: call it after every change of the registry. */
  step(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const now = this.#host.now();
    const { expired, due } = this.registry.step(now);
    for (const { service, id, ttlSeconds } of expired) {
      const message = `Expired: no heartbeat and no passed check for ${ttlSeconds} s`;
      this.tell(service, id, "Warning", "Expired", message);
    }
    for (const instance of due) void this.#check(instance);
    const { store, real } = this.cluster;
    const portOf = (pod: string, port: number) =>
      real.isEnding(pod) ? null : real.portOf(pod, port);
    this.endpoints.sync(endpointFacts(store, this.registry, portOf));
    const dueAt = this.registry.dueAt();
    if (dueAt === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.min(Math.max(1, dueAt - now), clusterLoopLimits.timerMsMax);
    this.#timer = setTimeout(() => this.step(), delayMs);
  }

  /** An event about a registered instance, which is no object of the cluster. */
  tell(
    service: string,
    id: string,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
  ): void {
    const name = `${service}.${id}`;
    const metadata = { name, uid: name, resourceVersion: "", creationTimestamp: "" };
    this.cluster.events
      .as("service-registry")
      .record({ apiVersion: "demo.dev/v1", kind: "Instance", metadata }, type, reason, message);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    await this.cluster.close();
    this.gateway.close();
  }

  /** Many changes of one turn are one step. */
  #stepSoon(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.step();
    });
  }

  async #check(instance: RegisteredInstance): Promise<void> {
    const { service, id, host, port, check } = instance;
    const { checkTimeoutMs } = registryLimits;
    const { ok, message } =
      check.kind === "http"
        ? await probeHttp(host, port, check.path, checkTimeoutMs)
        : await probeTcp(host, port, checkTimeoutMs);
    if (this.#closed || this.registry.get(service, id) !== instance) return;
    const before = instance.health;
    this.registry.checked(instance, ok, message, this.#host.now());
    if (instance.health !== before) {
      const type = ok ? "Normal" : "Warning";
      this.tell(service, id, type, ok ? "Healthy" : "Unhealthy", message);
    }
    this.#stepSoon();
  }

  /** A pod's call to a service: through the same balancing and measuring as from outside. */
  async #fetch(...[from, request, signal]: Parameters<ClusterFetch>): Promise<FetchAnswer> {
    const url = new URL(request.url);
    const service = this.#serviceNamed(url.hostname, from.namespace);
    if (service === undefined) throw new Error(`Could not resolve host: ${url.hostname}`);
    const pod = this.cluster.store.get("pods", from.namespace, from.podName);
    const caller = pod === undefined ? from.podName : workloadOf(this.cluster.store, pod).name;
    const { status, headers, body } = await this.gateway.send({
      from: gatewayNameOf(from.namespace, caller),
      service,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...request.headers },
      body: request.body === "" ? undefined : Buffer.from(request.body),
      signal,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= hostedLimits.fetchBytesMax) chunks.push(chunk);
    }
    const kept = Object.entries(headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return {
      status,
      headers: Object.fromEntries(kept),
      body: Buffer.concat(chunks).toString("utf8"),
    };
  }

  /** By DNS name, the caller's namespace first, or by cluster address. */
  #serviceNamed(host: string, namespace: string): string | undefined {
    const { store } = this.cluster;
    if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) {
      for (const { metadata, spec } of store.all("services")) {
        if (spec?.clusterIP === host) return gatewayNameOf(metadata.namespace, metadata.name);
      }
      return undefined;
    }
    if (!host.includes(".")) {
      const own = gatewayNameOf(namespace, host);
      return this.endpoints.of(own) === undefined ? host : own;
    }
    return serviceOfDnsName(host);
  }
}
