/** Configuration, access, scaling, quota, storage and custom resource definitions. */
import type { FieldErrors } from "./field-errors.ts";
import {
  equalJson,
  type Json,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
  textOf,
} from "./json.ts";
import { configKey, dns1035Label, dnsSubdomain } from "./name-rules.ts";
import { parseQuantity } from "./quantity.ts";
import { validateImmutable, validateSelector } from "./validate-metadata.ts";
import { validatePodSpec } from "./validate-pod.ts";
import {
  validateIntOrPercent,
  validateName,
  validateNonNegative,
  validateQuantity,
  validateSupported,
} from "./validate-values.ts";

type Check = (
  object: JsonObject,
  spec: JsonObject,
  oldSpec: JsonObject | undefined,
  errors: FieldErrors,
  old: JsonObject | null,
) => void;

/** Of a ConfigMap's or a Secret's values together: MaxSecretSize. */
const dataBytesMax = 1_048_576;

export const configuration: Check = (object, _spec, _oldSpec, errors, old) => {
  let bytes = 0;
  for (const part of ["data", "binaryData"]) {
    for (const [key, value] of Object.entries(objectAt(object, part) ?? {})) {
      for (const problem of configKey(key)) errors.invalid(`${part}[${key}]`, key, problem);
      if (part === "binaryData" && objectAt(object, "data")?.[key] !== undefined) {
        errors.invalid(`binaryData[${key}]`, key, "duplicate of key present in data");
      }
      bytes += Buffer.byteLength(textOf(value));
    }
  }
  if (bytes > dataBytesMax) errors.tooLong("", dataBytesMax);
  if (old?.["immutable"] !== true) return;
  if (object["immutable"] !== true) {
    errors.forbidden("immutable", "field is immutable when `immutable` is set");
  }
  for (const part of ["data", "binaryData"]) {
    if (!equalJson(object[part] ?? {}, old[part] ?? {})) {
      errors.forbidden(part, "field is immutable when `immutable` is set");
    }
  }
};

const secretKeys: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

export const secret: Check = (object, spec, oldSpec, errors, old) => {
  configuration(object, spec, oldSpec, errors, old);
  const data = objectAt(object, "data") ?? {};
  for (const key of secretKeys[textOf(object["type"])] ?? []) {
    if (data[key] === undefined) errors.required(`data[${key}]`);
  }
  if (old !== null && !equalJson(object["type"], old["type"])) {
    errors.invalid("type", object["type"], "field is immutable");
  }
};

export const role: Check = (object, _spec, _oldSpec, errors) => {
  const isNamespaced = object["kind"] === "Role";
  const count = (rule: JsonObject, name: string): number =>
    Array.isArray(rule[name]) ? rule[name].length : 0;
  for (const [index, rule] of objectsAt(object, "rules").entries()) {
    const at = `rules[${index}]`;
    if (count(rule, "verbs") === 0)
      errors.required(`${at}.verbs`, "verbs must contain at least one value");
    if (count(rule, "nonResourceURLs") > 0) {
      const path = `${at}.nonResourceURLs`;
      if (isNamespaced) {
        const detail = "namespaced rules cannot apply to non-resource URLs";
        errors.invalid(path, rule["nonResourceURLs"], detail);
      }
      if (count(rule, "apiGroups") + count(rule, "resources") + count(rule, "resourceNames") > 0) {
        const detail = "rules cannot apply to both regular resources and non-resource URLs";
        errors.invalid(path, rule["nonResourceURLs"], detail);
      }
    } else {
      if (count(rule, "apiGroups") === 0) {
        errors.required(`${at}.apiGroups`, "resource rules must supply at least one api group");
      }
      if (count(rule, "resources") === 0) {
        errors.required(`${at}.resources`, "resource rules must supply at least one resource");
      }
    }
  }
};

const rbacGroup = "rbac.authorization.k8s.io";

export const roleBinding: Check = (object, _spec, _oldSpec, errors, old) => {
  const reference = objectAt(object, "roleRef");
  const kinds = object["kind"] === "RoleBinding" ? ["ClusterRole", "Role"] : ["ClusterRole"];
  if (reference?.["apiGroup"] !== rbacGroup) {
    errors.notSupported("roleRef.apiGroup", reference?.["apiGroup"] ?? "", [rbacGroup]);
  }
  if (!kinds.includes(textOf(reference?.["kind"]))) {
    errors.notSupported("roleRef.kind", reference?.["kind"] ?? "", kinds);
  }
  if (!reference?.["name"]) errors.required("roleRef.name");
  for (const [index, subject] of objectsAt(object, "subjects").entries()) {
    const at = `subjects[${index}]`;
    if (!subject["name"]) errors.required(`${at}.name`);
    const kind = stringAt(subject, "kind") ?? "";
    const supported = ["Group", "ServiceAccount", "User"];
    if (!supported.includes(kind)) errors.notSupported(`${at}.kind`, kind, supported);
    else if (kind === "ServiceAccount" && !subject["namespace"]) errors.required(`${at}.namespace`);
  }
  if (old !== null && !equalJson(reference, old["roleRef"])) {
    errors.invalid("roleRef", reference, "cannot change roleRef");
  }
};

