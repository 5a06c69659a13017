import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { circuitOf, gate, type GateOperation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { runShot } from "../run-circuit.ts";
import { expectation } from "../expectation.ts";
import { cliffordOf } from "./clifford.ts";
import { PauliRows, populationCount } from "./pauli-rows.ts";
import { Tableau } from "./tableau.ts";

const cliffordNames = [...standardGates.values()]
  .filter(({ name, controls, targets, parameters }) => {
    const qubits = Array.from({ length: controls + targets }, (_, at) => at);
    const angles = parameters.map(() => Math.PI / 2);
    return cliffordOf(gate(name, qubits, angles)) !== null;
  })
  .map(({ name }) => name);

function randomClifford(random: Random, qubits: number): GateOperation {
  for (;;) {
    const { name, controls, targets, parameters } = standardGates.get(random.pick(cliffordNames))!;
    const used = controls + targets;
    if (used > qubits) continue;
    const order = random.shuffle(Array.from({ length: qubits }, (_, at) => at));
    const angles = parameters.map(() => (random.below(9) - 4) * (Math.PI / 2));
    return gate(name, order.slice(0, used), angles);
  }
}

const cases = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 1e6 }));

describe("a tableau beside the state vector", () => {
  it("knows the gates it should", () => {
    expect(cliffordNames).toEqual(
      expect.arrayContaining(["h", "s", "sx", "cx", "cy", "cz", "swap", "iswap", "ecr", "p", "rz"]),
    );
    expect(cliffordOf(gate("t", [0]))).toBeNull();
    expect(cliffordOf(gate("rz", [0], [0.3]))).toBeNull();
    expect(cliffordOf({ ...gate("x", [0]), power: 0.25 })).toBeNull();
  });

  it("has stabilizers that leave the state as it is, signs included", () => {
    fc.assert(
      fc.property(cases, ([qubits, seed]) => {
        const random = new Random(seed);
        const operations = Array.from({ length: 30 }, () => randomClifford(random, qubits));
        const tableau = new Tableau(qubits);
        for (const operation of operations) cliffordOf(operation)!(tableau);
        const { state } = runShot(circuitOf(qubits, operations), () => 0);
        for (const stabilizer of tableau.stabilizers()) {
          const factor = stabilizer.startsWith("-") ? -1 : 1;
          const value = expectation(state, [{ paulis: stabilizer.slice(1), factor }]);
          expect(value).toBeCloseTo(1, 10);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("gives each measurement the same chance, and the same state after it", () => {
    fc.assert(
      fc.property(cases, ([qubits, seed]) => {
        const random = new Random(seed);
        const tableau = new Tableau(qubits);
        const { state } = runShot(circuitOf(qubits, []), () => 0);
        for (let step = 0; step < 25; step++) {
          if (random.chance(0.7)) {
            const operation = randomClifford(random, qubits);
            cliffordOf(operation)!(tableau);
            state.set(runShotFrom(state, operation));
            continue;
          }
          const qubit = random.below(qubits);
          const chance = tableau.probabilityOfOne(qubit);
          expect(state.probabilityOfOne(qubit)).toBeCloseTo(chance, 10);
          const value = random.float() < chance ? 1 : 0;
          tableau.collapse(qubit, value);
          state.collapse(qubit, value);
          expect(tableau.probabilityOfOne(qubit)).toBe(value);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("holds a GHZ state of 2,000 qubits: one outcome decides all others", () => {
    const qubits = 2_000;
    const tableau = new Tableau(qubits);
    tableau.h(0);
    for (let qubit = 1; qubit < qubits; qubit++) tableau.cx(qubit - 1, qubit);
    expect(tableau.probabilityOfOne(1_234)).toBe(0.5);
    tableau.collapse(1_234, 1);
    for (const qubit of [0, 31, 32, 1_999]) expect(tableau.probabilityOfOne(qubit)).toBe(1);
    expect(() => tableau.collapse(5, 0)).toThrow(/qubit 5 is not 0/);
  });
});

/** One more gate on a copy of a state. */
function runShotFrom(
  state: ReturnType<typeof runShot>["state"],
  operation: GateOperation,
): ReturnType<typeof runShot>["state"] {
  const amplitudes = Array.from({ length: 2 * state.size }, (_, at) =>
    at % 2 === 0 ? state.real[at >> 1]! : state.imaginary[at >> 1]!,
  );
  const qubits = Array.from({ length: state.qubits }, (_, at) => at);
  const start = { kind: "initialise", qubits, amplitudes } as const;
  return runShot(circuitOf(state.qubits, [start, operation]), () => 0).state;
}

describe("rows of Paulis", () => {
  it("multiply as the matrices do, across words", () => {
    // XY = iZ on two qubits of different words: (X X)(Y Y) = (iZ)(iZ) = -ZZ.
    const rows = new PauliRows(2, 40);
    const letter = (row: number, qubit: number, x: number, z: number) => {
      rows.x[row * rows.words + (qubit >> 5)]! |= x << (qubit & 31);
      rows.z[row * rows.words + (qubit >> 5)]! |= z << (qubit & 31);
    };
    for (const qubit of [3, 37]) {
      letter(0, qubit, 1, 0);
      letter(1, qubit, 1, 1);
    }
    rows.multiply(0, 1);
    expect([rows.signs[0], rows.hasZ(0, 3), rows.hasX(0, 37)]).toEqual([1, true, false]);
    rows.multiply(0, 0);
    expect([rows.signs[0], rows.hasZ(0, 3)]).toEqual([0, false]);
  });

  it("count the bits of a word", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (word) => {
        expect(populationCount(word)).toBe(word.toString(2).replaceAll("0", "").length);
      }),
    );
  });
});
