/**
 * What the caller may do: answered by the role that the guard gave the request, which is what decides.
 * RBAC objects are kept, but this server has no users to apply them to.
 */
import { type JsonObject, objectAt, stringAt } from "../../../core/machinery/json.ts";
import type { Role } from "../../../../service/contract.ts";

const reading = new Set(["get", "list", "watch", ""]);

function allows(role: Role, attributes: JsonObject | undefined): boolean {
  if (role !== "viewer") return true;
  return reading.has(stringAt(attributes, "verb") ?? "");
}

/** SelfSubjectAccessReview; a SubjectAccessReview asks for another, of whom nothing is known. */
export function accessReview(body: JsonObject, role: Role): JsonObject {
  const spec = objectAt(body, "spec");
  const attributes =
    objectAt(spec, "resourceAttributes") ?? objectAt(spec, "nonResourceAttributes");
  const allowed = allows(role, attributes);
  const reason = allowed
    ? `this caller has the role ${role}`
    : `this caller has the role ${role}, which reads alone`;
  return { ...body, status: { allowed, reason } };
}

export function rulesReview(body: JsonObject, role: Role): JsonObject {
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

export function subjectReview(body: JsonObject, role: Role): JsonObject {
  return {
    ...body,
    status: {
      userInfo: { username: `demo:${role}`, groups: [`demo:${role}s`, "system:authenticated"] },
    },
  };
}