export const autoscaler: Check = (_object, spec, _oldSpec, errors) => {
  const target = objectAt(spec, "scaleTargetRef");
  for (const name of ["kind", "name"]) {
    if (!target?.[name]) errors.required(`spec.scaleTargetRef.${name}`);
  }
  const least = numberAt(spec, "minReplicas");
  const most = numberAt(spec, "maxReplicas") ?? 0;
  if (least !== undefined && least < 1) {
    errors.invalid("spec.minReplicas", least, "must be greater than or equal to 1");
  }
  if (most < 1) errors.invalid("spec.maxReplicas", most, "must be greater than 0");
  else if (least !== undefined && most < least) {
    errors.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
  }
  const percent = numberAt(spec, "targetCPUUtilizationPercentage");
  if (percent !== undefined && percent < 1) {
    errors.invalid("spec.targetCPUUtilizationPercentage", percent, "must be greater than 0");
  }
  const types = ["ContainerResource", "External", "Object", "Pods", "Resource"];
  for (const [index, metric] of objectsAt(spec, "metrics").entries()) {
    const at = `spec.metrics[${index}]`;
    const type = stringAt(metric, "type") ?? "";
    if (type === "") errors.required(`${at}.type`, "must specify a metric source type");
    else if (!types.includes(type)) errors.notSupported(`${at}.type`, type, types);
    else {
      const source = type.charAt(0).toLowerCase() + type.slice(1);
      if (objectAt(metric, source) === undefined) {
        const detail = `must populate information for the given metric source`;
        errors.required(`${at}.${source}`, detail);
      }
    }
  }
  for (const direction of ["scaleUp", "scaleDown"]) {
    const rules = objectAt(objectAt(spec, "behavior"), direction);
    const at = `spec.behavior.${direction}`;
    validateSupported(rules, "selectPolicy", ["Disabled", "Max", "Min"], at, errors);
    const window = numberAt(rules, "stabilizationWindowSeconds");
    if (window !== undefined && (window < 0 || window > 3_600)) {
      const detail =
        window < 0 ? "must be greater than or equal to zero" : "must be less than or equal to 3600";
      errors.invalid(`${at}.stabilizationWindowSeconds`, window, detail);
    }
  }
};

export const disruptionBudget: Check = (_object, spec, _oldSpec, errors) => {
  if (spec["minAvailable"] !== undefined && spec["maxUnavailable"] !== undefined) {
    errors.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
  }
  for (const name of ["minAvailable", "maxUnavailable"]) {
    validateIntOrPercent(spec[name], `spec.${name}`, errors);
  }
  validateSelector(objectAt(spec, "selector"), "spec.selector", errors);
};

export const quota: Check = (_object, spec, _oldSpec, errors) => {
  for (const [name, value] of Object.entries(objectAt(spec, "hard") ?? {})) {
    validateQuantity(value, `spec.hard[${name}]`, errors);
  }
};

export const limitRange: Check = (_object, spec, _oldSpec, errors) => {
  const at = (index: number, part: string, name: string): string =>
    `spec.limits[${index}].${part}[${name}]`;
  for (const [index, limit] of objectsAt(spec, "limits").entries()) {
    const most = objectAt(limit, "max") ?? {};
    for (const part of ["max", "min", "default", "defaultRequest"]) {
      for (const [name, value] of Object.entries(objectAt(limit, part) ?? {})) {
        const amount = validateQuantity(value, at(index, part, name), errors);
        const bound = most[name] === undefined ? null : amountOf(most[name]);
        if (amount !== null && bound !== null && amount > bound) {
          const detail = `${part} value ${textOf(value)} is greater than max value ${textOf(most[name])}`;
          errors.invalid(at(index, part, name), value, detail);
        }
      }
    }
  }
};

function amountOf(value: Json): bigint | null {
  try {
    return parseQuantity(typeof value === "number" ? value : textOf(value)).nanos;
  } catch {
    return null;
  }
}

const accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

function validateAccessModes(spec: JsonObject, errors: FieldErrors): void {
  const modes = spec["accessModes"];
  if (!Array.isArray(modes) || modes.length === 0) {
    errors.required("spec.accessModes", "at least 1 access mode is required");
  } else {
    for (const mode of modes) {
      if (!accessModes.includes(textOf(mode))) {
        errors.notSupported("spec.accessModes", mode, accessModes);
      }
    }
  }
}

export const volumeClaim: Check = (_object, spec, oldSpec, errors) => {
  validateAccessModes(spec, errors);
  const storage = objectAt(objectAt(spec, "resources"), "requests")?.["storage"];
  if (storage === undefined) errors.required("spec.resources[storage]");
  else validateQuantity(storage, "spec.resources[storage]", errors);
  validateSupported(spec, "volumeMode", ["Block", "Filesystem"], "spec", errors);
  if (oldSpec === undefined) return;
  const fixed = ({
    resources: _resources,
    volumeAttributesClassName: _class,
    ...rest
  }: JsonObject) => {
    // The binder's write, once.
    if (oldSpec["volumeName"] === undefined) delete rest["volumeName"];
    return rest;
  };
  if (!equalJson(fixed(spec), fixed(oldSpec))) {
    errors.forbidden(
      "spec",
      "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
    );
  }
};

