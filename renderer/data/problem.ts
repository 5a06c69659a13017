import { ORPCError } from "@orpc/client";
import { type Problem, problemSchema } from "../../workers/service/contract.ts";

/** An answer of the API that is a problem, or a call that got no answer at all. */
export class ProblemError extends ORPCError<string, Problem> {
  constructor(problem: Problem, options: ErrorOptions = {}) {
    super(problem.code, {
      status: problem.status,
      message: problem.detail,
      data: problem,
      ...options,
    });
  }
}

/** Codes of problems that arise in the browser, so that each has a sentence and a remedy too. */
const localProblems = {
  UNREACHABLE: {
    status: 503,
    title: "No answer",
    detail: "The server did not answer.",
    remedy: "Check that the platform is running; the page keeps trying to reconnect.",
  },
  CANCELLED: {
    status: 499,
    title: "Cancelled",
    detail: "The request was cancelled before an answer arrived.",
    remedy: "Send it again when you need the answer.",
  },
  UNEXPECTED_ANSWER: {
    status: 502,
    title: "Unexpected answer",
    detail: "The server answered with something that is not what its contract says.",
    remedy: "Reload the page, so that page and server are of one version.",
  },
  INTERFACE_ERROR: {
    status: 500,
    title: "The page failed",
    detail: "Something in the page itself went wrong.",
    remedy: "Reload the page. If it happens again, copy the details into a report.",
  },
} as const;
export type LocalProblemCode = keyof typeof localProblems;

export function localProblem(code: LocalProblemCode, detail?: string): Problem {
  const base = localProblems[code];
  return { type: "about:blank", code, ...base, detail: detail ?? base.detail };
}

/** Reads a response body as problem details; null when it is something else. */
export function parseProblem(body: unknown): Problem | null {
  const parsed = problemSchema.safeParse(body);
  return parsed.success ? parsed.data : null;
}

/** Whatever was thrown, as the one error type that the pages show. */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof ORPCError) {
    const problem = parseProblem(error.data);
    if (problem) return new ProblemError(problem, { cause: error });
    const detail = `The server answered with status ${error.status} and no problem details.`;
    return new ProblemError(
      { ...localProblem("UNEXPECTED_ANSWER", detail), status: error.status },
      { cause: error },
    );
  }
  if (error instanceof DOMException && error.name === "AbortError") {
    return new ProblemError(localProblem("CANCELLED"), { cause: error });
  }
  if (error instanceof TypeError && isNetworkFailure(error)) {
    return new ProblemError(localProblem("UNREACHABLE"), { cause: error });
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new ProblemError(localProblem("INTERFACE_ERROR", detail), { cause: error });
}

/** fetch reports every network failure as a TypeError, each engine with its own words. */
function isNetworkFailure(error: TypeError): boolean {
  return /fetch|network|load failed/i.test(error.message);
}
