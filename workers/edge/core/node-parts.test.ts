import { describe, expect, it } from "vitest";
import type { EdgeResult } from "../contract.ts";
import { edgeLimits } from "../limits.ts";
import { BusyTime } from "./busy-time.ts";
import { Fleet } from "./fleet.ts";
import { LatencyWindow } from "./latency-window.ts";
import { findPlace } from "./places.ts";
import { cacheKey, ResultCache } from "./result-cache.ts";
import { rankNodes } from "./routing.ts";

const result: EdgeResult = { kind: "series", operation: "smooth", values: [1] };
const capabilities = { cpu: 2, memory: 1_024, storage: 10 };

function fleetAt(...names: string[]) {
  const fleet = new Fleet<{ dataBytes: number }>();
  for (const name of names) {
    const { latitude, longitude, country } = findPlace(name)!;
    fleet.add({ place: name, country, latitude, longitude }, capabilities, 0);
  }
  return fleet;
}

describe("the result cache", () => {
  it("answers until the time to live is over, and counts honestly", () => {
    const cache = new ResultCache();
    expect(cache.get("a", 0)).toBeUndefined();
    cache.set("a", result, 10, 0);
    expect(cache.get("a", edgeLimits.cacheTtlMs - 1)).toBe(result);
    expect(cache.get("a", edgeLimits.cacheTtlMs)).toBeUndefined();
    const { hits, misses, expired, evicted, entries, bytes } = cache;
    expect({ hits, misses, expired, evicted, entries, bytes }).toEqual({
      hits: 1,
      misses: 2,
      expired: 1,
      evicted: 0,
      entries: 0,
      bytes: 0,
    });
  });

  it("stays within its bounds by dropping what was used least recently", () => {
    const cache = new ResultCache();
    const half = edgeLimits.cacheBytesMax / 2;
    cache.set("a", result, half, 0);
    cache.set("b", result, half, 0);
    cache.get("a", 1);
    cache.set("c", result, half, 1);
    expect(["a", "b", "c"].map((key) => cache.get(key, 2) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    cache.set("large", result, edgeLimits.cacheBytesMax + 1, 2);
    expect(cache.get("large", 2)).toBeUndefined();
    for (let index = 0; index < 1_000; index++) cache.set(String(index), result, 1, 2);
    expect(cache.entries).toBe(edgeLimits.cacheEntriesMax);
    expect(cache.bytes).toBe(edgeLimits.cacheEntriesMax);
  });

  it("tells questions apart by subject and every number", () => {
    const keys = [
      cacheKey("smooth 3", [1, 2]),
      cacheKey("smooth 5", [1, 2]),
      cacheKey("smooth 3", [1, 2.000_000_000_000_001]),
      cacheKey("smooth 3", [1]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(cacheKey("smooth 3", [1, 2])).toBe(keys[0]);
  });
});

describe("measures", () => {
  it("percentiles are nearest ranks of the last samples", () => {
    const window = new LatencyWindow();
    expect(window.percentiles()).toBeNull();
    for (let value = 1; value <= 100; value++) window.record(value);
    expect(window.percentiles()).toEqual({ p50: 50, p90: 90, p99: 99, max: 100 });
    for (let index = 0; index < edgeLimits.latencySamplesMax; index++) window.record(7);
    expect(window.percentiles()).toEqual({ p50: 7, p90: 7, p99: 7, max: 7 });
    expect(window.total).toBe(100 + edgeLimits.latencySamplesMax);
  });

  it("busy time is a share of what all workers could do in ten seconds, and is forgotten", () => {
    const busy = new BusyTime();
    busy.add(1_000, 500);
    busy.add(1_000, 9_500);
    expect(busy.fraction(1, 9_900)).toBeCloseTo(0.2, 12);
    expect(busy.fraction(4, 9_900)).toBeCloseTo(0.05, 12);
    expect(busy.fraction(1, 10_100)).toBeCloseTo(0.1, 12);
    expect(busy.fraction(1, 60_000)).toBe(0);
  });
});

describe("routing", () => {
  const tokyo = findPlace("Tokyo")!;

  it("takes the nearest of idle nodes and says what each would cost", () => {
    const fleet = fleetAt("London", "Osaka", "Singapore");
    const { ranked, excluded } = rankNodes(fleet.nodes, tokyo, 100);
    expect(ranked.map(({ node }) => node.at.place)).toEqual(["Osaka", "Singapore", "London"]);
    expect(excluded).toEqual([]);
    for (const { candidate } of ranked) {
      const { networkMs, waitMs, computeMs, scoreMs } = candidate;
      expect(scoreMs).toBeCloseTo(networkMs + waitMs + computeMs, 12);
    }
  });

  it("prefers a farther node once the near one has more work ahead than the way costs", () => {
    const fleet = fleetAt("Osaka", "Singapore");
    const osaka = fleet.get("edge-osaka")!;
    osaka.recordComputed(20, 10, 0);
    for (let count = 0; count < 10; count++) osaka.enqueue({ dataBytes: 8 });
    const { ranked } = rankNodes(fleet.nodes, tokyo, 100);
    expect(ranked[0]?.node.id).toBe("edge-singapore");
    expect(ranked[1]?.candidate.waitMs).toBeCloseTo((10 / 2) * 20, 12);
  });

  it("leaves out what failed, is full or has no room, and says so", () => {
    const fleet = fleetAt("London", "Paris", "Madrid", "Tokyo");
    fleet.get("edge-london")!.takeDown(0);
    const paris = fleet.get("edge-paris")!;
    for (let count = 0; count < edgeLimits.queueMax; count++) paris.enqueue({ dataBytes: 0 });
    fleet.get("edge-madrid")!.enqueue({ dataBytes: 1_024 * 1_048_576 });
    const { ranked, excluded } = rankNodes(fleet.nodes, tokyo, 100);
    expect(ranked.map(({ node }) => node.id)).toEqual(["edge-tokyo"]);
    expect(excluded).toEqual([
      { node: "edge-london", reason: "failed" },
      { node: "edge-paris", reason: "queue full" },
      { node: "edge-madrid", reason: "too little memory" },
    ]);
  });
});

describe("a node", () => {
  it("works on as many requests as it has cpu and gives back all that it held", () => {
    const node = fleetAt("Paris").get("edge-paris")!;
    for (let count = 0; count < 3; count++) node.enqueue({ dataBytes: 100 });
    const [first, second, third] = [node.takeNext(), node.takeNext(), node.takeNext()];
    expect(third).toBeUndefined();
    expect(node.memoryUsedBytes).toBe(300);
    node.release(first!);
    node.release(second!);
    expect(node.takeDown(9)).toHaveLength(1);
    expect(node.view(9)).toMatchObject({
      state: "failed",
      since: 9,
      running: 0,
      queued: 0,
      rerouted: 1,
      memoryUsedBytes: 0,
    });
    expect(node.takeNext()).toBeUndefined();
  });
});

describe("the fleet", () => {
  it("names a second node in a place apart and finds the nearest free place", () => {
    const fleet = fleetAt("Frankfurt", "Frankfurt");
    expect(fleet.nodes.map(({ id }) => id)).toEqual(["edge-frankfurt", "edge-frankfurt-2"]);
    expect(fleet.nearestFreePlace(findPlace("Frankfurt")!)?.name).toBe("Zurich");
  });
});
