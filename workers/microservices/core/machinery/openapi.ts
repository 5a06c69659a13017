/**
 * The OpenAPI v3 documents of the API server, one for each group version. kubectl reads them for
 * `explain`, and before `apply` to see whether the server validates fields (the PATCH operation's
 * parameter `fieldValidation`).
 */
import { createHash } from "node:crypto";
import { cloneJson, type JsonObject, objectAt } from "./json.ts";
import {
  componentSchemas,
  type Descriptions,
  groupVersionKind,
  listMetaName,
  objectMetaType,
  reference,
  schemaName,
  typeMetaProperties,
} from "./openapi-schemas.ts";
import { type TypeName, typeOf } from "./schema.ts";
import { type ServedResource, servedResources } from "./served-resources.ts";

/** A version of a custom resource definition. */
export interface CustomType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly hasStatus: boolean;
  readonly hasScale: boolean;
  /** Its openAPIV3Schema. */
  readonly schema: JsonObject;
}

/** The texts for `explain`: 350 KB, read when they are first asked for. */
export async function loadDescriptions(): Promise<Descriptions> {
  const { default: descriptions } = await import("./schema-descriptions.json", {
    with: { type: "json" },
  });
  return descriptions;
}

/** `groupVersion` as apiVersion has it: "v1", "apps/v1". A group without kinds gives no paths. */
export function openApiV3(
  groupVersion: string,
  customTypes: readonly CustomType[] = [],
  descriptions: Descriptions = {},
): JsonObject {
  const custom = customTypes.filter(({ group, version }) => `${group}/${version}` === groupVersion);
  const resources = [
    ...servedResources().filter(({ apiVersion }) => apiVersion === groupVersion),
    ...custom.map(customResource),
  ];
  const types = new Set<TypeName>([objectMetaType, "meta/v1.DeleteOptions"]);
  for (const { type, subresources } of resources) {
    if (type !== null) types.add(type);
    for (const { apiVersion, kind } of subresources) {
      const body = typeOf(apiVersion, kind);
      if (body !== null) types.add(body);
    }
  }
  const schemas = componentSchemas([...types], descriptions);
  schemas[listMetaName] = listMetaSchema();
  for (const type of custom) schemas[nameOf(customResource(type))] = customSchema(type);
  for (const resource of resources) {
    if (resource.verbs !== "create") schemas[`${nameOf(resource)}List`] = listSchema(resource);
  }
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.32.0" },
    paths: Object.assign({}, ...resources.map(pathsOf)) as JsonObject,
    components: { schemas },
  };
}

/** The answer of /openapi/v3: where each document is, with a hash that changes when it does. */
export function openApiIndex(documents: ReadonlyMap<string, JsonObject>): JsonObject {
  const paths: JsonObject = {};
  for (const [groupVersion, document] of documents) {
    const path = rootOf(groupVersion).slice(1);
    const hash = createHash("sha256").update(JSON.stringify(document)).digest("hex").toUpperCase();
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  }
  return { paths };
}

function rootOf(groupVersion: string): string {
  return groupVersion.includes("/") ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
}

function customResource(type: CustomType): ServedResource {
  const apiVersion = `${type.group}/${type.version}`;
  const { kind, plural, isNamespaced } = type;
  const change = "change" as const;
  const status = { name: "status", apiVersion, kind, verbs: change };
  const scale = { name: "scale", apiVersion: "autoscaling/v1", kind: "Scale", verbs: change };
  const subresources = [...(type.hasStatus ? [status] : []), ...(type.hasScale ? [scale] : [])];
  return { apiVersion, kind, plural, isNamespaced, type: null, subresources, verbs: "all" };
}

/** Of a custom type the group's labels backwards, as apiextensions-apiserver has it. */
function nameOf({
  type,
  apiVersion,
  kind,
}: Pick<ServedResource, "type" | "apiVersion" | "kind">): string {
  if (type !== null) return schemaName(type);
  const [group, version] = apiVersion.split("/") as [string, string];
  return `${group.split(".").toReversed().join(".")}.${version}.${kind}`;
}

function customSchema(type: CustomType): JsonObject {
  const schema = cloneJson(type.schema);
  const metadata = { allOf: [reference(schemaName(objectMetaType))] };
  return {
    ...schema,
    type: "object",
    properties: { ...objectAt(schema, "properties"), ...typeMetaProperties(), metadata },
    "x-kubernetes-group-version-kind": [
      groupVersionKind(`${type.group}/${type.version}`, type.kind),
    ],
  };
}

function listMetaSchema(): JsonObject {
  return {
    description: "ListMeta describes metadata that synthetic resources must have.",
    type: "object",
    properties: {
      continue: { type: "string" },
      remainingItemCount: { type: "integer", format: "int64" },
      resourceVersion: { type: "string" },
      selfLink: { type: "string" },
    },
  };
}

