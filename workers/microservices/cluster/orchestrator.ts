/**
 * The thread's parts together: the cluster, the registry with its checks, and the gateway, whose
 * endpoints are kept current.
 */
import { Changing } from "../../service/changing.ts";
import type { NodePool } from "../core/nodes/node-pools.ts";
import { Endpoints } from "../core/endpoints.ts";
import { type CheckResult, type RegisteredInstance, Registry } from "../core/registry.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import { Traffic } from "../core/traffic.ts";
import { clusterLoopLimits } from "../limits.ts";
import type { AuthorityStore } from "../mesh/authority.ts";
import { probeHttp, probeTcp } from "../pods/probe.ts";
import { Gateway } from "../protocols/gateway/gateway.ts";
import type { ApiAddress } from "./container-environment.ts";
import { Ingresses } from "./ingresses.ts";
import { LiveCluster, type LiveClusterOptions } from "./live-cluster.ts";
import { PodCalls } from "./pod-calls.ts";
import { podMetric } from "./pod-metrics.ts";
import { endpointFacts, whyUnanswered } from "./service-endpoints.ts";
import { ServiceMesh } from "./service-mesh.ts";
import { TrafficFaults } from "./traffic-faults.ts";

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
  /** Where the roots of the mesh outlive the process; null: in memory alone. */
  readonly authority: AuthorityStore | null;
  readonly warn: (message: string) => void;
  readonly onFailure: (error: unknown) => void;
}

export class Orchestrator {
  readonly cluster: LiveCluster;
  readonly registry = new Registry();
  readonly endpoints = new Endpoints();
  readonly traffic = new Traffic();
  readonly gateway: Gateway;
  readonly faults: TrafficFaults;
  readonly mesh: ServiceMesh;
  readonly ingresses: Ingresses;
  /** Of services and their instances. */
  readonly changes = new Changing();
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
      fetch: (...call) => calls.fetch(...call),
      onEnding: () => this.#stepSoon(),
      onListening: (pod, containerPort, port) =>
        this.mesh.started(pod.uid, pod, containerPort, port),
      metricOf: (pod, metric) => podMetric(this.endpoints, pod, metric, host.now()),
    });
    const { store, events } = this.cluster;
    this.mesh = new ServiceMesh(store, events, {
      ...host,
      changed: () => this.#stepSoon(),
      isEjected: (service, pod) => this.#isEjected(service, pod),
    });
    const { endpoints, traffic, gateway, faults, mesh } = this;
    const calls = new PodCalls({ ...host, store, endpoints, traffic, gateway, faults, mesh });
    gateway.guard = (carried) => {
      const { caller = null, method, path: target, headers } = carried;
      const forbids = mesh.guard({ caller, method, target, host: headers.host ?? "" });
      return forbids && (({ service, id, containerPort }) => forbids(service, id, containerPort));
    };
    this.ingresses = new Ingresses(store, events, gateway);
    store.subscribe((change) => {
      const isIngress = this.ingresses.hear(change);
      if (isIngress || change.resource === "endpointslices.discovery.k8s.io") this.#stepSoon();
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
    this.ingresses.sync();
    this.mesh.sync((pod) => real.isEnding(pod));
    this.changes.changed();
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

  /** What a check, or the instance itself, says of its health. */
  noteHealth(instance: RegisteredInstance, result: CheckResult, message: string): void {
    const { service, id, health: before } = instance;
    this.registry.checked(instance, result, message, this.#host.now());
    const { health } = instance;
    if (health === before || health === "unchecked") return;
    const words = { passing: "Healthy", warning: "Warning", critical: "Unhealthy" } as const;
    this.tell(service, id, health === "passing" ? "Normal" : "Warning", words[health], message);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    await this.mesh.close();
    await this.cluster.close();
    this.gateway.close();
  }

  #isEjected(service: string, pod: string): boolean {
    const upstream = this.endpoints.upstream(service);
    const host = upstream?.hosts.find(({ id }) => id === pod);
    return host !== undefined && upstream?.outliers.isEjected(host.key) === true;
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
    const { kind, path, timeoutMs } = check;
    const { ok, message, status } =
      kind === "http"
        ? await probeHttp(host, port, path, timeoutMs)
        : await probeTcp(host, port, timeoutMs);
    if (this.#closed || this.registry.get(service, id) !== instance) return;
    // As in Consul, who asks for less work is not ill.
    const result = ok ? "passing" : status === 429 ? "warning" : "critical";
    this.noteHealth(instance, result, message);
    this.#stepSoon();
  }
}
