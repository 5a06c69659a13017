/** What of a request and of its answer may pass the gateway. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** RFC 9110 section 7.6.1, and what belongs to one connection for other reasons. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The platform's own secrets, and what the gateway writes anew. */
const keptFromServices = new Set([
  "authorization",
  "cookie",
  "host",
  "content-length",
  "expect",
  "origin",
  "referer",
]);

/** An answer must not change how the browser treats the platform's origin. */
const keptFromCallers = new Set([
  "set-cookie",
  "content-security-policy",
  "clear-site-data",
  "strict-transport-security",
  "service-worker-allowed",
  "alt-svc",
]);

export const depthHeader = "x-demo-call-depth";

export function requestHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = namedByConnection(headers);
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) =>
        !hopByHop.has(name) &&
        !named.has(name) &&
        !keptFromServices.has(name) &&
        !name.startsWith("sec-"),
    ),
  );
}

export function answerHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = namedByConnection(headers);
  const kept = Object.entries(headers).filter(
    ([name]) =>
      !hopByHop.has(name) &&
      !named.has(name) &&
      !keptFromCallers.has(name) &&
      !name.startsWith("access-control-"),
  );
  return {
    ...Object.fromEntries(kept),
    // Pages of a service share the control center's origin; sandboxed they get one of their own.
    "content-security-policy": "sandbox",
  };
}

function namedByConnection({ connection = "" }: IncomingHttpHeaders): Set<string> {
  return new Set(connection.toLowerCase().split(/\s*,\s*/));
}
