/** Objects as rows of a meta.k8s.io Table, which kubectl prints as it is. */
import { apiErrors } from "../../../core/store/api-error.ts";
import type { KubeObject } from "../../../core/store/objects.ts";
import type { Representation } from "../representation.ts";
import type { Served } from "../served.ts";
import { clusterPrinters } from "./cluster-columns.ts";
import type { Printer } from "./columns.ts";
import { networkPrinters } from "./network-columns.ts";
import { podPrinter } from "./pod-columns.ts";
import { workloadPrinters } from "./workload-columns.ts";

const printers: Readonly<Record<string, Printer>> = {
  pods: podPrinter,
  ...workloadPrinters,
  ...networkPrinters,
  ...clusterPrinters,
};

export type IncludeObject = "None" | "Metadata" | "Object";

/** @throws ApiError 400 */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get("includeObject") || "Metadata";
  if (value === "None" || value === "Metadata" || value === "Object") return value;
  throw apiErrors.badRequest(
    `includeObject: Unsupported value: ${JSON.stringify(value)}: supported values: "Metadata", "None", "Object"`,
  );
}

export function printerOf({ kind, definition, version }: Served): Printer {
  const printer = printers[kind.resource];
  if (printer !== undefined) return printer;
  const found = definition?.versions.find(({ name }) => name === version)?.printer;
  if (found === undefined) throw new Error(`${kind.resource} has no printer`);
  return found;
}

const metaVersion = ({ metaVersion: version }: Representation): string => `meta.k8s.io/${version}`;

export function partialMetadata(object: KubeObject, representation: Representation): object {
  return {
    kind: "PartialObjectMetadata",
    apiVersion: metaVersion(representation),
    metadata: object.metadata,
  };
}

/** Writes rows: one object's row as JSON text. */
export function rowWriter(
  served: Served,
  representation: Representation,
  include: IncludeObject,
  nowMs: number,
): (object: KubeObject) => string {
  const { cells } = printerOf(served);
  return (object) => {
    const text = `{"cells":${JSON.stringify(cells(object, nowMs))}`;
    if (include === "None") return `${text}}`;
    const shown =
      include === "Object" ? served.fromStored(object) : partialMetadata(object, representation);
    return `${text},"object":${JSON.stringify(shown)}}`;
  };
}

export const columnsText = (served: Served): string => JSON.stringify(printerOf(served).columns);

/** What stands before a table's columns, with the list's metadata. */
export function tableHead(representation: Representation, metadata: object): string {
  return `{"kind":"Table","apiVersion":"${metaVersion(representation)}","metadata":${JSON.stringify(metadata)}`;
}

/** A table of one object. */
export function tableOfOne(
  served: Served,
  object: KubeObject,
  representation: Representation,
  include: IncludeObject,
  nowMs: number,
): string {
  const { resourceVersion } = object.metadata;
  const row = rowWriter(served, representation, include, nowMs)(object);
  return `${tableHead(representation, { resourceVersion })},"columnDefinitions":${columnsText(served)},"rows":[${row}]}`;
}
