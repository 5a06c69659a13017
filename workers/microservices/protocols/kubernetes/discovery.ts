/** What the server serves, as clients discover it: aggregated (apidiscovery.k8s.io) and one by one. */
import { apiErrors } from "../../core/store/api-error.ts";
import type { Subresource } from "../../core/store/kinds.ts";
import { mediaRanges } from "./representation.ts";
import type { Served, ServedTable } from "./served.ts";
import { type Virtual, virtuals } from "./subresources/virtual.ts";

/** The Kubernetes that this server stands in for: kubectl chooses its own version by it. */
export const serverVersion = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.1",
  gitTreeState: "clean",
  platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
} as const;

const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const statusVerbs = ["get", "patch", "update"];

interface ResponseKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface SubresourceInfo {
  readonly name: Subresource;
  readonly verbs: readonly string[];
  readonly responseKind: ResponseKind | null;
}

function subresourceOf(served: Served, name: Subresource): SubresourceInfo {
  const { group, version, kind } = served;
  const own = { group, version, kind: kind.kind };
  const core = (other: string) => ({ group: "", version: "v1", kind: other });
  switch (name) {
    case "scale":
      return {
        name,
        verbs: statusVerbs,
        responseKind: { group: "autoscaling", version: "v1", kind: "Scale" },
      };
    case "eviction":
      return {
        name,
        verbs: ["create"],
        responseKind: { group: "policy", version: "v1", kind: "Eviction" },
      };
    case "binding":
      return { name, verbs: ["create"], responseKind: core("Binding") };
    case "token":
      return {
        name,
        verbs: ["create"],
        responseKind: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" },
      };
    case "log":
      return { name, verbs: ["get"], responseKind: core("Pod") };
    case "exec":
      return { name, verbs: ["create", "get"], responseKind: core("PodExecOptions") };
    case "attach":
      return { name, verbs: ["create", "get"], responseKind: core("PodAttachOptions") };
    case "portforward":
      return { name, verbs: ["create", "get"], responseKind: core("PodPortForwardOptions") };
    case "proxy":
      return {
        name,
        verbs: ["create", "delete", "get", "patch", "update"],
        responseKind: core(`${kind.kind}ProxyOptions`),
      };
    case "finalize":
      return { name, verbs: ["update"], responseKind: own };
    default:
      return { name, verbs: statusVerbs, responseKind: own };
  }
}

/** Answered subresources: proxies are not. */
const subresourcesOf = (served: Served): SubresourceInfo[] =>
  served.kind.subresources
    .filter((name) => name !== "proxy")
    .map((name) => subresourceOf(served, name));

/** Groups in the order in which kubectl looks through them: the core, apps, then by their names. */
function groupOrder(left: string, right: string): number {
  const rank = (group: string): number => ["", "apps"].indexOf(group) >>> 0;
  return rank(left) - rank(right) || (left < right ? -1 : left > right ? 1 : 0);
}

/** v2 before v1 before v1beta1. */
function versionOrder(left: string, right: string): number {
  const isStable = (version: string): number => (/^v\d+$/.test(version) ? 0 : 1);
  return isStable(left) - isStable(right) || (left < right ? 1 : left > right ? -1 : 0);
}

export interface GroupVersions {
  readonly group: string;
  readonly versions: readonly string[];
}

export function groupsOf(table: ServedTable): GroupVersions[] {
  const groups = new Map<string, Set<string>>();
  const add = (group: string, version: string): void => {
    const versions = groups.get(group) ?? new Set();
    groups.set(group, versions.add(version));
  };
  for (const { group, version } of table.all()) add(group, version);
  for (const { group, version } of virtuals) add(group, version);
  return [...groups]
    .toSorted(([left], [right]) => groupOrder(left, right))
    .map(([group, versions]) => ({ group, versions: [...versions].toSorted(versionOrder) }));
}

function membersOf(
  table: ServedTable,
  group: string,
  version: string,
): { served: Served[]; asked: Virtual[] } {
  const isMember = (each: { group: string; version: string }): boolean =>
    each.group === group && each.version === version;
  return { served: [...table.all()].filter(isMember), asked: virtuals.filter(isMember) };
}

