/**
 * Writes the schema of the Kubernetes kinds that the embedded API server serves:
 * `node docs/kubernetes-schema.ts <fields.tsv>`. The table has one row for each field of Kubernetes'
 * generated.proto files: message, field number, name, label, type, merge annotations. What the .proto
 * files do not say comes from kubernetes-types: which fields are required, and the descriptions.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  handWrittenTypes,
  inlineFields,
  mapNames,
  pointerFields,
  undeclaredFields,
} from "./kubernetes-go-facts.ts";
import { type Declaration, readDeclarations } from "./kubernetes-declarations.ts";

const machinery = join(import.meta.dirname, "../workers/microservices/core/machinery");

/** Every served kind as package.Kind; what they reach comes along. */
const served: Record<string, string> = {
  "core/v1":
    "Namespace Node Pod Service Endpoints ConfigMap Secret ServiceAccount Event ResourceQuota LimitRange PersistentVolumeClaim PersistentVolume PodTemplate Binding",
  "apps/v1": "ReplicaSet Deployment StatefulSet DaemonSet ControllerRevision",
  "batch/v1": "Job CronJob",
  "discovery/v1": "EndpointSlice",
  "networking/v1": "Ingress IngressClass NetworkPolicy",
  "autoscaling/v1": "HorizontalPodAutoscaler Scale",
  "autoscaling/v2": "HorizontalPodAutoscaler",
  "policy/v1": "PodDisruptionBudget Eviction",
  "rbac/v1": "Role RoleBinding ClusterRole ClusterRoleBinding",
  "scheduling/v1": "PriorityClass",
  "apiextensions/v1": "CustomResourceDefinition",
  "events/v1": "Event",
  "coordination/v1": "Lease",
  "storage/v1": "StorageClass",
  "meta/v1": "DeleteOptions",
  "authorization/v1": "SelfSubjectAccessReview SelfSubjectRulesReview",
  "authentication/v1": "TokenRequest",
  "metrics/v1beta1": "PodMetrics NodeMetrics",
};

const apiGroups: Record<string, string> = {
  core: "",
  meta: "",
  rbac: "rbac.authorization.k8s.io",
  networking: "networking.k8s.io",
  discovery: "discovery.k8s.io",
  scheduling: "scheduling.k8s.io",
  apiextensions: "apiextensions.k8s.io",
  events: "events.k8s.io",
  coordination: "coordination.k8s.io",
  storage: "storage.k8s.io",
  authorization: "authorization.k8s.io",
  authentication: "authentication.k8s.io",
  metrics: "metrics.k8s.io",
};

interface Row {
  readonly number: number;
  readonly name: string;
  readonly container: "" | "[]" | "{}";
  readonly type: string;
  readonly annotations: string;
}

const scalars = new Set(["string", "bytes", "int32", "int64", "bool", "double", "any"]);
const wellKnown: Record<string, string> = {
  "api/resource.Quantity": "Quantity",
  "util/intstr.IntOrString": "IntOrString",
  "meta/v1.Time": "Time",
  "meta/v1.MicroTime": "MicroTime",
  "meta/v1.Duration": "Duration",
  "meta/v1.FieldsV1": "FieldsV1",
  "runtime.RawExtension": "RawExtension",
};

/** A type as a .proto file writes it, relative to its package -> "package.Type" or a scalar. */
function resolveType(written: string, message: string): string {
  if (scalars.has(written)) return written;
  const name = written.replace(/^\.?(?:k8s\.io\.)?/, "").replace(/^(?:apimachinery\.pkg\.)/, "");
  const parts = name.replace(/^apis?\./, (all) => (all === "api." ? "api." : "")).split(".");
  const type = parts.pop()!;
  let folder = parts.join("/").replace(/^api\/(?!resource)/, "");
  if (folder === "") folder = message.slice(0, message.lastIndexOf("."));
  const full = `${folder}.${type}`;
  return wellKnown[full] ?? full;
}

function readTable(path: string): Map<string, Row[]> {
  const messages = new Map<string, Row[]>();
  for (const line of readFileSync(path, "utf8").trim().split("\n").slice(1)) {
    const [message, number, name, label, written, annotations = ""] = line.split("\t");
    const map = /^map<string, (.*)>$/.exec(written!);
    const field = mapNames[`${message}.${number}`] ?? name!;
    if (map !== null && field.length < 2) throw new Error(`map ${message}.${number} has no name`);
    const rows = messages.get(message!) ?? [];
    messages.set(message!, rows);
    rows.push({
      number: Number(number),
      name: field,
      container: map === null ? (label === "repeated" ? "[]" : "") : "{}",
      type: resolveType(map?.[1] ?? written!, message!),
      annotations,
    });
  }
  return messages;
}

