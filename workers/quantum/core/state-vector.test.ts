import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hadamard, pauliX, pauliY, pauliZ, phase, rotationX } from "./gates.ts";
import { stateVectorQubitsMax } from "./limits.ts";
import { type Matrix2, StateVector } from "./state-vector.ts";

type Complex = readonly [number, number];

const gates: Readonly<Record<string, Matrix2>> = {
  hadamard,
  pauliX,
  pauliY,
  pauliZ,
  phase: phase(0.3),
  rotationX: rotationX(1.1),
};

function amplitudes(state: StateVector): Complex[] {
  return Array.from(state.real, (re, index) => [re, state.imaginary[index] ?? 0]);
}

/** The full 2^n x 2^n matrix applied row by row: slow, and nothing shared with the code under test. */
function denseControlled(
  input: readonly Complex[],
  matrix: Matrix2,
  controls: readonly number[],
  target: number,
): Complex[] {
  return input.map((_, row) => {
    let re = 0;
    let im = 0;
    for (let column = 0; column < input.length; column++) {
      const [columnRe, columnIm] = input[column] ?? [0, 0];
      const controlled = controls.every((control) => Math.floor(column / 2 ** control) % 2 === 1);
      const rowBit = Math.floor(row / 2 ** target) % 2;
      const columnBit = Math.floor(column / 2 ** target) % 2;
      const othersAgree = row - rowBit * 2 ** target === column - columnBit * 2 ** target;
      const at = (rowBit * 2 + columnBit) * 2;
      const element: Complex = !controlled
        ? [row === column ? 1 : 0, 0]
        : othersAgree
          ? [matrix[at] ?? 0, matrix[at + 1] ?? 0]
          : [0, 0];
      re += element[0] * columnRe - element[1] * columnIm;
      im += element[0] * columnIm + element[1] * columnRe;
    }
    return [re, im];
  });
}

/** The largest distance between an amplitude of the state and the expected one. */
function distance(state: StateVector, expected: readonly Complex[]): number {
  const distances = amplitudes(state).map(([re, im], index) => {
    const [expectedRe, expectedIm] = expected[index] ?? [Number.NaN, Number.NaN];
    return Math.hypot(re - expectedRe, im - expectedIm);
  });
  return Math.max(...distances);
}

const operation = (qubits: number) =>
  fc
    .record({
      gate: fc.constantFrom(...Object.keys(gates)),
      order: fc.shuffledSubarray(
        Array.from({ length: qubits }, (_, qubit) => qubit),
        { minLength: 1 },
      ),
    })
    .map(({ gate, order }) => ({ gate, target: order[0] ?? 0, controls: order.slice(1, 3) }));

describe("StateVector", () => {
  it("agrees with the dense matrices on random circuits, and keeps the norm", () => {
    const circuit = fc
      .integer({ min: 1, max: 5 })
      .chain((qubits) =>
        fc.tuple(fc.constant(qubits), fc.array(operation(qubits), { maxLength: 12 })),
      );
    fc.assert(
      fc.property(circuit, ([qubits, operations]) => {
        const state = new StateVector(qubits);
        let expected = amplitudes(state);
        for (const { gate, controls, target } of operations) {
          const matrix = gates[gate] ?? hadamard;
          state.applyControlledGate(matrix, controls, target);
          expected = denseControlled(expected, matrix, controls, target);
        }
        expect(distance(state, expected)).toBeLessThan(1e-13);
        expect(Math.abs(state.norm() - 1)).toBeLessThan(1e-13);
      }),
      { numRuns: 200 },
    );
  });

  it("is little-endian: X on qubit 0 of three gives |001>, index 1", () => {
    const state = new StateVector(3);
    state.applyGate(pauliX, 0);
    expect([...state.probabilities()]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
  });

  it("makes a Bell pair", () => {
    const state = new StateVector(2);
    state.applyGate(hadamard, 0);
    state.applyControlledGate(pauliX, [0], 1);
    expect(
      distance(state, [
        [Math.SQRT1_2, 0],
        [0, 0],
        [0, 0],
        [Math.SQRT1_2, 0],
      ]),
    ).toBeLessThan(1e-13);
  });

  it("transforms all qubits as one Hadamard gate on each does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.array(fc.nat(511), { maxLength: 8 }),
        (n, raw) => {
          const together = new StateVector(n);
          const oneByOne = new StateVector(n);
          for (const state of [together, oneByOne]) {
            state.setBasisState((raw[0] ?? 0) % state.size);
            for (const index of raw) {
              if (n === 0) continue;
              state.applyGate(rotationX(0.7), index % n);
              state.flipSigns([index % state.size]);
            }
          }
          together.hadamardAll();
          for (let qubit = 0; qubit < n; qubit++) oneByOne.applyGate(hadamard, qubit);
          expect(distance(together, amplitudes(oneByOne))).toBeLessThan(1e-13);
        },
      ),
    );
  });

  it("phases, reflections and sign flips do what their definitions say", () => {
    const state = new StateVector(2);
    state.hadamardAll();
    state.flipSigns([3]);
    state.reflectAboutZero();
    expect(
      distance(state, [
        [0.5, 0],
        [-0.5, 0],
        [-0.5, 0],
        [0.5, 0],
      ]),
    ).toBeLessThan(1e-13);
    state.applyPhase(Math.PI / 2, (index) => index === 1);
    expect(
      distance(state, [
        [0.5, 0],
        [0, -0.5],
        [-0.5, 0],
        [0.5, 0],
      ]),
    ).toBeLessThan(1e-13);
  });

  it("measures the state whose share of [0, 1) holds the draw", () => {
    const state = new StateVector(2);
    state.applyGate(hadamard, 1);
    expect([0, 0.4, 0.6, 0.999_999_999_999].map((draw) => state.measure(draw))).toEqual([
      0, 0, 2, 2,
    ]);
    expect(new StateVector(0).measure(0.5)).toBe(0);
  });

  it("refuses what it cannot hold, with the limit in the message", () => {
    expect(() => new StateVector(stateVectorQubitsMax + 1)).toThrow(/0 to 26 qubits/);
    expect(() => new StateVector(-1)).toThrow(RangeError);
    const state = new StateVector(2);
    expect(() => state.applyGate(hadamard, 2)).toThrow(/qubit 2/);
    expect(() => state.applyControlledGate(pauliX, [1], 1)).toThrow(/cannot control itself/);
    expect(() => state.setBasisState(4)).toThrow(/basis state 4/);
    expect(() => state.flipSigns([4])).toThrow(/basis state 4/);
  });
});