function aggregatedVersion(table: ServedTable, group: string, version: string): object {
  const { served, asked } = membersOf(table, group, version);
  const resources = [
    ...served.map((each) => ({
      resource: each.kind.plural,
      responseKind: { group, version, kind: each.kind.kind },
      scope: each.kind.namespaced ? "Namespaced" : "Cluster",
      singularResource: each.kind.singular,
      verbs,
      ...(each.kind.shortNames.length > 0 && { shortNames: each.kind.shortNames }),
      ...(each.kind.categories.length > 0 && { categories: each.kind.categories }),
      ...(subresourcesOf(each).length > 0 && {
        subresources: subresourcesOf(each).map(({ name, ...rest }) => ({
          subresource: name,
          ...rest,
        })),
      }),
    })),
    ...asked.map(({ plural, kind, singular, namespaced, verbs: own }) => ({
      resource: plural,
      responseKind: { group, version, kind },
      scope: namespaced ? "Namespaced" : "Cluster",
      singularResource: singular,
      verbs: own,
    })),
  ];
  return { version, resources, freshness: "Current" };
}

/** The aggregated version that a client asks for; null: it knows none. */
export function aggregatedAsked(accept: string | undefined): "v2" | "v2beta1" | null {
  for (const { parameters } of mediaRanges(accept ?? "")) {
    const { g, v, as } = parameters;
    if (g !== "apidiscovery.k8s.io" || as !== "APIGroupDiscoveryList") continue;
    if (v === "v2" || v === "v2beta1") return v;
  }
  return null;
}

export const aggregatedType = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

/** @param ofCore /api alone, or /apis */
export function aggregated(table: ServedTable, version: string, ofCore: boolean): object {
  const items = groupsOf(table)
    .filter(({ group }) => (group === "") === ofCore)
    .map(({ group, versions }) => ({
      metadata: { ...(group !== "" && { name: group }), creationTimestamp: null },
      versions: versions.map((each) => aggregatedVersion(table, group, each)),
    }));
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items,
  };
}

export const coreVersions = (host: string): object => ({
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: host }],
});

function groupObject({ group, versions }: GroupVersions): object {
  const entries = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: entries, preferredVersion: entries[0] };
}

export const groupList = (table: ServedTable): object => ({
  kind: "APIGroupList",
  apiVersion: "v1",
  groups: groupsOf(table)
    .filter(({ group }) => group !== "")
    .map(groupObject),
});

/** @throws ApiError 404 */
export function oneGroup(table: ServedTable, group: string): object {
  const found = groupsOf(table).find((each) => each.group === group);
  if (found === undefined || group === "") throw apiErrors.pathNotFound();
  return { kind: "APIGroup", apiVersion: "v1", ...groupObject(found) };
}

/** @throws ApiError 404 */
export function resourceList(table: ServedTable, group: string, version: string): object {
  const { served, asked } = membersOf(table, group, version);
  if (served.length + asked.length === 0) throw apiErrors.pathNotFound();
  const resources = served.flatMap((each) => {
    const { plural, singular, namespaced, kind, shortNames, categories } = each.kind;
    return [
      {
        name: plural,
        singularName: singular,
        namespaced,
        kind,
        verbs,
        ...(shortNames.length > 0 && { shortNames }),
        ...(categories.length > 0 && { categories }),
      },
      ...subresourcesOf(each).map(({ name, verbs: own, responseKind }) => ({
        name: `${plural}/${name}`,
        singularName: "",
        namespaced,
        ...(responseKind?.group && { group: responseKind.group }),
        ...(responseKind?.group && { version: responseKind.version }),
        kind: responseKind?.kind ?? kind,
        verbs: own,
      })),
    ];
  });
  const others = asked.map(({ plural, singular, namespaced, kind, verbs: own }) => ({
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: own,
  }));
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: [...resources, ...others],
  };
}
