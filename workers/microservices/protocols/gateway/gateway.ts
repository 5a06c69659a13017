/**
 * The gateway: finds the route of a request and carries it to one of the service's instances. The
 * configuration is one value; a request keeps the route that it found when it came.
 */
import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { hash32 } from "../../core/balancing/hash.ts";
import { ClientBuckets, TokenBucket } from "../../core/balancing/token-bucket.ts";
import type { Upstream } from "../../core/balancing/upstream.ts";
import type { Endpoint, Endpoints } from "../../core/endpoints.ts";
import { Golden } from "../../core/golden.ts";
import { ConfigVersions } from "../../core/routing/config-versions.ts";
import { type CompiledRoute, RouteTable } from "../../core/routing/route-table.ts";
import type { MeshPod } from "../../core/mesh/pod.ts";
import { outside, type Traffic } from "../../core/traffic.ts";
import type { RouteConfig } from "../../contract.ts";
import { problem } from "../../errors.ts";
import { dataPathLimits, gatewayLimits, routingLimits } from "../../limits.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { Forward, type ForwardHost, type Reply } from "./forward.ts";
import { changesOrNothing, depthHeader, rawOf, requestLines } from "./headers.ts";
import { RequestBody } from "./request-body.ts";
import { type GatewayAnswer, StreamReply } from "./stream-reply.ts";

export interface GatewayRequest {
  /** Who calls: a service's name, or the outside. */
  readonly from: string;
  readonly service: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body?: Buffer | undefined;
  readonly caller?: Carried["caller"];
  readonly signal?: AbortSignal | undefined;
}

/** A request to carry on, wherever it came in. */
export interface Carried {
  readonly from: string;
  /** The pod that calls; nobody: the outside. */
  readonly caller?: { readonly uid: string; readonly pod: MeshPod } | undefined;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly client: string;
  readonly body: Readable | null;
  readonly bodyBytesMax: number;
  readonly upgrade?: string | undefined;
}

interface RouteState {
  readonly golden: Golden;
  bucket: TokenBucket | null;
  clients: ClientBuckets | null;
  limits: string;
}

type Settings = Pick<RouteConfig, "timeoutMs" | "perTryTimeoutMs" | "retry" | "hedge">;

const implicitSettings: Settings = {
  timeoutMs: gatewayLimits.timeoutMs,
  perTryTimeoutMs: null,
  retry: {
    attempts: gatewayLimits.retriesMax,
    on: ["connect-failure", "reset", "gateway-error"],
    anyMethod: false,
  },
  hedge: null,
};

export class Gateway {
  readonly endpoints: Endpoints;
  readonly versions = new ConfigVersions();
  readonly pool: ConnectionPool;
  readonly host: ForwardHost;
  readonly #traffic: Traffic;
  #states = new Map<string, RouteState>();
  #ingressRoutes: readonly RouteConfig[] = [];
  #table = new RouteTable([]);
  /** Of its own listener, once it listens. */
  port: number | null = null;
  /** Why a service has no instance at all; null: there is no such service. */
  explain: (service: string) => string | null = () => null;
  /** What people do to the traffic between a caller and a service; null: nothing. */
  hurt: (from: string, service: string) => { delayMs: number; refusal: Error | null } | null = () =>
    null;

  /** What policies say of the instances that a request may be sent to; null: nothing. */
  guard: (carried: Carried) => ((endpoint: Endpoint) => string | null) | null = () => null;

  constructor(
    endpoints: Endpoints,
    traffic: Traffic,
    host: Pick<ForwardHost, "now" | "monotonicMs" | "random">,
  ) {
    this.endpoints = endpoints;
    this.#traffic = traffic;
    this.pool = new ConnectionPool(host.monotonicMs);
    const { now, monotonicMs, random } = host;
    this.host = { now, monotonicMs, random, pool: this.pool };
  }

  close(): void {
    this.pool.close();
  }

  /** Of all routes in force: those of the configuration, then those of Ingress objects. */
  get table(): RouteTable {
    return this.#table;
  }

  get ingressRoutes(): readonly RouteConfig[] {
    return this.#ingressRoutes;
  }

