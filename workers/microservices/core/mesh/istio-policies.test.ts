import { describe, expect, it } from "vitest";
import { Authorization } from "./authorization.ts";
import { PeerModes, readAuthorizationPolicy } from "./istio-policies.ts";
import { strangerPod, type MeshPod } from "./pod.ts";

const pod = (namespace: string, serviceAccount: string, labels = {}): MeshPod => ({
  ...strangerPod({ namespace, serviceAccount, name: `${serviceAccount}-0` }),
  labels,
});
const api = pod("data", "api", { app: "api" });
const web = pod("shop", "web");
const cart = pod("shop", "cart");
const nobody = pod("", "");
const get = { method: "GET", target: "/admin/users", port: 8_080, host: "api.data:80" };

function decide(spec: object, source = web, request = get, namespace = "data"): boolean {
  const { policy } = readAuthorizationPolicy({ metadata: { namespace, name: "p" }, spec });
  const policies = policy === null ? [] : [policy];
  return new Authorization(policies, () => false).decide(source, api, request).allowed;
}
const from = (source: object) => ({ rules: [{ from: [{ source }] }] });
const to = (operation: object) => ({ rules: [{ to: [{ operation }] }] });

// istio.io/latest/docs/reference/config/security/authorization-policy
describe("AuthorizationPolicy", () => {
  it.each([
    ["spec {}: allow nothing", {}, false],
    ["one empty rule: allow all", { rules: [{}] }, true],
    ["DENY without a rule matches nothing", { action: "DENY" }, true],
    ["DENY with an empty rule: deny all", { action: "DENY", rules: [{}] }, false],
    ["AUDIT decides nothing", { action: "AUDIT", rules: [{}] }, true],
    ["an exact principal", from({ principals: ["cluster.local/ns/shop/sa/web"] }), true],
    ["a prefix", from({ principals: ["cluster.local/ns/shop/*"] }), true],
    ["a suffix", from({ principals: ["*/sa/web"] }), true],
    ["a suffix of another", from({ principals: ["*/sa/cart"] }), false],
    ["presence", from({ principals: ["*"] }), true],
    ["notPrincipals", from({ notPrincipals: ["*/sa/web"] }), false],
    ["namespaces by prefix", from({ namespaces: ["sh*"] }), true],
    ["notNamespaces", from({ notNamespaces: ["shop"] }), false],
    ["an empty list is as good as none", from({ principals: [] }), true],
    ["hosts, whatever their case", to({ hosts: ["API.data:80"] }), true],
    ["notHosts", to({ notHosts: ["api.*"] }), false],
    ["paths by suffix", to({ paths: ["*/users"] }), true],
    ["notPaths", to({ notPaths: ["/admin/*"] }), false],
    ["methods", to({ methods: ["POST"] }), false],
    ["notMethods", to({ notMethods: ["GET"] }), false],
    ["ports are texts", to({ ports: ["8080"] }), true],
    ["notPorts", to({ notPorts: ["8080"] }), false],
    ["pods that are not selected", { selector: { matchLabels: { app: "db" } } }, true],
  ])("%s", (_name, spec, allowed) => {
    expect(decide(spec)).toBe(allowed);
  });

  it("is for the whole mesh in the root namespace", () => {
    expect(decide({}, web, get, "istio-system")).toBe(false);
    expect(decide({}, web, get, "elsewhere")).toBe(true);
  });

  it("takes who shows no certificate for nobody", () => {
    expect(decide(from({ principals: ["*"] }), nobody)).toBe(false);
    expect(decide(from({ notPrincipals: ["*/sa/cart"] }), nobody)).toBe(true);
    expect(decide(from({ notPrincipals: ["*/sa/cart"] }), cart)).toBe(false);
  });

  it.each([
    ["a condition", { rules: [{ when: [{ key: "request.headers[x]", values: ["1"] }] }] }],
    [
      "a field that is not known",
      { rules: [{ from: [{ source: { remoteIpBlocks: ["::/0"] } }] }] },
    ],
    ["a provider", { rules: [{}], provider: { name: "opa" } }],
  ])("fails closed for %s", (_name, spec) => {
    const { unsupported } = readAuthorizationPolicy({ metadata: { name: "p" }, spec });
    expect(unsupported).toHaveLength(1);
    expect(decide(spec)).toBe(false);
    expect(decide({ ...spec, action: "DENY" })).toBe(false);
  });
});

// istio.io/latest/docs/reference/config/security/peer_authentication
describe("PeerAuthentication", () => {
  const of = (namespace: string, spec: object) => ({ metadata: { namespace, name: "p" }, spec });
  const mode = (name: string) => ({ mtls: { mode: name } });
  const selector = { matchLabels: { app: "api" } };

  it.each([
    ["PERMISSIVE by default", [], "PERMISSIVE"],
    ["its namespace's", [of("data", mode("STRICT"))], "STRICT"],
    ["not another namespace's", [of("shop", mode("STRICT"))], "PERMISSIVE"],
    ["the mesh's", [of("istio-system", mode("STRICT"))], "STRICT"],
    [
      "the namespace's before the mesh's",
      [of("istio-system", mode("STRICT")), of("data", mode("PERMISSIVE"))],
      "PERMISSIVE",
    ],
    [
      "the workload's before the namespace's",
      [of("data", mode("PERMISSIVE")), of("data", { selector, ...mode("STRICT") })],
      "STRICT",
    ],
    ["UNSET inherits", [of("istio-system", mode("STRICT")), of("data", mode("UNSET"))], "STRICT"],
    [
      "the port's before the workload's",
      [of("data", { selector, ...mode("STRICT"), portLevelMtls: { "8080": { mode: "DISABLE" } } })],
      "DISABLE",
    ],
    [
      "a port's only with a selector",
      [of("data", { ...mode("STRICT"), portLevelMtls: { "8080": { mode: "DISABLE" } } })],
      "STRICT",
    ],
  ])("%s", (_name, objects, expected) => {
    expect(new PeerModes(objects).modeOf(api, 8_080)).toBe(expected);
  });
});
