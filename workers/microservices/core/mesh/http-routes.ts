/**
 * HTTPRoute objects (gateway.networking.k8s.io/v1) whose parent is a Service: the Gateway API's way of
 * saying how calls within the mesh are routed (GEP-1294, "GAMMA"). Weights split, RequestMirror copies.
 */
import type { PolicyObject } from "./istio-policies.ts";
import type { Subset, TrafficRule } from "./traffic-rules.ts";

interface Reference {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  readonly weight?: number;
}

interface Match {
  readonly path?: { readonly type?: string; readonly value?: string };
  readonly headers?: readonly { type?: string; name: string; value: string }[];
  readonly queryParams?: readonly unknown[];
  readonly method?: string;
}

interface Filter {
  readonly type: string;
  readonly requestMirror?: {
    readonly backendRef: Reference;
    readonly percent?: number;
    readonly fraction?: { readonly numerator: number; readonly denominator?: number };
  };
}

interface Rule {
  readonly matches?: readonly Match[];
  readonly filters?: readonly Filter[];
  readonly backendRefs?: readonly (Reference & { readonly filters?: readonly unknown[] })[];
}

interface Spec {
  readonly parentRefs?: readonly Reference[];
  readonly rules?: readonly Rule[];
}

export interface ReadRoute {
  /** In the order in which they are tried: the most specific first. */
  readonly rules: readonly TrafficRule[];
  /** What the route asks for and is not carried out here; such a rule answers 500. */
  readonly unsupported: readonly string[];
}

/** @param hasService whether a backend is there; requests for one that is not are answered 500 */
export function readHttpRoute(
  { metadata, spec }: PolicyObject,
  hasService: (namespace: string, name: string) => boolean,
): ReadRoute {
  const own = metadata.namespace ?? "default";
  const { parentRefs = [], rules = [] } = (spec ?? {}) as Spec;
  const unsupported: string[] = [];
  const read: TrafficRule[] = [];
  for (const parent of parentRefs) {
    if (!isService(parent, "gateway.networking.k8s.io", "Gateway")) continue;
    const target = { namespace: parent.namespace ?? own, service: parent.name };
    // A route of another namespace is for the callers there alone, which is not told apart here.
    if (target.namespace !== own) {
      unsupported.push("spec.parentRefs.namespace");
      continue;
    }
    const found = rules.flatMap((rule, index) => {
      const action = actionOf(rule, own, `spec.rules[${index}]`, hasService, unsupported);
      const { matches = [{}] } = rule;
      return (matches.length === 0 ? [{}] : matches).flatMap((each, at) => {
        const match = matchOf(each, `spec.rules[${index}].matches[${at}]`, unsupported);
        return match === null ? [] : [{ ...target, ...action, match }];
      });
    });
    read.push(...found.toSorted((a, b) => rankOf(b) - rankOf(a)));
    // What no rule means has no answer.
    if (rules.length > 0) read.push({ ...target, abort: { percent: 100, status: 404 } });
  }
  return { rules: read, unsupported };
}

/** Whether an HTTPRoute says anything about a Service's traffic. */
export function hasServiceParent({ spec }: PolicyObject): boolean {
  const { parentRefs = [] } = (spec ?? {}) as Spec;
  return parentRefs.some((parent) => isService(parent, "gateway.networking.k8s.io", "Gateway"));
}

function isService({ group, kind }: Reference, groupElse: string, kindElse: string): boolean {
  return (group ?? groupElse) === "" && (kind ?? kindElse) === "Service";
}

function matchOf(
  { path, headers = [], queryParams = [], method }: Match,
  at: string,
  unsupported: string[],
): NonNullable<TrafficRule["match"]> | null {
  const isPlain = headers.every(({ type = "Exact" }) => type === "Exact");
  const { type = "PathPrefix", value = "/" } = path ?? {};
  if (!isPlain || queryParams.length > 0 || (type !== "PathPrefix" && type !== "Exact")) {
    unsupported.push(at);
    return null;
  }
  return {
    ...(method !== undefined && { method }),
    ...(type === "Exact" ? { pathExact: value } : { pathElements: value }),
    ...(headers.length > 0 && {
      headers: Object.fromEntries(
        headers.map((header) => [header.name.toLowerCase(), header.value]),
      ),
    }),
  };
}

/** Exact before prefix, the longer first, then a method, then more headers (HTTPRouteRule.matches). */
function rankOf({ match = {} }: TrafficRule): number {
  const { pathExact, pathElements = "", method, headers = {} } = match;
  const path = pathExact === undefined ? pathElements.length : 2_000 + pathExact.length;
  return path * 1_000 + (method === undefined ? 0 : 100) + Object.keys(headers).length;
}

function actionOf(
  { filters = [], backendRefs = [] }: Rule,
  own: string,
  at: string,
  hasService: (namespace: string, name: string) => boolean,
  unsupported: string[],
): Pick<TrafficRule, "split" | "mirror" | "abort"> {
  const broken = { abort: { percent: 100, status: 500 } } as const;
  const mirrors = filters.filter(({ type }) => type === "RequestMirror");
  const isKnown =
    mirrors.length === filters.length &&
    mirrors.length <= 1 &&
    backendRefs.every((each) => (each.filters ?? []).length === 0);
  if (!isKnown) {
    unsupported.push(`${at}.filters`);
    return broken;
  }
  const there = (each: Reference) =>
    isService(each, "", "Service") &&
    (each.namespace ?? own) === own &&
    hasService(own, each.name) &&
    each.port !== undefined;
  const subsets = backendRefs.map((each): Subset => {
    const { name, port = 0, weight = 1 } = each;
    // One that is not there gets its share of the requests, and nobody answers them.
    return { name, labels: {}, weight, service: { namespace: own, name, port } };
  });
  if (!backendRefs.some((each) => there(each) && (each.weight ?? 1) > 0)) return broken;
  const mirror = mirrors[0]?.requestMirror;
  if (mirror === undefined || !there(mirror.backendRef)) return { split: { subsets } };
  const { percent, fraction, backendRef } = mirror;
  const share =
    fraction === undefined ? 100 : (100 * fraction.numerator) / (fraction.denominator ?? 100);
  return {
    split: { subsets },
    mirror: {
      namespace: own,
      service: backendRef.name,
      port: backendRef.port!,
      percent: percent ?? share,
    },
  };
}
