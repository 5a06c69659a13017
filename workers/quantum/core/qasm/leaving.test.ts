/** Classical bits that are assigned, and what a measurement leaves early: break, continue, end. */
import { describe, expect, it } from "vitest";
import type { Circuit } from "../circuit.ts";
import { exactDistribution } from "../distribution.ts";
import { sampleCircuit } from "../sample-circuit.ts";
import { compileQasm } from "./compile-qasm.ts";
import { toQasm3 } from "./to-qasm3.ts";

const header = 'OPENQASM 3.0; include "stdgates.inc"; qubit[3] q; bit[3] c; ';
const compile = (source: string): Circuit => compileQasm(header + source).circuit;

/** The values of c, bit 0 last, with their probabilities. */
function outcomes(source: string): Record<string, number> {
  const circuit = compile(source);
  const sums: Record<string, number> = {};
  for (const [key, probability] of exactDistribution(circuit)) {
    const own = key.slice(-3);
    sums[own] = (sums[own] ?? 0) + probability;
  }
  return sums;
}

function near(values: Readonly<Record<string, number>>): unknown {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, expect.closeTo(value, 10) as number]),
  );
}

describe("bits that are assigned", () => {
  it.each([
    ["c[1] = 1;", { "010": 1 }],
    ['c = "011";', { "011": 1 }],
    ["c = 5;", { "101": 1 }],
    ["c[0] = true;", { "001": 1 }],
    ["c[0] = 1; c[2] = c[0];", { "101": 1 }],
    ["h q[0]; c[0] = measure q[0]; c[1] = c[0]; c[2] = !c[0];", { "011": 0.5, "100": 0.5 }],
    ["h q[0]; c[0] = measure q[0]; c[0] ^= true;", { "000": 0.5, "001": 0.5 }],
    [
      "h q[0]; h q[1]; c[0] = measure q[0]; c[1] = measure q[1]; c[2] = c[0] & c[1];",
      {
        "000": 0.25,
        "001": 0.25,
        "010": 0.25,
        "111": 0.25,
      },
    ],
    // What is read is what was there before.
    ["c[0] = 1; c[0:1] = c[{1, 0}];", { "010": 1 }],
    ["bit d = 1; c[2] = d;", { "100": 1 }],
    [
      "h q[0]; c[0] = measure q[0]; if (c[0]) { c[1] = 1; } else { c[2] = 1; }",
      {
        "011": 0.5,
        "100": 0.5,
      },
    ],
    ["h q[0]; c[0] = measure q[0]; c[1] = (c == 1);", { "000": 0.5, "011": 0.5 }],
  ])("%s", (source, expected) => expect(outcomes(source)).toEqual(near(expected)));
});

describe("what a measurement leaves early", () => {
  it.each([
    [
      "end: the rest does not happen",
      "h q[0]; c[0] = measure q[0]; if (c[0]) end; x q[1]; c[1] = measure q[1];",
      { "001": 0.5, "010": 0.5 },
    ],
    [
      "end, from inside a loop and a branch",
      `for uint i in [0:1] { h q[i]; c[i] = measure q[i]; if (c[i]) { if (c[0]) { end; } } } c[2] = 1;`,
      { "001": 0.5, "110": 0.25, "100": 0.25 },
    ],
    [
      "break: later rounds do not happen",
      "for uint i in [0:2] { h q[i]; c[i] = measure q[i]; if (c[i]) break; }",
      { "001": 0.5, "010": 0.25, "100": 0.125, "000": 0.125 },
    ],
    [
      "continue: the rest of the round does not happen",
      "for uint i in [0:1] { h q[i]; c[i] = measure q[i]; if (c[i]) continue; c[2] = 1; }",
      { "000": 0, "001": 0, "100": 0.25, "101": 0.25, "110": 0.25, "011": 0.25 },
    ],
    [
      "break in the else, after which the loop's successor runs",
      "for uint i in [0:1] { h q[i]; c[i] = measure q[i]; if (c[i]) { x q[2]; } else { break; } } c[2] = measure q[2];",
      // Heads at once, tails at once after heads, heads twice.
      { "000": 0.5, "101": 0.25, "011": 0.25 },
    ],
    [
      "break leaves the inner loop alone",
      "for uint i in [0:1] { for uint j in [0:1] { h q[j]; c[j] = measure q[j]; if (c[j]) break; reset q[j]; } reset q; c[2] = 1; }",
      // The second round leaves c[1] as the first had it where it breaks at once.
      { "101": 0.375, "111": 0.125, "110": 0.25, "100": 0.25 },
    ],
    [
      "break in a loop that repeats as it is",
      "for uint i in [0:3] { reset q[0]; h q[0]; c[0] = measure q[0]; if (c[0]) break; }",
      { "001": 15 / 16, "000": 1 / 16 },
    ],
    [
      "a switch that breaks",
      "for uint i in [0:1] { h q[i]; c[i] = measure q[i]; switch (c[i]) { case 1 { break; } default { c[2] = 1; } } }",
      { "001": 0.5, "110": 0.25, "100": 0.25 },
    ],
    [
      "continue in a while that is measured",
      "x q[0]; c[0] = measure q[0]; while (c[0]) { reset q[0]; h q[1]; c[1] = measure q[1]; c[0] = 0; if (c[1]) { continue; } c[2] = 1; }",
      { "010": 0.5, "100": 0.5 },
    ],
  ])("%s", (_, source, expected) => {
    const possible = Object.fromEntries(Object.entries(expected).filter(([, value]) => value > 0));
    expect(outcomes(source)).toEqual(near(possible));
  });

  it("repeats until success, for which no number of turns is known", () => {
    const circuit = compile(
      "while (true) { reset q[0]; h q[0]; c[0] = measure q[0]; if (c[0]) break; }",
    );
    const { counts } = sampleCircuit(circuit, { shots: 200, seed: 4 });
    expect([...counts.keys()].every((key) => key.endsWith("001"))).toBe(true);
    expect(circuit.operations.map(({ kind }) => kind)).toEqual(["assign", "while"]);
  });

  it("counts until a measurement decides", () => {
    const source =
      "uint n = 0; while (n < 3) { n += 1; reset q[0]; h q[0]; c[0] = measure q[0]; if (c[0]) { c[1] = 1; } }";
    expect(outcomes(source)).toEqual(near({ "000": 1 / 8, "010": 3 / 8, "011": 1 / 2 }));
  });

  it.each([
    "h q[0]; c[0] = measure q[0]; if (c[0]) end; x q[1]; c[1] = measure q[1];",
    "for uint i in [0:2] { h q[i]; c[i] = measure q[i]; if (c[i]) break; }",
    "while (true) { h q[0]; c[0] = measure q[0]; if (c[0]) break; reset q[0]; }",
    "h q[0]; c[0] = measure q[0]; c[1] = !c[0]; c[2] = c[0] ^ c[1];",
  ])("is the same after export and import: %s", (source) => {
    const circuit = compile(source);
    expect(compileQasm(toQasm3(circuit)).circuit).toEqual(circuit);
  });

  it.each([
    ["if (c[0]) { break; }", /stands outside of what it could leave/],
    [
      "uint n = 0; while (n < 9) { c[0] = measure q[0]; if (c[0]) break; n += 1; }",
      /n would depend/,
    ],
    ["def f(qubit a) { bit b; b = measure a; if (b) end; } f(q[0]);", /cannot leave a subroutine/],
  ])("%s is refused", (source, message) => expect(() => compile(source)).toThrow(message));
});
