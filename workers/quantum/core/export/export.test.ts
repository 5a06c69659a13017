import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { Matrix } from "../matrix.ts";
import { runShot } from "../run-circuit.ts";
import { toCirq } from "./to-cirq.ts";
import { toQiskit } from "./to-qiskit.ts";
import { toQuantikz } from "./to-quantikz.ts";
import { toQuirk } from "./to-quirk.ts";

const everyGate: readonly Operation[] = [...standardGates.values()].flatMap(
  ({ name, parameters, controls, targets }) => {
    const used = controls + targets;
    const plain = gate(
      name,
      [2, 0, 1].slice(0, used),
      [0.3, -0.7, 1.1, 0.2].slice(0, parameters.length),
    );
    return [plain, { ...plain, controls: [{ qubit: 3, value: 0 }], power: 0.5 }] as const;
  },
);

const mixed: Circuit = {
  ...circuitOf(
    4,
    [
      ...everyGate,
      {
        kind: "global-phase",
        angle: 0.4,
        controls: [
          { qubit: 1, value: 0 },
          { qubit: 3, value: 0 },
        ],
      },
      { kind: "diagonal", label: "d", angles: [0.1, 0, 0.3, -1], qubits: [3, 1] },
      {
        kind: "permutation",
        label: "p",
        images: [1, 2, 0, 3],
        qubits: [0, 2],
        controls: [{ qubit: 1, value: 1 }],
      },
      { kind: "gate", name: "mine", parameters: [], qubits: [3, 0], power: -1 },
    ],
    2,
  ),
  definitions: [{ name: "mine", qubits: 2, body: [gate("cx", [1, 0]), gate("rz", [0], [0.5])] }],
};

const condition = { kind: "compare", bits: [0, 1], operator: "==", value: 3 } as const;
const dynamic: readonly Operation[] = [
  { kind: "measure", qubit: 0, bit: 1 },
  { kind: "reset", qubit: 0 },
  { kind: "barrier", qubits: [0, 1] },
  { kind: "if", condition, whenTrue: [gate("x", [1])], whenFalse: [] },
  { kind: "repeat", count: 2, body: [gate("h", [1])] },
];

/** Quirk's documentation: cell by cell, wire 0 on top and lowest, controls over the whole column. */
function quirkState({ cols, gates = [] }: ReturnType<typeof toQuirk>, wires: number) {
  const named = (name: string, ...angles: number[]) => standardGates.get(name)!.matrix(...angles);
  const power = (name: string, exponent: number) => named(name).power(exponent);
  const table: Record<string, Matrix> = {
    "…": named("id"),
    X: named("x"),
    Y: named("y"),
    Z: named("z"),
    H: named("h"),
    "Z^½": power("z", 1 / 2),
    "Z^-½": power("z", -1 / 2),
    "Z^¼": power("z", 1 / 4),
    "Z^-¼": power("z", -1 / 4),
    "X^½": power("x", 1 / 2),
    "X^-½": power("x", -1 / 2),
  };
  const formula: Record<string, (value: number) => Matrix> = {
    Rxft: (value) => named("rx", value),
    Ryft: (value) => named("ry", value),
    Rzft: (value) => named("rz", value),
    "Z^ft": (value) => named("p", value * Math.PI),
  };
  for (const { id, matrix } of gates) {
    const numbers = [...matrix.matchAll(/(-?[\d.e-]+?)([+-][\d.]+(?:e-?\d+)?)i/g)].flatMap(
      ([, re, im]) => [Number(re), Number(im)],
    );
    table[id] = new Matrix(2, Float64Array.from(numbers));
  }
  const operations = cols.flatMap((cells): Operation[] => {
    const controls = cells.flatMap((cell, qubit) =>
      cell === "•" || cell === "◦" ? [{ qubit, value: cell === "•" ? 1 : 0 } as const] : [],
    );
    const swaps = [...cells.keys()].filter((wire) => cells[wire] === "Swap");
    if (swaps.length === 2) return [{ ...gate("swap", swaps), controls }];
    return cells.flatMap((cell, wire): Operation[] => {
      if (cell === 1 || cell === "•" || cell === "◦") return [];
      const matrix = typeof cell === "object" ? formula[cell.id]?.(Number(cell.arg)) : table[cell];
      if (matrix === undefined) throw new Error(`Quirk has no ${JSON.stringify(cell)}`);
      return [
        { kind: "unitary", label: "quirk", elements: [...matrix.data], qubits: [wire], controls },
      ];
    });
  });
  return runShot(circuitOf(wires, operations), () => 0).state;
}

