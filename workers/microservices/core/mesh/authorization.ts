/**
 * Who may ask what of whom, after Istio's AuthorizationPolicy: a DENY that matches refuses; where an ALLOW
 * policy selects the workload, or its namespace denies by default, an ALLOW has to match.
 */
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { selectorMatcher } from "../store/selectors.ts";
import { policyLimits } from "./limits.ts";
import type { MeshPod } from "./pod.ts";
import { normalPath } from "./request-path.ts";
import { principalOf, type WorkloadIdentity } from "./spiffe-id.ts";

/** Patterns as Istio has them: exact, `prefix*`, `*suffix`, or `*` for any value that is there. */
type Patterns = readonly string[];

export interface AuthorizationSource {
  /** `cluster.local/ns/NAMESPACE/sa/SERVICEACCOUNT` */
  readonly principals?: Patterns;
  readonly notPrincipals?: Patterns;
  readonly namespaces?: Patterns;
  readonly notNamespaces?: Patterns;
}

export interface AuthorizationOperation {
  /** Whatever their case, with the port where the request names one. */
  readonly hosts?: Patterns;
  readonly notHosts?: Patterns;
  readonly methods?: Patterns;
  readonly notMethods?: Patterns;
  readonly paths?: Patterns;
  readonly notPaths?: Patterns;
  /** Of the container. */
  readonly ports?: readonly number[];
  readonly notPorts?: readonly number[];
}

export interface AuthorizationRule {
  /** Any of these sources; without the field every source. */
  readonly from?: readonly AuthorizationSource[];
  /** Any of these requests; without the field every request. */
  readonly to?: readonly AuthorizationOperation[];
}

export interface AuthorizationPolicy {
  readonly namespace: string;
  readonly name: string;
  /** Of the root namespace: for the workloads of all of them. */
  readonly isEverywhere?: boolean;
  /** Pods of its namespace; without the field all of them. */
  readonly selector?: LabelSelector;
  readonly action: "ALLOW" | "DENY";
  /** Without a rule nothing matches: an ALLOW policy then allows nothing. */
  readonly rules: readonly AuthorizationRule[];
}

export interface AuthorizedRequest {
  readonly method: string;
  /** As in the request line. */
  readonly target: string;
  readonly port: number;
  /** Of the Host header. */
  readonly host?: string;
}

export interface AuthorizationDecision {
  readonly allowed: boolean;
  /** `NAMESPACE/NAME` of the policy that matched; null: none did. */
  readonly policy: string | null;
}

/** A rule of one pair: the source and the destination are settled, the request is not. */
interface RequestRule {
  readonly policy: string;
  readonly to: AuthorizationRule["to"];
}

interface PairRules {
  readonly deny: readonly RequestRule[];
  readonly allow: readonly RequestRule[];
  readonly needsAllow: boolean;
}

export class Authorization {
  readonly #policies: readonly AuthorizationPolicy[];
  readonly #denyByDefault: (namespace: string) => boolean;
  readonly #pairs = new WeakMap<MeshPod, Map<string, PairRules>>();

  /**
   * @param denyByDefault namespaces where nothing is allowed unless a policy says so
   * @throws RangeError beyond the limits
   */
  constructor(
    policies: readonly AuthorizationPolicy[],
    denyByDefault: (namespace: string) => boolean,
  ) {
    const isTooMany = policies.length > policyLimits.policiesMax;
    if (isTooMany || policies.some(({ rules }) => rules.length > policyLimits.rulesPerPolicyMax)) {
      throw new RangeError(
        `At most ${policyLimits.policiesMax} policies of ${policyLimits.rulesPerPolicyMax} rules.`,
      );
    }
    // Sorted, so that which policy is named does not depend on the order they came in.
    this.#policies = policies.toSorted((a, b) => (policyKey(a) < policyKey(b) ? -1 : 1));
    this.#denyByDefault = denyByDefault;
  }

