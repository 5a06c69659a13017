/** Structural schemas at work: what is unknown is pruned, what is missing gets its default. */
import { isObject, type Json, type JsonObject, setOwn } from "../../../core/machinery/json.ts";
import { kubernetesApiLimits as limits } from "../../../limits.ts";
import type { Served } from "../served.ts";
import type { Schema } from "./schema.ts";

const rootFields = new Set(["apiVersion", "kind", "metadata"]);

/**
 * Prunes and defaults a custom resource (apiextensions-apiserver, schema/pruning and defaulting).
 * @param object changed
 * @returns what was unknown, as `unknown field "spec.size"`
 */
export function completeCustom({ definition, version }: Served, object: JsonObject): string[] {
  const schema = definition?.versions.find(({ name }) => name === version)?.schema;
  if (schema === undefined) return [];
  const unknown: string[] = [];
  complete(object, schema, "", unknown, 0);
  return unknown;
}

function complete(
  value: Json,
  schema: Schema,
  path: string,
  unknown: string[],
  depth: number,
): void {
  if (depth > limits.schemaDepthMax) return;
  if (Array.isArray(value)) {
    const items = schema.items;
    if (items === undefined) return;
    for (const [at, member] of value.entries()) {
      complete(member, items, `${path}[${at}]`, unknown, depth + 1);
    }
    return;
  }
  if (!isObject(value)) return;
  const properties = schema.properties ?? {};
  const others = schema.additionalProperties;
  const keepsUnknown = schema["x-kubernetes-preserve-unknown-fields"] === true;
  const isResource = path === "" || schema["x-kubernetes-embedded-resource"] === true;
  for (const [key, member] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (isResource && rootFields.has(key)) continue;
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property !== undefined) complete(member, property, at, unknown, depth + 1);
    else if (typeof others === "object") complete(member, others, at, unknown, depth + 1);
    else if (others !== true && !keepsUnknown) {
      if (unknown.length < limits.warningsMax) unknown.push(`unknown field "${at}"`);
      delete value[key];
    }
  }
  for (const [key, property] of Object.entries(properties)) {
    if (property.default === undefined) continue;
    const has = Object.hasOwn(value, key) && (value[key] !== null || property.nullable === true);
    if (has) continue;
    const made = structuredClone<Json>(property.default);
    complete(made, property, `${path}.${key}`, unknown, depth + 1);
    setOwn(value, key, made);
  }
}
