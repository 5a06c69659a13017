import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { type Circuit, circuitOf, type Control, gate, type Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { randomUnitary } from "../matrix.test.ts";
import { exactDistribution } from "../distribution.ts";
import { runShot } from "../run-circuit.ts";
import { compileQasm } from "./compile-qasm.ts";
import { toQasm3 } from "./to-qasm3.ts";

const again = (circuit: Circuit): Circuit => compileQasm(toQasm3(circuit)).circuit;

function randomControls(random: Random, free: readonly number[]): { controls?: Control[] } {
  const count = random.below(Math.min(3, free.length) + 1);
  if (count === 0) return {};
  return {
    controls: free
      .slice(0, count)
      .map((qubit) => ({ qubit, value: random.chance(0.5) ? 1 : 0 }) as const),
  };
}

const angle = (random: Random): number =>
  random.chance(0.3) ? (random.between(-8, 8) * Math.PI) / 4 : 20 * (random.float() - 0.5);

/** Gates and phases, with controls of both kinds and powers. */
function randomGate(random: Random, qubits: number): Operation {
  const order = random.shuffle(Array.from({ length: qubits }, (_, qubit) => qubit));
  if (random.chance(0.1)) {
    return { kind: "global-phase", angle: angle(random), ...randomControls(random, order) };
  }
  const fitting = [...standardGates.values()].filter(
    ({ controls, targets }) => controls + targets <= qubits,
  );
  const { name, parameters, controls, targets } = random.pick(fitting);
  const used = controls + targets;
  return {
    ...gate(
      name,
      order.slice(0, used),
      parameters.map(() => angle(random)),
    ),
    ...randomControls(random, order.slice(used)),
    ...(random.chance(0.2) ? { power: random.pick([-1, 2, 0.5, -0.25, 3, 1.5]) } : {}),
  };
}

const unitaryCircuit = (seed: number): Circuit => {
  const random = new Random(seed);
  const qubits = random.between(3, 5);
  const definition = {
    name: "mine",
    qubits: 3,
    body: Array.from({ length: 4 }, () => randomGate(random, 3)),
  };
  const call: Operation = { kind: "gate", name: "mine", parameters: [], qubits: [2, 0, 1] };
  const operations = [
    ...Array.from({ length: 10 }, () => randomGate(random, qubits)),
    { ...call, power: random.pick([2, -1, 0.5]) },
    ...Array.from({ length: 3 }, () => randomGate(random, qubits)),
  ];
  return { ...circuitOf(qubits, operations), definitions: [definition] };
};

/** Whatever the data type allows besides: measurements, branches, loops, noise. */
const dynamicCircuit = (seed: number): Circuit => {
  const random = new Random(seed);
  const condition = (depth: number): Extract<Operation, { kind: "if" }>["condition"] => {
    const kind = random.below(depth > 1 ? 1 : 4);
    if (kind === 1) return { kind: "not", of: condition(depth + 1) };
    if (kind > 1) {
      const of = [condition(depth + 1), condition(depth + 1)];
      return { kind: kind === 2 ? "all" : "any", of };
    }
    const bits = random.shuffle([0, 1, 2, 3, 4]).slice(0, random.between(1, 4));
    const operator = random.pick(["==", "!=", "<", "<=", ">", ">="] as const);
    return { kind: "compare", bits, operator, value: random.below(9) };
  };
  const body = (depth: number): Operation[] =>
    Array.from({ length: random.between(1, 3) }, () => operation(depth + 1));
  const operation = (depth: number): Operation => {
    const [qubit, other] = random.shuffle([0, 1, 2]) as [number, number, number];
    switch (random.below(depth > 2 ? 6 : 10)) {
      case 0:
        return { kind: "measure", qubit, bit: random.below(5) };
      case 1:
        return { kind: "reset", qubit };
      case 2:
        return { kind: "barrier", qubits: [other, qubit] };
      case 3:
        return {
          kind: "noise",
          channel: { kind: "depolarising", probability: 0.1 },
          qubits: [qubit, other],
        };
      case 4:
        return {
          kind: "noise",
          channel: { kind: "pauli", x: 0.1, y: 1e-7, z: 0 },
          qubits: [other],
        };
      case 6:
        return {
          kind: "if",
          condition: condition(0),
          whenTrue: body(depth),
          whenFalse: body(depth),
        };
      case 7:
        return { kind: "while", condition: condition(0), body: body(depth) };
      case 8:
        return { kind: "repeat", count: random.below(4), body: body(depth) };
      case 9: {
        const cases = [
          { values: [0, 3], body: body(depth) },
          { values: [1], body: body(depth) },
        ];
        return { kind: "switch", bits: [4, 2], cases, otherwise: body(depth) };
      }
      default:
        return randomGate(random, 3);
    }
  };
  return {
    qubits: 3,
    bits: 5,
    quantumRegisters: [
      { name: "a", first: 0, size: 1 },
      { name: "b", first: 1, size: 2 },
    ],
    classicalRegisters: [
      { name: "c", first: 0, size: 3 },
      { name: "d", first: 3, size: 2 },
    ],
    definitions: [],
    operations: Array.from({ length: 8 }, () => operation(0)),
    readout: { oneFor0: 0.25, zeroFor1: 1e-9 },
  };
};

const seeds = fc.integer({ min: 1, max: 1e6 });

function amplitudes(circuit: Circuit): readonly number[] {
  const { state } = runShot(circuit, () => 0);
  return [...state.real, ...state.imaginary];
}

describe("out to OpenQASM 3 and back", () => {
  it("is every circuit of gates, to the last bit of its angles", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = unitaryCircuit(seed);
        expect(again(circuit)).toEqual(circuit);
      }),
      { numRuns: 200 },
    );
  });

  it("is every circuit with branches, loops and noise", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const circuit = dynamicCircuit(seed);
        expect(again(circuit)).toEqual(circuit);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the state of matrices, diagonals and permutations under controls", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 3 }), (seed, width) => {
        const random = new Random(seed);
        const order = random.shuffle([0, 1, 2, 3]);
        const qubits = order.slice(0, width);
        const states = Array.from({ length: 2 ** width }, (_, state) => state);
        const place = () => ({ qubits, label: "m", ...randomControls(random, order.slice(width)) });
        const mix = [0, 1, 2, 3].flatMap((qubit) => [
          gate("h", [qubit]),
          gate("ry", [qubit], [qubit]),
        ]);
        const circuit = circuitOf(4, [
          ...mix,
          { kind: "unitary", elements: [...randomUnitary(2 ** width, seed).data], ...place() },
          { kind: "diagonal", angles: states.map(() => angle(random)), ...place() },
          { kind: "permutation", images: random.shuffle(states), ...place() },
        ]);
        const normal = again(circuit);
        const [before, after] = [amplitudes(circuit), amplitudes(normal)];
        expect(Math.max(...before.map((value, at) => Math.abs(value - after[at]!)))).toBeLessThan(
          1e-12,
        );
        expect(again(normal)).toEqual(normal);
      }),
      { numRuns: 150 },
    );
  });

  it("prepares the state that initialise names", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const column = randomUnitary(4, seed);
        const state = [0, 1, 2, 3].flatMap((row) => [column.re(row, 0), column.im(row, 0)]);
        const circuit = circuitOf(3, [
          gate("h", [1]),
          { kind: "initialise", qubits: [2, 0], amplitudes: state },
        ]);
        const [before, after] = [amplitudes(circuit), amplitudes(again(circuit))];
        expect(Math.max(...before.map((value, at) => Math.abs(value - after[at]!)))).toBeLessThan(
          1e-12,
        );
      }),
      { numRuns: 40 },
    );
  });

  it("puts definitions before those that call them, and refuses circles", () => {
    const call = (name: string): Operation => ({ kind: "gate", name, parameters: [], qubits: [0] });
    const [outer, inner] = [
      { name: "outer", qubits: 1, body: [call("inner")] },
      { name: "inner", qubits: 1, body: [gate("x", [0])] },
    ];
    const circuit = { ...circuitOf(1, [call("outer")]), definitions: [outer, inner] };
    expect(again(circuit)).toEqual({ ...circuit, definitions: [inner, outer] });
    const circle = { ...circuit, definitions: [{ ...outer, body: [call("outer")] }] };
    expect(() => toQasm3(circle)).toThrow("calls itself");
  });

  it("renames what would mean something else there", () => {
    const circuit: Circuit = {
      qubits: 2,
      bits: 1,
      quantumRegisters: [{ name: "measure", first: 0, size: 2 }],
      classicalRegisters: [{ name: "1st", first: 0, size: 1 }],
      definitions: [{ name: "cx gate", qubits: 2, body: [gate("cx", [1, 0])] }],
      operations: [
        gate("x", [1]),
        { kind: "gate", name: "cx gate", parameters: [], qubits: [0, 1] },
        { kind: "measure", qubit: 0, bit: 0 },
      ],
    };
    expect(exactDistribution(again(circuit))).toEqual(new Map([["1", 1]]));
  });
});

const folder = join(import.meta.dirname, "../../../../../shared/data/qasmbench");
const isThere = existsSync(folder);

describe.skipIf(!isThere)("QASMBench", () => {
  it.each(isThere ? readdirSync(folder).filter((name) => name.endsWith(".qasm")) : [])(
    "%s comes back from version 3 as it went",
    (name) => {
      const { circuit } = compileQasm(readFileSync(join(folder, name), "utf8"));
      expect(again(circuit)).toEqual(circuit);
    },
  );
});
