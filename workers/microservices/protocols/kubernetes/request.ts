/** A request to the API as Kubernetes takes it apart (apiserver, endpoints/request/requestinfo.go). */
import type { IncomingMessage } from "node:http";
import { apiErrors } from "../../core/store/api-error.ts";
import type { Subresource } from "../../core/store/kinds.ts";
import { timeText } from "../../core/store/objects.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import type { Role } from "../../../service/contract.ts";
import { negotiate, type Representation } from "./representation.ts";
import type { Served, ServedTable } from "./served.ts";

/** What a path names. */
export interface ResourcePath {
  readonly served: Served;
  /** Of a namespaced resource; undefined: all of them. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: Subresource | undefined;
  /** What follows the subresource: of a proxy. */
  readonly rest: string;
}

/** A request for a resource. */
export interface ApiRequest extends ResourcePath {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly representation: Representation;
  readonly role: Role;
  readonly manager: string;
  readonly nowIso: string;
  readonly dryRun: boolean;
  readonly contentType: string;
  readonly body: Buffer;
  readonly raw: IncomingMessage;
  /** Sentences for `Warning: 299` headers. */
  readonly warnings: string[];
}

/** Splits what follows "/api/" or "/apis/" and decodes it. @throws ApiError 400 */
export function segmentsOf(path: string): string[] {
  if (path.length > limits.pathLengthMax) throw apiErrors.badRequest("the path is too long");
  try {
    return path
      .split("/")
      .filter((part) => part !== "")
      .map((part) => decodeURIComponent(part));
  } catch {
    throw apiErrors.badRequest("the path holds an escape sequence that is not valid");
  }
}

/**
 * @param segments what follows the group and the version
 * @throws ApiError 404
 */
export function resourcePath(
  table: ServedTable,
  group: string,
  version: string,
  segments: readonly string[],
): ResourcePath {
  const [first, second, third, ...others] = segments;
  const isOfNamespace =
    first === "namespaces" &&
    third !== undefined &&
    table.find(group, version, third) !== undefined;
  const namespace = isOfNamespace ? second : undefined;
  const [plural, name, subresource, ...rest] = isOfNamespace
    ? [third, ...others]
    : [first, second, third, ...others];
  const served = plural === undefined ? undefined : table.find(group, version, plural);
  if (served === undefined) throw apiErrors.pathNotFound();
  if (namespace !== undefined && !served.kind.namespaced) throw apiErrors.pathNotFound();
  if (name !== undefined && served.kind.namespaced && namespace === undefined) {
    throw apiErrors.pathNotFound();
  }
  if (subresource !== undefined) {
    const isKnown = served.kind.subresources.includes(subresource as Subresource);
    if (!isKnown || (rest.length > 0 && subresource !== "proxy")) throw apiErrors.pathNotFound();
  }
  return {
    served,
    namespace,
    name,
    subresource: subresource as Subresource | undefined,
    rest: rest.join("/"),
  };
}

/** Who a write is put down to: fieldManager, or the client's program. */
function managerOf(query: URLSearchParams, userAgent: string | undefined): string {
  const named = query.get("fieldManager") ?? "";
  if (named.length > limits.managerLengthMax) {
    throw apiErrors.badRequest(
      `fieldManager: Too long: may not be more than ${limits.managerLengthMax} bytes`,
    );
  }
  return named || (userAgent ?? "").split("/")[0]!.slice(0, limits.managerLengthMax) || "unknown";
}

export function apiRequest(
  path: ResourcePath,
  raw: IncomingMessage,
  body: Buffer,
  role: Role,
  nowMs: number,
): ApiRequest {
  const query = queryOf(raw.url ?? "");
  const dryRuns = query.getAll("dryRun");
  if (dryRuns.some((value) => value !== "All")) {
    throw apiErrors.badRequest(`dryRun: Unsupported value: supported values: "All"`);
  }
  return {
    ...path,
    method: raw.method ?? "GET",
    query,
    representation: negotiate(raw.headers.accept),
    role,
    manager: managerOf(query, raw.headers["user-agent"]),
    nowIso: timeText(nowMs),
    dryRun: dryRuns.length > 0,
    contentType: raw.headers["content-type"] ?? "",
    body,
    raw,
    warnings: [],
  };
}

export function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf("?");
  return new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
}

const trueWords = new Set(["1", "t", "T", "TRUE", "true", "True", ""]);

/** As Go's strconv.ParseBool reads a query's flag; a flag without a value is true. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && trueWords.has(value);
}

/** @throws ApiError 400 for what is no whole number from 0 on */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw apiErrors.badRequest(`${name}: Invalid value: ${JSON.stringify(text)}: not a whole number`);
}
