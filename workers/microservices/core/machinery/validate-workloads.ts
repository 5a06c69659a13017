/** Deployments, sets and jobs: pkg/apis/apps/validation and pkg/apis/batch/validation. */
import type { FieldErrors } from "./field-errors.ts";
import { cronProblem } from "./cron-syntax.ts";
import { equalJson, type JsonObject, numberAt, objectAt, textOf } from "./json.ts";
import {
  isEmptySelector,
  selectorMatches,
  validateImmutable,
  validateLabels,
  validateSelector,
} from "./validate-metadata.ts";
import { validatePodSpec } from "./validate-pod.ts";
import { validateIntOrPercent, validateNonNegative, validateSupported } from "./validate-values.ts";

type Check = (
  object: JsonObject,
  spec: JsonObject,
  oldSpec: JsonObject | undefined,
  errors: FieldErrors,
) => void;

function validateTemplate(
  spec: JsonObject,
  path: string,
  restartPolicies: readonly string[],
  errors: FieldErrors,
): void {
  const template = objectAt(spec, "template");
  const podSpec = objectAt(template, "spec") ?? {};
  validateLabels(objectAt(template, "metadata")?.["labels"], `${path}.metadata.labels`, errors);
  validatePodSpec(podSpec, `${path}.spec`, errors);
  const policy = podSpec["restartPolicy"];
  const known = ["Always", "OnFailure", "Never"].includes(textOf(policy));
  if (known && !restartPolicies.includes(textOf(policy))) {
    errors.notSupported(`${path}.spec.restartPolicy`, policy!, restartPolicies);
  }
}

/** The selector is there, selects something, and its own template's pods. */
function validateSelectorAndTemplate(spec: JsonObject, name: string, errors: FieldErrors): void {
  const selector = objectAt(spec, "selector");
  if (selector === undefined) errors.required("spec.selector");
  else {
    validateSelector(selector, "spec.selector", errors);
    if (isEmptySelector(selector)) {
      errors.invalid("spec.selector", selector, `empty selector is invalid for ${name}`);
    } else {
      const labels = objectAt(objectAt(objectAt(spec, "template"), "metadata"), "labels") ?? {};
      if (!selectorMatches(selector, labels)) {
        const detail = "`selector` does not match template `labels`";
        errors.invalid("spec.template.metadata.labels", labels, detail);
      }
    }
  }
  validateTemplate(spec, "spec.template", ["Always"], errors);
}

function isZero(value: unknown): boolean {
  return value === 0 || value === "0%";
}

export const deployment: Check = (_object, spec, oldSpec, errors) => {
  validateNonNegative(
    spec,
    ["replicas", "minReadySeconds", "revisionHistoryLimit"],
    "spec",
    errors,
  );
  validateSelectorAndTemplate(spec, "deployment", errors);
  if (oldSpec !== undefined) validateImmutable(spec, oldSpec, "selector", "spec", errors);
  const strategy = objectAt(spec, "strategy");
  validateSupported(strategy, "type", ["Recreate", "RollingUpdate"], "spec.strategy", errors);
  const rolling = objectAt(strategy, "rollingUpdate");
  const path = "spec.strategy.rollingUpdate";
  if (strategy?.["type"] === "Recreate" && rolling !== undefined) {
    errors.forbidden(path, "may not be specified when strategy `type` is 'Recreate'");
  } else if (rolling !== undefined) {
    validateIntOrPercent(rolling["maxUnavailable"], `${path}.maxUnavailable`, errors);
    validateIntOrPercent(rolling["maxSurge"], `${path}.maxSurge`, errors);
    const unavailable = rolling["maxUnavailable"];
    if (isZero(unavailable) && isZero(rolling["maxSurge"])) {
      errors.invalid(`${path}.maxUnavailable`, unavailable, "may not be 0 when `maxSurge` is 0");
    }
    if (typeof unavailable === "string" && Number.parseInt(unavailable, 10) > 100) {
      errors.invalid(`${path}.maxUnavailable`, unavailable, "must not be greater than 100%");
    }
  }
  const deadline = numberAt(spec, "progressDeadlineSeconds");
  if (deadline !== undefined) {
    validateNonNegative(spec, ["progressDeadlineSeconds"], "spec", errors);
    if (deadline <= (numberAt(spec, "minReadySeconds") ?? 0)) {
      const detail = "must be greater than minReadySeconds";
      errors.invalid("spec.progressDeadlineSeconds", deadline, detail);
    }
  }
};

export const replicaSet: Check = (_object, spec, oldSpec, errors) => {
  validateNonNegative(spec, ["replicas", "minReadySeconds"], "spec", errors);
  validateSelectorAndTemplate(spec, "deployment", errors);
  if (oldSpec !== undefined) validateImmutable(spec, oldSpec, "selector", "spec", errors);
};

