import type { PolicyRule } from "kubernetes-types/rbac/v1";
import { expect, it } from "vitest";
import { ObjectStore } from "../store/object-store.ts";
import { type Attributes, authorize, rulesFor, userNamed } from "./authorizer.ts";
import { defaultClusterRoles } from "./default-roles.ts";

const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
const robot = userNamed("system:serviceaccount:shop:robot");
const jane = userNamed("jane", ["readers"]);

class Rights {
  readonly store = new ObjectStore({ now: () => 0, random: () => 0.5 });

  constructor() {
    for (const name of ["shop", "other"]) {
      this.store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
  }

  role(name: string, rules: PolicyRule[], namespace?: string, more: object = {}): this {
    const kind = namespace === undefined ? "ClusterRole" : "Role";
    const { labels, ...rest } = more as { labels?: Record<string, string> };
    const metadata = { name, ...(namespace && { namespace }), ...(labels && { labels }) };
    this.store.create({ ...rbac, kind, metadata, rules, ...rest });
    return this;
  }

  bind(roleKind: string, role: string, subject: object, namespace?: string): this {
    const kind = namespace === undefined ? "ClusterRoleBinding" : "RoleBinding";
    const metadata = { name: `b${this.store.size}`, ...(namespace && { namespace }) };
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: roleKind, name: role };
    this.store.create({ ...rbac, kind, metadata, roleRef, subjects: [subject] } as never);
    return this;
  }

  may(user: typeof jane, verb: string, what: string, more: Partial<Attributes> = {}): boolean {
    const [resource = "", subresource = ""] = what.split("/");
    const asked = {
      verb,
      group: "",
      resource,
      subresource,
      namespace: "shop",
      name: "",
      path: null,
    };
    return authorize(this.store, user, { ...asked, ...more }).allowed;
  }
}
const rule = (
  resources: string[],
  verbs: string[],
  more: Partial<PolicyRule> = {},
): PolicyRule => ({
  apiGroups: [""],
  resources,
  verbs,
  ...more,
});

// kubernetes.io/docs/reference/access-authn-authz/rbac
it("denies by default, and grants by binding within its namespace", () => {
  const rights = new Rights().role("reader", [rule(["pods"], ["get", "list"])], "shop");
  expect(rights.may(jane, "get", "pods")).toBe(false);
  rights.bind("Role", "reader", { kind: "User", name: "jane" }, "shop");
  expect(rights.may(jane, "get", "pods")).toBe(true);
  expect(rights.may(jane, "delete", "pods")).toBe(false);
  expect(rights.may(jane, "get", "secrets")).toBe(false);
  expect(rights.may(jane, "get", "pods", { namespace: "other" })).toBe(false);
  expect(rights.may(jane, "get", "pods", { namespace: "" })).toBe(false);
  expect(rights.may(jane, "get", "pods", { group: "apps" })).toBe(false);
  expect(rights.may(robot, "get", "pods")).toBe(false);
});

it("grants a ClusterRole everywhere or in one namespace, as it is bound", () => {
  const rights = new Rights().role("viewer", [rule(["pods"], ["get"])]);
  const account = { kind: "ServiceAccount", name: "robot", namespace: "shop" };
  rights.bind("ClusterRole", "viewer", account, "shop");
  expect(rights.may(robot, "get", "pods")).toBe(true);
  expect(rights.may(robot, "get", "pods", { namespace: "other" })).toBe(false);
  rights.bind("ClusterRole", "viewer", { kind: "Group", name: "readers" });
  expect(rights.may(jane, "get", "pods", { namespace: "" })).toBe(true);
});

it("knows the groups of every service account", () => {
  const rights = new Rights().role("viewer", [rule(["pods"], ["get"])]);
  rights.bind("ClusterRole", "viewer", { kind: "Group", name: "system:serviceaccounts:shop" });
  expect(rights.may(robot, "get", "pods")).toBe(true);
  expect(rights.may(userNamed("system:serviceaccount:other:robot"), "get", "pods")).toBe(false);
});

it.each([
  ["pods/log by its name", ["pods/log"], "pods/log", true],
  ["pods alone is no subresource", ["pods"], "pods/log", false],
  ["a star means them all", ["*"], "pods/log", true],
  ["one subresource of everything", ["*/scale"], "deployments/scale", true],
  ["and no other", ["*/scale"], "deployments/status", false],
])("%s", (_name, resources, what, allowed) => {
  const rights = new Rights().role("r", [rule(resources, ["*"])], "shop");
  rights.bind("Role", "r", { kind: "User", name: "jane" }, "shop");
  expect(rights.may(jane, "get", what)).toBe(allowed);
});

it("names resources and paths", () => {
  const one = rule(["configmaps"], ["get"], { resourceNames: ["settings"] });
  const rights = new Rights().role("r", [one, { nonResourceURLs: ["/healthz/*"], verbs: ["get"] }]);
  rights.bind("ClusterRole", "r", { kind: "User", name: "jane" });
  expect(rights.may(jane, "get", "configmaps", { name: "settings" })).toBe(true);
  expect(rights.may(jane, "get", "configmaps", { name: "others" })).toBe(false);
  expect(rights.may(jane, "list", "configmaps")).toBe(false);
  expect(rights.may(jane, "get", "", { path: "/healthz/ping" })).toBe(true);
  expect(rights.may(jane, "get", "", { path: "/metrics" })).toBe(false);
});

it("adds up ClusterRoles by their labels", () => {
  const labels = { part: "monitoring" };
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: labels }] };
  const rights = new Rights()
    .role("whole", [], undefined, { aggregationRule })
    .role("part", [rule(["pods"], ["get"])], undefined, { labels });
  rights.bind("ClusterRole", "whole", { kind: "User", name: "jane" });
  expect(rights.may(jane, "get", "pods")).toBe(true);
  expect(rulesFor(rights.store, jane, "shop")).toEqual([rule(["pods"], ["get"])]);
});

it.each([
  ["view", "get", "pods", true],
  ["view", "get", "secrets", false],
  ["view", "create", "pods", false],
  ["edit", "create", "pods/exec", true],
  ["edit", "get", "secrets", true],
  ["edit", "create", "resourcequotas", false],
  ["cluster-admin", "escalate", "anything", true],
])("%s: %s %s is %s", (name, verb, what, allowed) => {
  const rights = new Rights();
  for (const role of defaultClusterRoles) rights.store.create(structuredClone(role) as never);
  rights.bind("ClusterRole", name, { kind: "User", name: "jane" });
  expect(rights.may(jane, verb, what)).toBe(allowed);
});