export const volume: Check = (_object, spec, _oldSpec, errors) => {
  validateAccessModes(spec, errors);
  const capacity = objectAt(spec, "capacity");
  if (capacity?.["storage"] === undefined) errors.required("spec.capacity");
  else validateQuantity(capacity["storage"], "spec.capacity[storage]", errors);
  const policies = ["Delete", "Recycle", "Retain"];
  validateSupported(spec, "persistentVolumeReclaimPolicy", policies, "spec", errors);
};

export const storageClass: Check = (object, _spec, _oldSpec, errors, old) => {
  if (!object["provisioner"]) errors.required("provisioner");
  const modes = ["Immediate", "WaitForFirstConsumer"];
  if (!modes.includes(textOf(object["volumeBindingMode"] ?? modes[0]))) {
    errors.notSupported("volumeBindingMode", object["volumeBindingMode"]!, modes);
  }
  if (old === null) return;
  for (const name of ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"]) {
    if (!equalJson(object[name], old[name])) {
      errors.forbidden(name, `updates to ${name} are forbidden.`);
    }
  }
};

const userPriorityMax = 1_000_000_000;

export const priorityClass: Check = (object, _spec, _oldSpec, errors, old) => {
  const value = numberAt(object, "value") ?? 0;
  const name = stringAt(objectAt(object, "metadata"), "name") ?? "";
  if (value > userPriorityMax && !name.startsWith("system-")) {
    const detail = `maximum allowed value of a user defined priority is ${userPriorityMax}`;
    errors.forbidden("value", detail);
  }
  if (old === null) return;
  if (value !== (numberAt(old, "value") ?? 0)) {
    errors.forbidden("value", "may not be changed in an update.");
  }
  if (!equalJson(object["preemptionPolicy"], old["preemptionPolicy"])) {
    errors.invalid("preemptionPolicy", object["preemptionPolicy"], "field is immutable");
  }
};

export const lease: Check = (_object, spec, _oldSpec, errors) => {
  const seconds = numberAt(spec, "leaseDurationSeconds");
  if (seconds !== undefined && seconds <= 0) {
    errors.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
  }
  validateNonNegative(spec, ["leaseTransitions"], "spec", errors);
};

export const podTemplate: Check = (object, _spec, _oldSpec, errors) =>
  validatePodSpec(objectAt(objectAt(object, "template"), "spec") ?? {}, "template.spec", errors);

export const controllerRevision: Check = (object, _spec, _oldSpec, errors, old) => {
  if (object["data"] === undefined) errors.required("data", "data is mandatory");
  const revision = numberAt(object, "revision") ?? 0;
  if (revision < 0) errors.invalid("revision", revision, "must be greater than or equal to 0");
  if (old !== null && !equalJson(object["data"], old["data"])) {
    errors.invalid("data", object["data"], "field is immutable");
  }
};

export const customResourceDefinition: Check = (object, spec, oldSpec, errors) => {
  const names = objectAt(spec, "names");
  validateName(spec, "group", dnsSubdomain, "spec", errors);
  validateName(names, "plural", dns1035Label, "spec.names", errors);
  const kind = stringAt(names, "kind") ?? "";
  if (kind === "") errors.required("spec.names.kind");
  else {
    for (const problem of dns1035Label(kind.toLowerCase())) {
      errors.invalid(
        "spec.names.kind",
        kind,
        `may have mixed case, but should otherwise match: ${problem}`,
      );
    }
  }
  const scopes = ["Cluster", "Namespaced"];
  if (!spec["scope"]) errors.required("spec.scope");
  else validateSupported(spec, "scope", scopes, "spec", errors);
  const expected = `${textOf(names?.["plural"])}.${textOf(spec["group"])}`;
  const name = stringAt(objectAt(object, "metadata"), "name") ?? "";
  if (name !== expected) {
    errors.invalid("metadata.name", name, `must be spec.names.plural+"."+spec.group`);
  }
  validateVersions(objectsAt(spec, "versions"), errors);
  if (oldSpec === undefined) return;
  validateImmutable(spec, oldSpec, "scope", "spec", errors);
  validateImmutable(spec, oldSpec, "group", "spec", errors);
};

function validateVersions(versions: readonly JsonObject[], errors: FieldErrors): void {
  const stored = versions.filter(({ storage }) => storage === true);
  if (versions.length === 0) errors.required("spec.versions", "must have at least one version");
  else if (stored.length !== 1) {
    const detail = "must have exactly one version marked as storage version";
    errors.invalid("spec.versions", [...versions], detail);
  }
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const at = `spec.versions[${index}]`;
    validateName(version, "name", dns1035Label, at, errors);
    const name = stringAt(version, "name") ?? "";
    if (seen.has(name)) errors.duplicate(`${at}.name`, name);
    seen.add(name);
    if (objectAt(objectAt(version, "schema"), "openAPIV3Schema") === undefined) {
      errors.required(`${at}.schema.openAPIV3Schema`, "schemas are required");
    }
  }
}