  /** In time linear in the rules that concern this source and this destination. */
  decide(
    source: WorkloadIdentity,
    destination: MeshPod,
    request: AuthorizedRequest,
  ): AuthorizationDecision {
    const { deny, allow, needsAllow } = this.#rulesOf(source, destination);
    if (deny.length === 0 && allow.length === 0) return { allowed: !needsAllow, policy: null };
    const path = normalPath(request.target);
    const denied = deny.find((rule) => matches(rule, request, path, true));
    if (denied !== undefined) return { allowed: false, policy: denied.policy };
    const allowed = allow.find((rule) => matches(rule, request, path, false));
    if (allowed !== undefined) return { allowed: true, policy: allowed.policy };
    return { allowed: !needsAllow, policy: null };
  }

  #rulesOf(source: WorkloadIdentity, destination: MeshPod): PairRules {
    let sources = this.#pairs.get(destination);
    if (sources === undefined) this.#pairs.set(destination, (sources = new Map()));
    // Who shows no certificate has no principal.
    const principal = source.namespace === "" ? "" : principalOf(source);
    const known = sources.get(principal);
    if (known !== undefined) return known;
    if (sources.size >= policyLimits.sourcesPerDestinationMax) sources.clear();
    const rules = this.#sortOut(source, principal, destination);
    sources.set(principal, rules);
    return rules;
  }

  #sortOut(source: WorkloadIdentity, principal: string, destination: MeshPod): PairRules {
    const deny: RequestRule[] = [];
    const allow: RequestRule[] = [];
    let needsAllow = this.#denyByDefault(destination.namespace);
    for (const policy of this.#policies) {
      const isThere = policy.isEverywhere === true || policy.namespace === destination.namespace;
      if (!isThere) continue;
      const { selector, action, rules } = policy;
      if (selector !== undefined && !selectorMatcher(selector)(destination.labels)) continue;
      needsAllow ||= action === "ALLOW";
      const ofAction = action === "ALLOW" ? allow : deny;
      for (const { from, to } of rules) {
        const isMeant =
          from === undefined ||
          from.some(
            ({ principals, notPrincipals, namespaces, notNamespaces }) =>
              isAmong(principals, notPrincipals, principal) &&
              isAmong(namespaces, notNamespaces, source.namespace),
          );
        if (isMeant) ofAction.push({ policy: policyKey(policy), to });
      }
    }
    return { deny, allow, needsAllow };
  }
}

function policyKey({ namespace, name }: AuthorizationPolicy): string {
  return `${namespace}/${name}`;
}

/** @param path null: nobody knows what it means, so it is every path to DENY and none to ALLOW */
function matches(
  { to }: RequestRule,
  { method, port, host = "" }: AuthorizedRequest,
  path: string | null,
  isDeny: boolean,
): boolean {
  if (to === undefined) return true;
  return to.some(
    ({ hosts, notHosts, methods, notMethods, paths, notPaths, ports, notPorts }) =>
      isAmong(methods, notMethods, method) &&
      isAmong(hosts, notHosts, host, true) &&
      (ports === undefined || ports.includes(port)) &&
      notPorts?.includes(port) !== true &&
      (path === null
        ? isDeny || (paths === undefined && notPaths === undefined)
        : isAmong(paths, notPaths, path)),
  );
}

function isAmong(
  wanted: Patterns | undefined,
  unwanted: Patterns | undefined,
  value: string,
  ignoresCase = false,
): boolean {
  const means = (pattern: string): boolean =>
    ignoresCase
      ? matchesPattern(pattern.toLowerCase(), value.toLowerCase())
      : matchesPattern(pattern, value);
  return (wanted === undefined || wanted.some(means)) && unwanted?.some(means) !== true;
}

function matchesPattern(pattern: string, value: string): boolean {
  if (pattern === "*") return value !== "";
  if (pattern.endsWith("*")) return value.startsWith(pattern.slice(0, -1));
  return pattern.startsWith("*") ? value.endsWith(pattern.slice(1)) : value === pattern;
}
