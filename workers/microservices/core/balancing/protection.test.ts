import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CircuitBreakers, envoyBreakerDefaults } from "./circuit-breakers.ts";
import { envoyOutlierDefaults, OutlierDetection, type OutlierPolicy } from "./outlier-detection.ts";
import { ClientBuckets, TokenBucket } from "./token-bucket.ts";

const surely = () => 0;

function detection(hosts: number, changes: Partial<OutlierPolicy> = {}) {
  const outliers = new OutlierDetection({ ...envoyOutlierDefaults, ...changes });
  outliers.setHosts(Array.from({ length: hosts }, (_, index) => `h${index}`));
  outliers.step(0, surely);
  return outliers;
}

function answer(outliers: OutlierDetection, key: string, status: number, times: number, now = 1) {
  for (let turn = 0; turn < times; turn++) outliers.answered(key, status, now, surely);
}

describe("outlier detection", () => {
  it("ejects after five 5xx in a row, and a success starts the count anew", () => {
    const outliers = detection(3);
    answer(outliers, "h0", 500, 4);
    answer(outliers, "h0", 404, 1);
    answer(outliers, "h0", 500, 4);
    expect(outliers.isEjected("h0")).toBe(false);
    answer(outliers, "h0", 500, 1);
    expect(outliers.isEjected("h0")).toBe(true);
    expect(outliers.record("h0")).toMatchObject({ reason: "consecutive-5xx", ejections: 1 });
  });

  it("keeps a host out for 30 s times its ejections, 300 s at most, at the end of an interval", () => {
    const outliers = detection(1);
    let now = 0;
    const outFor: number[] = [];
    for (let ejection = 0; ejection < 12; ejection++) {
      answer(outliers, "h0", 503, 5, now);
      const ejectedAt = now;
      while (outliers.isEjected("h0")) outliers.step((now += 10_000), surely);
      outFor.push((now - ejectedAt) / 1_000);
    }
    expect(outFor).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]);
    // Every good interval takes one multiple away again.
    for (let interval = 0; interval < 10; interval++) outliers.step((now += 10_000), surely);
    answer(outliers, "h0", 503, 5, now);
    expect(outliers.record("h0")?.backOff).toBe(1);
  });

  it("ejects one host of few, and never beyond the greatest share of many", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 100 }),
        (count, max) => {
          const outliers = detection(count, { maxEjectionPercent: max });
          for (let host = 0; host < count; host++) answer(outliers, `h${host}`, 500, 5);
          const expected = Math.max(1, Math.ceil((count * max) / 100));
          expect(outliers.ejected).toBe(Math.min(count, expected));
        },
      ),
    );
  });

  it("ejects by success rate below mean - 1.9 stdev, with five hosts of a hundred requests", () => {
    const run = (hosts: number, requests: number) => {
      const outliers = detection(hosts);
      for (let host = 0; host < hosts; host++) {
        const bad = host === 0 ? Math.ceil(requests / 5) : 0;
        for (let turn = 0; turn < bad; turn++) {
          answer(outliers, `h${host}`, 500, 1);
          answer(outliers, `h${host}`, 200, 1);
        }
        answer(outliers, `h${host}`, 200, requests - 2 * bad);
      }
      outliers.step(10_000, surely);
      return outliers.record("h0")?.reason;
    };
    // One of n apart from the rest lies sqrt(n - 1) standard deviations below the mean.
    expect([run(5, 100), run(4, 100), run(5, 99)]).toEqual(
      ["success-rate", undefined, undefined].map((each) => each ?? null),
    );
  });

  it("counts failure percentage and gateway failures, and leaves both alone by default", () => {
    const failing = (changes: Partial<OutlierPolicy>) => {
      const outliers = detection(5, {
        consecutive5xx: 1_000,
        enforcingSuccessRate: 0,
        ...changes,
      });
      for (let host = 0; host < 5; host++) {
        answer(outliers, `h${host}`, host === 0 ? 503 : 200, 43);
        answer(outliers, `h${host}`, 200, 7);
      }
      outliers.step(10_000, surely);
      return outliers.record("h0")?.reason;
    };
    expect(failing({})).toBe(null);
    expect(failing({ enforcingFailurePercentage: 100 })).toBe("failure-percentage");
    expect(failing({ enforcingConsecutiveGatewayFailure: 100 })).toBe(
      "consecutive-gateway-failure",
    );
  });

  it("brings a host back when its active check passes, and keeps count when hosts change", () => {
    const outliers = detection(2);
    answer(outliers, "h0", 500, 5);
    outliers.setHosts(["h0", "h9"]);
    expect([outliers.isEjected("h0"), outliers.ejected]).toEqual([true, 1]);
    outliers.checkPassed("h0");
    expect([outliers.isEjected("h0"), outliers.ejected]).toEqual([false, 0]);
    answer(outliers, "h0", 500, 5);
    outliers.setHosts(["h9"]);
    expect(outliers.ejected).toBe(0);
  });
});

