import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { type Circuit, circuitOf, type Control, gate, type Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { runShot } from "../run-circuit.ts";
import { compileQasm } from "./compile-qasm.ts";
import { toQasm2 } from "./to-qasm2.ts";

/** |<a|b>| of the states that two circuits prepare. */
function fidelity(one: Circuit, other: Circuit): number {
  const [a, b] = [runShot(one, () => 0).state, runShot(other, () => 0).state];
  let [re, im] = [0, 0];
  for (let at = 0; at < a.size; at++) {
    re += a.real[at]! * b.real[at]! + a.imaginary[at]! * b.imaginary[at]!;
    im += a.real[at]! * b.imaginary[at]! - a.imaginary[at]! * b.real[at]!;
  }
  return Math.hypot(re, im);
}

const again = (circuit: Circuit): Circuit => compileQasm(toQasm2(circuit)).circuit;
const spread = [0, 1, 2, 3, 4].flatMap((qubit) => [
  gate("h", [qubit]),
  gate("u", [qubit], [0.3 + qubit, 1, 2]),
]);

describe("out to OpenQASM 2 and back", () => {
  it.each([...standardGates.keys()])("%s, also under controls of both kinds and raised", (name) => {
    const { parameters, controls, targets } = standardGates.get(name)!;
    const used = controls + targets;
    const angles = [0.7, -0.4, 1.9, 0.2].slice(0, parameters.length);
    const plain = gate(name, [3, 1, 4].slice(0, used), angles);
    expect(again(circuitOf(5, [plain]))).toEqual(circuitOf(5, [plain]));
    const free = [0, 2, ...[3, 1, 4].slice(used)];
    const under = (count: number): readonly Control[] =>
      free.slice(0, count).map((qubit, at) => ({ qubit, value: at % 2 === 0 ? 1 : 0 }));
    for (const count of [1, 2, free.length]) {
      for (const power of [1, -0.5]) {
        const circuit = circuitOf(5, [...spread, { ...plain, controls: under(count), power }]);
        expect(fidelity(circuit, again(circuit))).toBeCloseTo(1, 11);
      }
    }
  });

  it("phases, matrices and calls of definitions under controls", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const random = new Random(seed);
        const [a, b, c, d, e] = random.shuffle([0, 1, 2, 3, 4]) as [
          number,
          number,
          number,
          number,
          number,
        ];
        const on = (...qubits: number[]): Control[] =>
          qubits.map((qubit) => ({ qubit, value: random.chance(0.5) ? 1 : 0 }));
        const call: Operation = { kind: "gate", name: "mine", parameters: [], qubits: [a, b] };
        const body: Operation[] = [
          gate("rzx", [1, 0], [0.4]),
          { kind: "global-phase", angle: 0.9 },
          { kind: "global-phase", angle: 0.3, controls: [{ qubit: 1, value: 0 }] },
        ];
        const circuit: Circuit = {
          ...circuitOf(5, [
            ...spread,
            {
              kind: "global-phase",
              angle: 0.5,
              controls: on(a, b, c, d, e).slice(0, random.between(1, 6)),
            },
            call,
            { ...call, controls: on(c, d), power: random.pick([1, 2, -1, 0.5]) },
            {
              kind: "diagonal",
              label: "d",
              angles: [0.1, 0.2, 0, -0.4],
              qubits: [c, a],
              controls: on(b),
            },
            {
              kind: "permutation",
              label: "p",
              images: [2, 0, 3, 1],
              qubits: [d, e],
              controls: on(a),
            },
          ]),
          definitions: [{ name: "mine", qubits: 2, body }],
        };
        expect(fidelity(circuit, again(circuit))).toBeCloseTo(1, 11);
        expect(again(again(circuit))).toEqual(again(circuit));
      }),
      { numRuns: 60 },
    );
  });

  const bits = [0, 1];
  const condition = { kind: "compare", bits, operator: "==", value: 1 } as const;
  const refused: readonly (readonly [string, Operation])[] = [
    ["while", { kind: "while", condition, body: [] }],
    ["switch", { kind: "switch", bits, cases: [], otherwise: [] }],
    ["noise", { kind: "noise", channel: { kind: "loss", probability: 0.1 }, qubits: [0] }],
    ["else", { kind: "if", condition, whenTrue: [], whenFalse: [gate("x", [0])] }],
    ["if", { kind: "if", condition: { ...condition, operator: "<" }, whenTrue: [], whenFalse: [] }],
    ["if", { kind: "if", condition: { ...condition, bits: [1] }, whenTrue: [], whenFalse: [] }],
  ];
  it.each(refused)("%s is refused by its name", (name, operation) => {
    expect(() => toQasm2(circuitOf(1, [operation], 2))).toThrow(new RegExp(`\\b${name}\\b`));
  });

  const folder = join(import.meta.dirname, "../../../../../shared/data/qasmbench");
  const isThere = existsSync(folder);
  it.skipIf(!isThere)("all of QASMBench, as it went", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".qasm"));
    expect(files).toHaveLength(40);
    for (const name of files) {
      const { circuit } = compileQasm(readFileSync(join(folder, name), "utf8"));
      expect(again(circuit)).toEqual(circuit);
    }
  });
});
