/** What the gateway carries, as rows: routes of three kinds in one list, and backends. Pure. */
import type {
  GatewayMeasures,
  GatewayRoute,
  Latency,
  RouteConfig,
} from "../../../workers/microservices/contract.ts";
import { quote } from "../../console/request.ts";

export type RouteSource = "configuration" | "ingress" | "service";

export interface RouteRow {
  readonly key: string;
  readonly name: string;
  readonly source: RouteSource;
  readonly hosts: string;
  readonly path: string;
  /** Methods and headers that it asks for. */
  readonly conditions: string;
  readonly to: string;
  /** The services that it goes to. */
  readonly services: readonly string[];
  readonly limits: string;
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly errors: number;
  readonly retries: number;
  /** Not counted of routes that every service has by itself. */
  readonly hedges: number | null;
  /** Refused: by a rate limit, or for want of an instance. */
  readonly refused: number;
  readonly latency: Latency;
  readonly config: RouteConfig | null;
}

interface Routes {
  readonly routes: readonly RouteConfig[];
  readonly ingressRoutes: readonly RouteConfig[];
}

const noLatency: Latency = {
  count: 0,
  meanMs: null,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  maxMs: null,
  buckets: [],
};

export function routeRows(
  config: Routes | undefined,
  measures: GatewayMeasures | undefined,
  implicit: readonly GatewayRoute[],
): RouteRow[] {
  const golden = new Map(measures?.routes.map((each) => [each.name, each]));
  const explicit = (source: RouteSource) => (route: RouteConfig) => {
    const measured = golden.get(route.name);
    return {
      key: route.name,
      name: route.name,
      source,
      hosts: route.hosts.join(", "),
      path: `${route.path.value}${{ exact: " (exact)", prefix: "", regex: " (pattern)" }[route.path.kind]}`,
      conditions: conditionsOf(route),
      to: targetsOf(route),
      services: route.to.map(({ service }) => service),
      limits: limitsOf(route),
      requestsPerSecond: measured?.requestsPerSecond ?? 0,
      requests: measured?.requests ?? 0,
      errors: measured?.errors ?? 0,
      retries: measured?.retries ?? 0,
      hedges: measured?.hedges ?? 0,
      refused: measured?.limited ?? 0,
      latency: measured?.latency ?? noLatency,
      config: route,
    };
  };
  return [
    ...(config?.routes ?? []).map(explicit("configuration")),
    ...(config?.ingressRoutes ?? []).map(explicit("ingress")),
    ...implicit.map(ofService),
  ];
}

function ofService(route: GatewayRoute): RouteRow {
  const { service, path, requests, errors, retries, refused, requestsPerSecond, latency } = route;
  return {
    key: path,
    name: service,
    source: "service",
    hosts: "",
    path,
    conditions: "",
    to: service,
    services: [service],
    limits: "",
    requestsPerSecond,
    requests,
    errors,
    retries,
    hedges: null,
    refused,
    latency,
    config: null,
  };
}

function conditionsOf({ methods, headers }: RouteConfig): string {
  const words = headers.map(({ name, kind, value }) => {
    if (kind === "present") return `has ${name}`;
    if (kind === "absent") return `no ${name}`;
    return kind === "exact" ? `${name}: ${value}` : `${name}: ${value}*`;
  });
  return [methods.join(" "), ...words].filter((word) => word !== "").join(", ");
}

/** "shop 90 %, shop-canary 10 %" */
function targetsOf({ to, redirect }: RouteConfig): string {
  if (redirect !== null) {
    const { status, host, path } = redirect;
    return `${status} to ${host === null ? "" : `http://${host}`}${path ?? (host === null ? "the same path" : "")}`;
  }
  const total = to.reduce((sum, { weight }) => sum + weight, 0);
  if (to.length === 1) return to[0]!.service;
  return to
    .map(({ service, weight }) =>
      total === 0 ? service : `${service} ${Math.round((100 * weight) / total)} %`,
    )
    .join(", ");
}

