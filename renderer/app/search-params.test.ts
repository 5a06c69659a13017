import { expect, test } from "vitest";
import { entryRedirect } from "../data/subsystem.ts";
import { documentTitle, pageAt, pageKeys, pages } from "./pages.ts";
import {
  componentsSearch,
  consoleSearch,
  docsSearch,
  overviewSearch,
  quantumSearch,
} from "./search-params.ts";

test("what an address may hold is kept", () => {
  expect(overviewSearch.parse({ window: "15m", view: "list" })).toEqual({
    window: "15m",
    view: "list",
  });
  expect(componentsSearch.parse({ thread: "quantum", filter: "state:ready" })).toEqual({
    thread: "quantum",
    filter: "state:ready",
  });
  expect(quantumSearch.parse({ items: ["a"], target: "a", iterations: 3, seed: 0 })).toEqual({
    items: ["a"],
    target: "a",
    iterations: 3,
    seed: 0,
  });
});

test.each([
  [overviewSearch, { window: "1y", view: 3 }],
  [componentsSearch, { thread: "nobody", filter: {} }],
  [quantumSearch, { items: "a", target: 1, iterations: -1, seed: 0.5 }],
  [consoleSearch, { op: ["x"], example: 1 }],
  [docsSearch, { op: null, query: "x".repeat(101) }],
])("anything odd falls back instead of failing: %#", (schema, search) => {
  const parsed: object = schema.parse(search);
  expect(Object.values(parsed).every((value) => value === undefined)).toBe(true);
});

test("only a bare slash leads on to a dashboard, and never to itself", () => {
  expect(entryRedirect("/", "", "quantum")).toBe("/quantum");
  expect(entryRedirect("/", "?window=5m", "quantum")).toBeNull();
  expect(entryRedirect("/settings", "", "quantum")).toBeNull();
  expect(entryRedirect("/", "", "gateway")).toBeNull();
});

test("titles and keys come from the table of pages", () => {
  expect(documentTitle("/quantum")).toBe("Quantum search · @DEMO control center");
  expect(documentTitle("/nowhere")).toBe("Page not found · @DEMO control center");
  const [first] = pages;
  expect([pageAt("/"), pageKeys(first)]).toEqual([first, ["1", "g o"]]);
});
