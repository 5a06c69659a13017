import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Authorization, type AuthorizationPolicy } from "./authorization.ts";
import { strangerPod, type MeshPod } from "./pod.ts";
import { normalPath } from "./request-path.ts";

const pod = (namespace: string, serviceAccount: string, labels = {}): MeshPod => ({
  ...strangerPod({ namespace, serviceAccount, name: `${serviceAccount}-0` }),
  labels,
});
const shopWeb = pod("shop", "web", { app: "web" });
const api = pod("data", "api", { app: "api" });
const get = (target: string, port = 8_080, method = "GET") => ({ method, target, port });
const allow = (rules: AuthorizationPolicy["rules"], more = {}): AuthorizationPolicy => ({
  namespace: "data",
  name: "allow",
  action: "ALLOW",
  rules,
  ...more,
});

describe("authorization", () => {
  const web = { principals: ["cluster.local/ns/shop/sa/web"] };
  const cases: [string, readonly AuthorizationPolicy[], ReturnType<typeof get>, boolean][] = [
    ["no policy", [], get("/"), false],
    ["an ALLOW without rules allows nothing", [allow([])], get("/"), false],
    ["an empty rule allows everything", [allow([{}])], get("/"), true],
    ["of another namespace", [allow([{}], { namespace: "shop" })], get("/"), false],
    ["of the source's account", [allow([{ from: [web] }])], get("/"), true],
    [
      "of another account",
      [allow([{ from: [{ principals: ["cluster.local/ns/shop/sa/cart"] }] }])],
      get("/"),
      false,
    ],
    ["of the source's namespace", [allow([{ from: [{ namespaces: ["shop"] }] }])], get("/"), true],
    ["of no source at all", [allow([{ from: [] }])], get("/"), false],
    [
      "both must hold within one source",
      [allow([{ from: [{ ...web, namespaces: ["data"] }] }])],
      get("/"),
      false,
    ],
    ["the pods that are selected", [allow([{}], selector("api"))], get("/"), true],
    ["other pods", [allow([{}], selector("db"))], get("/"), false],
    ["its method", [allow([{ to: [{ methods: ["GET"] }] }])], get("/"), true],
    ["another method", [allow([{ to: [{ methods: ["GET"] }] }])], get("/", 80, "POST"), false],
    ["its port", [allow([{ to: [{ ports: [8_080] }] }])], get("/"), true],
    ["another port", [allow([{ to: [{ ports: [80] }] }])], get("/"), false],
    ["an exact path", [allow([{ to: [{ paths: ["/a"] }] }])], get("/a?b=c"), true],
    ["an exact path is no prefix", [allow([{ to: [{ paths: ["/a"] }] }])], get("/a/b"), false],
    ["a prefix", [allow([{ to: [{ paths: ["/a/*"] }] }])], get("/a/b"), true],
    ["dots do not leave a prefix", [allow([{ to: [{ paths: ["/a/*"] }] }])], get("/a/../b"), false],
    ["nor escaped dots", [allow([{ to: [{ paths: ["/a/*"] }] }])], get("/a/%2e%2E/b"), false],
    ["nor escaped slashes", [allow([{ to: [{ paths: ["/a/*"] }] }])], get("/a/..%2fb"), false],
    [
      "DENY goes before ALLOW",
      [allow([{}]), allow([{}], { action: "DENY", name: "deny" })],
      get("/"),
      false,
    ],
    ...[
      "/admin",
      "//admin",
      "/x/../admin",
      "/%61dmin",
      "/a%2f..%2fadmin",
      "/admin\\",
      "/./admin",
    ].map((target): (typeof cases)[number] => [
      `DENY of a path cannot be walked around by ${target}`,
      [allow([{}]), allow([{ to: [{ paths: ["/admin*"] }] }], { action: "DENY", name: "deny" })],
      get(target),
      false,
    ]),
    [
      "DENY of a path leaves others alone",
      [allow([{}]), allow([{ to: [{ paths: ["/admin*"] }] }], { action: "DENY", name: "deny" })],
      get("/admi/n"),
      true,
    ],
  ];

  it.each(cases)("denied by default: %s", (_title, policies, request, expected) => {
    const authorization = new Authorization(policies, () => true);
    expect(authorization.decide(shopWeb, api, request).allowed).toBe(expected);
    // The second time it is remembered.
    expect(authorization.decide(shopWeb, api, request).allowed).toBe(expected);
  });

  it("allowed by default: until an ALLOW policy selects the workload", () => {
    const decide = (policies: AuthorizationPolicy[]) =>
      new Authorization(policies, () => false).decide(shopWeb, api, get("/")).allowed;
    expect(decide([])).toBe(true);
    expect(decide([allow([], selector("db"))])).toBe(true);
    expect(decide([allow([], selector("api"))])).toBe(false);
    expect(decide([allow([], { action: "DENY" })])).toBe(true);
    expect(decide([allow([{}], { action: "DENY" })])).toBe(false);
  });

  it("decides by the account of a source, whichever pod it is", () => {
    const authorization = new Authorization([allow([{ from: [web] }])], () => true);
    const other = { ...shopWeb, name: "web-1" };
    expect(authorization.decide(other, api, get("/")).allowed).toBe(true);
    expect(authorization.decide({ ...other, serviceAccount: "cart" }, api, get("/")).allowed) //
      .toBe(false);
  });
});