describe("Quirk JSON", () => {
  it("is the same circuit, up to its global phase", () => {
    const random = new Random(5);
    const start = [0, 1, 2, 3].map((qubit) =>
      gate("u", [qubit], [random.float() * 3, random.float() * 6, random.float() * 6]),
    );
    const circuit = { ...mixed, operations: [...start, ...mixed.operations] };
    const [a, b] = [runShot(circuit, () => 0).state, quirkState(toQuirk(circuit), 4)];
    let [re, im] = [0, 0];
    for (let at = 0; at < a.size; at++) {
      re += a.real[at]! * b.real[at]! + a.imaginary[at]! * b.imaginary[at]!;
      im += a.real[at]! * b.imaginary[at]! - a.imaginary[at]! * b.real[at]!;
    }
    expect(Math.hypot(re, im)).toBeCloseTo(1, 10);
  });

  it("of a Bell pair is the one that Quirk's own address holds", () => {
    const bell = circuitOf(2, [gate("h", [0]), gate("cx", [0, 1])]);
    expect(JSON.stringify(toQuirk(bell))).toBe('{"cols":[["H"],["•","X"]]}');
  });

  it("refuses what Quirk cannot hold", () => {
    expect(() => toQuirk(circuitOf(17, []))).toThrow("16 wires");
    for (const operation of dynamic.filter(({ kind }) => /^(?:reset|if|repeat)$/.test(kind))) {
      expect(() => toQuirk(circuitOf(2, [operation], 2))).toThrow(operation.kind);
    }
    const turned = [dynamic[0]!, gate("h", [0])];
    expect(() => toQuirk(circuitOf(2, turned, 2))).toThrow("after its measurement");
  });
});

/** Whether Python can read it, by Python itself. */
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const parse = (source: string) =>
  spawnSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
    input: source,
    encoding: "utf8",
  });

describe.skipIf(!hasPython)("Python text", () => {
  const circuit = { ...mixed, operations: [...mixed.operations, ...dynamic] };
  const more: readonly Operation[] = [
    { kind: "while", condition: { kind: "not", of: condition }, body: [] },
    {
      kind: "if",
      condition: { kind: "any", of: [condition, { ...condition, bits: [1], value: 0 }] },
      whenTrue: [],
      whenFalse: [gate("x", [0])],
    },
    {
      kind: "switch",
      bits: [0, 1],
      cases: [{ values: [1, 2], body: [gate("x", [0])] }],
      otherwise: [],
    },
    { kind: "initialise", qubits: [1], amplitudes: [0.6, 0, 0, 0.8] },
    { kind: "unitary", label: "y", elements: [0, 0, 0, -1, 0, 1, 0, 0], qubits: [1] },
  ];
  it.each([
    ["Qiskit", toQiskit({ ...circuit, operations: [...circuit.operations, ...more] })],
    ["Cirq", toCirq(circuit)],
  ])("for %s is Python", (_, text) => {
    expect(parse(text).stderr).toBe("");
    expect(parse(`${text}(`).stderr).not.toBe("");
  });
});

describe("Qiskit", () => {
  it("is told the state of controls with the last one first", () => {
    const operation = {
      ...gate("h", [2]),
      controls: [
        { qubit: 0, value: 1 },
        { qubit: 1, value: 0 },
      ],
    } as const;
    expect(toQiskit(circuitOf(3, [operation]))).toContain(
      'circuit.append(HGate().control(2, ctrl_state="01"), [0, 1, 2])',
    );
  });

  it("refuses noise by its name", () => {
    const noise: Operation = {
      kind: "noise",
      channel: { kind: "loss", probability: 0.1 },
      qubits: [0],
    };
    expect(() => toQiskit(circuitOf(1, [noise]))).toThrow("noise");
  });
});

describe("Cirq", () => {
  it("is given the qubits of a matrix with the most significant one first", () => {
    expect(toCirq(circuitOf(2, [gate("rxx", [0, 1], [0.5])]))).toMatch(
      /MatrixGate\(.*\)\(q\[1\], q\[0\]\)\)$/m,
    );
    expect(() => toCirq(circuitOf(1, [{ kind: "while", condition, body: [] }], 2))).toThrow(
      "while",
    );
  });
});

describe("quantikz", () => {
  it("draws controls and targets where they are, each column once", () => {
    const circuit = circuitOf(
      3,
      [
        gate("h", [0]),
        {
          ...gate("x", [2]),
          controls: [
            { qubit: 0, value: 1 },
            { qubit: 1, value: 0 },
          ],
        },
        gate("swap", [0, 1]),
        { kind: "measure", qubit: 2, bit: 0 },
      ],
      1,
    );
    expect(toQuantikz(circuit).split("\n")).toEqual([
      "\\begin{quantikz}",
      "\\lstick{$q_{0}$} & \\gate{H} & \\ctrl{2} & \\swap{1} & \\qw \\\\",
      "\\lstick{$q_{1}$} & \\qw & \\octrl{1} & \\targX{} & \\qw \\\\",
      "\\lstick{$q_{2}$} & \\qw & \\targ{} & \\meter{} & \\qw",
      "\\end{quantikz}",
      "",
    ]);
  });

  it("has as many cells in each row, and braces that close", () => {
    const text = toQuantikz(mixed);
    const rows = text.split("\n").slice(1, -2);
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.split("&").length)).size).toBe(1);
    expect(text.split("{").length).toBe(text.split("}").length);
    expect(() => toQuantikz(circuitOf(1, [{ kind: "while", condition, body: [] }], 2))).toThrow(
      "while",
    );
  });
});
