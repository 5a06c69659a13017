/**
 * Routes compiled for matching. A request's host goes before its path: an exact host, then *.host,
 * then any; there an exact path, then patterns in the order written, then the longest prefix; among
 * equals the one with more conditions. A table never changes: a new configuration is a new table.
 */
import type { RouteConfig } from "../../contract.ts";
import { compilePattern, type PathPattern } from "./path-pattern.ts";

export interface RequestLine {
  /** Lower case, without a port. */
  readonly host: string;
  /** Without its query. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface CompiledRoute {
  readonly config: RouteConfig;
  readonly pattern: PathPattern | null;
  readonly weightTotal: number;
}

interface HostRoutes {
  readonly exact: Map<string, CompiledRoute[]>;
  readonly patterns: CompiledRoute[];
  readonly prefixes: CompiledRoute[];
}

export class RouteTable {
  readonly routes: readonly CompiledRoute[];
  readonly #byHost = new Map<string, HostRoutes>();

  /** @throws PatternError; `problemsOf` finds it first. */
  constructor(configs: readonly RouteConfig[]) {
    this.routes = configs.map((config) => ({
      config,
      pattern: config.path.kind === "regex" ? compilePattern(config.path.value) : null,
      weightTotal: config.to.reduce((sum, { weight }) => sum + weight, 0),
    }));
    for (const route of this.routes) {
      for (const host of route.config.hosts) this.#add(host, route);
    }
    for (const { exact, patterns, prefixes } of this.#byHost.values()) {
      prefixes.sort(
        (a, b) =>
          prefixOf(b.config.path.value).length - prefixOf(a.config.path.value).length ||
          conditions(b.config) - conditions(a.config),
      );
      patterns.sort((a, b) => conditions(b.config) - conditions(a.config));
      for (const list of exact.values()) {
        list.sort((a, b) => conditions(b.config) - conditions(a.config));
      }
    }
  }

  /** Whether a route names this host; routes for any host do not. */
  namesHost(host: string): boolean {
    return this.#byHost.has(host) || this.#byHost.has(wildcardOf(host));
  }

  match(line: RequestLine): CompiledRoute | undefined {
    return (
      find(this.#byHost.get(line.host), line) ??
      find(this.#byHost.get(wildcardOf(line.host)), line) ??
      find(this.#byHost.get("*"), line)
    );
  }

  #add(host: string, route: CompiledRoute): void {
    const routes = this.#byHost.get(host) ?? { exact: new Map(), patterns: [], prefixes: [] };
    this.#byHost.set(host, routes);
    const { kind, value } = route.config.path;
    if (kind === "exact") routes.exact.set(value, [...(routes.exact.get(value) ?? []), route]);
    else (kind === "regex" ? routes.patterns : routes.prefixes).push(route);
  }
}

/** As in Ingress: the star stands for exactly one label. */
function wildcardOf(host: string): string {
  return `*${host.slice(host.indexOf("."))}`;
}

function conditions({ methods, headers }: RouteConfig): number {
  return headers.length + (methods.length > 0 ? 1 : 0);
}

function find(routes: HostRoutes | undefined, line: RequestLine): CompiledRoute | undefined {
  if (routes === undefined) return undefined;
  for (const route of routes.exact.get(line.path) ?? []) if (admits(route, line)) return route;
  for (const route of routes.patterns) {
    if (route.pattern?.test(line.path) === true && admits(route, line)) return route;
  }
  for (const route of routes.prefixes) {
    if (hasPrefix(line.path, route.config.path.value) && admits(route, line)) return route;
  }
  return undefined;
}

/** By whole segments, as Ingress's Prefix: /a has /a, /a/ and /a/b, but not /ab. */
export function hasPrefix(path: string, value: string): boolean {
  const prefix = prefixOf(value);
  return (
    path.startsWith(prefix) &&
    (path.length === prefix.length || path.charCodeAt(prefix.length) === 47)
  );
}

function prefixOf(value: string): string {
  return value.endsWith("/") ? value.slice(0, -1) : value;
}

function admits({ config }: CompiledRoute, { method, headers }: RequestLine): boolean {
  if (config.methods.length > 0 && !(config.methods as readonly string[]).includes(method)) {
    return false;
  }
  return config.headers.every(({ name, kind, value }) => {
    const found = headers[name];
    const text = Array.isArray(found) ? found.join(", ") : found;
    if (kind === "absent") return text === undefined;
    if (text === undefined) return false;
    return kind === "present" || (kind === "exact" ? text === value : text.startsWith(value));
  });
}

/** The path to ask the service for, with its query. */
export function rewritten({ config }: CompiledRoute, path: string, query: string): string {
  if (config.rewrite === null) return path + query;
  const { path: replacement } = config.rewrite;
  if (config.path.kind !== "prefix") return replacement + query;
  const rest = path.slice(prefixOf(config.path.value).length);
  const joined = prefixOf(replacement) + rest;
  return (joined === "" ? "/" : joined) + query;
}

/** One of the services by weight. @param chance uniform in [0, 1) */
export function chooseService({ config, weightTotal }: CompiledRoute, chance: number): string {
  let left = chance * weightTotal;
  for (const { service, weight } of config.to) {
    left -= weight;
    if (left < 0) return service;
  }
  return config.to.at(-1)?.service ?? "";
}

/** A path whose dots a service might resolve to one that another route guards. */
export function hasDotSegments(path: string): boolean {
  return path.includes(".") || path.includes("%")
    ? /(?:^|\/|%2f|\\|%5c)(?:\.|%2e){1,2}(?:$|\/|%2f|\\|%5c)/i.test(path)
    : false;
}
