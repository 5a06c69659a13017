/** The columns of kubectl's tables: names and cells (pkg/printers/internalversion/printers.go). */
import type { Container } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import type { KubeObject } from "../../../core/store/objects.ts";
import { ageOf } from "./human-duration.ts";

export type Cell = string | number | boolean | null;

export interface ColumnDefinition {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly format: string;
  readonly description: string;
  /** Above zero only with -o wide. */
  readonly priority: number;
}

export interface Printer {
  readonly columns: readonly ColumnDefinition[];
  readonly cells: (object: KubeObject, nowMs: number) => Cell[];
}

interface ColumnOptions {
  readonly wide?: boolean;
  readonly type?: ColumnDefinition["type"];
  readonly format?: string;
  readonly description?: string;
}

export function column(
  name: string,
  { wide = false, type = "string", format = "", description = "" }: ColumnOptions = {},
): ColumnDefinition {
  return { name, type, format, description, priority: wide ? 1 : 0 };
}

export const nameColumn = column("Name", {
  format: "name",
  description:
    "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically.",
});
export const ageColumn = column("Age", {
  description: "Time since the object was created, by the server's clock.",
});

export const whole = { type: "integer" } as const;
export const wide = { wide: true } as const;

export const age = ({ metadata }: KubeObject, nowMs: number): string =>
  ageOf(metadata.creationTimestamp, nowMs);

/** `a=b,c=d` in the order of the keys; "<none>" of nothing. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? "<none>" : pairs.map(([key, value]) => `${key}=${value}`).join(",");
}

const operatorText: Readonly<Record<string, string>> = { In: "in", NotIn: "notin" };

/** metav1.FormatLabelSelector: sorted by key. */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return "<none>";
  const parts: [string, string][] = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]) => [key, `${key}=${value}`],
  );
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === "Exists") parts.push([key, key]);
    else if (operator === "DoesNotExist") parts.push([key, `!${key}`]);
    else {
      const list = values.toSorted((a, b) => (a < b ? -1 : 1)).join(",");
      parts.push([key, `${key} ${operatorText[operator] ?? operator} (${list})`]);
    }
  }
  if (parts.length === 0) return "<none>";
  return parts
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join(",");
}

export function containerCells(containers: readonly Container[] | undefined): [string, string] {
  const list = containers ?? [];
  return [list.map(({ name }) => name).join(","), list.map(({ image = "" }) => image).join(",")];
}
