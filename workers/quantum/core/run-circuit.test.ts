import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { applyPrimitive } from "./apply-primitive.ts";
import { krausOf } from "./channels.ts";
import { type Channel, type Circuit, circuitOf, gate, type Operation } from "./circuit.ts";
import { standardGates } from "./gates/standard-gates.ts";
import { Matrix } from "./matrix.ts";
import { denseOf, isUnitaryOperation, primitivesOf } from "./primitive.ts";
import { exactDistribution } from "./distribution.ts";
import { runShot } from "./run-circuit.ts";
import { StateVector } from "./state-vector.ts";

/** An operation of the table by chance, with controls of both kinds and powers. */
function randomOperation(random: Random, qubits: number): Operation {
  const fitting = [...standardGates.values()].filter(
    ({ controls, targets }) => controls + targets <= qubits,
  );
  const known = random.pick(fitting);
  const order = random.shuffle(Array.from({ length: qubits }, (_, qubit) => qubit));
  const used = known.controls + known.targets;
  const extra = random.below(Math.min(2, qubits - used) + 1);
  return {
    ...gate(
      known.name,
      order.slice(0, used),
      known.parameters.map(() => (2 * random.float() - 1) * 2 * Math.PI),
    ),
    controls: order.slice(used, used + extra).map((qubit) => ({
      qubit,
      value: random.chance(0.5) ? 1 : 0,
    })),
    power: random.chance(0.3) ? 2 * random.float() - 1 : 1,
  };
}

const cases = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1e6 }));

