import { describe, expect, it } from "vitest";
import { parseProgram } from "./parse-program.ts";

const errorsOf = (source: string) =>
  parseProgram(source).errors.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe("the version", () => {
  it.each([
    ["OPENQASM 2.0; qreg q[1];", "2.0"],
    ["// a comment first\nOPENQASM 3;\nqubit q;", "3.0"],
    ["OPENQASM 3.1;", "3.1"],
    ["qreg q[1]; h q;", "2.0"],
    ["qubit[2] q;", "3.0"],
    ['include "stdgates.inc"; qreg q[1];', "3.0"],
    ["qreg q[2]; ctrl @ x q[0], q[1];", "3.0"],
  ])("of %j is %s", (source, version) => {
    const { program, errors } = parseProgram(source);
    expect({ version: program.version, errors }).toEqual({ version, errors: [] });
  });
});

describe("each statement has its own error", () => {
  it("and the next one is read all the same", () => {
    const source = "OPENQASM 2.0;\nqreg q[2;\nh q[0]\ncx q[0] q[1];\nx q[0];\n";
    expect(errorsOf(source)).toEqual([
      "2:9 ] is expected behind the size, where ; stands",
      "3:7 ; is expected behind h",
      "4:9 ; is expected behind cx, where q stands",
    ]);
    expect(parseProgram(source).program.statements).toHaveLength(1);
  });

  it("inside blocks too", () => {
    const source = "OPENQASM 3.0;\nif (true) {\n  x ;;\n  y q[;\n}\nfor q;\n";
    expect(errorsOf(source).map((error) => error.split(" ")[0])).toEqual(["4:7", "6:5"]);
  });
});

describe("operators", () => {
  // The live specification's table: ** binds tighter than a sign, which binds tighter than *.
  it("bind as the table of the specification says", () => {
    const shape = (text: string): unknown => {
      const [statement] = parseProgram(`OPENQASM 3.0; x = ${text};`).program.statements;
      return statement?.kind === "assign" ? bare(statement.value) : undefined;
    };
    for (const [loose, bracketed] of [
      ["-a ** b", "-(a ** b)"],
      ["a ** b ** c", "a ** (b ** c)"],
      ["a - b - c", "(a - b) - c"],
      ["a + b * c", "a + (b * c)"],
      ["a << b + c", "a << (b + c)"],
      ["a == b < c", "a == (b < c)"],
      ["a & b == c", "a & (b == c)"],
      ["a | b ^ c & d", "a | (b ^ (c & d))"],
      ["a && b | c", "a && (b | c)"],
      ["a || b && c", "a || (b && c)"],
    ] as const) {
      expect(shape(loose)).toEqual(shape(bracketed));
      expect(shape(loose)).toBeDefined();
    }
  });
});

/** A tree without its places. */
function bare(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => (key === "place" ? undefined : value)),
  );
}
