import { describe, expect, it } from "vitest";
import { changeOf } from "./compare.ts";

describe("the change against an earlier run", () => {
  it.each([
    ["slower", { status: "ok", durationMs: 12 }, { status: "ok", durationMs: 10 }, "+2 ms"],
    ["faster", { status: "ok", durationMs: 10 }, { status: "ok", durationMs: 12 }, "−2 ms"],
    ["recovered", { status: "ok", durationMs: 3 }, { status: "down", durationMs: 1 }, "was down"],
    ["new", { status: "ok", durationMs: 3 }, undefined, null],
    ["running", { status: "running", durationMs: null }, { status: "ok", durationMs: 1 }, null],
  ] as const)("of a component that is %s", (_, now, before, expected) => {
    expect(changeOf(now, before)).toBe(expected);
  });
});
