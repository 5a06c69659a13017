import { expect, test } from "vitest";
import {
  type HistoryEntry,
  historyBodyMax,
  historyMax,
  parseHistory,
  remember,
} from "./history.ts";

function entry(id: number, body = ""): HistoryEntry {
  return {
    id: String(id),
    at: id,
    operation: "platform.state",
    method: "GET",
    path: "/api/platform",
    status: 200,
    durationMs: 1,
    draft: { path: {}, query: {}, body },
  };
}

test("the newest comes first and the oldest leaves", () => {
  let entries: readonly HistoryEntry[] = [];
  for (let id = 0; id < historyMax + 3; id += 1) entries = remember(entries, entry(id));
  expect([entries.length, entries[0]?.id, entries.at(-1)?.id]).toEqual([
    historyMax,
    String(historyMax + 2),
    "3",
  ]);
});

test("a large body is not kept", () => {
  expect(remember([], entry(1, "x".repeat(historyBodyMax + 1)))[0]?.draft.body).toBe("");
  expect(remember([], entry(1, "x"))[0]?.draft.body).toBe("x");
});

test("storage that cannot be read is an empty history", () => {
  expect([parseHistory(null), parseHistory("{"), parseHistory('[{"id":1}]')]).toEqual([[], [], []]);
  expect(parseHistory(JSON.stringify([entry(1)]))).toEqual([entry(1)]);
});
