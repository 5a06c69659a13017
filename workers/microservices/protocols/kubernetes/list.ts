/** Lists: pages of one moment's objects, written while they are sent (apiserver, etcd3 store GetList). */
import { ApiError, apiErrors } from "../../core/store/api-error.ts";
import type { KubeObject } from "../../core/store/objects.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import type { Answer } from "./answer.ts";
import { joined } from "./answer.ts";
import type { ApiContext } from "./context.ts";
import {
  columnsText,
  includeObjectOf,
  partialMetadata,
  rowWriter,
  tableHead,
} from "./printers/table.ts";
import { contentTypeOf, textOf } from "./representation.ts";
import { type ApiRequest, wholeNumber } from "./request.ts";
import { type Selection, selectionOf } from "./selection.ts";

export interface Page {
  readonly items: readonly KubeObject[];
  readonly revision: number;
  readonly continueAfter: string | undefined;
  readonly remaining: number | undefined;
}

interface Snapshot {
  readonly keys: readonly string[];
  readonly at: (key: string) => KubeObject | undefined;
}

/** The first position whose key is not below. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The objects of a resource as they were at a revision: what is there now, with the changes since
 * undone.
 * @throws ApiError 410 where those are no longer known
 */
function snapshotAt({ store }: ApiContext, resource: string, revision: number): Snapshot {
  const now: Snapshot = {
    keys: store.sortedKeys(resource),
    at: (key) => store.at(resource, key),
  };
  if (revision === store.revision) return now;
  const changes = store.changesSince(revision);
  if (changes === null) throw expired();
  const before = new Map<string, KubeObject | undefined>();
  for (const change of changes) {
    if (change.resource !== resource) continue;
    const { namespace, name } = change.object.metadata;
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    if (!before.has(key)) before.set(key, change.previous ?? undefined);
  }
  if (before.size === 0) return now;
  const keys = new Set(now.keys);
  for (const [key, object] of before) {
    if (object === undefined) keys.delete(key);
    else keys.add(key);
  }
  return {
    keys: [...keys].toSorted(),
    at: (key) => (before.has(key) ? before.get(key) : now.at(key)),
  };
}

const expired = (): ApiError =>
  apiErrors.expired(
    "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.",
  );

interface ContinueToken {
  readonly v: "meta.k8s.io/v1";
  readonly rv: number;
  readonly start: string;
}

function parseToken(text: string): ContinueToken {
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString()) as ContinueToken;
    const isWhole = Number.isSafeInteger(token.rv) && typeof token.start === "string";
    if (isWhole && token.v === "meta.k8s.io/v1") return token;
  } catch {
    // Answered below.
  }
  throw apiErrors.badRequest("continue key is not valid: it is not one of this server's");
}

/** Too far ahead: a client that saw another life of this cluster. */
export function tooLarge(asked: number, revision: number): ApiError {
  return new ApiError(
    504,
    "Timeout",
    `Too large resource version: ${asked}, current: ${revision}`,
    {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    },
  );
}

/** The revision to list at. @throws ApiError 400, 410, 504 */
function revisionOf(context: ApiContext, { query }: ApiRequest): number {
  const { revision } = context.store;
  const match = query.get("resourceVersionMatch");
  const asked = wholeNumber(query, "resourceVersion");
  if (query.get("continue")) {
    if (asked !== undefined && asked !== 0) {
      throw apiErrors.badRequest("specifying resource version is not allowed when using continue");
    }
    return parseToken(query.get("continue")!).rv;
  }
  if (match !== null && match !== "Exact" && match !== "NotOlderThan") {
    throw apiErrors.badRequest(
      `resourceVersionMatch: Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan"`,
    );
  }
  if (match !== null && query.get("resourceVersion") === null) {
    throw apiErrors.badRequest(
      "resourceVersionMatch is forbidden unless resourceVersion is provided",
    );
  }
  if (match === "Exact" && asked === 0) {
    throw apiErrors.badRequest(`resourceVersionMatch "Exact" is forbidden for resourceVersion "0"`);
  }
  if (asked !== undefined && asked > revision) throw tooLarge(asked, revision);
  return match === "Exact" && asked !== undefined ? asked : revision;
}