function selector(app: string) {
  return { selector: { matchLabels: { app } } };
}

describe("properties of authorization", () => {
  const names = fc.constantFrom("a", "b", "c");
  const source = fc.record({
    principals: fc.option(
      fc.array(
        fc.tuple(names, names).map(([ns, sa]) => `cluster.local/ns/${ns}/sa/${sa}`),
        { maxLength: 3 },
      ),
      { nil: undefined },
    ),
    namespaces: fc.option(fc.array(names, { maxLength: 2 }), { nil: undefined }),
  });
  const target = fc.constantFrom("/", "/a", "/a/b", "/b", "/a/../b");
  const operation = fc.record({
    methods: fc.option(fc.subarray(["GET", "POST"]), { nil: undefined }),
    paths: fc.option(fc.subarray(["/a", "/a*", "/b", "/*"]), { nil: undefined }),
    ports: fc.option(fc.subarray([80, 81]), { nil: undefined }),
  });
  const some = <T>(each: fc.Arbitrary<T>) =>
    fc.option(fc.array(each, { maxLength: 2 }), { nil: undefined });
  const policy = fc.record({
    namespace: names,
    selector: fc.option(
      names.map((app) => ({ matchLabels: { app } })),
      { nil: undefined },
    ),
    action: fc.constantFrom("ALLOW", "DENY"),
    rules: fc.array(fc.record({ from: some(source), to: some(operation) }), { maxLength: 3 }),
  });
  const policies = fc
    .array(policy, { maxLength: 6 })
    .map((list) =>
      list.map((each, index) => withoutUndefined({ ...each, name: `policy-${index}` })),
    );
  const request = fc.record({
    method: fc.constantFrom("GET", "POST"),
    target,
    port: fc.constantFrom(80, 81),
  });
  const anyPod = fc.tuple(names, names, names).map(([ns, sa, app]) => pod(ns, sa, { app }));

  it("without a rule that allows it a request is refused where that is the default", () => {
    fc.assert(
      fc.property(policies, anyPod, anyPod, request, (all, from, to, asked) => {
        const denials = all.filter(({ action }) => action === "DENY");
        expect(new Authorization(denials, () => true).decide(from, to, asked).allowed).toBe(false);
      }),
    );
  });

  it("the order of policies and of rules makes no difference", () => {
    const shuffled = policies.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(
        shuffled,
        anyPod,
        anyPod,
        request,
        fc.boolean(),
        ([a, b], from, to, asked, deny) => {
          const reversed = b.map((each) => ({ ...each, rules: each.rules.toReversed() }));
          const [one, other] = [a, reversed].map((all) =>
            new Authorization(all, () => deny).decide(from, to, asked),
          );
          expect(other).toEqual(one);
        },
      ),
    );
  });

  it("a further ALLOW rule never refuses, a further DENY rule never allows", () => {
    fc.assert(
      fc.property(policies, policy, anyPod, anyPod, request, (all, more, from, to, asked) => {
        const decide = (list: AuthorizationPolicy[]) =>
          new Authorization(list, () => true).decide(from, to, asked).allowed;
        const added = withoutUndefined({ ...more, name: "zz" });
        const [before, after] = [decide(all), decide([...all, added])];
        expect(added.action === "ALLOW" ? !before || after : before || !after).toBe(true);
      }),
    );
  });

  it("agrees with the sentence of the documentation, rule by rule", () => {
    fc.assert(
      fc.property(policies, anyPod, anyPod, request, fc.boolean(), (all, from, to, asked, deny) => {
        const { allowed } = new Authorization(all, () => deny).decide(from, to, asked);
        expect(allowed).toBe(plainly(all, from, to, asked, deny));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Istio's order of evaluation, written without regard to time. */
function plainly(
  policies: readonly AuthorizationPolicy[],
  from: MeshPod,
  to: MeshPod,
  { method, target, port }: ReturnType<typeof get>,
  denyByDefault: boolean,
): boolean {
  const path = target === "/a/../b" ? "/b" : target;
  const here = policies.filter(
    ({ namespace, selector: pods }) =>
      namespace === to.namespace &&
      (pods === undefined || pods.matchLabels?.["app"] === to.labels["app"]),
  );
  const matched = (action: string) =>
    here
      .filter((each) => each.action === action)
      .some(({ rules }) =>
        rules.some(
          (rule) =>
            (rule.from?.some(
              ({ principals: p, namespaces: n }) =>
                (p?.includes(`cluster.local/ns/${from.namespace}/sa/${from.serviceAccount}`) ??
                  true) &&
                (n?.includes(from.namespace) ?? true),
            ) ??
              true) &&
            (rule.to?.some(
              ({ methods, paths, ports }) =>
                (methods?.includes(method) ?? true) &&
                (ports?.includes(port) ?? true) &&
                (paths?.some((each) => new RegExp(`^${each.replace("*", ".*")}$`).test(path)) ??
                  true),
            ) ??
              true),
        ),
      );
  if (matched("DENY")) return false;
  if (matched("ALLOW")) return true;
  return !denyByDefault && !here.some(({ action }) => action === "ALLOW");
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
function withoutUndefined<T extends object>(value: T): AuthorizationPolicy & Defined<T> {
  return JSON.parse(JSON.stringify(value)) as AuthorizationPolicy & Defined<T>;
}

describe("the path that is judged", () => {
  it.each([
    ["/", "/"],
    ["/a/b?c=/../d", "/a/b"],
    ["/a//b/", "/a/b/"],
    ["/a/./b/../c", "/a/c"],
    ["/../../etc", "/etc"],
    ["/a/..", "/"],
    ["/%41%2d%7E", "/A-~"],
    ["/%e2%82%ac", "/%E2%82%AC"],
    ["/a%2Fb", null],
    ["/a%5cb", null],
    ["/a\\b", null],
    ["/a%00", null],
    ["/a%", null],
    ["/a;b/../c", null],
    ["", null],
    ["*", null],
    ["http://x/a", null],
  ])("%s is %s", (target, path) => {
    expect(normalPath(target)).toBe(path);
  });

  it("agrees with the URL standard on dots, and is a fixed point", () => {
    const segment = fc.constantFrom("a", "b", "..", ".", "c.d", "~", "-");
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 8 }), (segments) => {
        const target = `/${segments.join("/")}`;
        const path = normalPath(target);
        expect(path).toBe(new URL(`http://host${target}`).pathname);
        expect(normalPath(path!)).toBe(path);
      }),
    );
  });
});
