/** Metadata, labels and selectors: k8s.io/apimachinery pkg/api/validation and apis/meta/v1/validation. */
import type { FieldErrors } from "./field-errors.ts";
import { equalJson, type JsonObject, objectAt, objectsAt, stringAt, textOf } from "./json.ts";
import {
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  type NameRule,
  pathSegment,
  qualifiedName,
  validLabelValue,
} from "./name-rules.ts";
import { isScopedToCluster } from "./scopes.ts";

const annotationBytesMax = 262_144;

const nameRules: Readonly<Record<string, NameRule>> = {
  "core/v1.Namespace": dnsLabel,
  "core/v1.Service": dns1035Label,
  "rbac/v1.Role": pathSegment,
  "rbac/v1.ClusterRole": pathSegment,
  "rbac/v1.RoleBinding": pathSegment,
  "rbac/v1.ClusterRoleBinding": pathSegment,
};

export function validateMetadata(
  object: JsonObject,
  old: JsonObject | null,
  type: string,
  errors: FieldErrors,
): void {
  const metadata = objectAt(object, "metadata") ?? {};
  const rule = nameRules[type] ?? dnsSubdomain;
  const name = stringAt(metadata, "name") ?? "";
  const generateName = stringAt(metadata, "generateName") ?? "";
  if (name !== "") {
    for (const problem of rule(name)) errors.invalid("metadata.name", name, problem);
  } else if (generateName === "") {
    errors.required("metadata.name", "name or generateName is required");
  } else {
    // The suffix is letters and digits: a dash before it is none at the end.
    for (const problem of rule(generateName.replace(/-$/, "a"))) {
      errors.invalid("metadata.generateName", generateName, problem);
    }
  }
  validateNamespace(metadata, type, errors);
  validateLabels(metadata["labels"], "metadata.labels", errors);
  validateAnnotations(metadata, errors);
  validateOwners(metadata, errors);
  const finalizers = metadata["finalizers"];
  for (const finalizer of Array.isArray(finalizers) ? finalizers : []) {
    if (typeof finalizer !== "string") continue;
    for (const problem of qualifiedName(finalizer)) {
      errors.invalid("metadata.finalizers", finalizer, problem);
    }
  }
  if (old !== null) validateMetadataUpdate(metadata, objectAt(old, "metadata") ?? {}, errors);
}

function validateNamespace(metadata: JsonObject, type: string, errors: FieldErrors): void {
  const namespace = stringAt(metadata, "namespace") ?? "";
  if (isScopedToCluster(type)) {
    if (namespace !== "") errors.forbidden("metadata.namespace", "not allowed on this type");
  } else if (namespace === "") errors.required("metadata.namespace");
  else {
    for (const problem of dnsLabel(namespace)) {
      errors.invalid("metadata.namespace", namespace, problem);
    }
  }
}

export function validateLabels(labels: unknown, field: string, errors: FieldErrors): void {
  if (typeof labels !== "object" || labels === null) return;
  for (const [key, value] of Object.entries(labels)) {
    for (const problem of qualifiedName(key)) errors.invalid(field, key, problem);
    if (typeof value !== "string") continue;
    for (const problem of validLabelValue(value)) errors.invalid(field, value, problem);
  }
}

function validateAnnotations(metadata: JsonObject, errors: FieldErrors): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(objectAt(metadata, "annotations") ?? {})) {
    for (const problem of qualifiedName(key.toLowerCase())) {
      errors.invalid("metadata.annotations", key, problem);
    }
    bytes += Buffer.byteLength(key) + Buffer.byteLength(textOf(value));
  }
  if (bytes > annotationBytesMax) errors.tooLong("metadata.annotations", annotationBytesMax);
}

function validateOwners(metadata: JsonObject, errors: FieldErrors): void {
  const owners = objectsAt(metadata, "ownerReferences");
  for (const [index, owner] of owners.entries()) {
    for (const name of ["apiVersion", "kind", "name", "uid"]) {
      if (!owner[name]) {
        const field = `metadata.ownerReferences[${index}].${name}`;
        errors.invalid(
          field,
          owner[name] ?? "",
          `${name === "apiVersion" ? "version" : name} must not be empty`,
        );
      }
    }
  }
  const controllers = owners.filter(({ controller }) => controller === true);
  if (controllers.length > 1) {
    const [first, second] = controllers.map(
      (owner) => `${textOf(owner["kind"])}/${textOf(owner["name"])}`,
    );
    errors.invalid(
      "metadata.ownerReferences",
      owners,
      `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`,
    );
  }
}

function validateMetadataUpdate(metadata: JsonObject, old: JsonObject, errors: FieldErrors): void {
  for (const name of ["name", "namespace", "uid", "creationTimestamp"]) {
    if (!equalJson(metadata[name], old[name])) {
      errors.invalid(`metadata.${name}`, metadata[name], "field is immutable");
    }
  }
}

/** `value` must be as it was. */
export function validateImmutable(
  object: JsonObject | undefined,
  old: JsonObject | undefined,
  name: string,
  path: string,
  errors: FieldErrors,
): void {
  if (!equalJson(object?.[name], old?.[name])) {
    errors.invalid(`${path}.${name}`, object?.[name], "field is immutable");
  }
}

const operators = new Set(["In", "NotIn", "Exists", "DoesNotExist"]);

/** ValidateLabelSelector. */
export function validateSelector(
  selector: JsonObject | undefined,
  field: string,
  errors: FieldErrors,
): void {
  if (selector === undefined) return;
  validateLabels(selector["matchLabels"], `${field}.matchLabels`, errors);
  for (const [index, expression] of objectsAt(selector, "matchExpressions").entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    const operator = stringAt(expression, "operator") ?? "";
    const values = expression["values"];
    const count = Array.isArray(values) ? values.length : 0;
    if (!operators.has(operator)) {
      errors.invalid(`${at}.operator`, operator, "not a valid selector operator");
    } else if (/^(?:Not)?In$/.test(operator) && count === 0) {
      errors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (!/^(?:Not)?In$/.test(operator) && count > 0) {
      errors.forbidden(
        `${at}.values`,
        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      );
    }
    const key = stringAt(expression, "key") ?? "";
    for (const problem of qualifiedName(key)) errors.invalid(`${at}.key`, key, problem);
  }
}

export function isEmptySelector(selector: JsonObject | undefined): boolean {
  return (
    Object.keys(objectAt(selector, "matchLabels") ?? {}).length === 0 &&
    objectsAt(selector, "matchExpressions").length === 0
  );
}

/** Whether a label selector takes these labels; an empty one takes all. */
export function selectorMatches(selector: JsonObject | undefined, labels: JsonObject): boolean {
  const pairs = Object.entries(objectAt(selector, "matchLabels") ?? {});
  return (
    pairs.every(([key, value]) => labels[key] === value) &&
    objectsAt(selector, "matchExpressions").every((expression) => {
      const value = labels[stringAt(expression, "key") ?? ""];
      const values = Array.isArray(expression["values"]) ? expression["values"] : [];
      switch (expression["operator"]) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
