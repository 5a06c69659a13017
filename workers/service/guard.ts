/**
 * The guard before every handler on every port, for requests and protocol upgrades alike: a table
 * of checks in the order of the architecture (section 7), each a pure function of the request.
 * Why each exists: browsers let any page reach loopback ports. DNS rebinding is caught by Host
 * alone, foreign pages by Origin and Sec-Fetch-Site, form posts by the content type.
 */
import { timingSafeEqual } from "node:crypto";
import type { Role } from "./contract.ts";
import { roles } from "./contract.ts";
import { problem } from "./errors.ts";
import { httpLimits } from "./limits.ts";

/** What the guard looks at. Header names are lower case; `rawHeaders` keeps repetitions. */
export interface RequestFacts {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
}

/** Bodies of a foreign protocol under its own paths. */
export interface BodyRule {
  readonly paths: RegExp;
  readonly types: RegExp;
  readonly bytesMax: number;
}

export interface GuardPolicy {
  /** Accepted Host values, e.g. "localhost:3007", in lower case. */
  readonly hosts: ReadonlySet<string>;
  /** Accepted Origin values, e.g. "http://localhost:3007" and "app://demo". */
  readonly origins: ReadonlySet<string>;
  /** Foreign ones that the user named; they reach JSON-RPC and nothing else of this port. */
  readonly rpcOrigins: ReadonlySet<string>;
  /** SHA-256 of the access token, so that comparison takes the same time for any length. */
  readonly tokenDigest: Buffer;
  readonly digest: (token: string) => Buffer;
  /** The role of a request without a token; null when sign-in is required. */
  readonly anonymousRole: Role | null;
  /** Paths whose bodies have rules of their own; elsewhere a body is JSON. */
  readonly bodies?: readonly BodyRule[];
}

export interface Caller {
  readonly role: Role | null;
  readonly authenticated: boolean;
}

type Refusal = ReturnType<typeof problem>;
type Check = (facts: RequestFacts, policy: GuardPolicy) => Refusal | undefined;

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const bodyless = new Set(["GET", "HEAD", "OPTIONS"]);

export const guardSteps: readonly { readonly name: string; readonly check: Check }[] = [
  { name: "target", check: checkTarget },
  { name: "host", check: checkHost },
  { name: "method", check: checkMethod },
  { name: "origin", check: checkOrigin },
  { name: "fetch-site", check: checkFetchSite },
  { name: "token", check: checkToken },
  { name: "content-type", check: checkContentType },
  { name: "body-size", check: checkBodySize },
];

/** @throws nothing: returns the caller, or the problem to answer with. */
export function guard(facts: RequestFacts, policy: GuardPolicy): Caller | Refusal {
  for (const { check } of guardSteps) {
    const refusal = check(facts, policy);
    if (refusal !== undefined) return refusal;
  }
  const authenticated = facts.headers["authorization"] !== undefined;
  return { role: authenticated ? "admin" : policy.anonymousRole, authenticated };
}

export function isRefusal(decision: Caller | Refusal): decision is Refusal {
  return decision instanceof Error;
}

/** Whether a role may call a route; the refusal when not. */
export function checkRole(needed: Role | "public", caller: Caller): Refusal | undefined {
  if (needed === "public") return undefined;
  if (caller.role === null) {
    return problem("SIGN_IN_REQUIRED", "This platform was started with --auth required.");
  }
  if (roles.indexOf(caller.role) >= roles.indexOf(needed)) return undefined;
  return problem(
    "ROLE_TOO_LOW",
    `The route needs the role ${needed}; this caller is ${caller.role}.`,
  );
}

function checkTarget({ target }: RequestFacts): Refusal | undefined {
  if (target.length > httpLimits.urlLengthMax) {
    return problem(
      "URL_TOO_LONG",
      `The address has ${target.length} characters; ${httpLimits.urlLengthMax} are accepted.`,
    );
  }
  // Absolute-form and asterisk-form targets (RFC 9112 section 3.2) would sidestep the Host check.
  if (!target.startsWith("/") || target.startsWith("//")) {
    return problem(
      "BAD_TARGET",
      "Only an origin-form request target such as /api/health is accepted.",
    );
  }
  return undefined;
}

function checkHost(
  { headers, rawHeaders }: RequestFacts,
  policy: GuardPolicy,
): Refusal | undefined {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if ((rawHeaders[i] as string).toLowerCase() === "host") count += 1;
  }
  if (count !== 1) return problem("HOST_MISSING", `The request carries ${count} Host headers.`);
  const host = headers["host"] as string;
  if (policy.hosts.has(host.toLowerCase())) return undefined;
  return problem("HOST_REFUSED", "The Host header does not name an address of this port.");
}

