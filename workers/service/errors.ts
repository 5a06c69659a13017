/** The error catalogue of the service kit, and how a subsystem makes one of its own. */
import { ORPCError } from "@orpc/client";
import type { Problem } from "./contract.ts";

export interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  /** What to do next; a sentence of its own. */
  readonly remedy: string;
}
export type ErrorCatalogue = Readonly<Record<string, ErrorEntry>>;

interface ProblemData {
  readonly title: string;
  readonly remedy: string;
  readonly issues?: NonNullable<Problem["issues"]>;
}

const known: Record<string, ErrorEntry> = {};

/** Every catalogue of this thread together, by code. */
export function knownProblems(): ErrorCatalogue {
  return known;
}

/**
 * Makes the throwing side of a catalogue: `problem("CODE", "what happened")`. The result is an
 * ORPCError, so code, status and remedy survive the way over a message port.
 */
export function problemsOf<C extends ErrorCatalogue>(catalogue: C) {
  Object.assign(known, catalogue);
  return (
    code: keyof C & string,
    detail: string,
    more: { remedy?: string; issues?: Problem["issues"] } = {},
  ): ORPCError<string, ProblemData> => {
    const entry = catalogue[code] as ErrorEntry;
    return new ORPCError<string, ProblemData>(code, {
      status: entry.status,
      message: detail,
      data: {
        title: entry.title,
        remedy: more.remedy ?? entry.remedy,
        ...(more.issues === undefined ? {} : { issues: more.issues }),
      },
    });
  };
}

export const serviceErrors = {
  BAD_REQUEST_FRAMING: {
    status: 400,
    title: "Malformed HTTP request",
    remedy: "Send a well-formed HTTP/1.1 request.",
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: "Request took too long to arrive",
    remedy: "Send headers and body without long pauses.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: "Headers too large",
    remedy: "Send fewer or shorter headers.",
  },
  URL_TOO_LONG: { status: 414, title: "Address too long", remedy: "Move data into the body." },
  BAD_TARGET: {
    status: 400,
    title: "Request target not accepted",
    remedy: "Use a plain path that starts with a slash.",
  },
  HOST_MISSING: {
    status: 400,
    title: "Exactly one Host header is needed",
    remedy: "Send one Host header, such as localhost with the port.",
  },
  HOST_REFUSED: {
    status: 421,
    title: "Host not served here",
    remedy: "Call localhost, 127.0.0.1 or [::1] with this port.",
  },
  METHOD_UNKNOWN: {
    status: 501,
    title: "Method not implemented",
    remedy: "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: "Method not allowed on this route",
    remedy: "Use a method that the Allow header names.",
  },
  ORIGIN_REFUSED: {
    status: 403,
    title: "Foreign origin",
    remedy: "Call from the control center's own pages, or from a program that sends no Origin.",
  },
  CROSS_SITE_REFUSED: {
    status: 403,
    title: "Cross-site request",
    remedy: "Open the control center itself and call from there.",
  },
  TOKEN_INVALID: {
    status: 401,
    title: "Access token not valid",
    remedy: "Use the token of the running platform, or leave the header out.",
  },
  SIGN_IN_REQUIRED: {
    status: 401,
    title: "Sign-in required",
    remedy: "Send Authorization: Bearer with the token of the running platform.",
  },
  ROLE_TOO_LOW: {
    status: 403,
    title: "Role too low",
    remedy: "Sign in with a token that has the role this route needs.",
  },
  CODE_INVALID: {
    status: 401,
    title: "Sign-in code not valid",
    remedy: "Codes work once. Restart the platform for a new one, or paste the token.",
  },
  CONTENT_TYPE_REFUSED: {
    status: 415,
    title: "Content type not accepted",
    remedy: "Send the body as application/json in UTF-8, not compressed.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: "Body too large",
    remedy: "Send less data in one request.",
  },
  BODY_TOO_COMPLEX: {
    status: 413,
    title: "Body too complex",
    remedy: "Nest less deeply and send fewer values in one request.",
  },
  BODY_MALFORMED: {
    status: 400,
    title: "Body is not JSON",
    remedy: "Correct the JSON at the place that the detail names.",
  },
  INPUT_INVALID: {
    status: 400,
    title: "Input does not fit the contract",
    remedy: "Correct the fields that `issues` names; /docs shows the shape.",
  },
  ROUTE_UNKNOWN: {
    status: 404,
    title: "No such route",
    remedy: "Look the route up at /docs or in /openapi.json.",
  },
  UPGRADE_UNKNOWN: {
    status: 404,
    title: "No protocol upgrade here",
    remedy: "Use plain HTTP; live data are server-sent events.",
  },
  OVERLOADED: {
    status: 503,
    title: "Too many requests at once",
    remedy: "Wait a moment and send fewer at the same time.",
  },
  STREAMS_EXHAUSTED: {
    status: 503,
    title: "Too many open event streams",
    remedy: "Close a window or a stream, then try again.",
  },
  SUBSYSTEM_UNAVAILABLE: {
    status: 503,
    title: "Subsystem not running",
    remedy:
      "Start or restart its thread (Component health, or POST /api/platform/threads/ID/start).",
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    title: "Deadline exceeded",
    remedy: "Try again; if it stays slow, look at the trace and the thread's event-loop delay.",
  },
  THREAD_STATE_CONFLICT: {
    status: 409,
    title: "The thread's state does not allow this",
    remedy: "Look at the thread's state, then start, stop or restart it.",
  },
  INTERNAL: {
    status: 500,
    title: "Unexpected failure",
    remedy: "Look the trace id up under Logs; the cause is recorded there.",
  },
} as const satisfies ErrorCatalogue;