const statefulSetChangeable = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];

export const statefulSet: Check = (_object, spec, oldSpec, errors) => {
  validateNonNegative(
    spec,
    ["replicas", "minReadySeconds", "revisionHistoryLimit"],
    "spec",
    errors,
  );
  validateSelectorAndTemplate(spec, "statefulset", errors);
  validateSupported(spec, "podManagementPolicy", ["OrderedReady", "Parallel"], "spec", errors);
  const strategy = objectAt(spec, "updateStrategy");
  const types = ["OnDelete", "RollingUpdate"];
  validateSupported(strategy, "type", types, "spec.updateStrategy", errors);
  const rolling = objectAt(strategy, "rollingUpdate");
  validateNonNegative(rolling, ["partition"], "spec.updateStrategy.rollingUpdate", errors);
  const policy = objectAt(spec, "persistentVolumeClaimRetentionPolicy");
  for (const name of ["whenDeleted", "whenScaled"]) {
    const path = "spec.persistentVolumeClaimRetentionPolicy";
    validateSupported(policy, name, ["Delete", "Retain"], path, errors);
  }
  if (oldSpec === undefined) return;
  const fixed = ({ ...copy }: JsonObject): JsonObject => {
    for (const name of statefulSetChangeable) delete copy[name];
    return copy;
  };
  if (!equalJson(fixed(spec), fixed(oldSpec))) {
    errors.forbidden(
      "spec",
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    );
  }
};

export const daemonSet: Check = (_object, spec, oldSpec, errors) => {
  validateNonNegative(spec, ["minReadySeconds", "revisionHistoryLimit"], "spec", errors);
  validateSelectorAndTemplate(spec, "daemonset", errors);
  if (oldSpec !== undefined) validateImmutable(spec, oldSpec, "selector", "spec", errors);
  const strategy = objectAt(spec, "updateStrategy");
  const types = ["OnDelete", "RollingUpdate"];
  validateSupported(strategy, "type", types, "spec.updateStrategy", errors);
  const rolling = objectAt(strategy, "rollingUpdate");
  for (const name of ["maxUnavailable", "maxSurge"]) {
    validateIntOrPercent(rolling?.[name], `spec.updateStrategy.rollingUpdate.${name}`, errors);
  }
};

const jobCounts = [
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "backoffLimitPerIndex",
  "maxFailedIndexes",
  "ttlSecondsAfterFinished",
];

function validateJobSpec(spec: JsonObject, path: string, errors: FieldErrors): void {
  validateNonNegative(spec, jobCounts, path, errors);
  validateSupported(spec, "completionMode", ["NonIndexed", "Indexed"], path, errors);
  if (spec["completionMode"] === "Indexed" && numberAt(spec, "completions") === undefined) {
    errors.required(`${path}.completions`, "when completion mode is Indexed");
  }
  validateTemplate(spec, `${path}.template`, ["OnFailure", "Never"], errors);
}

export const job: Check = (_object, spec, oldSpec, errors) => {
  validateJobSpec(spec, "spec", errors);
  if (oldSpec === undefined) return;
  if (spec["completionMode"] !== "Indexed") {
    validateImmutable(spec, oldSpec, "completions", "spec", errors);
  }
  validateImmutable(spec, oldSpec, "selector", "spec", errors);
  if (oldSpec["suspend"] !== true) validateImmutable(spec, oldSpec, "template", "spec", errors);
  validateImmutable(spec, oldSpec, "completionMode", "spec", errors);
};

/** The job's pods are named after it with 11 characters more. */
const cronJobNameMax = 52;

export const cronJob: Check = (object, spec, _oldSpec, errors) => {
  const name = textOf(objectAt(object, "metadata")?.["name"] ?? "");
  if (name.length > cronJobNameMax) {
    errors.invalid("metadata.name", name, "must be no more than 52 characters");
  }
  const schedule = textOf(spec["schedule"] ?? "");
  if (schedule === "") errors.required("spec.schedule");
  else {
    const problem = cronProblem(schedule);
    if (problem !== null) errors.invalid("spec.schedule", schedule, problem);
    if (schedule.includes("TZ")) {
      const detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
      errors.invalid("spec.schedule", schedule, detail);
    }
  }
  validateSupported(spec, "concurrencyPolicy", ["Allow", "Forbid", "Replace"], "spec", errors);
  validateNonNegative(
    spec,
    ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"],
    "spec",
    errors,
  );
  const template = objectAt(objectAt(spec, "jobTemplate"), "spec") ?? {};
  validateJobSpec(template, "spec.jobTemplate.spec", errors);
};
