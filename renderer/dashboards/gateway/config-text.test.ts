import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGatewayConfig } from "../../../workers/microservices/contract.ts";
import { languages, readConfig, textOf } from "./config-text.ts";

/** Parts of routes and policies, each by itself away from its default. */
const routeParts = fc.record(
  {
    hosts: fc.constant(["shop.localhost", "*.shop.localhost"]),
    path: fc.constantFrom({ kind: "prefix", value: "/a" }, { kind: "exact", value: "/" }),
    methods: fc.constant(["GET"]),
    headers: fc.constant([{ name: "x-user", kind: "present" }]),
    to: fc.constant([{ service: "shop", weight: 9 }, { service: "canary.team-1" }]),
    rewrite: fc.constant({ path: "/v2" }),
    requestHeaders: fc.constant({ set: { "x-a": "1", "x-b": ": #" }, remove: ["x-c"] }),
    mirror: fc.constant({ service: "copy", percent: 5 }),
    fault: fc.constant({ delayMs: 10, abortStatus: 503 }),
    timeoutMs: fc.integer({ min: 1, max: 300_000 }),
    retry: fc.record({ attempts: fc.integer({ min: 0, max: 5 }) }),
    hedge: fc.constant({ afterMs: 20, percentile: 95 }),
    rateLimit: fc.constant({ perSecond: 5, burst: 10 }),
  },
  { requiredKeys: [] },
);
const policyParts = fc.record(
  {
    balancer: fc.constantFrom("peak-ewma", "maglev"),
    hashOn: fc.constantFrom({ kind: "header", name: "x-user" }, { kind: "path" }),
    weights: fc.constant({ "shop-1": 3 }),
    outlier: fc.record({ consecutive5xx: fc.integer({ min: 1, max: 9 }) }),
    breakers: fc.record({ maxRetries: fc.constantFrom(null, 4) }),
  },
  { requiredKeys: [] },
);

describe("the configuration as a text", () => {
  it.each(languages)("says in %s the same configuration, whatever it leaves out", (language) => {
    fc.assert(
      fc.property(fc.array(routeParts), fc.array(policyParts), (routes, policies) => {
        const config = parseGatewayConfig({
          routes: routes.map((parts, at) => ({ name: `r${at}`, ...parts })),
          policies: policies.map((parts, at) => ({ service: `s${at}`, ...parts })),
        });
        expect(readConfig(textOf(config, language), language).config).toEqual(config);
      }),
    );
  });

  it("leaves out what is as by default", () => {
    const config = parseGatewayConfig({
      routes: [{ name: "shop", to: [{ service: "shop" }], retry: { attempts: 3 } }],
    });
    const { routes } = JSON.parse(textOf(config, "json")) as { routes: object[] };
    expect(routes).toEqual([
      { name: "shop", to: [{ service: "shop", weight: 1 }], retry: { attempts: 3 } },
    ]);
  });

  it("says where a text is wrong", () => {
    expect(readConfig("routes: [", "yaml").problems?.[0]).toMatch(/line 1/);
    expect(readConfig("{", "json").problems).toHaveLength(1);
    const { problems } = readConfig("routes:\n  - name: Shop\n  - nome: x\n", "yaml");
    expect(problems?.[0]).toMatch(/^routes\[0\]\.name: /);
    expect(readConfig("3", "yaml").problems?.[0]).toMatch(/^The whole: /);
    expect(readConfig("", "yaml").config).toEqual({ routes: [], policies: [] });
  });
});
