/** From a form to an HTTP request, as data: sent by the console, printed as curl. */
import type { Operation } from "./catalogue.ts";

export interface RequestParts {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}

/** What the user has filled in. Texts, because that is what is typed. */
export interface Draft {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}

export function hasBody(operation: Operation): boolean {
  return operation.method !== "GET" && operation.method !== "HEAD";
}

/** Fills the path and the query; empty query fields are left out. */
export function buildRequest(operation: Operation, draft: Draft): RequestParts {
  const path = operation.path.replaceAll(/\{\+?([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(draft.path[name] ?? ""),
  );
  const query = new URLSearchParams();
  if (!hasBody(operation)) {
    for (const [name, value] of Object.entries(draft.query)) {
      if (value !== "") query.append(name, value);
    }
  }
  const search = query.size === 0 ? "" : `?${query}`;
  const body = hasBody(operation) && draft.body.trim() !== "" ? draft.body : null;
  return { method: operation.method, path: path + search, body };
}

/** A draft from an example input: path fields, and the rest as query or as body. */
export function draftFrom(
  operation: Operation,
  input: unknown,
  queryNames: readonly string[],
): Draft {
  const values: Record<string, unknown> = isRecord(input) ? { ...input } : {};
  const path: Record<string, string> = {};
  for (const name of operation.pathParameters) {
    path[name] = asText(values[name]);
    delete values[name];
  }
  if (!hasBody(operation)) {
    const query = Object.fromEntries(queryNames.map((name) => [name, asText(values[name])]));
    return { path, query, body: "" };
  }
  const fields = isRecord(input) ? values : input;
  const empty = isRecord(fields) && Object.keys(fields).length === 0 && queryNames.length === 0;
  return { path, query: {}, body: empty ? "" : JSON.stringify(fields ?? {}, null, 2) };
}

/** One line for a POSIX shell. The token is named, never printed. */
export function toCurl(base: string, request: RequestParts, withToken: boolean): string {
  const words = ["curl", "--globoff"];
  if (request.method !== "GET") words.push("-X", request.method);
  words.push(quote(base.replace(/\/$/, "") + request.path));
  if (withToken) words.push("-H", '"Authorization: Bearer $DEMO_TOKEN"');
  if (request.body !== null) {
    words.push(
      "-H",
      quote("Content-Type: application/json"),
      "--data-raw",
      quote(compact(request.body)),
    );
  }
  return words.join(" ");
}

/** Single quotes protect everything but themselves. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function compact(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