  /** After another version came into force: measures of routes that are gone are forgotten. */
  reloaded(): void {
    const { config } = this.versions.current;
    this.endpoints.setPolicies(config.policies);
    // Among routes that match alike the first goes first.
    this.#table = new RouteTable([...config.routes, ...this.#ingressRoutes]);
    const states = new Map<string, RouteState>();
    for (const route of this.#routes) states.set(route.name, this.#stateOf(route));
    this.#states = states;
  }

  /** Replaces the routes of Ingress objects at once. */
  setIngressRoutes(routes: readonly RouteConfig[]): void {
    this.#ingressRoutes = routes;
    this.reloaded();
  }

  /** Of the routes in force. */
  goldens(): [name: string, golden: Golden][] {
    return this.#routes.map((route) => [route.name, this.#stateOf(route).golden]);
  }

  get #routes(): RouteConfig[] {
    return this.#table.routes.map(({ config }) => config);
  }

  goldenOf(route: RouteConfig): Golden {
    return this.#stateOf(route).golden;
  }

  /** @returns 0 when the request may pass, else how long to wait */
  limited(route: RouteConfig, client: string): number {
    if (route.rateLimit === null && route.clientRateLimit === null) return 0;
    const { bucket, clients, golden } = this.#stateOf(route);
    const now = this.host.monotonicMs();
    const waitMs = clients?.take(client, now) || bucket?.take(now) || 0;
    if (waitMs > 0) golden.limited += 1;
    return waitMs;
  }

  /** @throws the problems of the catalogue, when no instance gave an answer. */
  async send(incoming: GatewayRequest): Promise<GatewayAnswer> {
    const { from, service, method, path, headers, body, signal, caller } = incoming;
    const reply = new StreamReply();
    const forward = this.forward(
      {
        from,
        caller,
        method,
        path,
        headers: body === undefined ? headers : { ...headers, "content-length": `${body.length}` },
        rawHeaders: rawOf(headers),
        client: from,
        body: body === undefined ? null : Readable.from([body]),
        bodyBytesMax: gatewayLimits.requestBytesMax,
      },
      service,
      reply,
    );
    const left = () => {
      forward?.cancel();
      reply.refuse(signal?.reason as Error);
    };
    if (forward !== undefined) reply.serves(forward);
    if (signal?.aborted === true) left();
    else signal?.addEventListener("abort", left, { once: true });
    return reply.answer.promise;
  }

  /**
   * Begins to carry a request to a service, by its route where it has one.
   * @returns undefined when it was refused at once
   */
  forward(
    carried: Carried,
    service: string,
    reply: Reply,
    route?: CompiledRoute,
  ): Forward | undefined {
    const upstream = this.endpoints.upstream(service);
    if (upstream === undefined) {
      const why = this.explain(service);
      reply.refuse(
        why === null
          ? problem("SERVICE_UNKNOWN", `There is no service named ${service}.`)
          : problem("NO_HEALTHY_INSTANCE", why),
      );
      return undefined;
    }
    const depth = Number(carried.headers[depthHeader] ?? 0) + 1;
    if (!(depth <= gatewayLimits.callDepthMax)) {
      const told = `The call passed ${gatewayLimits.callDepthMax} services.`;
      reply.refuse(problem("CALL_LOOP", told));
      return undefined;
    }
    const hurt = this.hurt(carried.from, service);
    if (hurt !== null && hurt.refusal !== null) {
      this.#traffic.refused(carried.from, service, this.host.now());
      reply.refuse(hurt.refusal);
      return undefined;
    }
    const settings = route?.config ?? implicitSettings;
    const golden = route === undefined ? undefined : this.#stateOf(route.config).golden;
    if (golden !== undefined) golden.inFlight += 1;
    const { from } = carried;
    const body = this.#bodyOf(carried, () =>
      forward.stop(problem("REQUEST_TOO_LARGE", `It exceeds ${carried.bodyBytesMax} bytes.`)),
    );
    const forward: Forward = new Forward(
      {
        upstream,
        method: carried.method,
        head: headOf(carried, depth, route),
        body,
        forbids: this.guard(carried),
        hash: hashOf(upstream, carried),
        timeoutMs: settings.timeoutMs,
        perTryTimeoutMs: settings.perTryTimeoutMs,
        retry: settings.retry,
        hedgeAfterMs: golden === undefined ? null : hedgeDelay(settings, golden),
        reply,
        finished: ({ failed, attempts, retries, hedges, ms }) => {
          const now = this.host.now();
          if (attempts === 0) this.#traffic.refused(from, service, now);
          else this.#traffic.answered(from, service, now, { ms, failed, attempts });
          if (golden === undefined) return;
          golden.inFlight -= 1;
          golden.retries += retries;
          golden.hedges += hedges;
          golden.answered(ms, failed, now);
        },
      },
      this.host,
    );
    if (hurt === null) forward.start();
    else {
      setTimeout(() => {
        if (!forward.isFinished) forward.start();
      }, hurt.delayMs);
    }
    return forward;
  }

  /** A copy of a request without a body; whatever it is answered is dropped. */
  mirror(carried: Carried, service: string): void {
    if (carried.body !== null || this.endpoints.upstream(service) === undefined) return;
    const reply: Reply = {
      head: () => undefined,
      data: () => true,
      end: () => undefined,
      flush: () => undefined,
      abort: () => undefined,
      refuse: () => undefined,
    };
    this.forward({ ...carried, from: outside }, service, reply);
  }

  #bodyOf({ body, headers, bodyBytesMax }: Carried, tooLarge: () => void): RequestBody | null {
    if (body === null) return null;
    return new RequestBody(body, headers["content-length"] === undefined, bodyBytesMax, tooLarge);
  }

  #stateOf(route: RouteConfig): RouteState {
    const known = this.#states.get(route.name);
    if (known !== undefined && known.limits === limitsOf(known, route)) return known;
    const now = this.host.monotonicMs();
    const { rateLimit, clientRateLimit } = route;
    const state: RouteState = {
      golden: known?.golden ?? new Golden(),
      bucket: rateLimit === null ? null : new TokenBucket(rateLimit, now),
      clients:
        clientRateLimit === null
          ? null
          : new ClientBuckets(clientRateLimit, routingLimits.clientsMax),
      limits: JSON.stringify([rateLimit, clientRateLimit]),
    };
    if (this.#table.routes.some(({ config }) => config.name === route.name)) {
      this.#states.set(route.name, state);
    }
    return state;
  }
}

