import { describe, expect, it } from "vitest";
import { readHttpRoute } from "./http-routes.ts";
import { TrafficRules } from "./traffic-rules.ts";

const metadata = { namespace: "shop", name: "cart" };
const parentRefs = [{ group: "", kind: "Service", name: "cart" }];
const backend = (name: string, weight?: number) => ({
  name,
  port: 80,
  ...(weight !== undefined && { weight }),
});
const hasService = (_namespace: string, name: string) => name !== "gone";

function decideAll(
  rules: readonly object[],
  path = "/",
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
) {
  const read = readHttpRoute({ metadata, spec: { parentRefs, rules } }, hasService);
  const traffic = new TrafficRules(read.rules);
  const at = (random: number) =>
    traffic.decide("shop", "cart", {
      method,
      path,
      header: (name) => headers[name],
      random: () => random,
    });
  return { at, unsupported: read.unsupported };
}
const chosen = (rules: readonly object[], path = "/", more = {}) => {
  const { subset, abortStatus } = decideAll(rules, path, more).at(0);
  return abortStatus ?? subset?.service?.name;
};

// gateway-api.sigs.k8s.io/reference/spec, HTTPRouteRule
describe("an HTTPRoute of a Service", () => {
  it("splits by weight", () => {
    const { at } = decideAll([{ backendRefs: [backend("v1", 9), backend("v2", 1)] }]);
    const counts = { v1: 0, v2: 0 } as Record<string, number>;
    for (let step = 0; step < 1_000; step++) counts[at(step / 1_000).subset!.service!.name]! += 1;
    expect(counts).toEqual({ v1: 900, v2: 100 });
  });

  it("follows the most specific match, whatever the order", () => {
    const match = (value: string, type = "PathPrefix", more = {}) => ({
      matches: [{ path: { type, value }, ...more }],
    });
    const rules = [
      { ...match("/"), backendRefs: [backend("root")] },
      { ...match("/a"), backendRefs: [backend("a")] },
      { ...match("/a/b", "Exact"), backendRefs: [backend("exact")] },
      { ...match("/a", "PathPrefix", { method: "POST" }), backendRefs: [backend("post")] },
      {
        ...match("/a", "PathPrefix", { headers: [{ name: "X-Canary", value: "1" }] }),
        backendRefs: [backend("canary")],
      },
    ];
    expect(chosen(rules, "/x")).toBe("root");
    expect(chosen(rules, "/ab")).toBe("root");
    expect(chosen(rules, "/a?x=/")).toBe("a");
    expect(chosen(rules, "/a/b")).toBe("exact");
    expect(chosen(rules, "/a/b/c")).toBe("a");
    expect(chosen(rules, "/a", { method: "POST" })).toBe("post");
    expect(chosen(rules, "/a", { headers: { "x-canary": "1" } })).toBe("canary");
  });

  it("answers 404 to what no rule means, and 500 without a backend", () => {
    const path = { type: "Exact", value: "/only" };
    const rules = [{ matches: [{ path }], backendRefs: [backend("v1")] }];
    expect(chosen(rules, "/else")).toBe(404);
    expect(chosen([{ backendRefs: [] }])).toBe(500);
    expect(chosen([{ backendRefs: [backend("gone")] }])).toBe(500);
    expect(chosen([{ backendRefs: [backend("v1", 0)] }])).toBe(500);
  });

  it("mirrors to another service", () => {
    const filters = [{ type: "RequestMirror", requestMirror: { backendRef: backend("shadow") } }];
    const { at } = decideAll([{ filters, backendRefs: [backend("v1")] }]);
    expect(at(0.99).mirrorTo).toMatchObject({ namespace: "shop", service: "shadow", port: 80 });
  });

  it("says what it does not carry out, and answers 500 there", () => {
    const filters = [{ type: "URLRewrite" }];
    const { at, unsupported } = decideAll([{ filters, backendRefs: [backend("v1")] }]);
    expect(unsupported).toEqual(["spec.rules[0].filters"]);
    expect(at(0).abortStatus).toBe(500);
  });

  it("is nothing to a route of a Gateway", () => {
    const spec = { parentRefs: [{ name: "public" }], rules: [{ backendRefs: [backend("v1")] }] };
    expect(readHttpRoute({ metadata, spec }, hasService).rules).toEqual([]);
  });
});
