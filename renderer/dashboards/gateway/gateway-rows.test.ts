import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import {
  type GatewayMeasures,
  type Latency,
  parseGatewayConfig,
} from "../../../workers/microservices/contract.ts";
import { backendRows, curlOf, routeRows, serviceState } from "./gateway-rows.ts";

const latency: Latency = {
  count: 0,
  meanMs: null,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  maxMs: null,
  buckets: [],
};
const endpoint = (id: string, requests: number, more: object = {}) => ({
  id,
  address: `127.0.0.1:${id}`,
  healthy: true,
  ejected: false,
  ejectionReason: null,
  ejections: 0,
  inFlight: 0,
  weight: 1,
  requests,
  errors: 0,
  latency,
  ...more,
});
const measures = (...endpoints: ReturnType<typeof endpoint>[]): GatewayMeasures => ({
  routes: [],
  services: [
    {
      service: "shop",
      balancer: "round-robin",
      panic: false,
      requests: 0,
      retries: 0,
      retryLimit: 3,
      overflows: 0,
      connections: 0,
      endpoints,
    },
  ],
});

describe("routes", () => {
  it("of the configuration, of Ingress objects and of services are one list", () => {
    const { routes } = parseGatewayConfig({
      routes: [
        {
          name: "canary",
          hosts: ["shop.localhost"],
          path: { kind: "exact", value: "/a" },
          methods: ["GET"],
          headers: [{ name: "x-user", kind: "prefix", value: "b" }],
          to: [{ service: "shop", weight: 3 }, { service: "next" }],
          rateLimit: { perSecond: 5, burst: 10 },
        },
        { name: "moved", redirect: { status: 308, path: "/new" } },
      ],
    });
    const ingressRoutes = [{ ...routes[1]!, name: "ingress/default/web/1" }];
    const golden = { requests: 4, errors: 1, retries: 2, hedges: 3, limited: 5, inFlight: 0 };
    const rows = routeRows(
      { routes, ingressRoutes },
      {
        routes: [{ name: "canary", ...golden, requestsPerSecond: 0.4, latency }],
        services: [],
      },
      [],
    );
    expect(rows.map(({ name, source }) => [name, source])).toEqual([
      ["canary", "configuration"],
      ["moved", "configuration"],
      ["ingress/default/web/1", "ingress"],
    ]);
    expect(rows[0]).toMatchObject({
      conditions: "GET, x-user: b*",
      to: "shop 75 %, next 25 %",
      limits: "5/s, burst 10",
      requests: 4,
      hedges: 3,
      refused: 5,
    });
    expect(rows[1]?.to).toBe("308 to /new");
  });
});

describe("backends", () => {
  it("show their share of all requests and their rate between two readings", () => {
    const before = { at: 1_000, measures: measures(endpoint("1", 10), endpoint("2", 10)) };
    const now = { at: 3_000, measures: measures(endpoint("1", 40), endpoint("2", 10)) };
    const rows = backendRows("shop", now, before);
    expect(rows.map(({ share, perSecond }) => [share, perSecond])).toEqual([
      [0.8, 15],
      [0.2, 0],
    ]);
    expect(backendRows("shop", now, null)[0]?.perSecond).toBeNull();
    // Counts begin anew with the thread.
    const restarted = { at: 5_000, measures: measures(endpoint("1", 1)) };
    expect(backendRows("shop", restarted, now)[0]).toMatchObject({ share: 1, perSecond: null });
    expect(backendRows("gone", now, before)).toEqual([]);
  });

  it("have a verdict together", () => {
    const state = (...endpoints: ReturnType<typeof endpoint>[]) =>
      serviceState(measures(...endpoints).services[0]!).health;
    expect(state(endpoint("1", 0))).toBe("healthy");
    expect(state(endpoint("1", 0), endpoint("2", 0, { ejected: true }))).toBe("degraded");
    expect(state(endpoint("1", 0, { healthy: false }))).toBe("failed");
    expect(state()).toBe("failed");
  });
});

it("a shell reads from the curl line exactly the request of the trial", () => {
  const body = `{"text":"it's $HOME \`x\` @file"}`;
  const line = curlOf(
    { method: "POST", host: "shop.test", path: "/a?q='b'&c=[1]", headers: { "x-a": "b c" }, body },
    4_000,
    true,
  );
  const script = `curl() { printf '%s\\n' "$@"; }\n${line}`;
  const env = { DEMO_TOKEN: "t0" };
  const words = execFileSync("sh", ["-c", script], { encoding: "utf8", env }).trim().split("\n");
  expect(words).toEqual([
    "-i",
    "--globoff",
    "-X",
    "POST",
    "--resolve",
    "shop.test:4000:127.0.0.1",
    "-H",
    "x-a: b c",
    "-H",
    "Authorization: Bearer t0",
    "--data-raw",
    body,
    "http://shop.test:4000/a?q='b'&c=[1]",
  ]);
});
