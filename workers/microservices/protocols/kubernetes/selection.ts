/** Which objects of a resource a request means: namespace, name, labels and fields. */
import { apiErrors } from "../../core/store/api-error.ts";
import type { KubeObject } from "../../core/store/objects.ts";
import { parseFieldSelector, parseLabelSelector } from "../../core/store/selectors.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import type { ApiRequest } from "./request.ts";

export interface Selection {
  readonly namespace: string | undefined;
  /** Where the field selector asks for one name. */
  readonly name: string | undefined;
  /** Where it asks for the pods of one node. */
  readonly node: string | undefined;
  readonly isEverything: boolean;
  readonly matches: (object: KubeObject) => boolean;
}

/** What each resource may be chosen by, besides name and namespace (registry strategies' SelectableFields). */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
  ],
  events: [
    ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].flatMap(
      (field) => [`involvedObject.${field}`, `regarding.${field}`],
    ),
    "reason",
    "reportingComponent",
    "reportingController",
    "source",
    "type",
  ],
  nodes: ["spec.unschedulable"],
  secrets: ["type"],
  services: ["spec.clusterIP", "spec.type"],
  namespaces: ["status.phase", "name"],
  "replicasets.apps": ["status.replicas"],
  "jobs.batch": ["status.successful"],
};

/** Fields that stand elsewhere in the stored objects. */
const aliases: Readonly<Record<string, string>> = {
  source: "source.component",
  reportingController: "reportingComponent",
  "status.successful": "status.succeeded",
  name: "metadata.name",
};

/** Fields whose absence means a word that selectors spell out. */
const absentMeans: Readonly<Record<string, string>> = {
  "spec.unschedulable": "false",
  "spec.hostNetwork": "false",
  "status.replicas": "0",
  "status.successful": "0",
};

interface FieldTerm {
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

function termsOf(text: string): FieldTerm[] {
  return text
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const term = /^\s*([^\s=!]+)\s*(==|!=|=)\s*(.*?)\s*$/.exec(part);
      if (term === null) {
        throw apiErrors.badRequest(
          `invalid field selector ${JSON.stringify(part)}: write field=value or field!=value`,
        );
      }
      return { field: term[1]!, isEqual: term[2] !== "!=", value: term[3]! };
    });
}

function checkFields({ served }: ApiRequest, terms: readonly FieldTerm[]): void {
  const { resource } = served.kind;
  const own = served.definition?.versions.find(({ name }) => name === served.version);
  const known = new Set([...(selectable[resource] ?? []), ...(own?.selectableFields ?? [])]);
  for (const { field } of terms) {
    if (field === "metadata.name" || field === "metadata.namespace") continue;
    if (!known.has(field)) throw apiErrors.badRequest(`field label not supported: ${field}`);
  }
}

function fieldMatcher(terms: readonly FieldTerm[]): (object: KubeObject) => boolean {
  const matchers = terms.map(({ field, isEqual, value }) => {
    const path = (aliases[field] ?? field).replace(/^regarding\./, "involvedObject.");
    const isAbsent = absentMeans[field] === value;
    const equals = parseFieldSelector(`${path}=${value}`);
    const missing = parseFieldSelector(`${path}=`);
    return (object: KubeObject) => (equals(object) || (isAbsent && missing(object))) === isEqual;
  });
  return (object) => matchers.every((matches) => matches(object));
}

/** @throws ApiError 400 */
export function selectionOf(request: ApiRequest): Selection {
  const labels = request.query.get("labelSelector") ?? "";
  const fields = request.query.get("fieldSelector") ?? "";
  if (labels.length > limits.selectorLengthMax || fields.length > limits.selectorLengthMax) {
    throw apiErrors.badRequest(`a selector may have ${limits.selectorLengthMax} characters`);
  }
  const terms = termsOf(fields);
  checkFields(request, terms);
  const equal = (field: string): string | undefined =>
    terms.find((term) => term.field === field && term.isEqual)?.value;
  const byLabels = parseLabelSelector(labels);
  const byFields = fieldMatcher(terms);
  const name = request.name ?? equal("metadata.name");
  const { namespace } = request;
  return {
    namespace:
      namespace ?? (request.served.kind.namespaced ? equal("metadata.namespace") : undefined),
    name,
    node: equal("spec.nodeName"),
    isEverything: labels === "" && terms.length === 0,
    matches: (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      byLabels(object.metadata.labels) &&
      byFields(object),
  };
}
