/** Impersonate-User and -Group (apiserver, endpoints/filters/impersonation.go): the request is another's. */
import type { IncomingMessage } from "node:http";
import { type Attributes, authorize, type User, userNamed } from "../../core/rbac/authorizer.ts";
import { ApiError, apiErrors } from "../../core/store/api-error.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import { queryOf } from "./request.ts";

const groupsMax = 64;

/** Null: the caller acts for himself. @throws ApiError 400 */
export function impersonated({ headers, rawHeaders }: IncomingMessage): User | null {
  const groups: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (name === "impersonate-group") groups.push(rawHeaders[index + 1]!);
  }
  const name = headers["impersonate-user"];
  if (name === undefined) {
    if (groups.length > 0 || headers["impersonate-uid"] !== undefined) {
      throw apiErrors.badRequest("requested groups or uid without impersonating a user");
    }
    return null;
  }
  if (typeof name !== "string" || name === "" || groups.length > groupsMax) {
    throw apiErrors.badRequest("the user to impersonate cannot be read");
  }
  return userNamed(name, groups);
}

const verbs: Readonly<Record<string, string>> = {
  POST: "create",
  PUT: "update",
  PATCH: "patch",
};

/** As the API server takes a request's verb from its method (endpoints/request/requestinfo.go). */
export function verbOf({ method = "GET", url = "" }: IncomingMessage, name: string): string {
  if (method === "DELETE") return name === "" ? "deletecollection" : "delete";
  if (method !== "GET" && method !== "HEAD") return verbs[method] ?? method.toLowerCase();
  const watch = queryOf(url).get("watch");
  if (watch === "true" || watch === "1") return "watch";
  return name === "" ? "list" : "get";
}

/** @throws ApiError 403, in the API server's words */
export function allowImpersonated(store: ObjectStore, user: User, asked: Attributes): void {
  const { allowed } = authorize(store, user, asked);
  if (allowed) return;
  const { verb, group, resource, subresource, namespace, name, path } = asked;
  if (path !== null) {
    throw new ApiError(
      403,
      "Forbidden",
      `forbidden: User "${user.name}" cannot ${verb} path "${path}"`,
    );
  }
  const whole = subresource === "" ? resource : `${resource}/${subresource}`;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const why = `User "${user.name}" cannot ${verb} resource "${whole}" in API group "${group}" ${where}`;
  const subject = `${resource}${group === "" ? "" : `.${group}`}`;
  throw new ApiError(
    403,
    "Forbidden",
    `${subject}${name === "" ? "" : ` "${name}"`} is forbidden: ${why}`,
    { ...(name !== "" && { name }), ...(group !== "" && { group }), kind: resource },
  );
}
