/** Instances of the registry as rows of a table. Pure. */
import type { Found } from "../../../workers/microservices/contract.ts";

export interface RegistryRow extends Found {
  /** "service/id" */
  readonly key: string;
  /** As filters read them: "eu stable". */
  readonly tagText: string;
  /** As filters read them: "team=a version=2". */
  readonly metadataText: string;
}

type Health = Found["health"];

export interface RegistryCounts {
  readonly services: number;
  readonly instances: number;
  readonly byHealth: Readonly<Record<Health, number>>;
}

/** Rows of instances that say the same as before stay the same objects. */
export function rowsOf(
  instances: readonly Found[],
  before: ReadonlyMap<string, RegistryRow>,
): ReadonlyMap<string, RegistryRow> {
  const rows = new Map<string, RegistryRow>();
  for (const instance of instances) {
    const key = `${instance.service}/${instance.id}`;
    const known = before.get(key);
    rows.set(key, known !== undefined && isSame(known, instance) ? known : rowOf(key, instance));
  }
  return rows;
}

function rowOf(key: string, instance: Found): RegistryRow {
  const pairs = Object.entries(instance.metadata).map(([name, value]) => `${name}=${value}`);
  return {
    ...instance,
    key,
    tagText: instance.tags.join(" "),
    metadataText: pairs.toSorted().join(" "),
  };
}

function isSame(row: RegistryRow, found: Found): boolean {
  return (
    row.health === found.health &&
    row.healthSince === found.healthSince &&
    row.detail === found.detail &&
    row.circuit === found.circuit &&
    row.port === found.port &&
    row.host === found.host &&
    row.source === found.source &&
    row.ttlSeconds === found.ttlSeconds &&
    JSON.stringify([row.tags, row.metadata, row.check]) ===
      JSON.stringify([found.tags, found.metadata, found.check])
  );
}

export function countsOf(rows: Iterable<RegistryRow>): RegistryCounts {
  const byHealth = { passing: 0, warning: 0, critical: 0, unchecked: 0 };
  const services = new Set<string>();
  let instances = 0;
  for (const { service, health } of rows) {
    services.add(service);
    byHealth[health] += 1;
    instances += 1;
  }
  return { services: services.size, instances, byHealth };
}

/** What Kubernetes' DNS calls a service, from the shortest name to the whole one. */
export function dnsNamesOf(service: string): readonly string[] {
  const dot = service.indexOf(".");
  const name = dot < 0 ? service : service.slice(0, dot);
  const namespace = dot < 0 ? "default" : service.slice(dot + 1);
  const whole = `${name}.${namespace}.svc.cluster.local`;
  const short = `${name}.${namespace}`;
  // Without a namespace a name means the one called default.
  return namespace === "default" ? [name, short, whole] : [short, whole];
}

/** "eu, stable" and "version=1, team=a" as people type them; null where a pair has no key. */
export function parseTags(text: string): string[] {
  return text.split(/[\s,]+/).filter((tag) => tag !== "");
}

export function parsePairs(text: string): Record<string, string> | null {
  const pairs: Record<string, string> = {};
  for (const part of text.split(",").map((each) => each.trim())) {
    if (part === "") continue;
    const at = part.indexOf("=");
    if (at < 1) return null;
    pairs[part.slice(0, at).trim()] = part.slice(at + 1).trim();
  }
  return pairs;
}
