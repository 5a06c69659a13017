/** What each part of the language means, as the circuit or the distribution that it gives. */
import { describe, expect, it } from "vitest";
import { type Circuit, type Control, gate, type Operation } from "../circuit.ts";
import { exactDistribution } from "../distribution.ts";
import { compileQasm, type CompileOptions } from "./compile-qasm.ts";

const three = (body: string, options: CompileOptions = {}): Circuit =>
  compileQasm(`OPENQASM 3.0; include "stdgates.inc"; qubit[4] q; bit[4] c;\n${body}`, options)
    .circuit;
const operations = (body: string, options?: CompileOptions): readonly Operation[] =>
  three(body, options).operations;
const controls = (...values: readonly (0 | 1)[]): { controls: Control[] } => ({
  controls: values.map((value, qubit) => ({ qubit, value })),
});
/** The angle of the one gate in a body. */
const angleOf = (expression: string): number | undefined => {
  const [only] = operations(`rz(${expression}) q[0];`);
  return only?.kind === "gate" ? only.parameters[0] : undefined;
};

describe("expressions", () => {
  it.each([
    ["pi / 2", Math.PI / 2],
    ["π", Math.PI],
    ["tau - 2 * τ", -2 * Math.PI],
    ["ln(euler) + log(ℇ)", 2],
    ["2 ** 3 ** 2", 512],
    ["-2 ** 2", -4],
    ["1 / 2", 0.5],
    ["7 % 4 + mod(9, 4)", 4],
    ["arcsin(1) - arccos(0)", 0],
    ["arctan(1) * 4", Math.PI],
    ["floor(2.7) + ceiling(2.1)", 5],
    ["popcount(0b1011) + 0xff + 0o17 + 1_000", 1273],
    ["pow(2, 10) + sqrt(16) + abs(-3) + exp(0)", 1032],
    ["float(int[4](17)) + uint[3](9)", 2],
    ["int(7.9) + bool(3)", 8],
    ["(1 << 4 | 3) ^ 2 & 6", 17],
    [".5e1 + 2.", 7],
    ["sizeof(q) + sizeof(c)", 8],
  ])("%s", (expression, value) => {
    expect(angleOf(expression)).toBeCloseTo(value, 12);
  });

  it("read ^ as a power in version 2, and divide there without cutting off", () => {
    const { circuit } = compileQasm(
      'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; rz(2^3/3) q[0];',
    );
    expect(circuit.operations).toEqual([gate("rz", [0], [8 / 3])]);
  });
});

describe("values", () => {
  it("are computed before the circuit runs", () => {
    const body = `const int n = 3; float w = 0.5; int[8] k = 1; w *= n; k += 2; k <<= 1;
      array[float, 2, 2] a = {{1.0, 2.0}, {3.0, 4.0}}; a[1][0] = w;
      bool b = n == 3 && !(k < 6); if (b) rz(a[1, 0] + k) q[n];`;
    expect(operations(body)).toEqual([gate("rz", [3], [7.5])]);
  });

  it("of inputs come from the caller", () => {
    const body =
      'input float w; input bit[2] m; input int n; rz(w) q[n]; if (m == "10") x q[0]; if (m[0]) y q[0];';
    expect(operations(body, { inputs: { w: 0.25, m: "10", n: 2 } })).toEqual([
      gate("rz", [2], [0.25]),
      gate("x", [0]),
    ]);
  });
});

describe("registers", () => {
  it("are broadcast, sliced, joined and given other names", () => {
    expect(operations("cx q[0], q[1:3];")).toEqual([1, 2, 3].map((to) => gate("cx", [0, to])));
    expect(operations("cx q[0:1], q[{3, 2}];")).toEqual([gate("cx", [0, 3]), gate("cx", [1, 2])]);
    expect(operations("let a = q[-1] ++ q[0:2:2]; h a; x a[0];")).toEqual([
      gate("h", [3]),
      gate("h", [0]),
      gate("h", [2]),
      gate("x", [3]),
    ]);
    expect(operations("h q[3:-1:2];")).toEqual([gate("h", [3]), gate("h", [2])]);
  });

  it("are measured side by side, in both ways of writing it", () => {
    const expected = [0, 1].map((at) => ({ kind: "measure", qubit: at + 1, bit: at }));
    expect(operations("c[0:1] = measure q[1:2];")).toEqual(expected);
    expect(operations("measure q[1:2] -> c[0:1];")).toEqual(expected);
    const { classicalRegisters, operations: own } = three("bit[2] d = measure q[1:2];");
    expect(classicalRegisters.at(-1)).toEqual({ name: "d", first: 4, size: 2 });
    expect(own).toEqual(expected.map((each) => ({ ...each, bit: each.bit + 4 })));
  });

  it("of physical qubits are as large as the source needs", () => {
    const { circuit } = compileQasm('OPENQASM 3.0; include "stdgates.inc"; cx $0, $4;');
    expect(circuit.qubits).toBe(5);
    expect(circuit.operations).toEqual([gate("cx", [0, 4])]);
  });
});

