import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceErrorCode } from "./errors.ts";
import { parseJsonBody } from "./json-body.ts";
import { httpLimits } from "./limits.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function outcome(body: string | Uint8Array): unknown {
  try {
    return { value: parseJsonBody(typeof body === "string" ? bytes(body) : body) };
  } catch (error) {
    return { code: (error as { code: unknown }).code };
  }
}

const refused = (code: ServiceErrorCode) => ({ code });
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const listOf = (values: number) => `[${Array.from({ length: values }, () => "0").join(",")}]`;

describe("any JSON value within the bounds", () => {
  it("parses as JSON.parse does", () => {
    const value = fc
      .jsonValue({ maxDepth: 8 })
      .filter((each) => !JSON.stringify(each).includes("__proto__"));
    const indent = fc.constantFrom(undefined, 1, "\t", "\r\n ");
    fc.assert(
      fc.property(value, indent, (each, space) => {
        const text = JSON.stringify(each, null, space);
        expect(outcome(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it("is refused exactly when JSON.parse refuses it", () => {
    const fragment = fc.constantFrom(
      ..."[]{},:\"\\'\u0000\n0-1eE+.".split(""),
      "null",
      "true",
      '"a"',
      "\\u",
      "NaN",
      "//",
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
        const text = fragments.join("");
        let expected: unknown = refused("BODY_MALFORMED");
        try {
          expected = { value: JSON.parse(text) as unknown };
        } catch {
          // Expected to be refused.
        }
        expect(outcome(text)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it("keeps brackets, commas and escaped quotes in strings out of the count", () => {
    const text = '[[[[{{{{,,,,"\\'.repeat(20_000);
    expect(outcome(JSON.stringify({ text }))).toEqual({ value: { text } });
  });

  it("RFC 8259 section 4: of equal names the last one counts", () => {
    expect(outcome('{"a":1,"a":2}')).toEqual({ value: { a: 2 } });
  });

  it("RFC 8259 section 6: numbers are doubles, beyond which there is infinity", () => {
    expect(outcome("[1e309,-0,9007199254740993]")).toEqual({
      value: [Infinity, -0, 9007199254740992],
    });
  });
});

describe("bytes", () => {
  it("RFC 8259 section 8.1: a byte order mark is ignored", () => {
    expect(outcome(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes('{"a":1}')]))).toEqual({
      value: { a: 1 },
    });
  });

  it.each([
    ["a lone continuation byte", [0x22, 0x80, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["above U+10FFFF", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ["a sequence cut short", [0x22, 0xe2, 0x82]],
    ["UTF-16", [0xff, 0xfe, 0x5b, 0x00, 0x5d, 0x00]],
  ])("RFC 3629 section 3: refuses %s", (_title, sequence) => {
    expect(outcome(new Uint8Array(sequence))).toEqual(refused("BODY_MALFORMED"));
  });

  it("A24 an escaped lone surrogate is a string like another", () => {
    expect(outcome('"\\ud800"')).toEqual({ value: "\ud800" });
  });
});

describe("bounds", () => {
  it.each([
    [httpLimits.bodyDepthMax, { value: JSON.parse(nested(httpLimits.bodyDepthMax)) as unknown }],
    [httpLimits.bodyDepthMax + 1, refused("BODY_TOO_COMPLEX")],
    [100_000, refused("BODY_TOO_COMPLEX")],
  ])("A22 nesting of %i", (depth, expected) => {
    expect(outcome(nested(depth))).toEqual(expected);
  });

  it("counts objects and arrays as one depth", () => {
    const mixed = (depth: number) => '{"a":['.repeat(depth / 2) + "]}".repeat(depth / 2);
    expect(outcome(mixed(httpLimits.bodyDepthMax))).toHaveProperty("value");
    expect(outcome(mixed(httpLimits.bodyDepthMax + 2))).toEqual(refused("BODY_TOO_COMPLEX"));
  });

  it("nesting that ends makes room again", () => {
    const rows = Array.from({ length: 100 }, () => [[[]]]);
    expect(outcome(JSON.stringify(rows))).toEqual({ value: rows });
  });

  it("holds the number of values, the containers among them", () => {
    expect(outcome(listOf(httpLimits.bodyValuesMax - 1))).toHaveProperty("value.length", 99_999);
    expect(outcome(listOf(httpLimits.bodyValuesMax))).toEqual(refused("BODY_TOO_COMPLEX"));
  });
});

describe("A20 prototype keys", () => {
  it.each([
    ["plain", '{"__proto__":{"role":"admin"}}'],
    ["in a nested object", '[{"a":{"__proto__":1}}]'],
    ["escaped in the middle", '{"__pr\\u006fto__":1}'],
    ["escaped throughout", '{"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f":1}'],
    ["escaped in upper-case digits", '{"\\u005F_proto__":1}'],
  ])("%s", (_title, text) => {
    expect(outcome(text)).toEqual(refused("BODY_MALFORMED"));
  });

  it("any mixture of plain and escaped characters", () => {
    const spelling = fc
      .tuple(
        ...Array.from("__proto__", (character) =>
          fc.boolean().map((escape) => {
            const code = character.charCodeAt(0).toString(16).padStart(4, "0");
            return escape ? `\\u${code}` : character;
          }),
        ),
      )
      .map((characters) => characters.join(""));
    fc.assert(
      fc.property(spelling, (key) => {
        expect(outcome(`{"${key}":1}`)).toEqual(refused("BODY_MALFORMED"));
      }),
    );
  });

  it("accepts the word as a value, and constructor as a key that the schema judges", () => {
    expect(outcome('{"a":"__proto__"}')).toEqual({ value: { a: "__proto__" } });
    expect(outcome('{"constructor":{"prototype":1}}')).toEqual({
      value: { constructor: { prototype: 1 } },
    });
  });
});

it("A38 describes a fault in one line of bounded length", () => {
  const detail = (() => {
    try {
      return parseJsonBody(bytes(`{"a": \n\n\u001b[31m ${"x".repeat(5_000)}`));
    } catch (error) {
      return (error as Error).message;
    }
  })();
  expect(detail).toMatch(/^[^\n\r]{1,201}$/);
});