describe("circuits on a state vector", () => {
  it("agree with the product of dense matrices, controls and powers included", () => {
    fc.assert(
      fc.property(cases, ([qubits, seed]) => {
        const random = new Random(seed);
        const operations = Array.from({ length: 12 }, () => randomOperation(random, qubits));
        let whole = Matrix.identity(2 ** qubits);
        for (const operation of operations) {
          if (!isUnitaryOperation(operation)) throw new Error("not unitary");
          for (const primitive of primitivesOf(operation)) {
            whole = denseOf(primitive, qubits).multiply(whole);
          }
        }
        const { state } = runShot(circuitOf(qubits, operations), () => 0);
        for (let row = 0; row < state.size; row++) {
          expect(Math.abs(state.real[row]! - whole.re(row, 0))).toBeLessThan(1e-12);
          expect(Math.abs(state.imaginary[row]! - whole.im(row, 0))).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each([...standardGates.values()].map(({ name }) => name))(
    "%s under one more control is its matrix there, its phase included",
    (name) => {
      const { controls, targets, parameters, matrix } = standardGates.get(name)!;
      const angles = [0.7, -0.4, 1.9, 0.2].slice(0, parameters.length);
      const used = controls + targets;
      const qubits = Array.from({ length: used }, (_, at) => at);
      const operation = {
        ...gate(name, qubits, angles),
        controls: [{ qubit: used, value: 1 }] as const,
      };
      const whole = primitivesOf(operation)
        .map((primitive) => denseOf(primitive, used + 1))
        .reduce((product, next) => next.multiply(product));
      // The table's controls come first, which makes them the low bits; the rest is block by block.
      const expected = Matrix.identity(2 ** (used + 1));
      const base = matrix(...angles);
      const all = 2 ** controls - 1;
      for (let row = 0; row < base.size; row++) {
        for (let column = 0; column < base.size; column++) {
          const at = (local: number) => 2 ** used + (local << controls) + all;
          expected.set(at(row), at(column), base.re(row, column), base.im(row, column));
        }
      }
      expect(whole.distance(expected)).toBeLessThan(1e-14);
    },
  );

  it("are undone by their inverses, definitions and powers included", () => {
    const definition = {
      name: "mine",
      qubits: 2,
      body: [gate("h", [0]), gate("cp", [0, 1], [0.3]), gate("rzx", [1, 0], [1.2])],
    };
    for (const power of [1, 2, -3, 0.5]) {
      const call = { kind: "gate", name: "mine", parameters: [], qubits: [2, 0] } as const;
      const circuit: Circuit = {
        ...circuitOf(3, [
          gate("h", [0]),
          gate("ry", [2], [0.4]),
          { ...call, power },
          { ...call, power: -power },
          gate("ry", [2], [-0.4]),
          gate("h", [0]),
        ]),
        definitions: [definition],
      };
      expect(runShot(circuit, () => 0).state.probability(0)).toBeCloseTo(1, 12);
    }
  });

  it("diagonals and permutations of any table are what they say", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 1e6 }),
        (size, seed) => {
          const random = new Random(seed);
          const images = random.shuffle(Array.from({ length: 2 ** size }, (_, at) => at));
          const state = new StateVector(size + 1);
          for (let at = 0; at < state.size; at++) state.real[at] = at + 1;
          const qubits = random.shuffle(Array.from({ length: size }, (_, at) => at));
          applyPrimitive(state, {
            kind: "permutation",
            images,
            qubits,
            controls: [{ qubit: size, value: 1 }],
          });
          const place = (local: number) =>
            qubits.reduce((sum, qubit, bit) => sum | (((local >> bit) & 1) << qubit), 0);
          for (let local = 0; local < 2 ** size; local++) {
            expect(state.real[place(local)]).toBe(place(local) + 1);
            const moved = state.real[2 ** size + place(images[local]!)];
            expect(moved).toBe(2 ** size + place(local) + 1);
          }
        },
      ),
    );
  });
});

describe("exact distributions", () => {
  it("teleportation brings any state across, by way of two bits", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3, noNaN: true }), (theta) => {
        const when = (bit: number, operation: Operation): Operation => ({
          kind: "if",
          condition: { kind: "compare", bits: [bit], operator: "==", value: 1 },
          whenTrue: [operation],
          whenFalse: [],
        });
        const circuit = circuitOf(
          3,
          [
            gate("ry", [0], [theta]),
            gate("h", [1]),
            gate("cx", [1, 2]),
            gate("cx", [0, 1]),
            gate("h", [0]),
            { kind: "measure", qubit: 0, bit: 0 },
            { kind: "measure", qubit: 1, bit: 1 },
            when(1, gate("x", [2])),
            when(0, gate("z", [2])),
            gate("ry", [2], [-theta]),
            { kind: "measure", qubit: 2, bit: 2 },
          ],
          3,
        );
        const distribution = exactDistribution(circuit);
        expect([...distribution.keys()].toSorted()).toEqual(["000", "001", "010", "011"]);
        for (const share of distribution.values()) expect(share).toBeCloseTo(0.25, 12);
      }),
    );
  });

  it("follow loops until a measurement ends them", () => {
    // A coin until it shows 1, but at most twice as far as the weight that is left.
    const circuit = circuitOf(
      1,
      [
        {
          kind: "repeat",
          count: 3,
          body: [
            {
              kind: "if",
              condition: { kind: "compare", bits: [0], operator: "==", value: 0 },
              whenTrue: [gate("h", [0]), { kind: "measure", qubit: 0, bit: 0 }],
              whenFalse: [],
            },
          ],
        },
      ],
      1,
    );
    expect(exactDistribution(circuit).get("1")).toBeCloseTo(7 / 8, 12);
    expect(exactDistribution(circuit).get("0")).toBeCloseTo(1 / 8, 12);
  });

  it("hold the device's wrong readings", () => {
    const circuit: Circuit = {
      ...circuitOf(1, [gate("x", [0]), { kind: "measure", qubit: 0, bit: 0 }], 1),
      readout: { oneFor0: 0.1, zeroFor1: 0.25 },
    };
    expect(exactDistribution(circuit)).toEqual(
      new Map([
        ["1", 0.75],
        ["0", 0.25],
      ]),
    );
  });
});

