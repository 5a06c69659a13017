/** Pods and their templates: k8s.io/kubernetes pkg/apis/core/validation/validation.go. */
import type { FieldErrors } from "./field-errors.ts";
import {
  cloneJson,
  equalJson,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
} from "./json.ts";
import { dnsLabel, dnsSubdomain, qualifiedName, validLabelValue } from "./name-rules.ts";
import { validateContainer } from "./validate-container.ts";
import { validateLabels, validateSelector } from "./validate-metadata.ts";
import { validateNonNegative, validateSupported } from "./validate-values.ts";

export function validatePodSpec(spec: JsonObject, path: string, errors: FieldErrors): void {
  const volumes = validateVolumes(spec, path, errors);
  const names = new Set<string>();
  const lists = [
    ["containers", "main"],
    ["initContainers", "init"],
    ["ephemeralContainers", "ephemeral"],
  ] as const;
  for (const [list, kind] of lists) {
    for (const [index, container] of objectsAt(spec, list).entries()) {
      validateContainer(container, `${path}.${list}[${index}]`, kind, names, volumes, errors);
    }
  }
  if (objectsAt(spec, "containers").length === 0) errors.required(`${path}.containers`);
  validateSupported(spec, "restartPolicy", ["Always", "OnFailure", "Never"], path, errors);
  const policies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
  validateSupported(spec, "dnsPolicy", policies, path, errors);
  validateNonNegative(spec, ["terminationGracePeriodSeconds"], path, errors);
  const deadline = numberAt(spec, "activeDeadlineSeconds");
  if (deadline !== undefined && (deadline < 1 || deadline > 2_147_483_647)) {
    const detail = "must be between 1 and 2147483647, inclusive";
    errors.invalid(`${path}.activeDeadlineSeconds`, deadline, detail);
  }
  for (const name of ["hostname", "subdomain"]) {
    const value = stringAt(spec, name) ?? "";
    for (const problem of value === "" ? [] : dnsLabel(value)) {
      errors.invalid(`${path}.${name}`, value, problem);
    }
  }
  for (const name of ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"]) {
    const value = stringAt(spec, name) ?? "";
    for (const problem of value === "" ? [] : dnsSubdomain(value)) {
      errors.invalid(`${path}.${name}`, value, problem);
    }
  }
  validateLabels(spec["nodeSelector"], `${path}.nodeSelector`, errors);
  validateTolerations(spec, path, errors);
  validateSpread(spec, path, errors);
}

/** The names of the volumes, each with exactly one source. */
function validateVolumes(spec: JsonObject, path: string, errors: FieldErrors): Set<string> {
  const names = new Set<string>();
  for (const [index, volume] of objectsAt(spec, "volumes").entries()) {
    const at = `${path}.volumes[${index}]`;
    const name = stringAt(volume, "name") ?? "";
    if (name === "") errors.required(`${at}.name`);
    else for (const problem of dnsLabel(name)) errors.invalid(`${at}.name`, name, problem);
    if (name !== "" && names.has(name)) errors.duplicate(`${at}.name`, name);
    names.add(name);
    const sources = Object.keys(volume).filter((key) => objectAt(volume, key) !== undefined);
    if (sources.length === 0) errors.required(at, "must specify a volume type");
    for (const source of sources.slice(1)) {
      errors.forbidden(`${at}.${source}`, "may not specify more than 1 volume type");
    }
    const required: [string, string][] = [
      ["configMap", "name"],
      ["secret", "secretName"],
      ["persistentVolumeClaim", "claimName"],
      ["hostPath", "path"],
    ];
    for (const [source, key] of required) {
      const value = objectAt(volume, source);
      if (value !== undefined && !value[key]) errors.required(`${at}.${source}.${key}`);
    }
  }
  return names;
}

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function validateTolerations(spec: JsonObject, path: string, errors: FieldErrors): void {
  for (const [index, toleration] of objectsAt(spec, "tolerations").entries()) {
    const at = `${path}.tolerations[${index}]`;
    const key = stringAt(toleration, "key") ?? "";
    const operator = stringAt(toleration, "operator") ?? "";
    const value = stringAt(toleration, "value") ?? "";
    for (const problem of key === "" ? [] : qualifiedName(key)) {
      errors.invalid(`${at}.key`, key, problem);
    }
    if (key === "" && operator !== "Exists") {
      const detail =
        'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.invalid(`${at}.operator`, operator, detail);
    }
    if (operator === "Exists") {
      if (value !== "") {
        errors.invalid(
          `${at}.operator`,
          toleration,
          "value must be empty when `operator` is 'Exists'",
        );
      }
    } else if (operator === "" || operator === "Equal") {
      for (const problem of validLabelValue(value))
        errors.invalid(`${at}.operator`, value, problem);
    } else errors.notSupported(`${at}.operator`, operator, ["Equal", "Exists"]);
    if (toleration["effect"]) validateSupported(toleration, "effect", effects, at, errors);
    if (toleration["tolerationSeconds"] !== undefined && toleration["effect"] !== "NoExecute") {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.invalid(`${at}.effect`, toleration["effect"] ?? "", detail);
    }
  }
}

