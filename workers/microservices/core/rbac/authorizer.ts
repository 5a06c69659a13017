/**
 * What Roles and their bindings allow (kubernetes/plugin/pkg/auth/authorizer/rbac and pkg/apis/rbac/v1
 * evaluation_helpers.go): they only grant, and who is bound to nothing may do nothing.
 */
import type { PolicyRule, RoleRef, Subject } from "kubernetes-types/rbac/v1";
import type { ObjectStore } from "../store/object-store.ts";
import { selectorMatcher } from "../store/selectors.ts";

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

export interface Attributes {
  readonly verb: string;
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  readonly subresource: string;
  /** "": cluster-wide, or all namespaces. */
  readonly namespace: string;
  /** "": none in particular. */
  readonly name: string;
  /** Of a request for no resource; null otherwise. */
  readonly path: string | null;
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

const rbac = "rbac.authorization.k8s.io";
const clusterRoles = `clusterroles.${rbac}` as const;
const accountPrefix = "system:serviceaccount:";

/** A service account has its groups by its name (serviceaccount.MakeGroupNames). */
export function userNamed(name: string, groups: readonly string[] = []): User {
  const all = new Set(groups);
  if (name.startsWith(accountPrefix)) {
    const [namespace = ""] = name.slice(accountPrefix.length).split(":");
    all.add("system:serviceaccounts");
    all.add(`system:serviceaccounts:${namespace}`);
  }
  all.add(name === "system:anonymous" ? "system:unauthenticated" : "system:authenticated");
  return { name, groups: [...all] };
}

export function authorize(store: ObjectStore, user: User, asked: Attributes): Decision {
  if (user.groups.includes("system:masters")) return { allowed: true, reason: "" };
  for (const { metadata, roleRef, subjects = [] } of store.all(`clusterrolebindings.${rbac}`)) {
    const subject = subjects.find((each) => means(each, user, ""));
    if (subject === undefined || !grants(rulesOf(store, roleRef, ""), asked)) continue;
    const binding = `ClusterRoleBinding "${metadata.name}"`;
    return { allowed: true, reason: `RBAC: allowed by ${binding} of ${words(roleRef, subject)}` };
  }
  if (asked.namespace === "" || asked.path !== null) return { allowed: false, reason: "" };
  for (const binding of store.inNamespace(`rolebindings.${rbac}`, asked.namespace)) {
    const { metadata, roleRef, subjects = [] } = binding;
    const subject = subjects.find((each) => means(each, user, asked.namespace));
    if (subject === undefined || !grants(rulesOf(store, roleRef, asked.namespace), asked)) continue;
    const named = `RoleBinding "${metadata.name}/${metadata.namespace}"`;
    return { allowed: true, reason: `RBAC: allowed by ${named} of ${words(roleRef, subject)}` };
  }
  return { allowed: false, reason: "" };
}

/** All rules that a user has in a namespace, for SelfSubjectRulesReview. */
export function rulesFor(store: ObjectStore, user: User, namespace: string): PolicyRule[] {
  if (user.groups.includes("system:masters")) {
    const all = ["*"];
    return [
      { verbs: all, apiGroups: all, resources: all },
      { verbs: all, nonResourceURLs: all },
    ];
  }
  const bound = (bindings: Iterable<{ roleRef: RoleRef; subjects?: Subject[] }>, home: string) =>
    Array.from(bindings)
      .filter(({ subjects = [] }) => subjects.some((each) => means(each, user, home)))
      .flatMap(({ roleRef }) => rulesOf(store, roleRef, home));
  return [
    ...bound(store.all(`clusterrolebindings.${rbac}`), ""),
    ...bound(store.inNamespace(`rolebindings.${rbac}`, namespace), namespace),
  ];
}

function means({ kind, name, namespace }: Subject, user: User, home: string): boolean {
  if (kind === "User") return name === "*" || name === user.name;
  if (kind === "Group") return user.groups.includes(name);
  if (kind !== "ServiceAccount") return false;
  const of = namespace ?? home;
  return of !== "" && user.name === `${accountPrefix}${of}:${name}`;
}

function rulesOf(store: ObjectStore, { kind, name }: RoleRef, namespace: string): PolicyRule[] {
  if (kind === "Role") return store.get(`roles.${rbac}`, namespace, name)?.rules ?? [];
  const role = store.get(clusterRoles, undefined, name);
  const selectors = role?.aggregationRule?.clusterRoleSelectors ?? [];
  if (selectors.length === 0) return role?.rules ?? [];
  const matchers = selectors.map((selector) => selectorMatcher(selector));
  return Array.from(store.all(clusterRoles))
    .filter((each) => each !== role && matchers.some((is) => is(each.metadata.labels)))
    .flatMap(({ rules = [] }) => rules);
}

function grants(rules: readonly PolicyRule[], asked: Attributes): boolean {
  return rules.some((rule) => allows(rule, asked));
}

function allows(rule: PolicyRule, asked: Attributes): boolean {
  if (!hasOrAll(rule.verbs, asked.verb)) return false;
  const { path, group, resource, subresource, name } = asked;
  if (path !== null) {
    return (rule.nonResourceURLs ?? []).some(
      (url) => url === path || (url.endsWith("*") && path.startsWith(url.slice(0, -1))),
    );
  }
  const whole = subresource === "" ? resource : `${resource}/${subresource}`;
  const resources = rule.resources ?? [];
  const isResource =
    hasOrAll(resources, whole) || (subresource !== "" && resources.includes(`*/${subresource}`));
  const names = rule.resourceNames ?? [];
  return (
    isResource &&
    hasOrAll(rule.apiGroups ?? [], group) &&
    (names.length === 0 || names.includes(name))
  );
}

function hasOrAll(list: readonly string[], wanted: string): boolean {
  return list.includes("*") || list.includes(wanted);
}

function words({ kind, name }: RoleRef, subject: Subject): string {
  const who =
    subject.kind === "ServiceAccount"
      ? `"${subject.name}/${subject.namespace ?? ""}"`
      : `"${subject.name}"`;
  return `${kind} "${name}" to ${subject.kind} ${who}`;
}
