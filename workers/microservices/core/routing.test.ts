import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseInstance, mayRetry } from "./balancer.ts";

describe("the balancer", () => {
  it("gives idle instances the same share", () => {
    const candidates = ["a", "b", "c"].map((key) => ({ key, pending: 0 }));
    const chosen = Array.from({ length: 9 }, (_, turn) =>
      chooseInstance(candidates, turn, new Set()),
    );
    expect(chosen.map((each) => each?.key).join("")).toBe("abcabcabc");
  });

  it("chooses the least pending that has not been tried, whatever the turn", () => {
    const candidate = fc.record({ key: fc.string(), pending: fc.nat(20) });
    const candidates = fc.uniqueArray(candidate, { selector: ({ key }) => key, minLength: 1 });
    fc.assert(
      fc.property(candidates, fc.nat(), fc.array(fc.string()), (all, turn, keys) => {
        const tried = new Set(
          [...keys, ...all.slice(1).map(({ key }) => key)].slice(0, keys.length),
        );
        const chosen = chooseInstance(all, turn, tried);
        const fresh = all.filter(({ key }) => !tried.has(key));
        const pool = fresh.length > 0 ? fresh : all;
        expect(pool).toContain(chosen);
        expect(chosen?.pending).toBe(Math.min(...pool.map(({ pending }) => pending)));
      }),
    );
    expect(chooseInstance([], 3, new Set())).toBeUndefined();
  });

  it("repeats only what does no work twice (RFC 9110 section 9.2.2)", () => {
    expect(["GET", "PUT", "DELETE"].map((method) => mayRetry(method, "broken"))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["POST", "PATCH"].map((method) => mayRetry(method, "broken"))).toEqual([false, false]);
    expect(mayRetry("POST", "unsent")).toBe(true);
    expect(mayRetry("GET", "timeout")).toBe(false);
  });
});
