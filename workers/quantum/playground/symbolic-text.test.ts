import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unitaryOf } from "../core/sample-circuit.ts";
import { circuitOfDocument } from "./compile.ts";
import { type CircuitDocument, emptyDocument, type Item } from "./document.ts";
import { readSymbolic, writeSymbolic } from "./symbolic-text.ts";

const turn = (qubit: number, angle: string): Item => ({
  kind: "gate",
  name: "rx",
  qubits: [qubit],
  controls: [],
  angles: [angle],
  power: 1,
});
const parameters = [
  { name: "theta", value: 0.3, min: 0, max: 6 },
  { name: "phi", value: -1, min: -2, max: 2 },
];
const withTurns = (...angles: readonly string[]): CircuitDocument => ({
  ...emptyDocument,
  wires: 1,
  bits: 0,
  parameters,
  columns: angles.map((angle) => ({ kind: "items", items: [turn(0, angle)] })),
});
const anglesOf = ({ columns }: CircuitDocument) =>
  columns.flatMap((column) =>
    column.kind === "items"
      ? column.items.flatMap((item) => (item.kind === "gate" ? item.angles : []))
      : [],
  );

describe("a text with parameters", () => {
  it("declares them as inputs and writes angles as they are", () => {
    const text = writeSymbolic(withTurns("theta / 2 + pi"));
    expect(text).toContain("input float[64] theta;\ninput float[64] phi;\n");
    expect(text).toContain("rx(theta / 2 + pi) q[0];");
  });

  it.each([
    ["theta"],
    ["-theta"],
    ["theta / 2 + pi"],
    ["theta - phi"],
    ["2 * phi - pi / 4"],
    ["3 * (theta + phi) / 4"],
  ])("reads %s back as the same function of them", (angle) => {
    const read = readSymbolic(writeSymbolic(withTurns(angle)), "", parameters).document;
    expect(read.parameters).toEqual(parameters);
    expect(anglesOf(read)).toEqual([expect.any(String)]);
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (value) => {
        const at = parameters.map((each) => ({
          ...each,
          value: value / (each.name === "phi" ? 3 : 1),
        }));
        const one = unitaryOf(circuitOfDocument({ ...withTurns(angle), parameters: at }));
        const other = unitaryOf(circuitOfDocument({ ...read, parameters: at }));
        expect(one.distance(other)).toBeLessThan(1e-8);
      }),
      { numRuns: 20 },
    );
  });

  it("keeps what is not linear at its present value, and says so", () => {
    const { document, warnings } = readSymbolic(
      writeSymbolic(withTurns("sin(theta)")),
      "",
      parameters,
    );
    expect(anglesOf(document)).toEqual([Math.sin(0.3)]);
    expect(warnings.join()).toMatch(/present values/);
  });

  it("makes a parameter of an input that is new", () => {
    const source =
      'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float alpha;\nqubit q;\nrz(2 * alpha) q;\n';
    const { document } = readSymbolic(source, "", []);
    expect(document.parameters).toEqual([{ name: "alpha", value: 1, min: 0, max: 2 * Math.PI }]);
    expect(anglesOf(document)).toEqual(["2.0 * alpha"]);
  });
});
