import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Circuit, circuitOf, gate, type Operation } from "./circuit.ts";
import { Matrix } from "./matrix.ts";
import { exactDistribution } from "./distribution.ts";
import { runShot } from "./run-circuit.ts";
import { blochVector, expectation } from "./expectation.ts";
import { sampleCircuit, unitaryOf } from "./sample-circuit.ts";

const bell = [gate("h", [0]), gate("cx", [0, 1])];
const measureAll = (qubits: number): Operation[] =>
  Array.from({ length: qubits }, (_, at) => ({ kind: "measure", qubit: at, bit: at }));

/** Pearson's statistic against the exact probabilities. */
function chiSquare(circuit: Circuit, counts: ReadonlyMap<string, number>, shots: number): number {
  let sum = 0;
  for (const [key, probability] of exactDistribution(circuit)) {
    sum += ((counts.get(key) ?? 0) - shots * probability) ** 2 / (shots * probability);
  }
  return sum;
}

describe("samples", () => {
  const operations = [
    gate("ry", [0], [0.9]),
    gate("cx", [0, 1]),
    gate("ry", [2], [1.7]),
    ...measureAll(3),
  ];
  const noise: Operation = {
    kind: "noise",
    channel: { kind: "pauli", x: 0, y: 0, z: 0 },
    qubits: [0],
  };

  it.each([
    ["one simulation", operations, "state-vector", true],
    ["shot by shot", [noise, ...operations], "state-vector", false],
    ["a density matrix", [noise, ...operations], "auto", true],
  ] as const)(
    "by %s follow the exact distribution (chi-square, 3 degrees)",
    (_, list, wanted, once) => {
      const shots = 20_000;
      const circuit = circuitOf(3, list, 3);
      const samples = sampleCircuit(circuit, { shots, seed: 5, method: wanted });
      expect(samples.method.isOnce).toBe(once);
      expect([...samples.counts.values()].reduce((sum, count) => sum + count)).toBe(shots);
      // Four outcomes are possible; 16.27 is exceeded once in a thousand fair trials.
      expect(samples.counts.size).toBe(4);
      expect(chiSquare(circuit, samples.counts, shots)).toBeLessThan(16.27);
    },
  );

  it("repeat with their seed and differ with another", () => {
    const circuit = circuitOf(3, operations, 3);
    const first = sampleCircuit(circuit, { shots: 100, seed: 1 });
    expect(sampleCircuit(circuit, { shots: 100, seed: 1 })).toEqual(first);
    expect(sampleCircuit(circuit, { shots: 100, seed: 2 })).not.toEqual(first);
  });

  it("of a circuit that measures nothing are of all its qubits", () => {
    const { counts } = sampleCircuit(circuitOf(2, bell), { shots: 1000, seed: 3 });
    expect([...counts.keys()].toSorted()).toEqual(["00", "11"]);
  });

  it("tell how many shots are done", () => {
    const steps: number[] = [];
    const circuit = circuitOf(1, [noise, ...measureAll(1)], 1);
    sampleCircuit(circuit, {
      shots: 3,
      seed: 1,
      method: "state-vector",
      report: (done) => steps.push(done),
    });
    expect(steps).toEqual([1, 2, 3]);
  });
});

describe("what a state shows", () => {
  const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });

  it("the Bloch vector of a pure qubit is where its angles point; of half a Bell pair it is zero", () => {
    fc.assert(
      fc.property(angle, angle, (theta, phi) => {
        const { state } = runShot(circuitOf(1, [gate("u", [0], [theta, phi, 0])]), () => 0);
        const [x, y, z] = blochVector(state, 0);
        expect(x).toBeCloseTo(Math.sin(theta) * Math.cos(phi), 12);
        expect(y).toBeCloseTo(Math.sin(theta) * Math.sin(phi), 12);
        expect(z).toBeCloseTo(Math.cos(theta), 12);
      }),
    );
    const { state } = runShot(circuitOf(2, bell), () => 0);
    for (const part of blochVector(state, 1)) expect(part).toBeCloseTo(0, 12);
  });

  it("CHSH on a Bell pair reaches 2 sqrt(2)", () => {
    const { state } = runShot(circuitOf(2, bell), () => 0);
    const s = Math.SQRT1_2;
    // A0 = Z, A1 = X on qubit 0; B0 = (Z + X)/sqrt 2, B1 = (Z - X)/sqrt 2 on qubit 1.
    const chsh = expectation(state, [
      { paulis: "ZZ", factor: 2 * s },
      { paulis: "XX", factor: 2 * s },
    ]);
    expect(chsh).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(expectation(state, [{ paulis: "YY", factor: 1 }])).toBeCloseTo(-1, 12);
    expect(expectation(state, [{ paulis: "IZ", factor: 1 }])).toBeCloseTo(0, 12);
  });

  it("the unitary of the Fourier transform is the matrix of its definition", () => {
    const qubits = 4;
    const operations: Operation[] = [];
    for (let target = qubits - 1; target >= 0; target--) {
      operations.push(gate("h", [target]));
      for (let control = target - 1; control >= 0; control--) {
        operations.push(gate("cp", [control, target], [Math.PI / 2 ** (target - control)]));
      }
    }
    operations.push(gate("swap", [0, 3]), gate("swap", [1, 2]));
    const size = 2 ** qubits;
    const expected = new Matrix(size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const turn = (2 * Math.PI * row * column) / size;
        expected.set(row, column, Math.cos(turn) / 4, Math.sin(turn) / 4);
      }
    }
    expect(unitaryOf(circuitOf(qubits, operations)).distance(expected)).toBeLessThan(1e-13);
  });

  it("refuses a Pauli string that does not fit, and the unitary of a measurement", () => {
    const { state } = runShot(circuitOf(2, bell), () => 0);
    expect(() => expectation(state, [{ paulis: "Z", factor: 1 }])).toThrow(/Pauli string of 2/);
    expect(() => expectation(state, [{ paulis: "ZQ", factor: 1 }])).toThrow(/Pauli string of 2/);
    expect(() => unitaryOf(circuitOf(1, measureAll(1), 1))).toThrow(/is no unitary/);
  });
});
