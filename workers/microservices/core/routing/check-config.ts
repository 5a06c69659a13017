/** What is wrong with a configuration, in sentences that name the place. */
import type { GatewayConfig, RouteConfig } from "../../contract.ts";
import { compilePattern, PatternError } from "./path-pattern.ts";

export interface ConfigVerdict {
  readonly errors: readonly string[];
  /** It works, but perhaps not as meant. */
  readonly warnings: readonly string[];
}

/** @param services those that there are now; a route to another one is only warned of */
export function checkConfig(config: GatewayConfig, services: ReadonlySet<string>): ConfigVerdict {
  const errors: string[] = [];
  const warnings: string[] = [];
  const seen = new Map<string, string>();
  for (const route of config.routes) {
    const say = (what: string) => errors.push(`Route ${route.name}: ${what}`);
    if (seen.has(`name ${route.name}`)) say("another route has this name.");
    seen.set(`name ${route.name}`, route.name);
    checkRoute(route, say);
    for (const host of route.hosts) {
      const key = JSON.stringify([host, route.path, route.methods.toSorted(), route.headers]);
      const other = seen.get(key);
      if (other !== undefined) say(`matches just what ${other} matches (host ${host}).`);
      seen.set(key, route.name);
    }
    for (const service of servicesOf(route)) {
      if (!services.has(service)) {
        warnings.push(`Route ${route.name}: there is no service ${service} now.`);
      }
    }
  }
  const policies = new Set<string>();
  for (const { service, outlier } of config.policies) {
    if (policies.has(service)) errors.push(`Service ${service} has two policies.`);
    policies.add(service);
    if (outlier.maxEjectionMs < outlier.baseEjectionMs) {
      errors.push(`Policy of ${service}: maxEjectionMs is below baseEjectionMs.`);
    }
  }
  return { errors, warnings };
}

function servicesOf({ to, mirror }: RouteConfig): string[] {
  return [...to.map(({ service }) => service), ...(mirror === null ? [] : [mirror.service])];
}

function checkRoute(route: RouteConfig, say: (what: string) => void): void {
  const { path, to, redirect, timeoutMs, perTryTimeoutMs } = route;
  if (path.kind === "regex") {
    try {
      compilePattern(path.value);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      say(error.message);
    }
  } else if (!/^\/[\x21-\x7e]*$/.test(path.value) || /[?#]/.test(path.value)) {
    say(`the path "${path.value}" must start with a slash and have no space, ? or #.`);
  }
  if (redirect === null && to.length === 0) say("it needs a service in to, or a redirect.");
  if (redirect !== null && to.length > 0) say("it has both services and a redirect; take one.");
  if (redirect !== null && redirect.host === null && redirect.path === null) {
    say("its redirect names neither a host nor a path, and would lead to itself.");
  }
  if (redirect?.host?.includes("*") === true) say("its redirect's host has a star.");
  if (to.length > 0 && to.every(({ weight }) => weight === 0)) say("all its weights are nought.");
  if (perTryTimeoutMs !== null && perTryTimeoutMs > timeoutMs) {
    say("perTryTimeoutMs is above timeoutMs.");
  }
  for (const changes of [route.requestHeaders, route.responseHeaders]) {
    const names = [...Object.keys(changes.set), ...Object.keys(changes.add), ...changes.remove];
    const framing = names.find((name) => framingHeaders.has(name));
    if (framing !== undefined) say(`the header ${framing} belongs to the connection.`);
  }
}

/** A change of these would let a message be read in two ways. */
const framingHeaders = new Set([
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
