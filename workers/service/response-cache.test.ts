import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseCache } from "./response-cache.ts";

const entriesMax = 3;
type Step =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "set"; readonly key: string; readonly body: string; readonly forMs: number };

const key = fc.constantFrom("/a", "/b", "/c", "/d", "/e");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(60) }),
  fc.record({ kind: fc.constant("get" as const), key }),
  fc.record({ kind: fc.constant("set" as const), key, body: fc.string(), forMs: fc.nat(100) }),
);

describe("ResponseCache", () => {
  it("serves what was set last, until its time is over or newer entries need the room", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = 1_000;
        const cache = new ResponseCache(entriesMax, () => now);
        // The oracle: a list in order of setting, filtered anew at each question.
        let model: { key: string; body: string; until: number }[] = [];
        for (const each of steps) {
          if (each.kind === "wait") now += each.ms;
          else if (each.kind === "get") {
            const known = model.find((entry) => entry.key === each.key);
            const fresh = known !== undefined && now < known.until;
            if (!fresh) model = model.filter((entry) => entry !== known);
            expect(cache.get(each.key)).toBe(fresh ? known.body : undefined);
          } else {
            cache.set(each.key, each.body, each.forMs);
            const others = model.filter((entry) => entry.key !== each.key);
            const { key: name, body, forMs } = each;
            model = [...others, { key: name, body, until: now + forMs }].slice(-entriesMax);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("forgets at the very moment", () => {
    let now = 0;
    const cache = new ResponseCache(1, () => now);
    cache.set("/a", "body", 100);
    now = 99.9;
    expect(cache.get("/a")).toBe("body");
    now = 100;
    expect(cache.get("/a")).toBeUndefined();
  });
});
