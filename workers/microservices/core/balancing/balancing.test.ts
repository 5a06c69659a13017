import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BalancedHost, type Balancer, twoOf } from "./balancer.ts";
import { balancers } from "./balancers.ts";
import { hash32 } from "./hash.ts";
import { effectiveWeight, leastRequest } from "./least-request.ts";
import { buildMaglevTable, maglevTableSize } from "./maglev.ts";
import { PeakEwma } from "./peak-ewma.ts";
import { buildRing } from "./ring-hash.ts";
import { selectable } from "./selectable.ts";

/** mulberry32: a seeded stream, so that a failure replays. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface TestHost extends BalancedHost {
  active: number;
}
const host = (key: string, weight = 1, active = 0): TestHost => ({
  key,
  weight,
  active,
  latency: new PeakEwma(),
});
const hostsOf = (...weights: number[]) =>
  weights.map((weight, index) => host(`10.0.0.${index}:80`, weight));

function countPicks(balancer: Balancer, hosts: readonly BalancedHost[], times: number): number[] {
  const counts = hosts.map(() => 0);
  const random = seeded(7);
  for (let turn = 0; turn < times; turn++) {
    const index = balancer.pick(hosts, { hash: hash32(`key-${turn}`), nowMs: 0, random });
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

describe.each(Object.entries(balancers))("%s", (_name, create) => {
  it("answers -1 without hosts and a valid index with any", () => {
    const ask = { hash: 5, nowMs: 0, random: seeded(1) };
    expect(create().pick([], ask)).toBe(-1);
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, fc.nat(), (all, hash) => {
        const index = create().pick(hostsOf(...all), { ...ask, hash });
        expect(index).toBeGreaterThanOrEqual(0);
        expect(index).toBeLessThan(all.length);
      }),
      { numRuns: 20 },
    );
  });
});

describe("weighted round robin", () => {
  it("interleaves as nginx's commit message shows: weights 5, 1, 1 give a a b a c a a", () => {
    const balancer = balancers["weighted-round-robin"]();
    const hosts = hostsOf(5, 1, 1);
    const ask = { hash: 0, nowMs: 0, random: () => 0 };
    const order = Array.from({ length: 7 }, () => "abc"[balancer.pick(hosts, ask)]);
    expect(order.join("")).toBe("aabacaa");
  });

  it("gives each host exactly its weight in every full round", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, (all) => {
        const total = all.reduce((sum, weight) => sum + weight, 0);
        const counts = countPicks(balancers["weighted-round-robin"](), hostsOf(...all), total);
        expect(counts).toEqual(all);
      }),
    );
  });
});

describe("least request", () => {
  it("weighs by weight / (active + 1) ^ bias, where the documentation's example is 2 at one active", () => {
    // Envoy's documentation: weight 2 with 4 active and bias 1 has the effective weight 2 / (4 + 1).
    expect(effectiveWeight(2, 4, 1)).toBeCloseTo(0.4, 12);
    expect(effectiveWeight(2, 4, 0)).toBe(2);
  });

  it("shares by effective weight among hosts of unequal weight", () => {
    const hosts = [host("a", 4, 1), host("b", 1, 0)];
    const [a, b] = countPicks(leastRequest(), hosts, 3_000);
    expect(a! / b!).toBeCloseTo(2, 1);
  });
});

describe("two choices", () => {
  it("never takes the busiest of many, and any pair is as likely as another", () => {
    const hosts = hostsOf(1, 1, 1, 1);
    hosts[2]!.active = 9;
    expect(countPicks(balancers["two-choices"](), hosts, 2_000)[2]).toBe(0);
    const random = seeded(3);
    const pairs = new Map<string, number>();
    for (let turn = 0; turn < 12_000; turn++) {
      const pair = twoOf(4, random).join();
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    expect(pairs.size).toBe(12);
    for (const count of pairs.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it("keeps the greatest of n bins near log log n / log 2, where one choice is far above it", () => {
    // Mitzenmacher 2001, theorem 1.1; n balls in n bins.
    const fullest = (balancer: Balancer) => {
      const hosts = hostsOf(...Array.from({ length: 1_000 }, () => 1));
      const random = seeded(11);
      for (let ball = 0; ball < 1_000; ball++) {
        hosts[balancer.pick(hosts, { hash: 0, nowMs: 0, random })]!.active += 1;
      }
      return Math.max(...hosts.map(({ active }) => active));
    };
    expect(fullest(balancers["two-choices"]())).toBeLessThanOrEqual(4);
    expect(fullest(balancers.random())).toBeGreaterThanOrEqual(5);
  });
});

describe("peak EWMA", () => {
  it("jumps to a peak at once and decays by e in ten seconds", () => {
    const latency = new PeakEwma();
    latency.observe(10, 0);
    latency.observe(500, 1);
    expect(latency.load(0, 1)).toBeCloseTo(500, 9);
    expect(latency.load(0, 10_001)).toBeCloseTo(500 / Math.E, 9);
    expect(latency.load(3, 10_001)).toBeCloseTo((4 * 500) / Math.E, 9);
  });

  it("spares a host that is asked but has never answered, and prefers the quick one", () => {
    const hosts = [host("slow"), host("quick")];
    hosts[0]!.latency.observe(80, 0);
    hosts[1]!.latency.observe(5, 0);
    expect(countPicks(balancers["peak-ewma"](), hosts, 50)).toEqual([0, 50]);
    hosts[1] = host("silent", 1, 1);
    expect(countPicks(balancers["peak-ewma"](), hosts, 50)).toEqual([50, 0]);
  });
});

describe("ring hash", () => {
  it("holds points in proportion to weight, within its greatest size", () => {
    const { points, owners } = buildRing(hostsOf(3, 1));
    const share = owners.filter((owner) => owner === 0).length / owners.length;
    expect(share).toBeCloseTo(0.75, 2);
    const many = buildRing(hostsOf(...Array.from({ length: 50 }, (_, index) => 1_000 - index)));
    expect(many.points.length).toBeLessThanOrEqual(65_536);
    expect(Array.from(points)).toEqual(Array.from(points).toSorted((a, b) => a - b));
  });

  it("moves only the keys of a host that leaves", () => {
    const before = hostsOf(1, 1, 1, 1);
    const after = before.filter((_, index) => index !== 2);
    const [a, b] = [balancers["ring-hash"](), balancers["ring-hash"]()];
    let moved = 0;
    for (let key = 0; key < 2_000; key++) {
      const ask = { hash: hash32(`user-${key}`), nowMs: 0, random: () => 0 };
      const old = before[a.pick(before, ask)]!;
      const now = after[b.pick(after, ask)]!;
      if (old !== before[2] && now !== old) moved += 1;
    }
    expect(moved).toBe(0);
  });
});

describe("Maglev (Eisenbud et al. 2016, section 3.4)", () => {
  const countSlots = (table: Int32Array, hosts: number) => {
    const counts = Array.from({ length: hosts }, () => 0);
    for (const owner of table) counts[owner]! += 1;
    return counts;
  };

  it("fills every slot, and hosts of equal weight differ by one slot at most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (count) => {
        const hosts = hostsOf(...Array.from({ length: count }, () => 1));
        const counts = countSlots(buildMaglevTable(hosts, maglevTableSize), count);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        expect(counts.reduce((sum, each) => sum + each)).toBe(maglevTableSize);
      }),
      { numRuns: 8 },
    );
  });

  it("gives weights their share", () => {
    const counts = countSlots(buildMaglevTable(hostsOf(4, 2, 1), maglevTableSize), 3);
    expect(counts[0]! / maglevTableSize).toBeCloseTo(4 / 7, 2);
    expect(counts[1]! / maglevTableSize).toBeCloseTo(2 / 7, 2);
  });

  it("disturbs few slots beyond those of a host that leaves, and none by the order of the list", () => {
    const hosts = hostsOf(...Array.from({ length: 20 }, () => 1));
    const before = buildMaglevTable(hosts, maglevTableSize);
    const after = buildMaglevTable(hosts.slice(0, 19), maglevTableSize);
    let moved = 0;
    for (let slot = 0; slot < maglevTableSize; slot++) {
      if (before[slot] !== 19 && before[slot] !== after[slot]) moved += 1;
    }
    // Section 5.3: with a table a hundred times the hosts, a few per cent at most.
    expect(moved / maglevTableSize).toBeLessThan(0.05);
    const reversed = hosts.toReversed();
    const other = buildMaglevTable(reversed, maglevTableSize);
    expect(Array.from(other, (owner) => reversed[owner]!.key)).toEqual(
      Array.from(before, (owner) => hosts[owner]!.key),
    );
  });
});

describe("the panic threshold", () => {
  it("spares unhealthy hosts until fewer than half are healthy", () => {
    const hosts = (healthy: number) =>
      Array.from({ length: 4 }, (_, index) => ({ index, healthy: index < healthy }));
    expect(selectable(hosts(2), 50)).toMatchObject({ hosts: [{ index: 0 }, { index: 1 }] });
    expect(selectable(hosts(1), 50)).toMatchObject({ panic: true, hosts: { length: 4 } });
    expect(selectable(hosts(0), 0)).toEqual({ panic: false, hosts: [] });
  });
});
