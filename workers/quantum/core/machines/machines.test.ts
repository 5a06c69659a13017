/** Each method against another that shares none of its ideas. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { javascript } from "../backend.ts";
import { type Channel, type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";
import { exactDistribution } from "../distribution.ts";
import { densityExpectation, expectation } from "../expectation.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { randomOperation } from "../random-primitives.ts";
import { drawing, runOn, runShot } from "../run-circuit.ts";
import { sampleCircuit } from "../sample-circuit.ts";
import { cliffordOf } from "../stabilizer/clifford.ts";
import { DensityMachine } from "./density-machine.ts";
import { StabilizerMachine } from "./stabilizer-machine.ts";

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

function densityOf(qubits: number): DensityMachine {
  return new DensityMachine(javascript.newState(2 * qubits), javascript);
}

const cliffordGates = [...standardGates.values()].filter(
  ({ name, controls, targets, parameters }) => {
    const qubits = Array.from({ length: controls + targets }, (_, at) => at);
    return (
      cliffordOf(
        gate(
          name,
          qubits,
          parameters.map(() => Math.PI / 2),
        ),
      ) !== null
    );
  },
);

function someQubits(random: Random, qubits: number, count: number): number[] {
  return random.shuffle(Array.from({ length: qubits }, (_, at) => at)).slice(0, count);
}

function randomClifford(random: Random, qubits: number): Operation {
  const fitting = cliffordGates.filter(({ controls, targets }) => controls + targets <= qubits);
  const { name, controls, targets, parameters } = random.pick(fitting);
  const angles = parameters.map(() => (random.below(9) - 4) * (Math.PI / 2));
  const operation = gate(name, someQubits(random, qubits, controls + targets), angles);
  return random.chance(0.2) ? { ...operation, power: random.pick([-1, 2, 3]) } : operation;
}

const paulis: readonly Channel[] = [
  { kind: "depolarising", probability: 0.3 },
  { kind: "pauli", x: 0.1, y: 0.2, z: 0.05 },
  { kind: "loss", probability: 0.4 },
];
const damping: readonly Channel[] = [
  { kind: "amplitude-damping", probability: 0.35 },
  { kind: "phase-damping", probability: 0.25 },
];

/** Gates between everything that is not a gate, few enough for all branches to be followed. */
function mixed(
  random: Random,
  qubits: number,
  channels: readonly Channel[],
  next: () => Operation,
): Circuit {
  const stretch = () => Array.from({ length: 1 + random.below(4) }, next);
  const qubit = () => random.below(qubits);
  const noise = (): Operation => {
    const channel = random.pick(channels);
    const isWide = channel.kind === "depolarising" && qubits > 1 && random.chance(0.5);
    return { kind: "noise", channel, qubits: someQubits(random, qubits, isWide ? 2 : 1) };
  };
  return {
    ...circuitOf(
      qubits,
      [
        ...stretch(),
        noise(),
        ...stretch(),
        { kind: "measure", qubit: qubit(), bit: 0 },
        {
          kind: "if",
          condition: { kind: "compare", bits: [0], operator: "==", value: 1 },
          whenTrue: [...stretch(), noise()],
          whenFalse: stretch(),
        },
        { kind: "reset", qubit: qubit() },
        { kind: "repeat", count: 2, body: stretch() },
        ...Array.from({ length: qubits }, (_, at): Operation => {
          return { kind: "measure", qubit: at, bit: at + 1 };
        }),
      ],
      qubits + 1,
    ),
    readout: { oneFor0: 0.02, zeroFor1: 0.1 },
  };
}

function largestDifference(one: ReadonlyMap<string, number>, other: typeof one): number {
  const keys = [...new Set([...one.keys(), ...other.keys()])];
  return Math.max(...keys.map((key) => Math.abs((one.get(key) ?? 0) - (other.get(key) ?? 0))));
}

