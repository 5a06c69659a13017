import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EdgeMetrics } from "./edge-metrics.ts";
import { LatencyBuckets } from "./latency-buckets.ts";
import { edgeLimits } from "./limits.ts";

const ends = { source: "shop/web", destination: "data/api" };
const answer = (ms: number) => ({ ms, error: null, sentBytes: 10, receivedBytes: 100 });

describe("latency buckets", () => {
  const latency = fc.double({ min: 0.07, max: 100_000, noNaN: true });

  it("a quantile is within an eighth of an octave of the value of that rank", () => {
    const fraction = fc.constantFrom(0.5, 0.9, 0.99, 1);
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 1, maxLength: 300 }),
        fraction,
        (values, share) => {
          const buckets = new LatencyBuckets();
          for (const ms of values) buckets.record(ms);
          const rank = Math.ceil(share * values.length);
          const exact = values.toSorted((a, b) => a - b)[rank - 1]!;
          expect(Math.abs(buckets.quantile(share)! / exact - 1)).toBeLessThan(1 / 16 + 1e-9);
        },
      ),
    );
  });

  it("adding is as good as recording", () => {
    fc.assert(
      fc.property(fc.array(latency), fc.array(latency), (one, other) => {
        const [a, b, both] = [new LatencyBuckets(), new LatencyBuckets(), new LatencyBuckets()];
        for (const ms of one) [a, both].forEach((each) => each.record(ms));
        for (const ms of other) [b, both].forEach((each) => each.record(ms));
        a.add(b);
        expect([a.count, a.quantiles()]).toEqual([both.count, both.quantiles()]);
      }),
    );
  });

  it("takes what is out of range at its ends", () => {
    const buckets = new LatencyBuckets();
    for (const ms of [0, -1, Number.NaN]) buckets.record(ms);
    expect(buckets.quantile(1)).toBeLessThan(0.0625);
    buckets.record(1e9);
    expect(buckets.quantile(1)).toBeGreaterThanOrEqual(2 ** 17);
    expect(new LatencyBuckets().quantile(0.5)).toBeNull();
  });
});

describe("edges", () => {
  it("count what went over them, by class", () => {
    const metrics = new EdgeMetrics(() => 5_000);
    metrics.answered(ends, answer(1));
    metrics.answered(ends, { ...answer(2), error: "server" });
    metrics.answered(ends, { ...answer(3), error: "server" });
    metrics.answered(ends, { ...answer(4), error: "denied" });
    metrics.handshake(ends, "full");
    metrics.handshake(ends, "resumed");
    metrics.handshake(ends, "failed");
    metrics.denied(ends);
    expect(metrics.edges()).toEqual([
      {
        ...ends,
        lastAt: 5_000,
        requests: 4,
        errors: { server: 2, denied: 1 },
        sentBytes: 40,
        receivedBytes: 400,
        handshakes: 2,
        resumptions: 1,
        handshakeFailures: 1,
        denials: 1,
        p50Ms: expect.closeTo(2.125, 6),
        p90Ms: expect.closeTo(4.25, 6),
        p99Ms: expect.closeTo(4.25, 6),
      },
    ]);
  });

  it("look back a quarter of an hour and no further", () => {
    let now = 1_000_000_000;
    const metrics = new EdgeMetrics(() => now);
    const steps = fc.array(fc.tuple(fc.nat(60_000), fc.nat(5)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const name = `run-${now}`;
        const edge = { source: name, destination: "x" };
        const asked: number[] = [];
        for (const [pauseMs, requests] of all) {
          now += pauseMs;
          for (let request = 0; request < requests; request++) {
            metrics.answered(edge, answer(1));
            asked.push(Math.floor(now / edgeLimits.slotMs));
          }
        }
        const oldest = Math.floor(now / edgeLimits.slotMs) - edgeLimits.slotsMax;
        const expected = Map.groupBy(
          asked.filter((slot) => slot > oldest),
          (slot) => slot,
        );
        expect(metrics.history(edge).map(({ at, requests }) => [at, requests])).toEqual(
          [...expected].map(([slot, { length }]) => [slot * edgeLimits.slotMs, length]),
        );
      }),
      { numRuns: 50 },
    );
    expect(edgeLimits.slotMs * edgeLimits.slotsMax).toBe(15 * 60_000);
  });

  it("are bounded: the one that was quiet longest goes", () => {
    let now = 0;
    const metrics = new EdgeMetrics(() => now);
    for (let edge = 0; edge < edgeLimits.edgesMax + 3; edge++) {
      now += 1;
      metrics.answered({ source: `s${edge}`, destination: "d" }, answer(1));
      metrics.answered({ source: "s0", destination: "d" }, answer(1));
    }
    const kept = metrics.edges().map(({ source }) => source);
    expect(kept).toHaveLength(edgeLimits.edgesMax);
    expect(metrics.dropped).toBe(3);
    expect(kept).toContain("s0");
    expect(["s1", "s2", "s3"].filter((source) => kept.includes(source))).toEqual([]);
  });
});
