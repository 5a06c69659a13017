import { describe, expect, it } from "vitest";
import type { Json } from "./json.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { parsePointer } from "./json-pointer.ts";
import { machineryLimits } from "./limits.ts";

/** RFC 6902, appendix A: section, document, patch, result. */
const appendix: [string, Json, Json[], Json][] = [
  [
    "A.1 adding an object member",
    { foo: "bar" },
    [{ op: "add", path: "/baz", value: "qux" }],
    { baz: "qux", foo: "bar" },
  ],
  [
    "A.2 adding an array element",
    { foo: ["bar", "baz"] },
    [{ op: "add", path: "/foo/1", value: "qux" }],
    { foo: ["bar", "qux", "baz"] },
  ],
  [
    "A.3 removing an object member",
    { baz: "qux", foo: "bar" },
    [{ op: "remove", path: "/baz" }],
    { foo: "bar" },
  ],
  [
    "A.4 removing an array element",
    { foo: ["bar", "qux", "baz"] },
    [{ op: "remove", path: "/foo/1" }],
    { foo: ["bar", "baz"] },
  ],
  [
    "A.5 replacing a value",
    { baz: "qux", foo: "bar" },
    [{ op: "replace", path: "/baz", value: "boo" }],
    { baz: "boo", foo: "bar" },
  ],
  [
    "A.6 moving a value",
    { foo: { bar: "baz", waldo: "fred" }, qux: { corge: "grault" } },
    [{ op: "move", from: "/foo/waldo", path: "/qux/thud" }],
    { foo: { bar: "baz" }, qux: { corge: "grault", thud: "fred" } },
  ],
  [
    "A.7 moving an array element",
    { foo: ["all", "grass", "cows", "eat"] },
    [{ op: "move", from: "/foo/1", path: "/foo/3" }],
    { foo: ["all", "cows", "eat", "grass"] },
  ],
  [
    "A.8 testing a value: success",
    { baz: "qux", foo: ["a", 2, "c"] },
    [
      { op: "test", path: "/baz", value: "qux" },
      { op: "test", path: "/foo/1", value: 2 },
    ],
    { baz: "qux", foo: ["a", 2, "c"] },
  ],
  [
    "A.10 adding a nested member object",
    { foo: "bar" },
    [{ op: "add", path: "/child", value: { grandchild: {} } }],
    { foo: "bar", child: { grandchild: {} } },
  ],
  [
    "A.11 ignoring unrecognized elements",
    { foo: "bar" },
    [{ op: "add", path: "/baz", value: "qux", xyz: 123 }],
    { foo: "bar", baz: "qux" },
  ],
  [
    "A.14 ~ escape ordering",
    { "/": 9, "~1": 10 },
    [{ op: "test", path: "/~01", value: 10 }],
    { "/": 9, "~1": 10 },
  ],
  [
    "A.16 adding an array value",
    { foo: ["bar"] },
    [{ op: "add", path: "/foo/-", value: ["abc", "def"] }],
    { foo: ["bar", ["abc", "def"]] },
  ],
];

describe("RFC 6902, appendix A", () => {
  it.each(appendix)("%s", (_section, document, patch, result) => {
    const before = structuredClone({ document, patch });
    expect(applyJsonPatch(document, patch)).toEqual(result);
    expect({ document, patch }).toEqual(before);
  });

  it.each<[string, Json, Json[], string]>([
    [
      "A.9 testing a value: error",
      { baz: "qux" },
      [{ op: "test", path: "/baz", value: "bar" }],
      "/baz",
    ],
    [
      "A.12 adding to a nonexistent target",
      { foo: "bar" },
      [{ op: "add", path: "/baz/bat", value: "qux" }],
      "/baz/bat",
    ],
    [
      "A.15 comparing strings and numbers",
      { "/": 9, "~1": 10 },
      [{ op: "test", path: "/~01", value: "10" }],
      "/~01",
    ],
  ])("%s", (_section, document, patch, sentence) => {
    expect(() => applyJsonPatch(document, patch)).toThrow(sentence);
  });
});

describe("errors name the operation", () => {
  const first = { op: "test", path: "/list/0", value: 1 };
  it.each<[Json, string]>([
    [3, "operation 1: it is not an object"],
    [{ op: "drop", path: "/a" }, 'operation 1: "op" is "drop"'],
    [{ op: "add", path: "/a" }, 'operation 1: "add" needs a "value"'],
    [{ op: "add", value: 1 }, 'operation 1: "add" needs a "path"'],
    [{ op: "add", path: "a", value: 1 }, 'operation 1: "a" does not begin with "/"'],
    [{ op: "add", path: "/list/7", value: 1 }, 'operation 1: "7" is no index'],
    [{ op: "add", path: "/list/01", value: 1 }, 'operation 1: "01" is no index'],
    [{ op: "replace", path: "/none", value: 1 }, "operation 1: there is no value"],
    [{ op: "remove", path: "/list/-" }, "operation 1: there is no value"],
    [{ op: "remove", path: "" }, "operation 1: the whole document"],
    [{ op: "copy", path: "/b" }, 'operation 1: "copy" needs a "from"'],
    [{ op: "move", from: "/a", path: "/a/b" }, "operation 1: /a cannot be moved into itself"],
    [{ op: "test", path: "/constructor", value: 1 }, "operation 1: there is no value"],
    [{ op: "test", path: "/~2", value: 1 }, "operation 1:"],
  ])("%j", (operation, sentence) => {
    expect(() => applyJsonPatch({ list: [1, 2], a: {} }, [first, operation])).toThrow(sentence);
  });

  it("bounds the number of operations and what copies add", () => {
    const { jsonPatchOperationsMax } = machineryLimits;
    const many = Array.from({ length: jsonPatchOperationsMax + 1 }, () => first);
    expect(() => applyJsonPatch({ list: [1] }, many)).toThrow(`${jsonPatchOperationsMax}`);
    const doubling = Array.from({ length: 40 }, (_, index) => ({
      op: "copy",
      from: "",
      path: `/n${index}`,
    }));
    expect(() => applyJsonPatch({ a: "x" }, doubling)).toThrow("too large together");
  });
});

it("reads the pointers of RFC 6901, section 5", () => {
  const examples: [string, string[]][] = [
    ["", []],
    ["/foo", ["foo"]],
    ["/foo/0", ["foo", "0"]],
    ["/", [""]],
    ["/a~1b", ["a/b"]],
    ["/c%d", ["c%d"]],
    ["/ ", [" "]],
    ["/m~0n", ["m~n"]],
  ];
  for (const [pointer, tokens] of examples) expect(parsePointer(pointer)).toEqual(tokens);
});
