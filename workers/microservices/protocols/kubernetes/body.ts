/** Request bodies: JSON, YAML and protobuf, within their limits. */
import { parse } from "yaml";
import { isObject, type Json, type JsonObject } from "../../core/machinery/json.ts";
import { apiErrors } from "../../core/store/api-error.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import type { Machinery } from "./machinery.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** "proto", or an escape of a letter of it or of the underscore (RFC 8259 section 7). */
const prototypeKeyInAnySpelling = /proto|\\u00[567]/i;

export const mediaTypeOf = (header: string | undefined): string =>
  (header ?? "").split(";")[0]!.trim().toLowerCase();

const known = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** @throws ApiError 400, 413, 415 */
export function parseObject(bytes: Buffer, type: string, machinery: Machinery): JsonObject {
  let value: Json;
  if (type === "application/json" || type === "") value = parseJson(bytes);
  else if (type === "application/yaml") value = parseYaml(bytes);
  else if (type === "application/vnd.kubernetes.protobuf") value = parseBinary(bytes, machinery);
  else {
    throw apiErrors.unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${known.join(", ")}`,
    );
  }
  if (!isObject(value)) throw apiErrors.badRequest("the body of the request is not an object");
  return value;
}

function parseBinary(bytes: Buffer, machinery: Machinery): JsonObject {
  try {
    return machinery.decodeProtobuf(bytes);
  } catch (error) {
    throw apiErrors.badRequest((error as Error).message);
  }
}

/** @throws ApiError 400 */
export function parseJson(bytes: Buffer): Json {
  const text = decode(bytes);
  let value: Json;
  try {
    // The reviver triples the cost, so only a body that could need it pays.
    value = JSON.parse(
      text,
      prototypeKeyInAnySpelling.test(text) ? refusePrototypeKeys : undefined,
    ) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw apiErrors.badRequest(
      `the object provided is unrecognized (must be of type Object): ${error.message.replaceAll(/\s+/g, " ").slice(0, 200)}`,
    );
  }
  checkComplexity(value);
  return value;
}

/** JSON is YAML, and what kubectl sends as application/apply-patch+yaml is JSON. */
export function parseYaml(bytes: Buffer): Json {
  const text = decode(bytes);
  if (/^\s*\{/.test(text)) return parseJson(bytes);
  if (bytes.length > limits.yamlBytesMax) {
    throw apiErrors.tooLarge(
      `a YAML body may have ${limits.yamlBytesMax} bytes; send JSON instead`,
    );
  }
  let value: Json;
  try {
    value = parse(text, {
      maxAliasCount: limits.yamlAliasesMax,
      version: "1.1",
      schema: "core",
      uniqueKeys: true,
    }) as Json;
  } catch (error) {
    throw apiErrors.badRequest(
      `error converting YAML to JSON: ${(error as Error).message.split("\n")[0]!.slice(0, 200)}`,
    );
  }
  checkComplexity(value);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw apiErrors.badRequest("the body of the request is not valid UTF-8");
  }
}

function checkComplexity(root: Json): void {
  let values = 0;
  const visit = (value: Json, depth: number): void => {
    values += 1;
    if (depth > limits.bodyDepthMax || values > limits.bodyValuesMax) {
      throw apiErrors.badRequest(
        `the body of the request nests deeper than ${limits.bodyDepthMax} or holds more than ${limits.bodyValuesMax} values`,
      );
    }
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) for (const member of value) visit(member, depth + 1);
    else {
      for (const [key, member] of Object.entries(value)) {
        if (key === "__proto__") throw protoKey();
        visit(member, depth + 1);
      }
    }
  };
  visit(root, 0);
}

const protoKey = () => apiErrors.badRequest("the key __proto__ is not accepted");

function refusePrototypeKeys(key: string, value: unknown): unknown {
  if (key === "__proto__") throw protoKey();
  return value;
}