function checkMethod({ method }: RequestFacts): Refusal | undefined {
  if (methods.has(method)) return undefined;
  return problem("METHOD_UNKNOWN", "The request method is not one that this server implements.");
}

function checkOrigin(
  { headers, ...facts }: RequestFacts,
  policy: GuardPolicy,
): Refusal | undefined {
  const origin = headers["origin"];
  if (origin === undefined) return undefined;
  if (typeof origin === "string" && policy.origins.has(origin)) return undefined;
  if (isAllowedRpc({ headers, ...facts }, policy)) return undefined;
  return problem("ORIGIN_REFUSED", "The Origin header is not one of the control center's own.");
}

function checkFetchSite(facts: RequestFacts, policy: GuardPolicy): Refusal | undefined {
  if (facts.headers["sec-fetch-site"] !== "cross-site" || isOwnApp(facts)) return undefined;
  if (isAllowedRpc(facts, policy)) return undefined;
  // Following a link to a page is not an attack: pages cannot be framed and GET changes nothing.
  if (
    facts.method === "GET" &&
    facts.headers["sec-fetch-mode"] === "navigate" &&
    facts.headers["sec-fetch-dest"] === "document" &&
    !facts.target.startsWith("/api")
  ) {
    return undefined;
  }
  return problem("CROSS_SITE_REFUSED", "The browser says that another site sent this request.");
}

/**
 * JSON-RPC, by POST with its preflight or by WebSocket, at the root of the port and from an origin
 * that the user named. A page of the control center is not among what such an origin gets.
 */
export function isAllowedRpc(facts: RequestFacts, policy: GuardPolicy): boolean {
  const { method, target, headers } = facts;
  const origin = headers["origin"];
  if (typeof origin !== "string" || !policy.rpcOrigins.has(origin)) return false;
  if (target !== "/") return false;
  const isSocket = method === "GET" && String(headers["upgrade"]).toLowerCase() === "websocket";
  return method === "POST" || method === "OPTIONS" || isSocket;
}

/** The desktop window's pages live on app://demo, which is cross-site to every http origin. */
function isOwnApp({ headers }: RequestFacts): boolean {
  return headers["origin"] === appOrigin;
}
export const appOrigin = "app://demo";

function checkToken({ headers }: RequestFacts, policy: GuardPolicy): Refusal | undefined {
  const authorization = headers["authorization"];
  if (authorization === undefined) return undefined;
  const match = /^Bearer ([A-Za-z0-9_-]{1,256})$/.exec(String(authorization));
  const valid =
    match !== null && timingSafeEqual(policy.digest(match[1] as string), policy.tokenDigest);
  return valid
    ? undefined
    : problem("TOKEN_INVALID", "The Authorization header holds no valid token.");
}

const bodyRuleOf = ({ target }: RequestFacts, { bodies }: GuardPolicy): BodyRule | undefined =>
  bodies?.find(({ paths }) => paths.test(target));

function checkContentType(facts: RequestFacts, policy: GuardPolicy): Refusal | undefined {
  const { method, headers } = facts;
  const length = headers["content-length"];
  const hasBody =
    (length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined;
  if (!hasBody) return undefined;
  if (bodyless.has(method)) {
    return problem("CONTENT_TYPE_REFUSED", `A ${method} request carries no body here.`);
  }
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    return problem("CONTENT_TYPE_REFUSED", "Compressed request bodies are not accepted.");
  }
  const type = String(headers["content-type"] ?? "");
  const rule = bodyRuleOf(facts, policy);
  if (/^application\/json(\s*;\s*charset="?utf-8"?)?\s*$/i.test(type)) return undefined;
  if (rule?.types.test(type)) return undefined;
  // kubectl scale sends a PUT without a type. Across origins a PUT always asks first.
  if (rule !== undefined && type === "" && method === "PUT") return undefined;
  return problem(
    "CONTENT_TYPE_REFUSED",
    type === "" ? "The body has no Content-Type header." : "The body's Content-Type is not JSON.",
  );
}

function checkBodySize(facts: RequestFacts, policy: GuardPolicy): Refusal | undefined {
  const declared = Number(facts.headers["content-length"] ?? 0);
  const bytesMax = bodyRuleOf(facts, policy)?.bytesMax ?? httpLimits.bodyBytesMax;
  if (declared <= bytesMax) return undefined;
  return problem("BODY_TOO_LARGE", `The body has ${declared} bytes; ${bytesMax} are accepted.`);
}