describe("a density matrix", () => {
  it("gives the distribution that all trajectories together give", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 3 }), (seed, qubits) => {
        const random = new Random(seed);
        const next = () => randomOperation(random, qubits);
        const circuit = mixed(random, qubits, [...paulis, ...damping], next);
        const mixedStates = exactDistribution(circuit, () => densityOf(qubits));
        expect(largestDifference(mixedStates, exactDistribution(circuit))).toBeLessThan(1e-10);
      }),
      { numRuns: 40 },
    );
  });

  it("is pure without noise, has the expectations of the state vector, and loses purity by closed form", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, qubits) => {
        const random = new Random(seed);
        const operations = Array.from({ length: 12 }, () => randomOperation(random, qubits));
        const circuit = circuitOf(qubits, operations);
        const machine = densityOf(qubits);
        runOn(machine, circuit, () => 0);
        const { state } = runShot(circuit, () => 0);
        const terms = Array.from({ length: 4 }, () => ({
          paulis: Array.from({ length: qubits }, () => random.pick(["I", "X", "Y", "Z"])).join(""),
          factor: random.float() - 0.5,
        }));
        expect(machine.purity()).toBeCloseTo(1, 10);
        expect(densityExpectation(machine, terms)).toBeCloseTo(expectation(state, terms), 10);
      }),
      { numRuns: 60 },
    );
    // Depolarising with p mixes a pure qubit to a Bloch vector of 1 - 4p/3 (p over X, Y and Z alike).
    const probability = 0.3;
    const noise: Operation = {
      kind: "noise",
      channel: { kind: "depolarising", probability },
      qubits: [0],
    };
    const machine = densityOf(1);
    runOn(machine, circuitOf(1, [gate("h", [0]), noise]), () => 0);
    const length = 1 - (4 * probability) / 3;
    expect(machine.purity()).toBeCloseTo((1 + length ** 2) / 2, 12);
    expect(densityExpectation(machine, [{ paulis: "X", factor: 1 }])).toBeCloseTo(length, 12);
  });

  it("takes amplitudes for fresh qubits, whatever those held", () => {
    const circuit = circuitOf(2, [
      gate("h", [0]),
      gate("cx", [0, 1]),
      { kind: "initialise", qubits: [0], amplitudes: [0.6, 0, 0, 0.8] },
    ]);
    const machine = densityOf(2);
    runOn(machine, circuit, () => 0);
    // What is left of the pair is the mixture of both values.
    expect([0, 1, 2, 3].map((basis) => machine.probability(basis))).toEqual(
      [0.18, 0.32, 0.18, 0.32].map((value) => expect.closeTo(value, 12) as number),
    );
    const [re, im] = machine.element(0, 1);
    expect(re).toBeCloseTo(0, 12);
    expect(im).toBeCloseTo(-0.24, 12);
  });
});

describe("a stabilizer state", () => {
  it("is sampled as the exact distribution says (chi-square)", () => {
    let [sum, degrees] = [0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const qubits = 2 + random.below(3);
      const circuit = mixed(random, qubits, paulis, () => randomClifford(random, qubits));
      const shots = 4_000;
      const { counts, method } = sampleCircuit(circuit, { shots, seed, method: "stabilizer" });
      expect(method.name).toBe("stabilizer");
      const exact = [...exactDistribution(circuit)].filter(([, p]) => shots * p >= 5);
      for (const [key, p] of exact) sum += ((counts.get(key) ?? 0) - shots * p) ** 2 / (shots * p);
      degrees += exact.length - 1;
    }
    // The sum of so many squares is nearly normal: five deviations.
    expect(sum).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees));
  });

  it("that is only measured at the end has exactly the outcomes of the state vector", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, qubits) => {
        const random = new Random(seed);
        const circuit = circuitOf(
          qubits,
          Array.from({ length: 20 }, () => randomClifford(random, qubits)),
        );
        const { counts } = sampleCircuit(circuit, { shots: 3_000, seed, method: "stabilizer" });
        const { state } = runShot(circuit, () => 0);
        for (let basis = 0; basis < state.size; basis++) {
          const key = basis.toString(2).padStart(qubits, "0");
          // An outcome of 1/32 is missing from 3,000 shots once in 10^41 times.
          expect(counts.has(key)).toBe(state.probability(basis) > 1e-9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("has the expectation of every Pauli string, signs included", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, qubits) => {
        const random = new Random(seed);
        const circuit = circuitOf(
          qubits,
          Array.from({ length: 20 }, () => randomClifford(random, qubits)),
        );
        const machine = new StabilizerMachine(qubits);
        runOn(
          machine,
          circuit,
          drawing(() => 0),
        );
        const { state } = runShot(circuit, () => 0);
        for (let number = 0; number < 4 ** qubits; number++) {
          const digits = number.toString(4).padStart(qubits, "0");
          const string = digits.replaceAll(/\d/g, (digit) => "IXYZ".charAt(Number(digit)));
          const value = expectation(state, [{ paulis: string, factor: 1 }]);
          expect(machine.tableau.expectation(string)).toBeCloseTo(value, 10);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("knows Clifford operations by what they do, not by their names", () => {
    const isClifford = (operation: Operation) => cliffordOf(operation) !== null;
    expect(isClifford({ ...gate("t", [0]), power: 2 })).toBe(true);
    expect(isClifford({ ...gate("x", [0]), controls: [{ qubit: 1, value: 0 }] })).toBe(true);
    expect(isClifford(gate("rzz", [0, 1], [Math.PI / 2]))).toBe(true);
    expect(isClifford(gate("u", [0], [Math.PI / 2, Math.PI, -Math.PI / 2]))).toBe(true);
    // Adding 1 is affine over bits on two qubits, and on three it is not.
    const plusOne = (qubits: number): Operation => {
      const images = Array.from({ length: 2 ** qubits }, (_, at) => (at + 1) % 2 ** qubits);
      return { kind: "permutation", label: "+1", images, qubits: [0, 1, 2].slice(0, qubits) };
    };
    expect([isClifford(plusOne(2)), isClifford(plusOne(3))]).toEqual([true, false]);
    expect(isClifford(gate("t", [0]))).toBe(false);
    expect(isClifford(gate("ccx", [0, 1, 2]))).toBe(false);
    expect(isClifford(gate("rx", [0], [0.1]))).toBe(false);
  });
});
