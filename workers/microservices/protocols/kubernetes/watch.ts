/** Watches: the changes of a resource as lines of JSON (apiserver, endpoints/handlers/watch.go). */
import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ApiError, apiErrors } from "../../core/store/api-error.ts";
import type { Change } from "../../core/store/change-log.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import type { KubeObject } from "../../core/store/objects.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import type { ApiContext } from "./context.ts";
import { pageOf, tooLarge } from "./list.ts";
import {
  columnsText,
  type IncludeObject,
  includeObjectOf,
  partialMetadata,
  rowWriter,
  tableHead,
} from "./printers/table.ts";
import { type ApiRequest, flag, wholeNumber } from "./request.ts";
import { type Selection, selectionOf } from "./selection.ts";

type EventType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";

const lineOf = (type: EventType, objectText: string): string =>
  `{"type":"${type}","object":${objectText}}\n`;

/** All watches of the server, told of changes by one subscription. */
export class WatchHub {
  readonly #watches = new Map<string, Set<Watch>>();
  readonly #stop: () => void;
  #count = 0;

  constructor(store: ObjectStore) {
    this.#stop = store.subscribe((change) => {
      const watches = this.#watches.get(change.resource);
      if (watches === undefined) return;
      // Watches that want the same form share the text.
      const texts = new Map<string, string>();
      for (const each of watches) each.tell(change, texts);
    });
  }

  get size(): number {
    return this.#count;
  }

  add(resource: string, added: Watch): void {
    let watches = this.#watches.get(resource);
    if (watches === undefined) this.#watches.set(resource, (watches = new Set()));
    watches.add(added);
    this.#count += 1;
  }

  remove(resource: string, removed: Watch): void {
    const watches = this.#watches.get(resource);
    if (watches?.delete(removed) !== true) return;
    this.#count -= 1;
    if (watches.size === 0) this.#watches.delete(resource);
  }

  /** Ends the watches of a resource that is no longer served. */
  endAll(resource: string): void {
    for (const each of this.#watches.get(resource) ?? []) each.end();
  }

  close(): void {
    this.#stop();
    for (const resource of this.#watches.keys()) this.endAll(resource);
  }
}

/** Writes objects in the form that a watch asks for; tables name their columns once. */
class ObjectWriter {
  readonly #request: ApiRequest;
  readonly #include: IncludeObject;
  readonly #now: () => number;
  readonly key: string;
  #hasColumns = false;

  constructor(request: ApiRequest, now: () => number) {
    this.#request = request;
    this.#now = now;
    this.#include = includeObjectOf(request.query);
    const { served, representation } = request;
    this.key = `${served.apiVersion} ${representation.form} ${representation.metaVersion} ${this.#include}`;
  }

  text(object: KubeObject, revision: number): string {
    const { served, representation } = this.#request;
    const shown = atRevision(object, revision);
    if (representation.form === "object") return JSON.stringify(served.fromStored(shown));
    if (representation.form === "metadata") {
      return JSON.stringify(partialMetadata(shown, representation));
    }
    const row = rowWriter(served, representation, this.#include, this.#now())(shown);
    return this.#table(revision, row);
  }

  bookmark(revision: number, endsInitial: boolean): string {
    const { served, representation } = this.#request;
    const metadata = {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(endsInitial && { annotations: { "k8s.io/initial-events-end": "true" } }),
    };
    const { kind } = served.kind;
    const object = { kind, apiVersion: served.apiVersion, metadata } as unknown as KubeObject;
    if (representation.form === "object") return JSON.stringify(object);
    const partial = JSON.stringify(partialMetadata(object, representation));
    if (representation.form === "metadata") return partial;
    return this.#table(revision, `{"cells":[],"object":${partial}}`);
  }

  #table(revision: number, row: string): string {
    const { served, representation } = this.#request;
    const columns = this.#hasColumns ? "null" : columnsText(served);
    this.#hasColumns = true;
    const head = tableHead(representation, { resourceVersion: String(revision) });
    return `${head},"columnDefinitions":${columns},"rows":[${row}]}`;
  }
}

/** An object that left a selection is told of as it was, under the version of its leaving. */
function atRevision(object: KubeObject, revision: number): KubeObject {
  const resourceVersion = String(revision);
  if (object.metadata.resourceVersion === resourceVersion) return object;
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}

interface WatchOptions {
  readonly selection: Selection;
  readonly writer: ObjectWriter;
  readonly sharesTexts: boolean;
  readonly hasBookmarks: boolean;
  readonly timeoutMs: number;
  readonly revision: () => number;
  readonly onEnd: (watch: Watch) => void;
}

class Watch {
  readonly #response: ServerResponse;
  readonly #options: WatchOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #queue: string[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(response: ServerResponse, options: WatchOptions) {
    this.#response = response;
    this.#options = options;
    response.once("close", () => this.end());
    response.on("error", () => this.end());
  }

  /** From a change to an event: by whether the object was and is selected. */
  tell(change: Change, texts: Map<string, string>): void {
    const { selection } = this.#options;
    const isIn = change.type !== "DELETED" && selection.matches(change.object);
    const wasIn = change.previous !== null && selection.matches(change.previous);
    if (!isIn && !wasIn) return;
    const type = isIn ? (wasIn ? "MODIFIED" : "ADDED") : "DELETED";
    const object = isIn || change.type === "DELETED" ? change.object : change.previous!;
    this.#push(lineOf(type, this.#textOf(object, change.revision, texts)));
  }

  #textOf(object: KubeObject, revision: number, texts: Map<string, string>): string {
    const { writer, sharesTexts } = this.#options;
    if (!sharesTexts) return writer.text(object, revision);
    const key = `${writer.key} ${revision} ${object.metadata.resourceVersion}`;
    let text = texts.get(key);
    if (text === undefined) texts.set(key, (text = writer.text(object, revision)));
    return text;
  }

  #push(line: string): void {
    if (this.#ended) return;
    if (this.#queue.length >= limits.watchQueueMax) {
      // It lists anew, as the clients of Kubernetes do when a watch breaks off.
      this.end();
      return;
    }
    this.#queue.push(line);
    this.#wake?.();
  }

  /** Writes the first lines, then what happens, until it ends. */
  async run(first: Iterable<string>, monotonicMs: () => number): Promise<void> {
    const { timeoutMs, hasBookmarks } = this.#options;
    this.#timers.push(setTimeout(() => this.#timeOut(), timeoutMs).unref());
    if (hasBookmarks) {
      const bookmark = () => this.#bookmark();
      this.#timers.push(setInterval(bookmark, limits.bookmarkIntervalMs).unref());
    }
    this.#response.flushHeaders();
    let turnBegan = monotonicMs();
    for (const line of first) {
      if (this.#ended) return;
      await this.#write(line);
      if (monotonicMs() - turnBegan < limits.turnMs) continue;
      await nextTurn();
      turnBegan = monotonicMs();
    }
    while (!this.#ended) {
      if (this.#queue.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
        continue;
      }
      const lines = this.#queue;
      this.#queue = [];
      await this.#write(lines.join(""));
    }
  }

  async #write(text: string): Promise<void> {
    if (this.#ended) return;
    const response = this.#response;
    if (response.write(text) || response.writableLength < limits.watchBufferBytesMax) return;
    await new Promise<void>((resolve) => {
      response.once("drain", resolve);
      response.once("close", resolve);
    });
  }

  #bookmark(): void {
    const { writer, revision } = this.#options;
    this.#push(lineOf("BOOKMARK", writer.bookmark(revision(), false)));
  }

  #timeOut(): void {
    if (this.#options.hasBookmarks) this.#bookmark();
    const rest = this.#queue.join("");
    this.#queue = [];
    if (!this.#ended && rest !== "") this.#response.write(rest);
    this.end();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.onEnd(this);
    this.#wake?.();
    this.#response.end();
  }
}

