/** The component schemas of OpenAPI v3 documents, named and marked as Kubernetes' own. */
import { type JsonObject, setOwn } from "./json.ts";
import {
  type Field,
  fieldsOf,
  isAtomicType,
  isMessage,
  servedKinds,
  type TypeName,
} from "./schema.ts";

/** Of each type the text of each field; "" is the type's own. */
export type Descriptions = Readonly<Record<TypeName, Readonly<Record<string, string>>>>;

const meta = "io.k8s.apimachinery.pkg.apis.meta.v1";
export const listMetaName = `${meta}.ListMeta`;
export const objectMetaType = "meta/v1.ObjectMeta";

const folders: Readonly<Record<string, string>> = {
  meta: "io.k8s.apimachinery.pkg.apis.meta",
  apiextensions: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
  metrics: "io.k8s.metrics.pkg.apis.metrics",
};

/** "apps/v1.Deployment" -> "io.k8s.api.apps.v1.Deployment". */
export function schemaName(type: TypeName): string {
  const [, group, rest] = /^([^/]+)\/(.+)$/.exec(type)!;
  return `${folders[group!] ?? `io.k8s.api.${group}`}.${rest}`;
}

export function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** Types that are no messages and yet have a name of their own. */
const wellKnown: Readonly<Record<string, { name: string; schema: JsonObject }>> = {
  Quantity: {
    name: "io.k8s.apimachinery.pkg.api.resource.Quantity",
    schema: {
      description: "Quantity is a fixed-point representation of a number.",
      type: "string",
    },
  },
  IntOrString: {
    name: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    schema: {
      description: "IntOrString is a type that can hold an int32 or a string.",
      format: "int-or-string",
      oneOf: [{ type: "integer" }, { type: "string" }],
    },
  },
  Time: {
    name: `${meta}.Time`,
    schema: { description: "Time is RFC 3339 with seconds.", type: "string", format: "date-time" },
  },
  MicroTime: {
    name: `${meta}.MicroTime`,
    schema: {
      description: "MicroTime is RFC 3339 with microseconds.",
      type: "string",
      format: "date-time",
    },
  },
  Duration: {
    name: `${meta}.Duration`,
    schema: { description: "Duration is a Go duration, such as 1m0s.", type: "string" },
  },
  FieldsV1: {
    name: `${meta}.FieldsV1`,
    schema: { description: "FieldsV1 stores a set of fields as nested objects.", type: "object" },
  },
  RawExtension: {
    name: "io.k8s.apimachinery.pkg.runtime.RawExtension",
    schema: { description: "RawExtension holds an object of any kind.", type: "object" },
  },
};

const plain: Readonly<Record<string, JsonObject>> = {
  string: { type: "string" },
  bytes: { type: "string", format: "byte" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  bool: { type: "boolean" },
  double: { type: "number", format: "double" },
  any: { "x-kubernetes-preserve-unknown-fields": true },
};

const typeMetaTexts = {
  apiVersion:
    "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources",
  kind: "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds",
};

export function typeMetaProperties(): JsonObject {
  return {
    apiVersion: { description: typeMetaTexts.apiVersion, type: "string" },
    kind: { description: typeMetaTexts.kind, type: "string" },
  };
}

export function groupVersionKind(apiVersion: string, kind: string): JsonObject {
  const slash = apiVersion.indexOf("/");
  return {
    group: slash === -1 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
  };
}

/** The schemas of the types and of all that they reach, by name. */
export function componentSchemas(
  types: readonly TypeName[],
  descriptions: Descriptions,
): JsonObject {
  const schemas: JsonObject = {};
  const pending = [...types];
  for (let type = pending.pop(); type !== undefined; type = pending.pop()) {
    const known = wellKnown[type];
    if (known !== undefined) schemas[known.name] = structuredClone(known.schema);
    else if (isMessage(type) && schemas[schemaName(type)] === undefined) {
      schemas[schemaName(type)] = messageSchema(type, descriptions[type] ?? {});
      pending.push(...fieldsOf(type).map((field) => field.type));
    }
  }
  return Object.fromEntries(
    Object.entries(schemas).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}

function messageSchema(type: TypeName, texts: Readonly<Record<string, string>>): JsonObject {
  const fields = fieldsOf(type);
  const kinds = servedKinds().filter((served) => served.type === type);
  const properties: JsonObject = kinds.length > 0 ? typeMetaProperties() : {};
  for (const field of fields) {
    setOwn(properties, field.name, fieldSchema(field, textOfField(texts, field.name)));
  }
  const schema: JsonObject = { type: "object", properties };
  const text = textOfField(texts, "");
  if (text !== undefined) schema["description"] = text;
  const required = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  if (required.length > 0) schema["required"] = required;
  if (isAtomicType(type)) schema["x-kubernetes-map-type"] = "atomic";
  if (kinds.length > 0) {
    schema["x-kubernetes-group-version-kind"] = kinds.map(({ apiVersion, kind }) =>
      groupVersionKind(apiVersion, kind),
    );
  }
  return schema;
}

function textOfField(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

function fieldSchema(field: Field, text: string | undefined): JsonObject {
  const schema: JsonObject = text === undefined ? {} : { description: text };
  if (field.container === "one") return { ...schema, ...valueSchema(field) };
  if (field.container === "map") {
    const map: JsonObject = { ...schema, type: "object", additionalProperties: valueSchema(field) };
    if (field.isAtomicMap) map["x-kubernetes-map-type"] = "atomic";
    return map;
  }
  const list: JsonObject = { ...schema, type: "array", items: valueSchema(field) };
  list["x-kubernetes-list-type"] = field.listType;
  if (field.listType === "map") list["x-kubernetes-list-map-keys"] = [...field.listMapKeys];
  return { ...list, ...patchMarks(field) };
}

function patchMarks(field: Field): JsonObject {
  const marks: JsonObject = {};
  if (field.patchMergeKey !== null) marks["x-kubernetes-patch-merge-key"] = field.patchMergeKey;
  if (field.patchStrategies.length > 0) {
    marks["x-kubernetes-patch-strategy"] = field.patchStrategies.join(",");
  }
  return marks;
}

/** A reference stands in allOf, so that a description may stand beside it. */
function valueSchema(field: Field): JsonObject {
  const name = isMessage(field.type) ? schemaName(field.type) : wellKnown[field.type]?.name;
  const value = name === undefined ? plain[field.type]! : { allOf: [reference(name)] };
  return field.container === "one" ? { ...value, ...patchMarks(field) } : { ...value };
}