describe("the circuit breakers", () => {
  it("admit Envoy's 1,024 requests and 1,024 pending ones", () => {
    const breakers = new CircuitBreakers(envoyBreakerDefaults);
    const admitted = (begin: () => boolean) =>
      Array.from({ length: 1_100 }, begin).filter(Boolean).length;
    expect(admitted(() => breakers.beginRequest())).toBe(1_024);
    expect(admitted(() => breakers.beginPending())).toBe(1_024);
    expect(breakers.overflows).toBe(152);
    breakers.endRequest();
    expect([breakers.beginRequest(), breakers.beginRequest()]).toEqual([true, false]);
  });

  it("let a fifth of the active requests be retries, and three of few", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        (active, pending) => {
          const breakers = new CircuitBreakers(envoyBreakerDefaults);
          for (let turn = 0; turn < active; turn++) breakers.beginRequest();
          for (let turn = 0; turn < pending; turn++) breakers.beginPending();
          let retries = 0;
          while (breakers.beginRetry()) retries += 1;
          expect(retries).toBe(Math.max(3, Math.floor((active + pending) / 5)));
        },
      ),
    );
    const fixed = new CircuitBreakers({ ...envoyBreakerDefaults, maxRetries: 1 });
    expect([fixed.beginRetry(), fixed.beginRetry()]).toEqual([true, false]);
  });
});

describe("the token bucket", () => {
  it("never admits more than its burst and its rate over any span", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 80 });
    const limit = fc.record({
      perSecond: fc.integer({ min: 1, max: 20 }),
      burst: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(gaps, limit, (all, { perSecond, burst }) => {
        const bucket = new TokenBucket({ perSecond, burst }, 0);
        const passed: number[] = [];
        let now = 0;
        for (const gap of all) {
          now += gap;
          const waitMs = bucket.take(now);
          if (waitMs === 0) passed.push(now);
          else expect(waitMs).toBeLessThanOrEqual(Math.ceil(1_000 / perSecond));
        }
        for (let from = 0; from < passed.length; from++) {
          for (let to = from; to < passed.length; to++) {
            const span = (passed[to]! - passed[from]!) / 1_000;
            expect(to - from + 1).toBeLessThanOrEqual(burst + span * perSecond + 1e-6);
          }
        }
      }),
    );
  });

  it("has a token when it said it would", () => {
    const bucket = new TokenBucket({ perSecond: 3, burst: 1 }, 0);
    expect(bucket.take(0)).toBe(0);
    const waitMs = bucket.take(0);
    expect(bucket.take(waitMs)).toBe(0);
  });

  it("gives each client its own and remembers only so many", () => {
    const clients = new ClientBuckets({ perSecond: 1, burst: 1 }, 2);
    expect([clients.take("a", 0), clients.take("b", 0)]).toEqual([0, 0]);
    expect(clients.take("a", 0)).toBeGreaterThan(0);
    clients.take("c", 0);
    expect(clients.size).toBe(2);
    expect(clients.take("a", 0)).toBeGreaterThan(0);
    expect(clients.take("b", 0)).toBe(0);
  });
});