function validateSpread(spec: JsonObject, path: string, errors: FieldErrors): void {
  for (const [index, constraint] of objectsAt(spec, "topologySpreadConstraints").entries()) {
    const at = `${path}.topologySpreadConstraints[${index}]`;
    const skew = numberAt(constraint, "maxSkew") ?? 0;
    if (skew <= 0) errors.invalid(`${at}.maxSkew`, skew, "must be greater than zero");
    if (!constraint["topologyKey"]) errors.required(`${at}.topologyKey`, "can not be empty");
    const actions = ["DoNotSchedule", "ScheduleAnyway"];
    const field = `${at}.whenUnsatisfiable`;
    const action = stringAt(constraint, "whenUnsatisfiable") ?? "";
    if (!actions.includes(action)) errors.notSupported(field, action, actions);
    validateSelector(objectAt(constraint, "labelSelector"), `${at}.labelSelector`, errors);
  }
}

export function validateNodeTaints(node: JsonObject, errors: FieldErrors): void {
  const seen = new Set<string>();
  for (const [index, taint] of objectsAt(objectAt(node, "spec"), "taints").entries()) {
    const at = `spec.taints[${index}]`;
    const key = stringAt(taint, "key") ?? "";
    for (const problem of qualifiedName(key)) errors.invalid(`${at}.key`, key, problem);
    const effect = stringAt(taint, "effect") ?? "";
    if (effect === "") errors.required(`${at}.effect`);
    else if (!effects.includes(effect)) errors.notSupported(`${at}.effect`, effect, effects);
    if (seen.has(`${key}:${effect}`)) errors.duplicate(at, taint);
    seen.add(`${key}:${effect}`);
  }
}

const updateSentence =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** ValidatePodUpdate: what stays when the changeable fields are set back must be as it was. */
export function validatePodUpdate(spec: JsonObject, old: JsonObject, errors: FieldErrors): void {
  const kept = objectsAt(spec, "tolerations");
  for (const toleration of objectsAt(old, "tolerations")) {
    if (!kept.some((each) => equalTolerations(each, toleration))) {
      const detail = "existing toleration can not be modified except its tolerationSeconds";
      errors.forbidden("spec.tolerations", detail);
      break;
    }
  }
  const [before, after] = [old, spec].map(cloneJson) as [JsonObject, JsonObject];
  const names = ["activeDeadlineSeconds", "tolerations"];
  // The scheduler's binding, and scheduling gates that are lifted.
  if (!before["nodeName"]) names.push("nodeName");
  names.push("schedulingGates", "ephemeralContainers");
  for (const part of [before, after]) {
    for (const name of names) delete part[name];
    for (const list of ["containers", "initContainers"]) {
      for (const container of objectsAt(part, list)) delete container["image"];
    }
  }
  if (after["terminationGracePeriodSeconds"] === 1) {
    if ((numberAt(before, "terminationGracePeriodSeconds") ?? 0) < 0) {
      before["terminationGracePeriodSeconds"] = 1;
    }
  }
  if (!equalJson(before, after)) errors.forbidden("spec", updateSentence);
}

function equalTolerations(left: JsonObject, right: JsonObject): boolean {
  return ["key", "operator", "value", "effect"].every(
    (name) => (left[name] ?? "") === (right[name] ?? ""),
  );
}
