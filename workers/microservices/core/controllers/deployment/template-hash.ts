/** The hash of a pod template, in the letters of generated names (pod-template-hash). */
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { sameJson } from "../../store/equal.ts";
import { suffixAlphabet } from "../../store/names.ts";

export const hashLabel = "pod-template-hash";

/**
 * FNV-1a of 32 bits (RFC 9923) over the JSON with sorted keys and the collision count, spelled as
 * apimachinery's SafeEncodeString spells it.
 */
export function hashOf(value: unknown, collisionCount?: number): string {
  const text = JSON.stringify(value, sortedKeys) + (collisionCount ?? "");
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return Array.from(
    String(hash),
    (digit) => suffixAlphabet[digit.charCodeAt(0) % suffixAlphabet.length],
  ).join("");
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The template with a label more; its parts are shared. */
export function withHash(template: PodTemplateSpec, hash: string): PodTemplateSpec {
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** The template without the hash, as the Deployment has it. */
export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Equal but for the hash. */
export function sameTemplate(
  left: PodTemplateSpec | undefined,
  right: PodTemplateSpec | undefined,
): boolean {
  if (left === undefined || right === undefined) return false;
  if (!sameJson(left.spec, right.spec)) return false;
  return sameJson(withoutHash(left), withoutHash(right));
}
