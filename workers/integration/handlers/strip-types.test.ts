import { describe, expect, it } from "vitest";
import { stripTypes } from "./strip-types.ts";

describe("stripTypes", () => {
  it("leaves every line and column where it was", () => {
    const source = "const a: number = 1;\nfunction f(x?: string) {\n  return x!;\n}\n";
    const stripped = stripTypes(source);
    expect(stripped).toHaveLength(source.length);
    expect(stripped).toContain("const a         = 1;");
  });

  it.each([
    ["let a = 1;\nlet b = ;\n", "Line 2, column 9: Expression expected."],
    ["enum A { B }", "Line 1, column 1: TypeScript enum is not supported in strip-only mode."],
    [
      "class A {\n  constructor(private x: number) {}\n}",
      "Line 2, column 23: TypeScript parameter property is not supported in strip-only mode.",
    ],
  ])("names the line and column of what does not compile: %j", (source, detail) => {
    expect(() => stripTypes(source)).toThrow(
      expect.objectContaining({ code: "SOURCE_INVALID", message: detail }),
    );
  });
});