function limitsOf({ rateLimit, clientRateLimit }: RouteConfig): string {
  return [
    rateLimit === null ? "" : `${rateLimit.perSecond}/s, burst ${rateLimit.burst}`,
    clientRateLimit === null
      ? ""
      : `each client ${clientRateLimit.perSecond}/s, burst ${clientRateLimit.burst}`,
  ]
    .filter((words) => words !== "")
    .join("; ");
}

type ServiceMeasures = GatewayMeasures["services"][number];
export type BackendMeasures = ServiceMeasures["endpoints"][number];

export interface BackendRow extends BackendMeasures {
  readonly key: string;
  /** Of the service's requests since it began, from 0 to 1; null before the first one. */
  readonly share: number | null;
  /** Between the last two readings; null before there are two. */
  readonly perSecond: number | null;
}

export interface Reading {
  readonly at: number;
  readonly measures: GatewayMeasures;
}

/** Who got how many: of all, and between two readings. */
export function backendRows(service: string, now: Reading, before: Reading | null): BackendRow[] {
  const find = ({ measures }: Reading) =>
    measures.services.find((each) => each.service === service)?.endpoints ?? [];
  const endpoints = find(now);
  const earlier = new Map((before === null ? [] : find(before)).map((each) => [keyOf(each), each]));
  const total = endpoints.reduce((sum, { requests }) => sum + requests, 0);
  const seconds = before === null ? 0 : (now.at - before.at) / 1_000;
  return endpoints.map((each) => {
    const known = earlier.get(keyOf(each));
    const more = known === undefined ? each.requests : each.requests - known.requests;
    return {
      ...each,
      key: keyOf(each),
      share: total === 0 ? null : each.requests / total,
      // After a restart of the thread counts begin anew.
      perSecond: seconds <= 0 || more < 0 ? null : more / seconds,
    };
  });
}

const keyOf = ({ id, address }: BackendMeasures) => `${id} ${address}`;

export function backendState({ healthy, ejected, ejectionReason }: BackendMeasures) {
  if (!healthy) return { health: "unknown", word: "not ready" } as const;
  if (!ejected) return { health: "healthy", word: "in rotation" } as const;
  return { health: "failed", word: `ejected: ${ejectionReason ?? "failures"}` } as const;
}

/** What one breaker is at, in words. */
export function serviceState({ panic, overflows, endpoints }: ServiceMeasures) {
  const ejected = endpoints.filter((each) => each.ejected).length;
  const ready = endpoints.filter((each) => each.healthy && !each.ejected).length;
  if (panic) return { health: "failed", word: "panic: ejected ones are asked, too" } as const;
  if (ready === 0) return { health: "failed", word: "nobody to ask" } as const;
  if (ejected > 0) return { health: "degraded", word: `${ejected} ejected` } as const;
  if (overflows > 0) return { health: "degraded", word: `a breaker refused ${overflows}` } as const;
  return { health: "healthy", word: "closed" } as const;
}

export interface Trial {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The line that sends the same request from a shell. */
export function curlOf(trial: Trial, port: number, withToken: boolean): string {
  const { method, host, path, headers, body } = trial;
  const local = host === "localhost" || host === "127.0.0.1";
  const words = ["curl", "-i", "--globoff"];
  if (method === "HEAD") words.push("--head");
  else if (method !== "GET") words.push("-X", method);
  // The name need not be known to any DNS.
  if (!local) words.push("--resolve", `${host}:${port}:127.0.0.1`);
  for (const [name, value] of Object.entries(headers)) {
    words.push("-H", quote(`${name}: ${value}`));
  }
  if (withToken) words.push("-H", '"Authorization: Bearer $DEMO_TOKEN"');
  if (body !== "") words.push("--data-raw", quote(body));
  words.push(quote(`http://${host}:${port}${path}`));
  return words.join(" ");
}
