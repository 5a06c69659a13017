import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./testing/test-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

interface Event {
  readonly type: string;
  readonly object: {
    readonly kind: string;
    readonly code?: number;
    readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
    readonly columnDefinitions?: unknown[] | null;
    readonly rows?: { readonly cells: unknown[] }[];
  };
}

const path = "/api/v1/namespaces/default/configmaps";

/** Opens a watch, and gives all its events when it has ended by itself. */
async function watched(
  query: string,
  change: () => void,
  accept = "application/json",
): Promise<Event[]> {
  const url = `${server.url}${path}?watch=1&timeoutSeconds=1&${query}`;
  const response = await fetch(url, { headers: { accept } });
  await pause(50);
  change();
  const text = await response.text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Event);
}

function put(name: string, labels: Record<string, string>): void {
  const there = server.store.get("configmaps", "default", name);
  const metadata = { name, namespace: "default", labels };
  if (there === undefined) server.store.create({ apiVersion: "v1", kind: "ConfigMap", metadata });
  else server.store.update({ ...there, metadata: { ...there.metadata, labels } });
}

describe("a watch", () => {
  it("tells of objects that come into a selection and leave it", async () => {
    const from = server.store.revision;
    const events = await watched(`labelSelector=a%3D1&resourceVersion=${from}`, () => {
      put("x", { a: "2" });
      put("x", { a: "1" });
      put("x", { a: "1", b: "1" });
      put("x", { a: "2" });
      server.store.delete("configmaps", "default", "x");
    });
    expect(events.map(({ type }) => type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
  });

  it("begins with the state, marked by a bookmark, where a streaming list is asked for", async () => {
    put("x", {});
    const query =
      "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=0";
    const [first, second] = await watched(query, () => {});
    expect(first).toMatchObject({ type: "ADDED", object: { metadata: { name: "x" } } });
    expect(second).toMatchObject({
      type: "BOOKMARK",
      object: { metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
    });
  });

  it("is told to list anew where its past is forgotten", async () => {
    for (let round = 0; round < 9_000; round++) put("x", { round: String(round) });
    const events = await watched("resourceVersion=2", () => {});
    expect(events).toMatchObject([{ type: "ERROR", object: { kind: "Status", code: 410 } }]);
  });

  it("writes rows of a table, its columns once", async () => {
    put("x", {});
    const events = await watched(
      "",
      () => put("y", {}),
      "application/json;as=Table;v=v1;g=meta.k8s.io",
    );
    expect(events.map(({ object }) => object.rows![0]!.cells.slice(0, 2))).toEqual([
      ["x", 0],
      ["y", 0],
    ]);
    expect(events.map(({ object }) => object.columnDefinitions === null)).toEqual([false, true]);
  });
});