describe("noise", () => {
  const channels: readonly Channel[] = [
    { kind: "pauli", x: 0.1, y: 0.05, z: 0.2 },
    { kind: "depolarising", probability: 0.3 },
    { kind: "amplitude-damping", probability: 0.4 },
    { kind: "phase-damping", probability: 0.4 },
    { kind: "loss", probability: 0.2 },
  ];

  it.each(channels)("$kind keeps the trace: the sum of K^dagger K is the identity", (channel) => {
    const sum = krausOf(channel, 1)
      .map((kraus) => kraus.adjoint().multiply(kraus))
      .reduce((total, part) => total.add(part));
    expect(sum.distance(Matrix.identity(2))).toBeLessThan(1e-14);
  });

  it("by trajectories meets its closed form: |1> decays by amplitude damping", () => {
    const random = new Random(7);
    const noise: Operation = {
      kind: "noise",
      channel: { kind: "amplitude-damping", probability: 0.3 },
      qubits: [0],
    };
    const circuit = circuitOf(
      1,
      [gate("x", [0]), noise, noise, { kind: "measure", qubit: 0, bit: 0 }],
      1,
    );
    const shots = 20_000;
    let ones = 0;
    for (let shot = 0; shot < shots; shot++)
      ones += runShot(circuit, () => random.float()).bits[0]!;
    const expected = 0.7 ** 2;
    const deviation = Math.sqrt((expected * (1 - expected)) / shots);
    expect(Math.abs(ones / shots - expected)).toBeLessThan(4 * deviation);
    expect(exactDistribution(circuit).get("1")).toBeCloseTo(expected, 12);
  });
});

describe("wrong circuits are refused with what would be right", () => {
  it.each([
    [gate("hadamard", [0]), /there is no gate hadamard: choose one of id, x/],
    [gate("cx", [0]), /cx takes 2 qubits, and 1 are given/],
    [gate("rx", [0]), /rx takes 1 parameters, and 0 are given/],
    [gate("cx", [1, 1]), /names qubit 1 twice/],
    [gate("x", [9]), /qubit 9 is not among the 2/],
    [{ kind: "measure", qubit: 0, bit: 4 }, /classical bit 4 is not among the 0/],
    [{ kind: "measure", qubit: 5, bit: 0 }, /qubit 5 is not among the 2/],
    [
      { kind: "unitary", label: "mine", qubits: [0], elements: [1, 0, 1, 0, 0, 0, 1, 0] },
      /mine is not unitary/,
    ],
    [{ kind: "permutation", label: "mine", qubits: [0], images: [0, 0] }, /mine is no permutation/],
    [
      { kind: "noise", channel: { kind: "pauli", x: 0.9, y: 0.9, z: 0 }, qubits: [0] },
      /sum to more than 1/,
    ],
    [{ kind: "initialise", qubits: [0], amplitudes: [1, 0] }, /takes 2 amplitudes of norm 1/],
  ] as const satisfies readonly (readonly [Operation, RegExp])[])("%j", (operation, message) => {
    expect(() => runShot(circuitOf(2, [operation]), () => 0)).toThrow(message);
  });

  it("a loop that nothing ends", () => {
    const loop: Operation = {
      kind: "while",
      condition: { kind: "compare", bits: [0], operator: "==", value: 0 },
      body: [gate("x", [0])],
    };
    expect(() => runShot(circuitOf(1, [loop], 1), () => 0)).toThrow(/did not end within/);
  });

  it("definitions that use themselves, or stand for too much", () => {
    const call = (name: string, power = 1): Operation => ({ ...gate(name, [0]), power });
    const itself: Circuit = {
      ...circuitOf(1, [call("a")]),
      definitions: [{ name: "a", qubits: 1, body: [call("a")] }],
    };
    expect(() => runShot(itself, () => 0)).toThrow(/does a use itself/);
    const doubling = Array.from({ length: 30 }, (_, at) => ({
      name: `g${at}`,
      qubits: 1,
      body: at === 0 ? [gate("h", [0])] : [call(`g${at - 1}`), call(`g${at - 1}`)],
    }));
    const many: Circuit = { ...circuitOf(1, [call("g29")]), definitions: doubling };
    expect(() => runShot(many, () => 0)).toThrow(/stands for more than/);
    const power: Circuit = { ...circuitOf(1, [call("g0", 1e9)]), definitions: doubling };
    expect(() => runShot(power, () => 0)).toThrow(/stands for more than/);
  });
});