function timeoutOf(request: ApiRequest, random: () => number): number {
  const seconds = wholeNumber(request.query, "timeoutSeconds") ?? 0;
  if (seconds > 0) return Math.min(seconds * 1_000, 2 * limits.watchTimeoutMinMs);
  return limits.watchTimeoutMinMs * (1 + random());
}

/** sendInitialEvents has rules of its own (apimachinery, ValidateListOptions). */
function wantsInitialEvents({ query }: ApiRequest): boolean | undefined {
  const match = query.get("resourceVersionMatch");
  if (query.get("sendInitialEvents") === null) {
    if (match === null) return undefined;
    throw apiErrors.badRequest(
      "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
    );
  }
  if (match !== "NotOlderThan") {
    throw apiErrors.badRequest(
      "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
    );
  }
  return flag(query, "sendInitialEvents");
}

/** Answers on the response itself, which stays open. @throws ApiError before anything is sent */
export function watch(context: ApiContext, request: ApiRequest, response: ServerResponse): void {
  const { store, watches } = context;
  const { resource } = request.served.kind;
  const initial = wantsInitialEvents(request);
  const selection = selectionOf(request);
  const asked = wholeNumber(request.query, "resourceVersion") ?? 0;
  if (asked > store.revision) throw tooLarge(asked, store.revision);
  if (watches.size >= limits.watchesMax) {
    throw apiErrors.tooManyRequests(`${watches.size} watches are open already`);
  }
  const writer = new ObjectWriter(request, context.now);
  const hasBookmarks = flag(request.query, "allowWatchBookmarks");
  const sendsState = initial ?? asked === 0;
  const { revision } = store;
  const changes = sendsState || asked === 0 ? [] : store.changesSince(asked);
  response.writeHead(200, { "content-type": "application/json" });
  if (changes === null) {
    const { status } = new ApiError(410, "Expired", `too old resource version: ${asked}`);
    response.end(lineOf("ERROR", JSON.stringify(status)));
    return;
  }
  const open = new Watch(response, {
    selection,
    writer,
    sharesTexts: request.representation.form !== "table",
    hasBookmarks,
    timeoutMs: timeoutOf(request, context.random),
    revision: () => store.revision,
    onEnd: (ended) => watches.remove(resource, ended),
  });
  watches.add(resource, open);
  const texts = new Map<string, string>();
  for (const change of changes) {
    if (change.resource === resource) open.tell(change, texts);
  }
  const first = sendsState ? stateOf(context, request) : [];
  open
    .run(
      firstLines(first, writer, initial === true && hasBookmarks ? revision : null),
      context.monotonicMs,
    )
    .catch(() => open.end());
}

function stateOf(context: ApiContext, request: ApiRequest): readonly KubeObject[] {
  // The same selection, of now, whole.
  const query = new URLSearchParams();
  for (const name of ["labelSelector", "fieldSelector"]) {
    const value = request.query.get(name);
    if (value !== null) query.set(name, value);
  }
  return pageOf(context, { ...request, query }).items;
}

function* firstLines(
  objects: readonly KubeObject[],
  writer: ObjectWriter,
  bookmarkAt: number | null,
): Generator<string> {
  for (const object of objects) {
    yield lineOf("ADDED", writer.text(object, Number(object.metadata.resourceVersion)));
  }
  if (bookmarkAt !== null) yield lineOf("BOOKMARK", writer.bookmark(bookmarkAt, true));
}
