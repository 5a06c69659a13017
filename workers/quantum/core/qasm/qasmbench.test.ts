/** The circuits of QASMBench, whose exact answers an independent simulator gave. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exactDistribution } from "../distribution.ts";
import { compileQasm } from "./compile-qasm.ts";

const folder = join(import.meta.dirname, "../../../../../shared/data/qasmbench");
const isThere = existsSync(folder);
const files = isThere ? readdirSync(folder).filter((name) => name.endsWith(".qasm")) : [];
const read = (name: string) => readFileSync(join(folder, name), "utf8");

interface Expected {
  readonly qubits: number;
  readonly cregs: readonly (readonly [string, number])[];
  readonly dist: Readonly<Record<string, number>>;
}

function largestDifference(
  actual: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number>,
): number {
  const keys = [...actual.keys(), ...expected.keys()];
  return Math.max(
    ...keys.map((key) => Math.abs((actual.get(key) ?? 0) - (expected.get(key) ?? 0))),
  );
}

describe.skipIf(!isThere)("QASMBench", () => {
  const answers = isThere
    ? (JSON.parse(read("expected.json")) as Readonly<Record<string, Expected>>)
    : {};

  it("is all there", () => {
    expect(files).toHaveLength(40);
    expect(Object.keys(answers).toSorted()).toEqual(files.toSorted());
  });

  it.each(files)("%s gives its distribution", (name) => {
    const { circuit } = compileQasm(read(name));
    const { qubits, cregs, dist } = answers[name]!;
    expect(circuit.qubits).toBe(qubits);
    expect(circuit.classicalRegisters.map((each) => [each.name, each.size])).toEqual(cregs);
    const expected = new Map(Object.entries(dist));
    expect(largestDifference(exactDistribution(circuit), expected)).toBeLessThan(1e-9);
  });

  // The transpiler wrote its angles with some ten digits, which shows in the eighth at worst.
  it.each(files.filter((name) => name.endsWith("_transpiled.qasm")))(
    "%s equals its original",
    (name) => {
      const original = exactDistribution(
        compileQasm(read(name.replace("_transpiled", ""))).circuit,
      );
      const transpiled = exactDistribution(compileQasm(read(name)).circuit);
      expect(largestDifference(transpiled, original)).toBeLessThan(1e-7);
    },
  );
});
