import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { InverseTableau } from "./inverse-tableau.ts";
import { Tableau } from "./tableau.ts";

describe("an inverse tableau", () => {
  it("gives each measurement the chance that a tableau gives it, and the same state after it", () => {
    const sizes = fc.tuple(fc.constantFrom(1, 2, 5, 33, 40), fc.integer({ min: 1, max: 1e6 }));
    fc.assert(
      fc.property(sizes, ([qubits, seed]) => {
        const random = new Random(seed);
        const [tableau, inverse] = [new Tableau(qubits), new InverseTableau(qubits)];
        for (let step = 0; step < 150; step++) {
          const qubit = random.below(qubits);
          const other = random.below(qubits);
          const kind = random.below(6);
          for (const each of [tableau, inverse]) {
            if (kind === 0) each.h(qubit);
            else if (kind === 1) each.s(qubit);
            else if (kind === 2 && qubit !== other) each.cx(qubit, other);
            else if (kind === 3) each.x(qubit);
            else if (kind === 4) each.z(qubit);
          }
          if (kind < 5) continue;
          const chance = inverse.probabilityOfOne(qubit);
          expect(chance).toBe(tableau.probabilityOfOne(qubit));
          const value = random.float() < chance ? 1 : 0;
          for (const each of [tableau, inverse]) each.collapse(qubit, value);
          expect(inverse.probabilityOfOne(qubit)).toBe(value);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("holds a GHZ state of 5,000 qubits: one outcome decides all others", () => {
    const qubits = 5_000;
    const tableau = new InverseTableau(qubits);
    tableau.h(0);
    for (let qubit = 1; qubit < qubits; qubit++) tableau.cx(qubit - 1, qubit);
    expect(tableau.probabilityOfOne(1_234)).toBe(0.5);
    tableau.collapse(1_234, 1);
    for (let qubit = 0; qubit < qubits; qubit++) expect(tableau.probabilityOfOne(qubit)).toBe(1);
    expect(() => tableau.collapse(5, 0)).toThrow(/qubit 5 is not 0/);
  });
});
