/**
 * AuthorizationPolicy and PeerAuthentication (security.istio.io/v1) as the mesh's own rules, by Istio's
 * reference. What is asked for and not carried out here closes the door rather than opening it: an ALLOW
 * then allows nothing, a DENY denies everything.
 */
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { selectorMatcher } from "../store/selectors.ts";
import type { AuthorizationPolicy, AuthorizationRule } from "./authorization.ts";
import type { MeshPod } from "./pod.ts";

/** Its policies are for the whole mesh (meshConfig.rootNamespace). */
export const rootNamespace = "istio-system";

/** As the API stores them: their schema has been checked, unknown fields are kept. */
export interface PolicyObject {
  readonly metadata: { readonly namespace?: string; readonly name: string };
  readonly spec?: unknown;
}

interface Spec {
  readonly selector?: LabelSelector;
  readonly action?: string;
  readonly rules?: readonly {
    readonly from?: readonly { readonly source?: object }[];
    readonly to?: readonly { readonly operation?: object }[];
    readonly when?: readonly unknown[];
  }[];
}

const sourceFields = ["principals", "notPrincipals", "namespaces", "notNamespaces"];
const operationFields = [
  "hosts",
  "notHosts",
  "methods",
  "notMethods",
  "paths",
  "notPaths",
  "ports",
  "notPorts",
];

/** `unsupported`: fields that are not carried out; the policy fails closed where there are any. */
export interface ReadPolicy {
  /** Null: it decides nothing (AUDIT). */
  readonly policy: AuthorizationPolicy | null;
  readonly unsupported: readonly string[];
}

export function readAuthorizationPolicy({ metadata, spec }: PolicyObject): ReadPolicy {
  const { selector, action = "ALLOW", rules = [], ...more } = (spec ?? {}) as Spec;
  const { namespace = "default", name } = metadata;
  const unsupported = Object.keys(more).map((field) => `spec.${field}`);
  if (action === "AUDIT") return { policy: null, unsupported };
  if (action === "CUSTOM") unsupported.push("spec.action: CUSTOM");
  const read = rules.map((rule, index) => readRule(rule, `spec.rules[${index}]`, unsupported));
  const isDeny = action === "DENY" || action === "CUSTOM";
  const closed: readonly AuthorizationRule[] = isDeny ? [{}] : [];
  const policy: AuthorizationPolicy = {
    namespace,
    name,
    ...(namespace === rootNamespace && { isEverywhere: true }),
    ...(selector !== undefined && { selector }),
    action: isDeny ? "DENY" : "ALLOW",
    rules: unsupported.length > 0 ? closed : read,
  };
  return { policy, unsupported };
}

function readRule(
  { from, to, when, ...more }: NonNullable<Spec["rules"]>[number],
  path: string,
  unsupported: string[],
): AuthorizationRule {
  for (const field of Object.keys(more)) unsupported.push(`${path}.${field}`);
  if (when !== undefined && when.length > 0) unsupported.push(`${path}.when`);
  const parts = (
    list: readonly (object | undefined)[] | undefined,
    fields: readonly string[],
    at: string,
  ) => list?.map((part, index) => readPart(part ?? {}, fields, `${at}[${index}]`, unsupported));
  const sources = parts(
    from?.map(({ source }) => source),
    sourceFields,
    `${path}.from`,
  );
  const operations = parts(
    to?.map(({ operation }) => operation),
    operationFields,
    `${path}.to`,
  );
  // An empty list is as good as none, as in protobuf.
  return {
    ...(sources !== undefined && sources.length > 0 && { from: sources }),
    ...(operations !== undefined && operations.length > 0 && { to: operations }),
  };
}

function readPart(
  part: object,
  fields: readonly string[],
  path: string,
  unsupported: string[],
): Record<string, readonly (string | number)[]> {
  const read: Record<string, readonly (string | number)[]> = {};
  for (const [field, values] of Object.entries(part) as [string, readonly string[]][]) {
    if (!fields.includes(field)) unsupported.push(`${path}.${field}`);
    else if (values.length > 0) {
      read[field] = field === "ports" || field === "notPorts" ? values.map(Number) : values;
    }
  }
  return read;
}

/** How a workload takes connections (MutualTLS.Mode). */
export type PeerMode = "STRICT" | "PERMISSIVE" | "DISABLE";

interface PeerSpec {
  readonly selector?: LabelSelector;
  readonly mtls?: { readonly mode?: string };
  readonly portLevelMtls?: Readonly<Record<string, { readonly mode?: string }>>;
}

/** PeerAuthentication objects: the narrowest that says something decides; PERMISSIVE without any. */
export class PeerModes {
  readonly #specs: readonly (PeerSpec & { readonly namespace: string })[];

  /** @param objects the oldest first: of equals it decides */
  constructor(objects: Iterable<PolicyObject>) {
    this.#specs = Array.from(objects, ({ metadata, spec }) => ({
      ...(spec as PeerSpec | undefined),
      namespace: metadata.namespace ?? "default",
    }));
  }

  get isEmpty(): boolean {
    return this.#specs.length === 0;
  }

  /** @param port of the container */
  modeOf({ namespace, labels }: Pick<MeshPod, "namespace" | "labels">, port: number): PeerMode {
    const own = this.#specs.filter((spec) => spec.namespace === namespace);
    const selecting = own.filter(
      ({ selector }) => hasSelector(selector) && selectorMatcher(selector)(labels),
    );
    for (const { portLevelMtls = {}, mtls } of selecting) {
      const mode = modeNamed(portLevelMtls[String(port)]?.mode) ?? modeNamed(mtls?.mode);
      if (mode !== null) return mode;
    }
    const root = this.#specs.filter((spec) => spec.namespace === rootNamespace);
    for (const { selector, mtls } of [...own, ...root]) {
      const mode = hasSelector(selector) ? null : modeNamed(mtls?.mode);
      if (mode !== null) return mode;
    }
    return "PERMISSIVE";
  }
}

function hasSelector(selector: LabelSelector | undefined): selector is LabelSelector {
  return Object.keys(selector?.matchLabels ?? {}).length > 0;
}

function modeNamed(mode: string | undefined): PeerMode | null {
  return mode === "STRICT" || mode === "PERMISSIVE" || mode === "DISABLE" ? mode : null;
}
