/** A CustomResourceDefinition as the server uses it (apiextensions-apiserver). */
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from "kubernetes-types/apiextensions/v1";
import type { JsonObject } from "../../../core/machinery/json.ts";
import type { FieldError } from "../../../core/machinery/validation.ts";
import { type Kind, resourceName, type Subresource } from "../../../core/store/kinds.ts";
import {
  age,
  ageColumn,
  type Cell,
  column,
  nameColumn,
  type Printer,
} from "../printers/columns.ts";
import { ageOf } from "../printers/human-duration.ts";
import { firstAt } from "./field-path.ts";
import type { Schema } from "./schema.ts";
import { validateSchema } from "./schema-validation.ts";

export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly schema: Schema;
  readonly hasStatus: boolean;
  readonly scale: {
    readonly spec: string;
    readonly status: string;
    readonly selector: string | undefined;
  } | null;
  readonly printer: Printer;
  readonly selectableFields: readonly string[];
}

export interface Definition {
  readonly versions: readonly DefinitionVersion[];
  readonly validate: (
    object: JsonObject,
    old: JsonObject | null,
    version: string,
  ) => readonly FieldError[];
}

export function kindOfDefinition({ spec }: CustomResourceDefinition): Kind {
  const { group, names, scope, versions } = spec;
  const stored = versions.find(({ storage }) => storage) ?? versions[0]!;
  const subresources: Subresource[] = [];
  if (versions.some((version) => version.subresources?.status)) subresources.push("status");
  if (versions.some((version) => version.subresources?.scale)) subresources.push("scale");
  return {
    resource: resourceName(names.plural, group),
    group,
    version: stored.name,
    otherVersions: versions.filter((version) => version !== stored).map(({ name }) => name),
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    namespaced: scope !== "Cluster",
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    subresources,
    custom: true,
  };
}

function cellOf(type: string, value: unknown, nowMs: number): Cell {
  if (value === undefined || value === null) return null;
  if (type === "date") return typeof value === "string" ? ageOf(value, nowMs) : null;
  if (type === "integer" || type === "number") return typeof value === "number" ? value : null;
  if (type === "boolean") return typeof value === "boolean" ? value : null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function printerOf({ additionalPrinterColumns = [] }: CustomResourceDefinitionVersion): Printer {
  if (additionalPrinterColumns.length === 0) {
    return {
      columns: [nameColumn, ageColumn],
      cells: (object, nowMs) => [object.metadata.name, age(object, nowMs)],
    };
  }
  return {
    columns: [
      nameColumn,
      ...additionalPrinterColumns.map(({ name, type, format, description, priority = 0 }) => ({
        ...column(name, { description: description ?? "", format: format ?? "" }),
        // A date's cell is an age already.
        type: (type === "date" ? "date" : type) as "string",
        priority,
      })),
    ],
    cells: (object, nowMs) => [
      object.metadata.name,
      ...additionalPrinterColumns.map(({ type, jsonPath }) =>
        cellOf(type, firstAt(object, jsonPath), nowMs),
      ),
    ],
  };
}

export function readDefinition({ spec }: CustomResourceDefinition): Definition {
  const versions = spec.versions.map((version): DefinitionVersion => {
    const { scale } = version.subresources ?? {};
    return {
      name: version.name,
      served: version.served,
      schema: (version.schema?.openAPIV3Schema ?? { type: "object" }) as unknown as Schema,
      hasStatus: version.subresources?.status !== undefined,
      scale: scale
        ? {
            spec: scale.specReplicasPath,
            status: scale.statusReplicasPath,
            selector: scale.labelSelectorPath,
          }
        : null,
      printer: printerOf(version),
      selectableFields: (
        (version as { selectableFields?: { jsonPath: string }[] }).selectableFields ?? []
      ).map(({ jsonPath }) => jsonPath.replace(/^\./, "")),
    };
  });
  return {
    versions,
    validate(object, _old, name) {
      const schema = versions.find((version) => version.name === name)?.schema;
      return schema === undefined ? [] : validateSchema(object, schema);
    },
  };
}
