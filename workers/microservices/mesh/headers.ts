/** What of a request and an answer passes from one connection to the next. Raw names and values in turn. */

import { context, propagation } from "@opentelemetry/api";

/** RFC 9110 section 7.6.1. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Who called, in Envoy's words; a pod may believe it, since the mesh strips what callers send. */
export const clientCertificateHeader = "x-forwarded-client-cert";
/** Why the mesh answered in place of the pod. */
export const refusalHeader = "x-mesh-refusal";
export const secretHeader = "x-mesh-secret";

const ours = new Set([clientCertificateHeader, refusalHeader, secretHeader]);

/** Refusals by the destination's side of the mesh. */
export type Refusal = "denied" | "unreachable";

/** @param also names in lower case that are left out besides */
export function endToEnd(raw: readonly string[], also: ReadonlySet<string> | null): string[] {
  const kept: string[] = [];
  const named = namedByConnection(raw);
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    if (hopByHop.has(name) || ours.has(name)) continue;
    if (named?.has(name) === true || also?.has(name) === true) continue;
    kept.push(raw[index]!, raw[index + 1]!);
  }
  return kept;
}

/** The first value of a name in lower case. */
export function headerOf(raw: readonly string[], wanted: string): string | undefined {
  for (let index = 0; index < raw.length; index += 2) {
    if (raw[index]!.toLowerCase() === wanted) return raw[index + 1];
  }
  return undefined;
}

export const traceHeaders: ReadonlySet<string> = new Set(["traceparent", "tracestate"]);

/** The trace that goes on: the active span's, or what the caller sent where nothing traces. */
export function traceOf(raw: readonly string[]): Record<string, string> {
  const carrier: Record<string, string> = {};
  for (const name of traceHeaders) {
    const value = headerOf(raw, name);
    if (value !== undefined) carrier[name] = value;
  }
  propagation.inject(context.active(), carrier);
  return carrier;
}

function namedByConnection(raw: readonly string[]): ReadonlySet<string> | null {
  const value = headerOf(raw, "connection")?.toLowerCase();
  if (value === undefined || ["keep-alive", "close", "upgrade"].includes(value)) return null;
  return new Set(value.split(",").map((name) => name.trim()));
}