describe("modifiers", () => {
  it("put any gate under controls, those of phases included", () => {
    expect(operations("ctrl @ negctrl @ h q[0], q[1], q[2];")).toEqual([
      { ...gate("h", [2]), ...controls(1, 0) },
    ]);
    expect(operations("ctrl(2) @ gphase(0.5) q[0], q[1];")).toEqual([
      { kind: "global-phase", angle: 0.5, ...controls(1, 1) },
    ]);
    expect(operations("gate g(a) x { rz(a) x; gphase(a); } ctrl @ g(0.5) q[0], q[1];")).toEqual([
      { ...gate("rz", [1], [0.5]), ...controls(1) },
      { kind: "global-phase", angle: 0.5, ...controls(1) },
    ]);
  });

  it("invert and raise, the innermost first", () => {
    expect(operations("inv @ s q[0]; inv @ rx(0.5) q[0]; inv @ pow(2) @ t q[0];")).toEqual([
      gate("sdg", [0]),
      gate("rx", [0], [-0.5]),
      { ...gate("t", [0]), power: -2 },
    ]);
    expect(
      operations("gate g(a) x { h x; rz(a) x; } inv @ g(0.5) q[0]; pow(2) @ g(1) q[1];"),
    ).toEqual([
      gate("rz", [0], [-0.5]),
      gate("h", [0]),
      gate("h", [1]),
      gate("rz", [1], [1]),
      gate("h", [1]),
      gate("rz", [1], [1]),
    ]);
  });

  it("take a root of a power by principal values: the root of X squared is not X", () => {
    const { definitions, operations: own } = three("pow(1/2) @ pow(2) @ x q[0]; h q[1];");
    expect(definitions).toEqual([
      { name: "x_base", qubits: 1, body: [{ ...gate("x", [0]), power: 2 }] },
    ]);
    expect(own[0]).toMatchObject({ name: "x_base", power: 0.5 });
  });
});

describe("control flow", () => {
  const flip = [gate("x", [0])];
  it("branches on what is measured", () => {
    const bits = [0, 1, 2, 3];
    expect(operations("if (c == 5) x q[0];")).toEqual([
      {
        kind: "if",
        condition: { kind: "compare", bits, operator: "==", value: 5 },
        whenTrue: flip,
        whenFalse: [],
      },
    ]);
    expect(operations("if (3 < c) { } else { x q[0]; }")).toEqual([
      {
        kind: "if",
        condition: { kind: "compare", bits, operator: ">", value: 3 },
        whenTrue: [],
        whenFalse: flip,
      },
    ]);
    const bit = (at: number, value: number) => ({
      kind: "compare",
      bits: [at],
      operator: "==",
      value,
    });
    expect(operations("if (c[0] && !c[1] || c[2] == false) x q[0];")).toEqual([
      {
        kind: "if",
        condition: { kind: "any", of: [{ kind: "all", of: [bit(0, 1), bit(1, 0)] }, bit(2, 0)] },
        whenTrue: flip,
        whenFalse: [],
      },
    ]);
  });

  it("keeps loops whose rounds are the same, and unrolls the others", () => {
    expect(operations("for int i in [1:3] { x q[0]; }")).toEqual([
      { kind: "repeat", count: 3, body: flip },
    ]);
    expect(operations("for uint i in [0:2] { if (i == 1) continue; x q[i]; }")).toEqual([
      gate("x", [0]),
      gate("x", [2]),
    ]);
    expect(
      operations("int n = 0; for int i in [0:9] { if (n == 2) break; x q[n]; n += 1; }"),
    ).toEqual([gate("x", [0]), gate("x", [1])]);
    expect(operations("for int i in {3, 1} x q[i]; for float t in {0.5} rz(t) q[0];")).toEqual([
      gate("x", [3]),
      gate("x", [1]),
      gate("rz", [0], [0.5]),
    ]);
    expect(
      operations("int n = 0; while (n < 2) { x q[n]; n += 1; } x q[3]; end; x q[0];"),
    ).toHaveLength(3);
  });

  it("gives each round its own bits where they begin as 0", () => {
    const circuit = three("for int i in [0:1] { bit b = 0; x q[0]; b = measure q[0]; }");
    expect(circuit.classicalRegisters.map(({ name, first }) => [name, first])).toEqual([
      ["c", 0],
      ["b", 4],
      ["b_1", 5],
    ]);
    expect(exactDistribution(circuit)).toEqual(new Map([["010000", 1]]));
  });

  it("runs until a measurement says so", () => {
    const circuit = three("c[0] = measure q[0]; x q[0]; while (!c[0]) { c[0] = measure q[0]; }");
    expect(exactDistribution(circuit)).toEqual(new Map([["0001", 1]]));
  });

  it("switches on numbers known before and on measured ones", () => {
    expect(
      operations("switch (2) { case 0, 1 { y q[0]; } case 2 { x q[0]; } default { z q[0]; } }"),
    ).toEqual(flip);
    expect(operations("switch (c[0:1]) { case 1, 2 { x q[0]; } default { } }")).toEqual([
      { kind: "switch", bits: [0, 1], cases: [{ values: [1, 2], body: flip }], otherwise: [] },
    ]);
  });
});

