import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyLimits } from "./limits.ts";
import { drawDelay, TrafficRules, type Delay, type TrafficRule } from "./traffic-rules.ts";

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const request = (random: () => number, headers: Record<string, string> = {}, path = "/") => ({
  path,
  header: (name: string) => headers[name],
  random,
});
const rule = (more: Partial<TrafficRule>): TrafficRule => ({
  namespace: "shop",
  service: "web",
  ...more,
});
const subsets = (...weights: number[]) =>
  weights.map((weight, index) => ({ name: `v${index}`, labels: {}, weight }));

const draws = 20_000;
/** Five standard deviations of a share of the draws: a right program fails once in a million. */
const within = (share: number) => 5 * Math.sqrt((share * (1 - share)) / draws);

describe("traffic rules", () => {
  it("each request is mirrored, delayed or aborted with its own probability", () => {
    const random = seeded(7);
    const rules = new TrafficRules([
      rule({
        mirror: { namespace: "shop", service: "shadow", percent: 10 },
        delay: { percent: 30, delay: { kind: "fixed", ms: 20 } },
        abort: { percent: 5, status: 503 },
      }),
    ]);
    const seen = { mirrored: 0, delayed: 0, aborted: 0 };
    for (let draw = 0; draw < draws; draw++) {
      const decision = rules.decide("shop", "web", request(random));
      seen.mirrored += decision.mirrorTo === null ? 0 : 1;
      seen.delayed += decision.delayMs === 20 ? 1 : 0;
      seen.aborted += decision.abortStatus === 503 ? 1 : 0;
    }
    expect(Math.abs(seen.mirrored / draws - 0.1)).toBeLessThan(within(0.1));
    expect(Math.abs(seen.delayed / draws - 0.3)).toBeLessThan(within(0.3));
    expect(Math.abs(seen.aborted / draws - 0.05)).toBeLessThan(within(0.05));
  });

  it.each([
    ["by chance", undefined],
    ["by a header", "x-user"],
  ])("a split has its weights, %s", (_title, stickyHeader) => {
    const random = seeded(11);
    const split = {
      subsets: subsets(90, 0, 10),
      ...(stickyHeader === undefined ? {} : { stickyHeader }),
    };
    const rules = new TrafficRules([rule({ split })]);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < draws; draw++) {
      const asked = request(random, { "x-user": `user-${draw}` });
      counts[Number(rules.decide("shop", "web", asked).subset!.name.slice(1))]! += 1;
    }
    expect(counts[1]).toBe(0);
    expect(Math.abs(counts[2]! / draws - 0.1)).toBeLessThan(within(0.1));
  });

  it("a sticky split keeps each user, and moves few when the weights change", () => {
    const at = (weights: number[], user: string) =>
      new TrafficRules([rule({ split: { subsets: subsets(...weights), stickyHeader: "x-user" } })]) //
        .decide("shop", "web", request(Math.random, { "x-user": user })).subset!.name;
    fc.assert(
      fc.property(fc.string(), (user) => {
        expect(at([50, 50], user)).toBe(at([50, 50], user));
        // Who had the canary keeps it while it grows.
        if (at([90, 10], user) === "v1") expect(at([50, 50], user)).toBe("v1");
      }),
    );
  });

  it("the first rule that means the request is followed", () => {
    const rules = new TrafficRules([
      rule({ match: { headers: { "x-user": "eve" } }, abort: { percent: 100, status: 418 } }),
      rule({ match: { pathPrefix: "/slow" }, delay: { percent: 100, delay: fixed(5) } }),
      rule({ abort: { percent: 100, status: 500 } }),
    ]);
    const random = () => 0.5;
    const decide = (headers: Record<string, string>, path: string, service = "web") => {
      const { abortStatus, delayMs } = rules.decide(
        "shop",
        service,
        request(random, headers, path),
      );
      return [abortStatus, delayMs];
    };
    expect(decide({ "x-user": "eve" }, "/slow")).toEqual([418, 0]);
    expect(decide({ "x-user": "bob" }, "/slow/1")).toEqual([null, 5]);
    expect(decide({}, "/")).toEqual([500, 0]);
    expect(decide({}, "/", "api")).toEqual([null, 0]);
  });

  it.each<[Delay, number, number]>([
    [{ kind: "uniform", minMs: 10, maxMs: 30 }, 20, 20 / Math.sqrt(12)],
    [{ kind: "exponential", meanMs: 40 }, 40, 40],
    [{ kind: "normal", meanMs: 100, deviationMs: 10 }, 100, 10],
  ])("delays of %o have their mean and deviation", (delay, mean, deviation) => {
    const random = seeded(3);
    const all = Array.from({ length: draws }, () => drawDelay(delay, random));
    const found = all.reduce((sum, ms) => sum + ms, 0) / draws;
    const variance = all.reduce((sum, ms) => sum + (ms - found) ** 2, 0) / draws;
    expect(Math.abs(found - mean)).toBeLessThan((5 * deviation) / Math.sqrt(draws));
    expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(0.05);
  });

  it("delays are bounded and never negative", () => {
    fc.assert(
      fc.property(
        fc.nat(60_000),
        fc.nat(60_000),
        fc.double({ min: 0, max: 1 - 1e-12, noNaN: true }),
        (meanMs, deviationMs, chance) => {
          const ms = drawDelay({ kind: "normal", meanMs, deviationMs }, () => chance);
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(policyLimits.delayMsMax);
        },
      ),
    );
  });

  it.each<[string, Partial<TrafficRule>]>([
    ["a percentage", { mirror: { namespace: "a", service: "b", percent: 101 } }],
    ["an abort has a status", { abort: { percent: 1, status: 42 } }],
    ["a delay is from", { delay: { percent: 1, delay: fixed(-1) } }],
    ["a delay is from", { delay: { percent: 1, delay: fixed(Number.NaN) } }],
    ["a split has a weight", { split: { subsets: subsets(0, 0) } }],
    ["not negative", { split: { subsets: subsets(1, -1) } }],
  ])("%s: refused otherwise", (message, more) => {
    expect(() => new TrafficRules([rule(more)])).toThrow(message);
  });
});

function fixed(ms: number): Delay {
  return { kind: "fixed", ms };
}
