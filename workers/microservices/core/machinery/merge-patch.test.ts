import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "./json.ts";
import { applyMergePatch } from "./merge-patch.ts";

/** RFC 7396, appendix A: original, patch, result. */
const appendix: [Json, Json, Json][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe("RFC 7396", () => {
  it.each(appendix)("%j with %j gives %j", (original, patch, result) => {
    const before = structuredClone({ original, patch });
    expect(applyMergePatch(original, patch)).toEqual(result);
    expect({ original, patch }).toEqual(before);
  });

  it("a patch applied twice is the patch applied once", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (target, patch) => {
        const once = applyMergePatch(target as Json, patch as Json);
        expect(applyMergePatch(once, patch as Json)).toEqual(once);
      }),
    );
  });

  it("sets a key __proto__ and leaves the prototype", () => {
    const patch = JSON.parse('{"__proto__":{"admin":true}}') as Json;
    const result = applyMergePatch({}, patch);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"admin":true}}');
  });

  it("refuses a patch that nests without end", () => {
    let patch: Json = 1;
    for (let depth = 0; depth < 300; depth++) patch = { a: patch };
    expect(() => applyMergePatch({}, patch)).toThrow("nests deeper");
  });
});
