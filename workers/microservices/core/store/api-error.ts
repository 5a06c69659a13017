/**
 * The failures of the Kubernetes API, as the Status objects that its clients know
 * (apimachinery, pkg/api/errors and meta/v1 Status).
 */
import type { Status } from "kubernetes-types/meta/v1";

export interface FieldCause {
  /** FieldValueInvalid, FieldValueRequired, ... */
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export class ApiError extends Error {
  readonly status: Status & { readonly code: number; readonly reason: string };

  constructor(code: number, reason: string, message: string, details?: Status["details"]) {
    super(message);
    this.name = "ApiError";
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason,
      ...(details && { details }),
      code,
    };
  }
}

/** What an error speaks of: `deployments.apps "web"`. */
interface Subject {
  readonly plural: string;
  readonly group: string;
}

const words = ({ plural, group }: Subject): string =>
  group === "" ? plural : `${plural}.${group}`;
const detailsOf = ({ plural, group }: Subject, name: string): Status["details"] => ({
  name,
  ...(group !== "" && { group }),
  kind: plural,
});

export const apiErrors = {
  notFound: (of: Subject, name: string) =>
    new ApiError(404, "NotFound", `${words(of)} "${name}" not found`, detailsOf(of, name)),
  pathNotFound: () =>
    new ApiError(404, "NotFound", "the server could not find the requested resource", {}),
  alreadyExists: (of: Subject, name: string) =>
    new ApiError(
      409,
      "AlreadyExists",
      `${words(of)} "${name}" already exists`,
      detailsOf(of, name),
    ),
  conflict: (of: Subject, name: string, why: string) =>
    new ApiError(
      409,
      "Conflict",
      `Operation cannot be fulfilled on ${words(of)} "${name}": ${why}`,
      detailsOf(of, name),
    ),
  forbidden: (of: Subject, name: string, why: string, causes?: readonly FieldCause[]) =>
    new ApiError(403, "Forbidden", `${words(of)} "${name}" is forbidden: ${why}`, {
      ...detailsOf(of, name),
      ...(causes && { causes: [...causes] }),
    }),
  /** `of.kind` in the singular, as Kubernetes words it: `Deployment.apps "web" is invalid: ...`. */
  invalid: (of: { kind: string; group: string }, name: string, causes: readonly FieldCause[]) => {
    const subject = of.group === "" ? of.kind : `${of.kind}.${of.group}`;
    const parts = causes.map(({ field, message }) => `${field}: ${message}`);
    const text = parts.length === 1 ? parts[0]! : `[${parts.join(", ")}]`;
    return new ApiError(422, "Invalid", `${subject} "${name}" is invalid: ${text}`, {
      name,
      ...(of.group !== "" && { group: of.group }),
      kind: of.kind,
      causes: [...causes],
    });
  },
  badRequest: (message: string) => new ApiError(400, "BadRequest", message),
  /** The watch window has moved past what the client asks for (RFC of none: HTTP 410). */
  expired: (message: string) => new ApiError(410, "Expired", message),
  methodNotAllowed: (message: string) => new ApiError(405, "MethodNotAllowed", message),
  notAcceptable: (message: string) => new ApiError(406, "NotAcceptable", message),
  unsupportedMediaType: (message: string) => new ApiError(415, "UnsupportedMediaType", message),
  tooLarge: (message: string) => new ApiError(413, "RequestEntityTooLarge", message),
  tooManyRequests: (message: string, causes?: readonly FieldCause[]) =>
    new ApiError(429, "TooManyRequests", message, { ...(causes && { causes: [...causes] }) }),
  unavailable: (message: string) => new ApiError(503, "ServiceUnavailable", message),
  internal: (message: string) =>
    new ApiError(500, "InternalError", `Internal error occurred: ${message}`),
} as const;