function listSchema(resource: ServedResource): JsonObject {
  return {
    description: `${resource.kind}List is a list of ${resource.kind}.`,
    type: "object",
    required: ["items"],
    properties: {
      ...typeMetaProperties(),
      items: { type: "array", items: { allOf: [reference(nameOf(resource))] } },
      metadata: { allOf: [reference(listMetaName)] },
    },
    "x-kubernetes-group-version-kind": [
      groupVersionKind(resource.apiVersion, `${resource.kind}List`),
    ],
  };
}

function pathsOf(resource: ServedResource): JsonObject {
  const { apiVersion, plural, isNamespaced, verbs } = resource;
  const root = rootOf(apiVersion);
  const collection = `${root}${isNamespaced ? "/namespaces/{namespace}" : ""}/${plural}`;
  if (verbs === "create") return { [collection]: { post: operation(resource, "post") } };
  const paths: JsonObject = {
    [collection]: withNamespace(
      isNamespaced,
      operations(resource, verbs, ["get", "post", "delete"], true),
    ),
    [`${collection}/{name}`]: withName(
      isNamespaced,
      operations(resource, verbs, ["get", "put", "patch", "delete"], false),
    ),
  };
  if (isNamespaced) paths[`${root}/${plural}`] = operations(resource, verbs, ["get"], true);
  for (const subresource of resource.subresources) {
    const body = { ...subresource, type: typeOf(subresource.apiVersion, subresource.kind) };
    const methods: Method[] = subresource.verbs === "create" ? ["post"] : ["get", "put", "patch"];
    paths[`${collection}/{name}/${subresource.name}`] = withName(
      isNamespaced,
      Object.fromEntries(methods.map((method) => [method, operation(body, method)])),
    );
  }
  return paths;
}

type Method = "get" | "post" | "put" | "patch" | "delete";

function operations(
  resource: ServedResource,
  verbs: ServedResource["verbs"],
  methods: readonly Method[],
  isList: boolean,
): JsonObject {
  const allowed = verbs === "read" ? methods.filter((method) => method === "get") : methods;
  return Object.fromEntries(allowed.map((method) => [method, operation(resource, method, isList)]));
}

const patchTypes = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];
const writeParameters: Readonly<Record<Method, readonly string[]>> = {
  get: ["labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "watch"],
  post: ["dryRun", "fieldManager", "fieldValidation"],
  put: ["dryRun", "fieldManager", "fieldValidation"],
  patch: ["dryRun", "fieldManager", "fieldValidation", "force"],
  delete: ["dryRun", "gracePeriodSeconds", "propagationPolicy"],
};
const parameterTypes: Readonly<Record<string, string>> = {
  limit: "integer",
  gracePeriodSeconds: "integer",
  watch: "boolean",
  force: "boolean",
};

function operation(
  body: Pick<ServedResource, "type" | "apiVersion" | "kind">,
  method: Method,
  isList = false,
): JsonObject {
  const name = nameOf(body);
  const isListing = isList && method === "get";
  const content = (schema: JsonObject, types: readonly string[]): JsonObject => ({
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  });
  const names = method === "get" && !isList ? [] : writeParameters[method];
  const answer = reference(isListing ? `${name}List` : name);
  const result: JsonObject = {
    "x-kubernetes-action": isListing ? "list" : method,
    "x-kubernetes-group-version-kind": groupVersionKind(body.apiVersion, body.kind),
    parameters: names.map((parameter) => ({
      name: parameter,
      in: "query",
      schema: { type: parameterTypes[parameter] ?? "string", uniqueItems: true },
    })),
    responses: { "200": { description: "OK", ...content(answer, ["application/json"]) } },
  };
  if (method === "post" || method === "put") {
    result["requestBody"] = { required: true, ...content(reference(name), ["application/json"]) };
  } else if (method === "patch") {
    // Custom resources have no schema to merge by strategically.
    const types = body.type === null ? patchTypes.slice(0, -1) : patchTypes;
    result["requestBody"] = { required: true, ...content({ type: "object" }, types) };
  } else if (method === "delete") {
    const options = reference(schemaName("meta/v1.DeleteOptions"));
    result["requestBody"] = content(options, ["application/json"]);
  }
  return result;
}

function pathParameter(name: string): JsonObject {
  return { name, in: "path", required: true, schema: { type: "string", uniqueItems: true } };
}

function withNamespace(isNamespaced: boolean, path: JsonObject): JsonObject {
  return isNamespaced ? { ...path, parameters: [pathParameter("namespace")] } : path;
}

function withName(isNamespaced: boolean, path: JsonObject): JsonObject {
  const names = isNamespaced ? ["name", "namespace"] : ["name"];
  return { ...path, parameters: names.map(pathParameter) };
}
