import { ORPCError } from "@orpc/client";
import { describe, expect, test } from "vitest";
import { ProblemError, parseProblem, toProblemError } from "./problem.ts";

const problem = {
  type: "/problems/body-too-large",
  title: "Body too large",
  status: 413,
  code: "BODY_TOO_LARGE",
  detail: "The body has 3 MB.",
  remedy: "Send at most 1 MB.",
};

describe("toProblemError", () => {
  test("keeps the problem details of the server", () => {
    const error = toProblemError(
      new ORPCError("BODY_TOO_LARGE", { status: 413, message: "x", data: problem }),
    );
    expect(error).toBeInstanceOf(ProblemError);
    expect(error.data).toEqual(problem);
  });

  test("turns a network failure into UNREACHABLE", () => {
    expect(toProblemError(new TypeError("Failed to fetch")).data.code).toBe("UNREACHABLE");
  });

  test("turns a cancellation into CANCELLED", () => {
    expect(toProblemError(new DOMException("stop", "AbortError")).data.code).toBe("CANCELLED");
  });

  test("keeps the status of an answer without problem details", () => {
    const { data } = toProblemError(new ORPCError("BAD_GATEWAY", { status: 502, message: "html" }));
    expect([data.code, data.status]).toEqual(["UNEXPECTED_ANSWER", 502]);
  });

  test("names a programming error as one of the page", () => {
    expect(toProblemError(new TypeError("x is not a function")).data.code).toBe("INTERFACE_ERROR");
  });
});

test("parseProblem refuses other bodies", () => {
  expect([parseProblem("<html>"), parseProblem({ error: 1 }), parseProblem(null)]).toEqual([
    null,
    null,
    null,
  ]);
});
