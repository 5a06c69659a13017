/** What of a request and of its answer may pass the gateway, as raw names and values in turn. */
import type { IncomingHttpHeaders } from "node:http";
import type { RouteConfig } from "../../contract.ts";

/** RFC 9110 section 7.6.1, and what belongs to one connection for other reasons. */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
];

/** The platform's own secrets, and what the gateway writes anew. */
const keptFromServices = new Set([
  ...hopByHop,
  "authorization",
  "cookie",
  "host",
  "content-length",
  "expect",
  "origin",
  "referer",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
]);

/** An answer must not change how the browser treats the platform's origins; cookies ignore ports. */
const keptFromCallers = new Set([
  ...hopByHop,
  "set-cookie",
  "clear-site-data",
  "strict-transport-security",
  "service-worker-allowed",
  "alt-svc",
]);

export const depthHeader = "x-demo-call-depth";
keptFromServices.add(depthHeader);

type HeaderChanges = RouteConfig["requestHeaders"];

/** The lines of a request's headers that its service gets. */
export function requestLines(
  raw: readonly string[],
  connection: string | undefined,
  changes: HeaderChanges | undefined,
  keepWebSocket = false,
): string {
  const named = namedByConnection(connection);
  let lines = "";
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    if (keptFromServices.has(name) || named?.has(name) === true || name.charCodeAt(0) === 58) {
      continue;
    }
    if (name.startsWith("sec-") && !(keepWebSocket && name.startsWith("sec-websocket-"))) continue;
    if (changes !== undefined && isReplaced(changes, name)) continue;
    lines += `${name}: ${raw[index + 1]!}\r\n`;
  }
  if (changes === undefined) return lines;
  for (const [name, value] of Object.entries(changes.set)) lines += `${name}: ${value}\r\n`;
  for (const [name, value] of Object.entries(changes.add)) lines += `${name}: ${value}\r\n`;
  return lines;
}

/** @param raw names in lower case and values in turn; the result likewise */
export function answerFields(
  raw: readonly string[],
  changes: HeaderChanges | undefined,
  sandboxed: boolean,
): string[] {
  const fields: string[] = [];
  let named: ReadonlySet<string> | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    if (raw[index] === "connection") named = namedByConnection(raw[index + 1]);
  }
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (keptFromCallers.has(name) || named?.has(name) === true) continue;
    if (name.startsWith("access-control-")) continue;
    if (sandboxed && name === "content-security-policy") continue;
    if (changes !== undefined && isReplaced(changes, name)) continue;
    fields.push(name, raw[index + 1]!);
  }
  // Pages of a service share the control center's origin; sandboxed they get one of their own.
  if (sandboxed) fields.push("content-security-policy", "sandbox");
  if (changes === undefined) return fields;
  for (const [name, value] of Object.entries(changes.set)) fields.push(name, value);
  for (const [name, value] of Object.entries(changes.add)) fields.push(name, value);
  return fields;
}

/** Undefined where a route changes nothing, so that the common case costs nothing. */
export function changesOrNothing(changes: HeaderChanges): HeaderChanges | undefined {
  const { set, add, remove } = changes;
  const isEmpty =
    remove.length === 0 && Object.keys(set).length === 0 && Object.keys(add).length === 0;
  return isEmpty ? undefined : changes;
}

export function rawOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [name, Array.isArray(value) ? value.join(", ") : value],
  );
}

function isReplaced({ set, remove }: HeaderChanges, name: string): boolean {
  return Object.hasOwn(set, name) || remove.includes(name);
}

const plainConnections = new Set(["", "keep-alive", "close", "upgrade"]);

function namedByConnection(connection = ""): ReadonlySet<string> | undefined {
  const names = connection.toLowerCase();
  return plainConnections.has(names) ? undefined : new Set(names.split(/\s*,\s*/));
}
