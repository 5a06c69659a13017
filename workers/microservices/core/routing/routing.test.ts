import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGatewayConfig, type RouteConfig } from "../../contract.ts";
import { checkConfig } from "./check-config.ts";
import { type Ingress, routesOfIngress } from "./ingress-routes.ts";
import { compilePattern, PatternError } from "./path-pattern.ts";
import { chooseService, hasDotSegments, hasPrefix, rewritten, RouteTable } from "./route-table.ts";

const configsOf = (...routes: object[]): RouteConfig[] =>
  parseGatewayConfig({
    routes: routes.map((route, index) => ({
      name: `r${index}`,
      to: [{ service: `s${index}` }],
      ...route,
    })),
  }).routes;
const tableOf = (...routes: object[]) => new RouteTable(configsOf(...routes));
const ask = (path: string, more: object = {}) => ({
  host: "localhost",
  path,
  method: "GET",
  headers: {},
  ...more,
});

describe("path patterns", () => {
  it("match what the language's own expressions match", () => {
    const patterns = [
      "/a*b+c?",
      "/(a|bc)*",
      "/[a-c]+\\d?",
      "/[^b]*",
      "/(?:a(b|c)?)+",
      "/a.c",
      "/\\w+/\\d+",
      "/a|/b|/ab",
      "",
      "/\\.\\*",
    ];
    const texts = fc.string({ unit: fc.constantFrom("/", "a", "b", "c", "1", "."), maxLength: 10 });
    fc.assert(
      fc.property(fc.constantFrom(...patterns), texts, (pattern, text) => {
        const oracle = new RegExp(`^(?:${pattern})$`, "s");
        expect(compilePattern(pattern).test(text)).toBe(oracle.test(text));
        expect(compilePattern(`^${pattern}$`).test(text)).toBe(oracle.test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("answer at once where backtracking would take longer than the world lasts", () => {
    const text = `/${"a".repeat(4_000)}!`;
    for (const pattern of ["/(a+)+", "/(a|a)*b", "/(a*)*b", "/(?:a?a?a?a?a?a?)*b"]) {
      expect(compilePattern(pattern).test(text)).toBe(false);
    }
  });

  it.each([
    ["/(a", "closing bracket"],
    ["/a)", "no opening bracket"],
    ["/[a", "closing ]"],
    ["/[z-a]", 'ends before "z"'],
    ["/*+", "repeats a repetition"],
    ["*", "not understood"],
    ["/a{2}", "not understood"],
    ["/(?=a)", "not understood"],
    ["/\\1", "no known escape"],
    ["/\\", "after the backslash"],
    ["a".repeat(300), "at most 256"],
  ])("refuse %s and say why", (pattern, why) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
    expect(() => compilePattern(pattern)).toThrow(why);
  });
});

describe("the route table", () => {
  it("prefers an exact host, then one star, then any", () => {
    const table = tableOf({}, { hosts: ["*.shop.test"] }, { hosts: ["a.shop.test"] });
    const found = (host: string) => table.match(ask("/", { host }))?.config.name;
    expect(["a.shop.test", "b.shop.test", "shop.test", "x.b.shop.test"].map(found)).toEqual([
      "r2",
      "r1",
      "r0",
      "r0",
    ]);
    expect(table.namesHost("b.shop.test")).toBe(true);
    expect(table.namesHost("evil.test")).toBe(false);
  });

  it("prefers an exact path, then a pattern, then the longest prefix, then more conditions", () => {
    const table = tableOf(
      { path: { kind: "prefix", value: "/" } },
      { path: { kind: "prefix", value: "/api/" } },
      { path: { kind: "prefix", value: "/api" }, headers: [{ name: "x-beta", kind: "present" }] },
      { path: { kind: "regex", value: "/api/v\\d+/.*" } },
      { path: { kind: "exact", value: "/api/v1/me" } },
      { path: { kind: "prefix", value: "/api" }, methods: ["DELETE"] },
    );
    const found = (...asked: Parameters<typeof ask>) => table.match(ask(...asked))?.config.name;
    expect(found("/api/v1/me")).toBe("r4");
    expect(found("/api/v1/you")).toBe("r3");
    expect(found("/api/x")).toBe("r1");
    expect(found("/api/x", { headers: { "x-beta": "1" } })).toBe("r2");
    expect(found("/api/x", { method: "DELETE" })).toBe("r5");
    expect(found("/apix")).toBe("r0");
  });

  it("finds by prefix what splitting into segments finds (the oracle of Ingress's table)", () => {
    const segment = fc.constantFrom("a", "b", "ab", "");
    const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
    const segmentsOf = (text: string) => text.replace(/\/$/, "").split("/");
    fc.assert(
      fc.property(path, path, (value, asked) => {
        const prefix = segmentsOf(value);
        const whole = asked.split("/");
        expect(hasPrefix(asked, value)).toBe(prefix.every((each, index) => whole[index] === each));
      }),
    );
  });

  it("rewrites the prefix or the whole path and keeps the query", () => {
    const route = (path: object, to: string) => tableOf({ path, rewrite: { path: to } }).routes[0]!;
    expect(rewritten(route({ kind: "prefix", value: "/shop" }, "/"), "/shop/cart", "?a=1")).toBe(
      "/cart?a=1",
    );
    expect(rewritten(route({ kind: "prefix", value: "/shop" }, "/"), "/shop", "")).toBe("/");
    expect(rewritten(route({ kind: "prefix", value: "/" }, "/v2"), "/a", "")).toBe("/v2/a");
    expect(rewritten(route({ kind: "exact", value: "/a" }, "/b"), "/a", "?x")).toBe("/b?x");
  });

  it("shares requests over services exactly by weight", () => {
    const to = [
      { service: "a", weight: 7 },
      { service: "b", weight: 0 },
      { service: "c", weight: 3 },
    ];
    const [route] = tableOf({ to }).routes;
    const counts = { a: 0, b: 0, c: 0 };
    for (let step = 0; step < 1_000; step++) {
      counts[chooseService(route!, step / 1_000) as "a"] += 1;
    }
    expect(counts).toEqual({ a: 700, b: 0, c: 300 });
  });

  it.each(["/a/../b", "/..", "/./a", "/a/%2e%2E/b", "/a/.%2e", "/a%2f..%2fb", "/a\\..\\b"])(
    "sees the dots in %s",
    (path) => expect(hasDotSegments(path)).toBe(true),
  );
  it.each(["/a.b", "/.well-known/x", "/a..b", "/...", "/a%20b"])("leaves %s alone", (path) =>
    expect(hasDotSegments(path)).toBe(false),
  );
});

describe("checking a configuration", () => {
  const errorsOf = (...routes: object[]) =>
    checkConfig({ routes: configsOf(...routes), policies: [] }, new Set(["s0"])).errors;

  it("takes a good one and warns of services that are not there", () => {
    const config = { routes: configsOf({}, { hosts: ["a.test"] }), policies: [] };
    expect(checkConfig(config, new Set(["s0"]))).toEqual({
      errors: [],
      warnings: ["Route r1: there is no service s1 now."],
    });
  });

  it.each([
    [{ path: { kind: "regex", value: "/(" } }, "closing bracket"],
    [{ path: { kind: "prefix", value: "a" } }, "start with a slash"],
    [{ to: [] }, "needs a service"],
    [{ redirect: { status: 301, path: "/x" } }, "take one"],
    [{ to: [], redirect: { status: 301 } }, "lead to itself"],
    [{ to: [{ service: "a", weight: 0 }] }, "weights are nought"],
    [{ perTryTimeoutMs: 20_000 }, "above timeoutMs"],
    [{ requestHeaders: { set: { "content-length": "1" }, add: {}, remove: [] } }, "connection"],
  ])("refuses %j", (route, why) => {
    expect(errorsOf(route).join()).toContain(why);
  });

  it("refuses two routes of one name and two that match the same", () => {
    expect(errorsOf({}, { name: "r0", hosts: ["x.test"] }).join()).toContain("has this name");
    expect(errorsOf({}, {}).join()).toContain("matches just what r0 matches");
  });
});

describe("Ingress (networking.k8s.io/v1, path types and the examples of its documentation)", () => {
  /** Kind, the paths of the Ingress, the request's path, and the path that takes it. */
  const examples: [kind: string, paths: string[], request: string, taken: string | null][] = [
    ["Prefix", ["/"], "/any/path", "/"],
    ["Exact", ["/foo"], "/foo", "/foo"],
    ["Exact", ["/foo"], "/bar", null],
    ["Exact", ["/foo"], "/foo/", null],
    ["Exact", ["/foo/"], "/foo", null],
    ["Prefix", ["/foo"], "/foo", "/foo"],
    ["Prefix", ["/foo"], "/foo/", "/foo"],
    ["Prefix", ["/foo/"], "/foo", "/foo/"],
    ["Prefix", ["/foo/"], "/foo/", "/foo/"],
    ["Prefix", ["/aaa/bb"], "/aaa/bbb", null],
    ["Prefix", ["/aaa/bbb"], "/aaa/bbb", "/aaa/bbb"],
    ["Prefix", ["/aaa/bbb/"], "/aaa/bbb", "/aaa/bbb/"],
    ["Prefix", ["/aaa/bbb"], "/aaa/bbb/", "/aaa/bbb"],
    ["Prefix", ["/aaa/bbb"], "/aaa/bbb/ccc", "/aaa/bbb"],
    ["Prefix", ["/aaa/bbb"], "/aaa/bbbxyz", null],
    ["Prefix", ["/", "/aaa"], "/aaa/ccc", "/aaa"],
    ["Prefix", ["/", "/aaa", "/aaa/bbb"], "/aaa/bbb", "/aaa/bbb"],
    ["Prefix", ["/", "/aaa", "/aaa/bbb"], "/ccc", "/"],
    ["Prefix", ["/aaa"], "/ccc", null],
  ];

  const routesOf = (ingress: Ingress) =>
    parseGatewayConfig({ routes: routesOfIngress(ingress) }).routes;

  it.each(examples)("%s %j: %s goes to %s", (pathType, paths, request, taken) => {
    const rules = [
      {
        http: {
          paths: paths.map((path, index) => ({
            path,
            pathType,
            backend: { service: { name: `s${index}` } },
          })),
        },
      },
    ];
    const table = new RouteTable(routesOf({ spec: { rules } }));
    const service = table.match(ask(request))?.config.to[0]?.service;
    expect(service).toBe(taken === null ? undefined : `s${paths.indexOf(taken)}`);
  });

  it("prefers exact to prefix, one label for the star, and the default backend last", () => {
    const path = (pathType: string, name: string) => ({
      path: "/foo",
      pathType,
      backend: { service: { name } },
    });
    const table = new RouteTable(
      routesOf({
        metadata: { name: "web", namespace: "team" },
        spec: {
          defaultBackend: { service: { name: "rest" } },
          rules: [
            {
              host: "*.foo.com",
              http: { paths: [path("Prefix", "prefix"), path("Exact", "exact")] },
            },
          ],
        },
      }),
    );
    const service = (host: string, asked: string) =>
      table.match(ask(asked, { host }))?.config.to[0]?.service;
    expect(service("bar.foo.com", "/foo")).toBe("exact.team");
    expect(service("bar.foo.com", "/foo/x")).toBe("prefix.team");
    expect(service("baz.bar.foo.com", "/foo")).toBe("rest.team");
    expect(service("foo.com", "/foo")).toBe("rest.team");
  });
});
