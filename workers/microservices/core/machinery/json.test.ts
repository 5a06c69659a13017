import fc from "fast-check";
import { expect, it } from "vitest";
import {
  cloneJson,
  equalJson,
  type Json,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
} from "./json.ts";

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as Json);

it("a clone is equal, and equality is that of the canonical text", () => {
  const canonical = (value: Json): string =>
    JSON.stringify(value, (_key, member: unknown) =>
      typeof member === "object" && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : member,
    );
  fc.assert(
    fc.property(json, json, (left, right) => {
      expect(equalJson(cloneJson(left), left)).toBe(true);
      expect(equalJson(left, right)).toBe(canonical(left) === canonical(right));
    }),
  );
});

it("reads a member of the kind asked for, and nothing else", () => {
  const value = { object: { a: 1 }, list: [{ b: 1 }, 2], text: "x", number: 3 };
  expect([objectAt(value, "object"), objectAt(value, "list")]).toEqual([{ a: 1 }, undefined]);
  expect([objectsAt(value, "list"), objectsAt(value, "text")]).toEqual([[{ b: 1 }], []]);
  expect([stringAt(value, "text"), stringAt(value, "number")]).toEqual(["x", undefined]);
  expect([numberAt(value, "number"), numberAt(value, "text")]).toEqual([3, undefined]);
});