function candidates(
  context: ApiContext,
  resource: string,
  snapshot: Snapshot,
  { namespace, name, node }: Selection,
  isNow: boolean,
): readonly string[] {
  const { keys } = snapshot;
  if (name !== undefined && namespace !== undefined) return [`${namespace}/${name}`];
  if (name !== undefined && !context.store.kind(resource).namespaced) return [name];
  if (node !== undefined && isNow && resource === "pods") {
    const found = [...context.store.podsOn(node)];
    return found.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).toSorted();
  }
  if (namespace === undefined) return keys;
  return keys.slice(lowerBound(keys, `${namespace}/`), lowerBound(keys, `${namespace}0`));
}

/**
 * A server need not keep to the limit (API concepts, "Retrieving large results sets in chunks"). Large
 * pages are for servers that read from disk; here they would make kubectl, which asks for 500 at a time
 * and five times a second, wait, and overtake what is remembered of a cluster that changes quickly.
 */
function pageSize(limit: number | undefined, found: number): number {
  if (!limit) return Infinity;
  const isWhole = limit >= limits.pageKeptToBelow && found <= limits.wholeListMax;
  return isWhole ? Infinity : limit;
}

/** @throws ApiError 400, 410, 504 */
export function pageOf(context: ApiContext, request: ApiRequest): Page {
  const { resource } = request.served.kind;
  const selection = selectionOf(request);
  const revision = revisionOf(context, request);
  const snapshot = snapshotAt(context, resource, revision);
  const isNow = revision === context.store.revision;
  const keys = candidates(context, resource, snapshot, selection, isNow);
  const limit = pageSize(wholeNumber(request.query, "limit"), keys.length);
  const token = request.query.get("continue");
  let at = token ? lowerBound(keys, parseToken(token).start) : 0;
  const items: KubeObject[] = [];
  let last = "";
  for (; at < keys.length && items.length < limit; at++) {
    const object = snapshot.at(keys[at]!);
    if (object === undefined || !selection.matches(object)) continue;
    items.push(object);
    last = keys[at]!;
  }
  const isWhole = items.length < limit || at >= keys.length;
  return {
    items,
    revision,
    // The smallest key above the last one.
    continueAfter: isWhole ? undefined : `${last}\0`,
    remaining: isWhole || !selection.isEverything ? undefined : keys.length - at,
  };
}

export function list(context: ApiContext, request: ApiRequest): Answer {
  const page = pageOf(context, request);
  const metadata = {
    resourceVersion: String(page.revision),
    ...(page.continueAfter !== undefined && {
      continue: Buffer.from(
        JSON.stringify({ v: "meta.k8s.io/v1", rv: page.revision, start: page.continueAfter }),
      ).toString("base64url"),
    }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
  return written(context, request, page.items, metadata);
}

/** A list of the items in the form that the request asks for. */
export function written(
  context: ApiContext,
  request: ApiRequest,
  items: readonly KubeObject[],
  metadata: object,
): Answer {
  const { served, representation } = request;
  const metaVersion = `meta.k8s.io/${representation.metaVersion}`;
  let head = `{"kind":"${served.kind.kind}List","apiVersion":"${served.apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`;
  let write = (object: KubeObject): string => JSON.stringify(served.fromStored(object));
  if (representation.form === "table") {
    head = `${tableHead(representation, metadata)},"columnDefinitions":${columnsText(served)},"rows":[`;
    write = rowWriter(served, representation, includeObjectOf(request.query), context.now());
  } else if (representation.form === "metadata") {
    head = `{"kind":"PartialObjectMetadataList","apiVersion":"${metaVersion}","metadata":${JSON.stringify(metadata)},"items":[`;
    write = (object) => JSON.stringify(partialMetadata(object, representation));
  }
  const type = contentTypeOf(representation);
  if (representation.syntax === "yaml") {
    const value = JSON.parse(`${head}${items.map(write).join(",")}]}`) as unknown;
    return { status: 200, type, text: textOf(value, representation) };
  }
  return {
    status: 200,
    type,
    parts: joined(head, mapped(items, write), "]}\n", context.monotonicMs),
    isLong: items.length > 200,
  };
}

function* mapped<Item>(items: readonly Item[], write: (item: Item) => string): Generator<string> {
  for (const item of items) yield write(item);
}
