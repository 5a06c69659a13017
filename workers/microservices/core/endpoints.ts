/** Where the instances of each service answer, with what the gateway keeps about each of them. */
import type { ServicePolicy } from "../contract.ts";
import { PeakEwma } from "./balancing/peak-ewma.ts";
import { implicitPolicy, Upstream } from "./balancing/upstream.ts";
import { LatencyHistogram, RateWindow } from "./measures.ts";

export interface EndpointFacts {
  readonly service: string;
  /** The id of a registered instance, or the name of a pod. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly healthy: boolean;
  /** As policies name it; a registered instance has none. */
  readonly containerPort?: number;
}

export class Endpoint implements EndpointFacts {
  readonly service: string;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly containerPort?: number;
  readonly key: string;
  readonly latency = new PeakEwma();
  readonly histogram = new LatencyHistogram();
  readonly rate = new RateWindow();
  readonly #upstream: Upstream;
  healthy: boolean;
  weight = 1;
  /** Requests that it has not answered yet. */
  active = 0;
  requests = 0;
  errors = 0;
  /** No longer an instance: what is under way ends, nothing new begins. */
  removed = false;
  /** Of the last sync. */
  changed = false;
  cameBack = false;

  constructor(
    { service, id, host, port, healthy, containerPort }: EndpointFacts,
    key: string,
    upstream: Upstream,
  ) {
    this.service = service;
    this.id = id;
    this.host = host;
    this.port = port;
    if (containerPort !== undefined) this.containerPort = containerPort;
    this.healthy = healthy;
    this.key = key;
    this.#upstream = upstream;
  }

  /** An answer, or its lack as 503 or 504. */
  answered(status: number, ms: number, now: number): void {
    this.requests += 1;
    if (status >= 500) this.errors += 1;
    this.latency.observe(ms, now);
    this.histogram.record(ms);
    this.rate.record(now);
  }

  get pending(): number {
    return this.active;
  }

  /** In the words of a circuit: open while outlier detection keeps it out. */
  readonly circuit = {
    state: (_now: number): "closed" | "open" =>
      this.#upstream.outliers.isEjected(this.key) ? "open" : "closed",
  };
}

export class Endpoints {
  readonly #upstreams = new Map<string, Upstream>();
  #policies = new Map<string, ServicePolicy>();
  #byKey = new Map<string, Endpoint>();

  /** The whole truth anew; an endpoint that stays keeps its record and its pending requests. */
  sync(facts: readonly EndpointFacts[]): void {
    const byKey = new Map<string, Endpoint>();
    for (const fact of facts) {
      const key = `${fact.service}/${fact.id}@${fact.host}:${fact.port}`;
      const before = this.#byKey.get(key);
      const endpoint = before ?? new Endpoint(fact, key, this.#upstream(fact.service));
      endpoint.changed = before === undefined || before.healthy !== fact.healthy;
      endpoint.cameBack = before?.healthy === false && fact.healthy;
      endpoint.healthy = fact.healthy;
      byKey.set(key, endpoint);
    }
    for (const [key, endpoint] of this.#byKey) endpoint.removed = !byKey.has(key);
    this.#byKey = byKey;
    const byService = Map.groupBy(byKey.values(), ({ service }) => service);
    for (const [service, upstream] of this.#upstreams) {
      upstream.setHosts(byService.get(service) ?? []);
      if (!byService.has(service)) this.#upstreams.delete(service);
    }
  }

  /** Policies of all services; those without one follow the implicit policy. */
  setPolicies(policies: readonly ServicePolicy[]): void {
    this.#policies = new Map(policies.map((policy) => [policy.service, policy]));
    for (const [service, upstream] of this.#upstreams) {
      upstream.setPolicy(this.#policies.get(service) ?? implicitPolicy);
    }
  }

  /** Instances of a service; undefined when there is no such service. */
  of(service: string): readonly Endpoint[] | undefined {
    return this.#upstreams.get(service)?.hosts;
  }

  upstream(service: string): Upstream | undefined {
    return this.#upstreams.get(service);
  }

  /** Of all services of a pod together, in thousandths a second; undefined where it has none. */
  requestRateOf(namespace: string, pod: string, now: number): number | undefined {
    let rate: number | undefined;
    for (const { service, id, containerPort, rate: own } of this.#byKey.values()) {
      if (id !== pod || containerPort === undefined) continue;
      const dot = service.lastIndexOf(".");
      if ((dot < 0 ? "default" : service.slice(dot + 1)) !== namespace) continue;
      rate = (rate ?? 0) + Math.round(own.perSecond(now) * 1_000);
    }
    return rate;
  }

  get services(): string[] {
    return [...this.#upstreams.keys()].toSorted();
  }

  #upstream(service: string): Upstream {
    const known = this.#upstreams.get(service);
    if (known !== undefined) return known;
    const upstream = new Upstream(service);
    upstream.setPolicy(this.#policies.get(service) ?? implicitPolicy);
    this.#upstreams.set(service, upstream);
    return upstream;
  }
}
