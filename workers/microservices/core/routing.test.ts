import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseInstance, mayRetry } from "./balancer.ts";
import { planSizes, rollingBounds } from "./deployment-controller.ts";

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

describe("the rollout", () => {
  it.each([
    // Kubernetes: 25 % surge rounded up, 25 % unavailable rounded down, never both nought.
    [0, { maxSurge: 0, maxUnavailable: 1 }],
    [1, { maxSurge: 1, maxUnavailable: 0 }],
    [4, { maxSurge: 1, maxUnavailable: 1 }],
    [10, { maxSurge: 3, maxUnavailable: 2 }],
  ])("of %i replicas keeps these bounds", (replicas, bounds) => {
    expect(rollingBounds(replicas)).toEqual(bounds);
  });

  it("never plans more pods than the surge allows, nor takes available ones below the minimum", () => {
    const set = fc.record({ replicas: fc.nat(20), broken: fc.nat(20) });
    fc.assert(
      fc.property(fc.nat(20), set, fc.array(set, { maxLength: 4 }), (desired, first, others) => {
        const facts = [first, ...others].map(({ replicas, broken }, uid) => ({
          uid,
          createdAt: uid,
          replicas,
          available: Math.max(0, replicas - broken),
        }));
        const [newest, ...old] = facts;
        if (newest === undefined) return;
        const sizes = planSizes(desired, newest, old);
        const { maxSurge, maxUnavailable } = rollingBounds(desired);
        const sum = (read: (fact: (typeof facts)[number]) => number) =>
          facts.reduce((total, fact) => total + read(fact), 0);
        const sizeOf = (fact: (typeof facts)[number]) => sizes.get(fact.uid) ?? fact.replicas;
        const before = sum(({ replicas }) => replicas);
        expect(sum(sizeOf)).toBeLessThanOrEqual(Math.max(before, desired + maxSurge));
        if (newest.replicas > desired) return;
        // The ReplicaSet controller takes pods away that are not ready before those that are.
        const stays = sum((fact) => Math.min(fact.available, sizeOf(fact)));
        const enough = Math.min(
          sum(({ available }) => available),
          desired - maxUnavailable,
        );
        expect(stays).toBeGreaterThanOrEqual(enough);
      }),
      { numRuns: 500 },
    );
  });
});
