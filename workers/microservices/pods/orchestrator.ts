/**
 * Drives the controllers: steps them when something was observed or is due, carries their commands
 * to the containers, checks registered instances and keeps the gateway's endpoints current.
 */
import type { ProgramContext } from "./program.ts";
import { Cluster } from "../core/cluster.ts";
import { Endpoints } from "../core/endpoints.ts";
import type { Observation } from "../core/kubelet.ts";
import { type RegisteredInstance, Registry } from "../core/registry.ts";
import { Traffic } from "../core/traffic.ts";
import { registryLimits } from "../limits.ts";
import { Gateway } from "../protocols/gateway/gateway.ts";
import { ContainerRuntime } from "./container-runtime.ts";
import { endpointsOf } from "../core/endpoints-of.ts";
import { probeHttp, probeTcp } from "./probe.ts";

export interface OrchestratorHost {
  readonly now: () => number;
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** The longest that a timer may be set for. */
const timerMsMax = 60_000;
const answerBytesMax = 64 * 1024;

export class Orchestrator {
  readonly cluster: Cluster;
  readonly registry = new Registry();
  readonly endpoints = new Endpoints();
  readonly traffic = new Traffic();
  readonly gateway: Gateway;
  readonly runtime: ContainerRuntime;
  readonly #host: OrchestratorHost;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(host: OrchestratorHost) {
    this.#host = host;
    this.cluster = new Cluster(host.random);
    this.gateway = new Gateway(this.endpoints, this.traffic, host);
    this.runtime = new ContainerRuntime({
      now: host.now,
      observe: (seen) => this.#observe(seen),
      call: (from, ...request) => this.#call(from, ...request),
    });
  }

  /** Steps now: call it after every change of the desired state. */
  step(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const now = this.#host.now();
    for (const command of this.cluster.step(now)) this.runtime.run(command);
    const { expired, due } = this.registry.step(now);
    for (const { service, id, ttlSeconds } of expired) {
      const message = `Expired: no heartbeat and no passed check for ${ttlSeconds} s`;
      this.cluster.events.record(now, "Warning", `instance/${service}/${id}`, "Expired", message);
    }
    for (const instance of due) void this.#check(instance);
    this.endpoints.sync(endpointsOf(this.cluster, this.registry));
    const dueAt = Math.min(this.cluster.dueAt(), this.registry.dueAt());
    if (dueAt === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.min(Math.max(1, dueAt - now), timerMsMax);
    this.#timer = setTimeout(() => this.step(), delayMs);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.runtime.close();
    this.gateway.close();
  }

  #observe(seen: Observation): void {
    if (this.#closed) return;
    this.cluster.observe(seen, this.#host.now());
    this.#stepSoon();
  }

  /** Many observations of one turn are one step. */
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
    const now = this.#host.now();
    const before = instance.health;
    this.registry.checked(instance, ok, message, now);
    if (instance.health !== before) {
      const type = ok ? "Normal" : "Warning";
      const reason = ok ? "Healthy" : "Unhealthy";
      this.cluster.events.record(now, type, `instance/${service}/${id}`, reason, message);
    }
    this.#stepSoon();
  }

  /** A pod's call to another service: through the same balancing and measuring as from outside. */
  async #call(
    from: string,
    service: string,
    path: string,
    request: Parameters<ProgramContext["call"]>[2],
  ): ReturnType<ProgramContext["call"]> {
    const { status, instance, body } = await this.gateway.send({
      from,
      service,
      method: "GET",
      path,
      headers: request.headers,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= answerBytesMax) chunks.push(chunk);
    }
    return { status, instance, body: Buffer.concat(chunks).toString("utf8") };
  }
}
