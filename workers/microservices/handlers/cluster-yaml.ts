/** YAML as an editor needs it: documents with lines, and where in the text a field stands. */
import {
  type Document,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  parseAllDocuments,
  stringify,
} from "yaml";
import type { YamlProblem } from "../contract-cluster-actions.ts";
import type { KubeObject } from "../core/store/objects.ts";
import { clusterScreenLimits } from "../limits.ts";

export interface YamlDocument {
  readonly value: Record<string, unknown>;
  /** The line of a field as Kubernetes names it: `spec.containers[0].image`. */
  readonly lineOf: (field: string) => number | null;
  readonly text: string;
}

export interface ReadYaml {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
}

/** Every document that holds something; problems where one is no object of Kubernetes. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true });
  const found: Document.Parsed[] = "empty" in parsed ? [] : parsed;
  const problems: YamlProblem[] = [];
  const documents: YamlDocument[] = [];
  for (const document of found) {
    for (const error of document.errors) {
      const line = error.linePos?.[0].line ?? lines.linePos(error.pos[0]).line;
      problems.push({ line, field: "", message: error.message.split("\n")[0] ?? error.code });
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    const line = lineAt(document, lines, []);
    const value: unknown = valueOf(document);
    if (typeof value === "string") problems.push({ line, field: "", message: value });
    else if (isManifest(value)) {
      const lineOf = (field: string) => lineAt(document, lines, fieldPath(field));
      documents.push({ value, lineOf, text: stringify(value) });
    } else {
      const message = "An object needs apiVersion, kind and metadata.name";
      problems.push({ line, field: "", message });
    }
  }
  if (documents.length > clusterScreenLimits.documentsMax) {
    const message = `At most ${clusterScreenLimits.documentsMax} documents at once`;
    problems.push({ line: null, field: "", message });
  }
  if (documents.length === 0 && problems.length === 0) {
    problems.push({ line: 1, field: "", message: "There is no object in the text" });
  }
  return { documents, problems };
}

/** The plain value; a sentence where aliases multiply beyond what is sensible. */
function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: clusterScreenLimits.aliasesMax });
  } catch (error) {
    return (error as Error).message;
  }
}

function isManifest(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  const name = (metadata as { name?: unknown } | undefined)?.name;
  return [apiVersion, kind, name].every((each) => typeof each === "string" && each !== "");
}

/** `a.b[0].c[key]` in steps; numbers in brackets are places in a list. */
function fieldPath(field: string): (string | number)[] {
  return [...field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index !== undefined && /^\d+$/.test(index) ? Number(index) : (index ?? name ?? ""),
  );
}

/** The line of the deepest part of the path that the text has. */
function lineAt(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly (string | number)[],
): number | null {
  let node: unknown = document.contents;
  let start = isNode(node) ? node.range?.[0] : undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(key) === String(step));
      if (pair === undefined) break;
      if (isNode(pair.key)) start = pair.key.range?.[0] ?? start;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      if (!isNode(node)) break;
      start = node.range?.[0] ?? start;
    } else {
      break;
    }
  }
  return start === undefined ? null : lines.linePos(start).line;
}

/** An object as kubectl shows it: without the fields' managers, in YAML. */
export function yamlOf(object: KubeObject): string {
  return stringify(shownOf(object), { lineWidth: 0 });
}

export function shownOf({ metadata, ...rest }: KubeObject): Record<string, unknown> {
  const { managedFields: _hidden, ...kept } = metadata;
  const { apiVersion, kind, ...more } = rest;
  return { apiVersion, kind, metadata: kept, ...more };
}