export type ServiceErrorCode = keyof typeof serviceErrors;
export const problem = problemsOf(serviceErrors);

/** RFC 9457 body of any thrown error; nothing of an unexpected one leaves the process. */
export function problemFrom(error: unknown, traceId?: string): Problem {
  const body = error instanceof ORPCError ? known9457(error) : internal;
  return traceId === undefined ? body : { ...body, traceId };
}

/** A relative reference (RFC 9457 section 3.1.1) to the page that explains the code. */
function problemType(code: string): string {
  return `/docs?problem=${code}`;
}

function known9457(error: ORPCError<string, unknown>): Problem {
  if (error.code === "BAD_REQUEST") return invalidInput(error);
  const data = error.data as Partial<ProblemData> | undefined;
  if (data?.title === undefined || data.remedy === undefined) return internal;
  return {
    type: problemType(error.code),
    title: data.title,
    status: error.status,
    code: error.code,
    detail: error.message,
    remedy: data.remedy,
    ...(data.issues === undefined ? {} : { issues: data.issues }),
  };
}

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

const issuesReportedMax = 20;

/** oRPC reports input that does not fit its schema as BAD_REQUEST with Standard Schema issues. */
function invalidInput(error: ORPCError<string, unknown>): Problem {
  const found = (error.data as { issues?: readonly SchemaIssue[] } | undefined)?.issues ?? [];
  const issues = found.slice(0, issuesReportedMax).map(({ message, path = [] }) => ({
    path: path.map((step) => String(typeof step === "object" ? step.key : step)).join("."),
    message,
  }));
  const first = issues[0];
  const where = first?.path ? `${first.path}: ` : "";
  return {
    type: problemType("INPUT_INVALID"),
    title: serviceErrors.INPUT_INVALID.title,
    status: serviceErrors.INPUT_INVALID.status,
    code: "INPUT_INVALID",
    detail: first === undefined ? "The input does not fit." : `${where}${first.message}.`,
    remedy: serviceErrors.INPUT_INVALID.remedy,
    issues,
  };
}

const internal: Problem = {
  type: problemType("INTERNAL"),
  title: serviceErrors.INTERNAL.title,
  status: 500,
  code: "INTERNAL",
  detail: "The request failed for a reason that the caller cannot mend.",
  remedy: serviceErrors.INTERNAL.remedy,
};
