/** What must be refused, and where: the mark » stands before the place of the first error. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { qasmErrorsMax, qasmNestingMax } from "../limits.ts";
import { compileQasm } from "./compile-qasm.ts";
import { QasmErrors } from "./qasm-error.ts";

const two = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3]; creg c[3];\n';
const three = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[3] q; bit[3] c;\n';

function errorsOf(source: string): QasmErrors["errors"] {
  try {
    compileQasm(source);
  } catch (error) {
    if (error instanceof QasmErrors) return error.errors;
    throw error;
  }
  return [];
}

const refused2: readonly (readonly [string, RegExp])[] = [
  ["h »r[0];", /r is not declared/],
  ["measure q -> »d;", /d is not declared/],
  ["measure »v[0] -> c[0];", /v is not declared/],
  ["»hh q[0];", /hh is not declared/],
  ["if (»d == 1) x q[0];", /d is not declared/],
  ["if (c == 1) x »r[0];", /r is not declared/],
  ["barrier q, »r;", /r is not declared/],
  ["reset »r;", /r is not declared/],
  ["rx(»theta) q[0];", /theta is not declared/],
  ["h q[»3];", /out of range/],
  ["measure q[0] -> c[»7];", /out of range/],
  ["h q[»-1];", /out of range/],
  ["cx q[0], »q[0];", /same qubit twice/],
  ["ccx q[0], q[1], »q[0];", /same qubit twice/],
  ["cx q, »q;", /same qubit twice/],
  ["»cx q[0];", /takes 2 qubits/],
  ["»h q[0], q[1];", /takes 1 qubit,/],
  ["»rx q[0];", /takes 1 parameter/],
  ["»h(0.5) q[0];", /takes 0 parameters/],
  ["»u3(1, 2) q[0];", /takes 3 parameters/],
  ["qreg »q[2];", /declared already/],
  ["creg »q[2];", /declared already/],
  ["gate »h a { }", /declared already/],
  ["qreg »measure[2];", /word of the language/],
  ["h »c[0];", /qubits are needed/],
  ["measure q[0] -> »q[1];", /goes into bits/],
  ["measure »c[0] -> c[1];", /qubits are needed/],
  ["measure q -> »c[0];", /3 qubits are measured into 1 bits/],
  ["reset »c;", /qubits are needed/],
  ["rx(1/»0) q[0];", /division by zero/],
  ["rx(pi/»(1-1)) q[0];", /division by zero/],
  ["rx(»ln(0)) q[0];", /not a number/],
  ["rx(»sqrt(-1)) q[0];", /not a number/],
  ["rx(»sinn(1)) q[0];", /no function/],
  ["gate g a { »g a; }", /calls itself/],
  ["gate g a, »a { }", /two arguments/],
  ["gate g a { h »b; }", /b is not declared/],
  ["gate g a { h »q[0]; }", /q is not declared/],
  ["gate g(x) a { rx(»w) a; }", /w is not declared/],
  ["gate g a { »measure a -> c[0]; }", /a gate holds/],
  ["gate g a { cx a, »a; }", /same qubit twice/],
  ["opaque o a; »o q[0];", /opaque/],
  ['include »"other.inc";', /cannot be included/],
  ["qreg r[»0];", /at least 1/],
  ["qreg »r[1000000];", /declared/],
  ["qreg r[»2.5];", /not an integer/],
  ["qreg r»;", /size of r/],
  ["h q[0]»", /; is expected/],
  ["h q[0»;", /\] is expected/],
  ["rx(0.5 »q[0];", /\) is expected/],
  ["cx q[0] »q[1];", /; is expected/],
  ["measure q[0]»;", /-> and a bit/],
  ["if (c »= 1) x q[0];", /== is expected/],
  ["if »c == 1 x q[0];", /\( is expected/],
  ["gate g a »h a; }", /\{ is expected/],
  ["gate g a »{ h a;", /never closed/],
  ["»}", /closes nothing/],
  ["h q[0]; »? x q[1];", /means nothing/],
  ["»/* no end", /comment never ends/],
  ["»qubit r;", /OpenQASM 3/],
  ["»for int i in [0:2] { h q[i]; }", /OpenQASM 3/],
  ["»OPENQASM 2.0;", /once/],
  ["qreg r[2]; cx q, »r;", /registers of 3 and of 2/],
];

const refused3: readonly (readonly [string, RegExp])[] = [
  ["ctrl @ x »v, q[0];", /v is not declared/],
  ["ctrl @ »x q[0];", /takes 2 qubits/],
  ["»ctrl(0) @ x q[0];", /controls/],
  ["»ctrl(200) @ x q[0];", /controls/],
  ["»pow(1e12) @ u3(1, 2, 3) q[0];", /unfolds/],
  ["pow »@ x q[0];", /exponent in brackets/],
  ["input float »theta;", /no value/],
  ["const float »x;", /no value/],
  ["const int n = 1; »n = 2;", /constant/],
  ["int »c = 1;", /declared already/],
  ["let a = »q[{0, 0}];", /twice/],
  ["let a = q[0:1] ++ »q[1];", /same qubit/],
  ["let a = q[»0:3];", /out of range/],
  ["for int i in [»0:0:4] { }", /step/],
  ["for int i in [0:4] { h q[»i]; }", /out of range/],
  ["if (c[0]) { »break; }", /break/],
  ["x q[0]; »break;", /outside/],
  ["{ »return 1; } x q[0];", /outside/],
  ["gate g a {\n»pragma demo.noise loss(0.1) 0\n}", /no noise/],
  ["if (»q[0]) x q[1];", /qubit stands/],
  ["x q[0] »= 1;", /; is expected/],
  ["int n = 0; if (c[0]) { »n = 1; }", /depend on a measurement/],
  ["rx(»c) q[0];", /depends on a measurement/],
  ["c = »9;", /9 is no value of/],
  ["c = »measure q[0];", /3 bits/],
  ["def f(qubit a) { »f(a); } f(q[0]);", /calls itself/],
  ["def f(qubit a) { h a; } »f(q[0], q[1]);", /takes 1 values/],
  ["def f(qubit[2] a) { h a; } f(»q);", /size 2/],
  ["»extern f(int) -> int;", /not supported/],
  ["»defcal x q { }", /not supported/],
  ["switch (c) { case 1 { } case »1 { } }", /stands twice/],
  ["»while (true) { }", /turn/],
  ['bit[3] d; if (»d == "01") x q[0];', /compared/],
  ["»pragma demo.noise loss(2) 0", /noise/],
  ["»zz q[0]; h $5;", /zz/],
  ["float f = true + »;", /value is expected/],
  ["»gphase(1) q[0], q[1];", /takes 0 qubits/],
  ["array[int, 2] a = {1, 2}; rx(a[»2]) q[0];", /out of range/],
];

function unmarked(head: string, marked: string): { source: string; at: string } {
  const text = head + marked;
  const mark = text.lastIndexOf("»");
  const lines = text.slice(0, mark).replaceAll("»", "").split("\n");
  return { source: text.replaceAll("»", ""), at: `${lines.length}:${lines.at(-1)!.length + 1}` };
}

describe("is refused in version 2, at its place", () => {
  it.each(refused2)("%s", (marked, message) => {
    const { source, at } = unmarked(two, marked);
    const [first] = errorsOf(source);
    expect(first?.message).toMatch(message);
    expect(`${first?.line}:${first?.column}`).toBe(at);
  });
});

describe("is refused in version 3, at its place", () => {
  it.each(refused3)("%s", (marked, message) => {
    const { source, at } = unmarked(three, marked);
    const [first] = errorsOf(source);
    expect(first?.message).toMatch(message);
    expect(`${first?.line}:${first?.column}`).toBe(at);
  });
});

describe("errors", () => {
  it("are all reported, each once, in the order of the source", () => {
    const source = `${two}h p[0];\nx q[9];\nfoo q[0];\ncx q[0], q[0];\nh q[0];\ngate g a { hh a; }\ng q[0];`;
    expect(errorsOf(source).map(({ line }) => line)).toEqual([4, 5, 6, 7, 9]);
  });

  it("suggest the name that was meant, or the include that is missing", () => {
    expect(errorsOf(`${two}qreg data[1]; h dta[0];`)[0]?.hint).toBe("did you mean data?");
    expect(errorsOf("OPENQASM 2.0; qreg q[1]; h q[0];")[0]?.hint).toContain('include "qelib1.inc"');
  });

  it("are drawn with a caret under what they mean", () => {
    const source = `${two}\th q[7];`;
    const [error] = errorsOf(source);
    expect(error?.render(source)).toBe(
      [
        "line 4, column 6: index 7 is out of range: the indices go from 0 to 2",
        "4 | \th q[7];",
        "  | \t    ^",
      ].join("\n"),
    );
  });

  it("end somewhere, however many and however deep", () => {
    expect(errorsOf(two + "h p;\n".repeat(1000))).toHaveLength(qasmErrorsMax);
    const deep = "(".repeat(100_000);
    expect(errorsOf(`${three}rx(${deep}`)[0]?.message).toContain(String(qasmNestingMax));
    expect(errorsOf(three + "if (c[0]) ".repeat(50_000))[0]?.message).toContain("levels");
    const doubling = Array.from(
      { length: 64 },
      (_, at) => `gate g${at + 1} a { g${at} a; g${at} a; }\n`,
    ).join("");
    expect(errorsOf(`${three}gate g0 a { h a; }\n${doubling}`)[0]?.message).toContain("unfolds");
  });
});

describe("any source", () => {
  const samples = [
    `${two}gate g(a, b) x, y { rx(a / 2) x; cx x, y; barrier x; }\ng(pi, -0.5) q[0], q[1];\nif (c == 2) u2(0, pi) q[2];\nmeasure q -> c;\n`,
    `${three}const int n = 3; float f = 2 * pi / n;\nfor uint i in [0:n - 1] { ctrl @ pow(0.5) @ x q[i], q[(i + 1) % n]; }\nlet p = q[0:1] ++ q[2];\ndef f2(qubit a, float t) -> bit { rx(t) a; return measure a; }\nc[0] = f2(p[0], f);\nswitch (c) { case 0, 1 { x q[0]; } default { reset q; } }\nwhile (c[0] == 1 && !c[1]) { c[0] = measure q[0]; }\narray[float, 2] v = {1.0, 2e-1}; gphase(v[0]);\n`,
  ];
  const pieces = fc.constantFrom(
    ..."{ } ( ) [ ] ; , : -> = == @ ++ * / - q c 0 1 9 1e9 pi x cx if for gate def qubit bit measure inv pow(2) \" ' /* // $0 π \u0000 \n".split(
      " ",
    ),
  );

  it("gives a circuit or QasmErrors with places inside it, and nothing else", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.array(pieces, { maxLength: 3 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (sample, edits) => {
          let source = sample;
          for (const [position, length, insert] of edits) {
            const at = position % (source.length + 1);
            source = source.slice(0, at) + insert.join(" ") + source.slice(at + length);
          }
          const lines = source.split(/\r\n|[\n\r]/);
          for (const error of errorsOf(source)) {
            const line = lines[error.line - 1];
            expect(line).toBeDefined();
            expect(error.column).toBeGreaterThan(0);
            expect(error.column).toBeLessThanOrEqual(line!.length + 1);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("of any characters too", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (source) => {
        expect(errorsOf(source)).toBeInstanceOf(Array);
      }),
      { numRuns: 500 },
    );
  });
});
