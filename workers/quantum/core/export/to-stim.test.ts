import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { circuitOf, gate, type Operation } from "../circuit.ts";
import { planOf } from "../frames/plan.ts";
import { toCircuit } from "../frames/to-circuit.ts";
import { exactDistribution } from "../distribution.ts";
import { parseStim } from "../stim/parse-stim.ts";
import { toStim } from "./to-stim.ts";

const again = (text: string) => toCircuit(planOf(parseStim(text)));

describe("a circuit as a .stim text", () => {
  it("measures the same when it is read again", () => {
    const single = ["x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "id"];
    const pairs = ["cx", "cy", "cz", "swap", "iswap", "ecr"];
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed);
      const operations: Operation[] = [];
      for (let step = 0; step < 20; step++) {
        const [a, b] = random.shuffle([0, 1, 2]);
        const kind = random.below(8);
        if (kind < 3) operations.push(gate(random.pick(single), [a!]));
        else if (kind < 6) operations.push(gate(random.pick(pairs), [a!, b!]));
        else if (kind === 6)
          operations.push(
            gate(random.pick(["p", "rz"]), [a!], [(random.below(9) - 4) * (Math.PI / 2)]),
          );
        else
          operations.push({
            ...gate(random.pick(["x", "y", "z"]), [a!]),
            controls: [{ qubit: b!, value: 1 }],
          });
      }
      operations.push({ kind: "measure", qubit: 0, bit: 0 });
      operations.push({
        kind: "if",
        condition: { kind: "compare", bits: [0], operator: "==", value: 1 },
        whenTrue: [gate("x", [1]), gate("z", [2])],
        whenFalse: [],
      });
      operations.push({
        kind: "noise",
        channel: { kind: "pauli", x: 0.1, y: 0.2, z: 0.3 },
        qubits: [2],
      });
      operations.push({ kind: "reset", qubit: 0 }, gate("h", [2]));
      for (const qubit of [1, 2]) operations.push({ kind: "measure", qubit, bit: qubit });
      const circuit = circuitOf(3, operations, 3);
      const expected = exactDistribution(circuit);
      const found = exactDistribution(again(toStim(circuit)));
      for (const [key, share] of expected) expect(found.get(key) ?? 0).toBeCloseTo(share, 10);
    }
  });

  it("writes loops, barriers and symmetric readout errors", () => {
    const circuit = {
      ...circuitOf(
        1,
        [
          { kind: "repeat", count: 2, body: [gate("h", [0]), { kind: "barrier", qubits: [0] }] },
          { kind: "measure", qubit: 0, bit: 0 },
        ],
        1,
      ),
      readout: { oneFor0: 0.25, zeroFor1: 0.25 },
    } as const;
    expect(toStim(circuit)).toBe("H 0\nTICK\nH 0\nTICK\nM(0.25) 0\n");
  });

  it.each<[string, Operation]>([
    ["Clifford gate", gate("t", [0])],
    ["Clifford gate", gate("rz", [0], [0.3])],
    ["Clifford gate", { ...gate("x", [0]), power: 0.5 }],
    ["Clifford gate", { ...gate("x", [0]), controls: [{ qubit: 1, value: 0 }] }],
    [
      "Pauli noise",
      { kind: "noise", channel: { kind: "amplitude-damping", probability: 0.1 }, qubits: [0] },
    ],
    [
      "no while",
      {
        kind: "while",
        condition: { kind: "compare", bits: [0], operator: "==", value: 1 },
        body: [],
      },
    ],
    [
      "one measured bit",
      {
        kind: "if",
        condition: { kind: "compare", bits: [0], operator: "==", value: 1 },
        whenTrue: [gate("x", [0])],
        whenFalse: [],
      },
    ],
  ])("refuses what .stim lacks: %s", (message, operation) => {
    expect(() => toStim(circuitOf(2, [operation], 1))).toThrow(message);
  });
});