const unlimited = "[null,null]";

/** Without building a text for the common route that has no limit. */
function limitsOf(_state: RouteState, { rateLimit, clientRateLimit }: RouteConfig): string {
  if (rateLimit === null && clientRateLimit === null) return unlimited;
  return JSON.stringify([rateLimit, clientRateLimit]);
}

function hedgeDelay({ hedge }: Settings, { latency }: Golden): number | null {
  if (hedge === null) return null;
  if (hedge.percentile === null || latency.count < dataPathLimits.hedgeSamplesMin) {
    return hedge.afterMs;
  }
  return latency.quantile(hedge.percentile / 100) ?? hedge.afterMs;
}

function hashOf({ policy }: Upstream, { client, path, headers }: Carried): number {
  if (policy.balancer !== "ring-hash" && policy.balancer !== "maglev") return 0;
  const { kind, name } = policy.hashOn;
  if (kind === "client") return hash32(client);
  return hash32(kind === "path" ? path : String(headers[name] ?? client));
}

function headOf(
  { method, path, headers, rawHeaders, client, body, upgrade }: Carried,
  depth: number,
  route: CompiledRoute | undefined,
): (endpoint: Endpoint) => string {
  const changes = route === undefined ? undefined : changesOrNothing(route.config.requestHeaders);
  const { host } = headers;
  const length = headers["content-length"];
  const framing =
    length !== undefined
      ? `content-length: ${length}\r\n`
      : body === null
        ? ""
        : "transfer-encoding: chunked\r\n";
  const rest =
    requestLines(rawHeaders, headers.connection, changes, upgrade !== undefined) +
    `${depthHeader}: ${depth}\r\nx-forwarded-proto: http\r\nx-forwarded-for: ${client}\r\n` +
    (host === undefined ? "" : `x-forwarded-host: ${host}\r\n`) +
    (upgrade === undefined ? "" : `connection: upgrade\r\nupgrade: ${upgrade}\r\n`) +
    `${framing}\r\n`;
  // Behind a route a service sees the name that it was asked for, as behind Envoy.
  return (endpoint) =>
    `${method} ${path} HTTP/1.1\r\nhost: ${
      route === undefined || host === undefined ? addressOf(endpoint) : host
    }\r\n${rest}`;
}

function addressOf({ host, port }: Endpoint): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
