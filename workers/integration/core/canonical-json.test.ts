import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "./canonical-json.ts";
import { filledSeries } from "./data-flows.ts";

function withReversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReversedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, withReversedKeys(each)]);
  return Object.fromEntries(entries.toReversed());
}

describe("canonical JSON", () => {
  it("is JSON of the same value, whatever the order of its keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
        expect(canonicalJson(withReversedKeys(plain))).toBe(canonicalJson(plain));
      }),
    );
  });

  it("orders keys by code unit (RFC 8785 section 3.2.3)", () => {
    expect(canonicalJson({ "\u20ac": 1, "\r": 2, "1": 3, "\u0080": 4 })).toBe(
      '{"\\r":2,"1":3,"\u0080":4,"\u20ac":1}',
    );
  });

  it("is hashed with SHA-256 (FIPS 180-4, example of one block)", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

describe("request counts as a series", () => {
  it("has zero where nothing was recorded", () => {
    const counts = [
      { second: 10, requests: 4 },
      { second: 13, requests: 1 },
    ];
    expect(filledSeries({ counts, presentSecond: 15 })).toEqual([4, 0, 0, 1, 0]);
    expect(filledSeries({ counts: [], presentSecond: 15 })).toEqual([]);
  });

  it("leaves out the second that has not ended", () => {
    const counts = [{ second: 10, requests: 4 }];
    expect(filledSeries({ counts, presentSecond: 10 })).toEqual([]);
    expect(filledSeries({ counts, presentSecond: 11 })).toEqual([4]);
  });
});
