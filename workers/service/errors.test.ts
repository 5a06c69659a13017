import { ORPCError } from "@orpc/client";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { problemSchema } from "./contract.ts";
import {
  problem,
  problemFrom,
  problemsOf,
  serviceErrors,
  type ServiceErrorCode,
} from "./errors.ts";

const entries = Object.entries(serviceErrors);
const internal = {
  type: "/docs?problem=INTERNAL",
  title: "Unexpected failure",
  status: 500,
  code: "INTERNAL",
  detail: "The request failed for a reason that the caller cannot mend.",
  remedy: "Look the trace id up under Logs; the cause is recorded there.",
};

describe("the catalogue", () => {
  it.each(entries)("%s has a status, a title and a remedy in a sentence", (code, entry) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
    expect(entry.title).toMatch(/^[A-Z].*[^.]$/);
    // Begins like a sentence or an acronym, ends with a full stop, says more than one word.
    expect(entry.remedy).toMatch(/^[A-Z/].* .*\.$/);
  });

  it.each(entries)("%s becomes an RFC 9457 problem that fits the contract", (code, entry) => {
    const body = problemFrom(problem(code as ServiceErrorCode, "What happened."), "abc");
    expect(problemSchema.strict().parse(body)).toEqual({
      type: `/docs?problem=${code}`,
      title: entry.title,
      status: entry.status,
      code,
      detail: "What happened.",
      remedy: entry.remedy,
      traceId: "abc",
    });
  });

  it("a subsystem's own catalogue behaves alike, with remedy and issues of the occasion", () => {
    const own = problemsOf({ TOO_MANY: { status: 422, title: "Too many", remedy: "Take fewer." } });
    const issues = [{ path: "items.3", message: "One too many" }];
    expect(problemFrom(own("TOO_MANY", "Four.", { remedy: "Take three.", issues }))).toEqual({
      type: "/docs?problem=TOO_MANY",
      title: "Too many",
      status: 422,
      code: "TOO_MANY",
      detail: "Four.",
      remedy: "Take three.",
      issues,
    });
  });
});

describe("an unexpected error", () => {
  it("never shows anything of itself, whatever was thrown", () => {
    const thrown = fc.oneof(
      fc.anything(),
      fc.string().map((message) => new Error(message)),
      fc.string().map((message) => new TypeError(message, { cause: new Error(message) })),
      fc
        .tuple(fc.constantFrom("NOT_FOUND", "INTERNAL_SERVER_ERROR", "WHATEVER"), fc.string())
        .map(([code, message]) => new ORPCError(code, { message, data: { secret: message } })),
      fc.string().map((title) => new ORPCError("HALF", { data: { title } })),
      fc.string().map((text) => ({ code: "HOST_MISSING", status: 200, message: text, data: text })),
    );
    fc.assert(
      fc.property(thrown, (error) => {
        expect(problemFrom(error)).toEqual(internal);
      }),
    );
  });

  it("names the trace under which its cause is recorded", () => {
    expect(problemFrom(new Error("disk at /secret"), "0af7")).toEqual({
      ...internal,
      traceId: "0af7",
    });
  });
});

describe("input that does not fit", () => {
  const refusal = (schema: z.ZodType, input: unknown) => {
    const { error } = schema.safeParse(input);
    return problemFrom(new ORPCError("BAD_REQUEST", { data: { issues: error?.issues } }));
  };

  it("names each offending field by its path", () => {
    const schema = z.strictObject({ items: z.array(z.strictObject({ name: z.string() })) });
    const body = refusal(schema, { items: [{ name: "a" }, { name: 7 }], extra: true });
    expect(body).toEqual({
      type: "/docs?problem=INPUT_INVALID",
      title: serviceErrors.INPUT_INVALID.title,
      status: 400,
      code: "INPUT_INVALID",
      detail: `${body.issues?.[0]?.path}: ${body.issues?.[0]?.message}.`,
      remedy: serviceErrors.INPUT_INVALID.remedy,
      issues: [
        { path: "items.1.name", message: expect.stringContaining("expected string") as string },
        { path: "", message: expect.stringContaining('"extra"') as string },
      ],
    });
  });

  it("leaves the place out of the sentence when the whole input is meant", () => {
    expect(refusal(z.strictObject({}), { extra: 1 }).detail).toBe('Unrecognized key: "extra".');
  });

  it("reads the path segments of Standard Schema, plain keys and objects alike", () => {
    const issues = [{ message: "No", path: ["a", { key: 0 }, { key: "b" }] }];
    const body = problemFrom(new ORPCError("BAD_REQUEST", { data: { issues } }));
    expect(body.issues).toEqual([{ path: "a.0.b", message: "No" }]);
  });

  it("reports a bounded number of issues", () => {
    const body = refusal(
      z.array(z.string()),
      Array.from({ length: 1_000 }, () => 1),
    );
    expect(body.issues).toHaveLength(20);
  });

  it("is a problem even without issues", () => {
    const body = problemFrom(new ORPCError("BAD_REQUEST"));
    expect(problemSchema.parse(body)).toMatchObject({ code: "INPUT_INVALID", issues: [] });
  });
});
