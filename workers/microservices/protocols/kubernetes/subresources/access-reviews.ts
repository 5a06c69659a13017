/**
 * Who may do what. The caller's own rights are those of the role that the guard gave the request; of
 * somebody else, asked about or impersonated, Roles and their bindings decide.
 */
import { authorize, rulesFor, type User, userNamed } from "../../../core/rbac/authorizer.ts";
import {
  isObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
} from "../../../core/machinery/json.ts";
import { apiErrors } from "../../../core/store/api-error.ts";
import type { ObjectStore } from "../../../core/store/object-store.ts";
import type { Role } from "../../../../service/contract.ts";

/** Who asks. `user`: whom the caller acts for; null: for himself. */
export interface Reviewer {
  readonly store: ObjectStore;
  readonly role: Role;
  readonly user: User | null;
  /** Of the path. */
  readonly namespace: string | undefined;
}

const reading = new Set(["get", "list", "watch", ""]);

/** SelfSubjectAccessReview */
export function accessReview(body: JsonObject, { store, role, user }: Reviewer): JsonObject {
  const spec = objectAt(body, "spec");
  if (user !== null) return { ...body, status: { ...authorize(store, user, attributesOf(spec)) } };
  const attributes =
    objectAt(spec, "resourceAttributes") ?? objectAt(spec, "nonResourceAttributes");
  const allowed = role !== "viewer" || reading.has(stringAt(attributes, "verb") ?? "");
  const reason = allowed
    ? `this caller has the role ${role}`
    : `this caller has the role ${role}, which reads alone`;
  return { ...body, status: { allowed, reason } };
}

/** SubjectAccessReview, and LocalSubjectAccessReview of a namespace. @throws ApiError 400 */
export function otherAccessReview(body: JsonObject, { store, namespace }: Reviewer): JsonObject {
  const spec = objectAt(body, "spec");
  const name = stringAt(spec, "user") ?? "";
  const groups = textsOf(spec?.["groups"]);
  if (name === "" && groups.length === 0) {
    throw apiErrors.badRequest(
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    );
  }
  const asked = attributesOf(spec);
  if (namespace !== undefined && asked.namespace !== namespace) {
    throw apiErrors.badRequest(
      "spec.resourceAttributes.namespace: Invalid value: must match metadata.namespace",
    );
  }
  return { ...body, status: { ...authorize(store, userNamed(name, groups), asked) } };
}

/** SelfSubjectRulesReview */
export function rulesReview(body: JsonObject, { store, role, user }: Reviewer): JsonObject {
  if (user !== null) {
    const namespace = stringAt(objectAt(body, "spec"), "namespace") ?? "default";
    const rules = rulesFor(store, user, namespace) as unknown as JsonObject[];
    const status = {
      resourceRules: rules.filter((rule) => rule["resources"] !== undefined),
      nonResourceRules: rules.filter((rule) => rule["nonResourceURLs"] !== undefined),
      incomplete: false,
    };
    return { ...body, status };
  }
  const verbs = role === "viewer" ? ["get", "list", "watch"] : ["*"];
  return {
    ...body,
    status: {
      resourceRules: [{ verbs, apiGroups: ["*"], resources: ["*"] }],
      nonResourceRules: [{ verbs: role === "viewer" ? ["get"] : ["*"], nonResourceURLs: ["*"] }],
      incomplete: false,
    },
  };
}

/** SelfSubjectReview: who am I? */
export function subjectReview(body: JsonObject, { role, user }: Reviewer): JsonObject {
  const own = { name: `demo:${role}`, groups: [`demo:${role}s`, "system:authenticated"] };
  const { name: username, groups } = user ?? own;
  return { ...body, status: { userInfo: { username, groups: [...groups] } } };
}

function attributesOf(spec: JsonObject | undefined) {
  const found = objectAt(spec, "resourceAttributes");
  const free = objectAt(spec, "nonResourceAttributes");
  const text = (name: string) => stringAt(found, name) ?? "";
  return {
    verb: (found === undefined ? stringAt(free, "verb") : text("verb")) ?? "",
    group: text("group"),
    resource: text("resource"),
    subresource: text("subresource"),
    namespace: text("namespace"),
    name: text("name"),
    path: found === undefined ? (stringAt(free, "path") ?? "") : null,
  };
}

function textsOf(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? value : isObject(value) ? [] : [];
  return list.filter((each): each is string => typeof each === "string");
}