/** atomic, set or map:<keys>; the patch key and strategy; in the short notation of the data file. */
function mergeFlags(annotations: string): string {
  const values = (key: string): string[] =>
    [...annotations.matchAll(new RegExp(`${key}=(\\S+)`, "g"))].map((match) => match[1]!);
  const [listType] = values("listType");
  const [mapType] = values("mapType");
  const [patchKey] = values("patchMergeKey");
  const [strategy] = values("patchStrategy");
  return [
    listType === "map" ? `L=map:${values("listMapKey").join(",")}` : "",
    listType !== undefined && listType !== "map" ? `L=${listType}` : "",
    mapType === "atomic" ? "M=atomic" : "",
    patchKey === undefined ? "" : `P=${patchKey}`,
    strategy === undefined ? "" : `S=${strategy}`,
  ]
    .filter((flag) => flag !== "")
    .map((flag) => ` ${flag}`)
    .join("");
}

function fieldText(message: string, row: Row, declaration: Declaration | undefined): string {
  const marks = [
    declaration?.members.get(row.name)?.isRequired === true ? "!" : "",
    pointerFields(message, row.name) ? "*" : "",
    inlineFields.has(row.name) ? "~" : "",
  ].join("");
  return `${row.name} ${row.number} ${row.container}${row.type}${marks}${mergeFlags(row.annotations)}`;
}

/** The rows of a message that only kubernetes-types describes. */
function declaredRows(message: string, declaration: Declaration): Row[] {
  return (
    [...declaration.members]
      // Of objects these two say what they are; the names of a definition have a kind as a field.
      .filter(
        ([name]) =>
          !declaration.members.has("metadata") || (name !== "apiVersion" && name !== "kind"),
      )
      .map(([name, member]) => ({
        number: 0,
        name,
        container: member.container,
        type: /^(?:maximum|minimum|multipleOf)$/.test(name)
          ? "double"
          : resolveDeclared(member.type, message),
        annotations: "",
      }))
      .concat(undeclaredFields[message] ?? [])
  );
}

function resolveDeclared(written: string, message: string): string {
  if (written === "boolean") return "bool";
  if (written === "number") return "int64";
  if (written === "number | string") return "IntOrString";
  if (scalars.has(written)) return written;
  if (/^(?:Quantity|Time|MicroTime|RawExtension)$/.test(written)) return written;
  if (/^JSON(?:$|SchemaPropsOr)/.test(written)) return "any";
  if (/^(?:ObjectMeta|LabelSelector|ListMeta|Condition)$/.test(written))
    return `meta/v1.${written}`;
  if (written === "TopologySelectorTerm") return `core/v1.${written}`;
  return `${message.slice(0, message.lastIndexOf("."))}.${written}`;
}

function generate(table: Map<string, Row[]>): void {
  for (const [name, rows] of Object.entries(handWrittenTypes)) table.set(name, [...rows]);
  const declarations = readDeclarations();
  const types: Record<string, string> = {};
  const texts: Record<string, Record<string, string>> = {};
  const kinds: Record<string, string> = {};
  const pending: string[] = [];
  for (const [folder, names] of Object.entries(served)) {
    const [group, version] = folder.split("/") as [string, string];
    const apiGroup = apiGroups[group] ?? group;
    for (const kind of names.split(" ")) {
      kinds[`${apiGroup === "" ? "" : `${apiGroup}/`}${version}/${kind}`] = `${folder}.${kind}`;
      pending.push(`${folder}.${kind}`);
    }
  }
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (types[next] !== undefined) continue;
    const declaration = declarations.get(next);
    const all = table.get(next) ?? (declaration && declaredRows(next, declaration));
    if (all === undefined) throw new Error(`${next} is in neither source`);
    // Fields of alpha API groups, whose messages the table leaves out.
    const isKnown = ({ type }: Row): boolean =>
      !type.includes(".") || table.has(type) || declarations.has(type);
    const rows = all.filter(isKnown);
    const message = next;
    types[message] = rows.map((row) => fieldText(message, row, declaration)).join("; ");
    texts[message] = descriptionsOf(declaration, rows);
    pending.push(...rows.map(({ type }) => type).filter((type) => type.includes(".")));
  }
  const sorted = (record: object): object =>
    Object.fromEntries(
      Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    );
  write("schema-data.json", { kinds, types: sorted(types) });
  write("schema-descriptions.json", sorted(texts));
}

function descriptionsOf(
  declaration: Declaration | undefined,
  rows: readonly Row[],
): Record<string, string> {
  const texts: Record<string, string> = {};
  if (declaration !== undefined && declaration.text !== "") texts[""] = declaration.text;
  for (const { name } of rows) {
    const text = declaration?.members.get(name)?.text;
    if (text !== undefined && text !== "") texts[name] = text;
  }
  return texts;
}

function write(file: string, value: object): void {
  writeFileSync(join(machinery, file), `${JSON.stringify(value, null, 2)}\n`);
}

generate(readTable(process.argv[2] ?? "kubernetes-fields.tsv"));