describe("subroutines", () => {
  it("are inlined, with qubits, numbers and a measurement as their result", () => {
    const body = `def turn(qubit[2] p, float t) { rz(t) p[0]; cx p[0], p[1]; }
      def read(qubit a) -> bit { x a; return measure a; }
      def twice(int n) -> int { return 2 * n; }
      turn(q[2:3], 0.5); c[1] = read(q[1]); int n = twice(1); x q[n];`;
    const source = body.replace("int n = twice(1);", "int n; n = twice(1);");
    expect(operations(source)).toEqual([
      gate("rz", [2], [0.5]),
      gate("cx", [2, 3]),
      gate("x", [1]),
      { kind: "measure", qubit: 1, bit: 1 },
      gate("x", [2]),
    ]);
  });
});

describe("what has no meaning here", () => {
  it("is warned of, and kept as barriers or passed over", () => {
    const source =
      'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q;\n@mine yes\nx q[0];\ndelay[100ns] q[0];\nbox { x q[1]; }\nmeasure q[0];\n#pragma other thing\n';
    const { circuit, warnings } = compileQasm(source);
    expect(warnings.map(({ line }) => line)).toEqual([2, 4, 5, 6, 7]);
    expect(circuit.operations).toEqual([
      gate("x", [0]),
      { kind: "barrier", qubits: [0] },
      { kind: "barrier", qubits: [0, 1] },
      gate("x", [1]),
      { kind: "barrier", qubits: [0, 1] },
      { kind: "measure", qubit: 0, bit: 0 },
    ]);
  });
});

describe("what importers are known to get wrong", () => {
  const two = (body: string): Circuit =>
    compileQasm(
      `OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; qreg r[1]; creg c[1]; creg d[2];\n${body}`,
    ).circuit;

  it("an if before a broadcast gate governs all of it", () => {
    const circuit = two("if (d == 1) x q; measure q -> d;");
    expect(exactDistribution(circuit)).toEqual(new Map([["000", 1]]));
  });

  it("a conditional measurement happens only then", () => {
    const circuit = two(
      "x r[0]; if (d == 1) measure r[0] -> c[0]; x q[0]; measure q -> d; if (d == 1) measure q[1] -> d[0];",
    );
    expect(exactDistribution(circuit)).toEqual(new Map([["000", 1]]));
  });

  it("the parameters of a conditional gate stay", () => {
    const [only] = two("if (c == 1) u3(0.1, 0.2, 0.3) q[0];").operations;
    expect(only).toMatchObject({ whenTrue: [gate("u", [0], [0.1, 0.2, 0.3])] });
  });

  it("registers keep their names and order, however many there are", () => {
    const circuit = two("x r[0]; x q[1]; measure r[0] -> c[0]; measure q -> d;");
    expect(circuit.classicalRegisters).toEqual([
      { name: "c", first: 0, size: 1 },
      { name: "d", first: 1, size: 2 },
    ]);
    expect(exactDistribution(circuit)).toEqual(new Map([["101", 1]]));
  });

  it("names that the paper's qelib1.inc does not have are free", () => {
    const { circuit } = compileQasm(
      'OPENQASM 2.0; include "qelib1.inc"; qreg p[1]; qreg u[1]; cx p, u;',
    );
    expect(circuit.operations).toEqual([gate("cx", [0, 1])]);
  });

  it("a source may define the gates itself that its include lacks", () => {
    const { definitions, operations: own } = two("gate iswap a, b { x a; } iswap q[0], q[1];");
    expect(definitions).toEqual([{ name: "iswap_1", qubits: 2, body: [gate("x", [0])] }]);
    expect(own).toMatchObject([{ name: "iswap_1" }]);
  });
});
