import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { gallery, buildFromGallery } from "../algorithms/gallery.ts";
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";
import { randomOperation } from "../random-primitives.ts";
import { exactDistribution } from "../distribution.ts";
import { unitaryOf } from "../sample-circuit.ts";
import { inverseOperations } from "../inverse.ts";
import { optimise } from "./optimise.ts";

const short = (operations: readonly Operation[], qubits: number) =>
  optimise({ circuit: circuitOf(qubits, operations), relabel: false }).circuit.operations;

/** Few gates on few qubits at few angles, so that much meets and cancels. */
function crowded(random: Random, qubits: number, count: number): Operation[] {
  const eighth = Math.PI / 4;
  const names = [
    "x",
    "y",
    "z",
    "h",
    "s",
    "sdg",
    "t",
    "tdg",
    "sx",
    "sxdg",
    "p",
    "rx",
    "ry",
    "rz",
    "u",
    "cx",
    "cy",
    "cz",
    "ch",
    "cs",
    "csdg",
    "csx",
    "cp",
    "crx",
    "cry",
    "crz",
    "swap",
    "iswap",
    "rxx",
    "ryy",
    "rzz",
    "rzx",
    "ccx",
    "ccz",
    "cswap",
    "ecr",
    "id",
  ] as const;
  const counts: Readonly<Record<string, readonly [number, number]>> = {
    p: [1, 1],
    rx: [1, 1],
    ry: [1, 1],
    rz: [1, 1],
    u: [1, 3],
    cp: [2, 1],
    crx: [2, 1],
    cry: [2, 1],
    crz: [2, 1],
    rxx: [2, 1],
    ryy: [2, 1],
    rzz: [2, 1],
    rzx: [2, 1],
    ccx: [3, 0],
    ccz: [3, 0],
    cswap: [3, 0],
  };
  return Array.from({ length: count }, (): Operation => {
    const order = random.shuffle(Array.from({ length: qubits }, (_, at) => at));
    const controls = (from: number) =>
      random.chance(0.2) && from < qubits
        ? { controls: [{ qubit: order[from]!, value: random.chance(0.5) ? 1 : 0 } as const] }
        : {};
    if (random.chance(0.08)) {
      return { kind: "global-phase", angle: eighth * random.below(9), ...controls(0) };
    }
    const name = random.pick(names);
    const isTwo = /^(?:c.*|swap|iswap|ecr)$/.test(name);
    const [targets, parameters] = counts[name] ?? [isTwo ? 2 : 1, 0];
    const angles = Array.from({ length: parameters }, () =>
      random.chance(0.8) ? eighth * (random.below(17) - 8) : random.float() * 6,
    );
    return { ...gate(name, order.slice(0, targets), angles), ...controls(targets) };
  });
}

/** As a defined gate under one control: shows a phase that is off. */
function underControl(qubits: number, operations: readonly Operation[]): Circuit {
  const body = { name: "body", qubits, body: operations };
  const all = Array.from({ length: qubits }, (_, at) => at);
  const use = { ...gate("body", all), controls: [{ qubit: qubits, value: 1 as const }] };
  return { ...circuitOf(qubits + 1, [use]), definitions: [body] };
}

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("shorter circuits do the same", () => {
  it.each(["crowded", "any operations"] as const)("%s, also under one control", (kind) => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 3, max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        (seed, qubits, count) => {
          const random = new Random(seed);
          const operations =
            kind === "crowded"
              ? crowded(random, qubits, count)
              : Array.from({ length: count }, () => randomOperation(random, qubits));
          const shorter = short(operations, qubits);
          expect(shorter.length).toBeLessThanOrEqual(operations.length + 1);
          const before = unitaryOf(underControl(qubits, operations));
          const after = unitaryOf(underControl(qubits, shorter));
          expect(after.distance(before)).toBeLessThan(1e-11);
        },
      ),
      { numRuns: 250 },
    );
  });

  it("words of gates on one qubit, their phases included", () => {
    const names = ["x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "u"] as const;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { maxLength: 12 }), seeds, (word, seed) => {
        const random = new Random(seed);
        const angles = (count: number) => Array.from({ length: count }, () => 6 * random.float());
        const counts = new Map<string, number>([
          ["rx", 1],
          ["u", 3],
        ]);
        const operations = word.map((name) => gate(name, [0], angles(counts.get(name) ?? 0)));
        const shorter = short(operations, 1);
        const before = unitaryOf(circuitOf(1, operations));
        expect(unitaryOf(circuitOf(1, shorter)).distance(before)).toBeLessThan(1e-12);
        expect(short(shorter, 1)).toEqual(shorter);
      }),
      { numRuns: 500 },
    );
  });

  it("a second time changes nothing", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, count) => {
        const random = new Random(seed);
        const once = short(
          random.chance(0.5)
            ? crowded(random, 3, count)
            : Array.from({ length: count }, () => randomOperation(random, 3)),
          3,
        );
        expect(short(once, 3)).toEqual(once);
      }),
      { numRuns: 250 },
    );
  });

  it("a gate that is undone by its power adds up with others (found by chance below)", () => {
    const root = gate("csx", [0, 1]);
    const back = { ...root, power: -1 };
    expect(short([root, root, back, back], 2)).toEqual([]);
    const [one, ...others] = short([back, back], 2);
    expect(one).toMatchObject({ name: "cx", qubits: [0, 1] });
    expect(others).toEqual([]);
    expect(short([gate("cx", [0, 1]), back], 2)).toMatchObject([{ name: "csx" }]);
  });

  it("a circuit and its inverse leave nothing", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 30 }), (seed, count) => {
        const random = new Random(seed);
        const operations = Array.from({ length: count }, () => randomOperation(random, 4)).filter(
          // Fractional powers of larger gates cancel to rounding alone.
          (each) => each.kind !== "gate" || each.power === 1,
        );
        const both = [...operations, ...inverseOperations(operations)];
        expect(short(both, 4)).toEqual([]);
      }),
    );
  });

  it.each(gallery.filter(({ id }) => id !== "order-finding").map(({ id }) => id))(
    "%s of the gallery measures the same",
    (id) => {
      const circuit = buildFromGallery(id, {});
      const { circuit: shorter, before, after } = optimise({ circuit, relabel: false });
      expect(after.operations).toBeLessThanOrEqual(before.operations);
      const expected = exactDistribution(circuit);
      const found = exactDistribution(shorter);
      for (const key of new Set([...expected.keys(), ...found.keys()])) {
        expect(Math.abs((expected.get(key) ?? 0) - (found.get(key) ?? 0))).toBeLessThan(1e-10);
      }
    },
  );
});

describe("what becomes shorter", () => {
  const [a, b, c] = [0, 1, 2];
  it.each<[string, Operation[], Operation[]]>([
    ["inverses", [gate("h", [a]), gate("h", [a])], []],
    [
      "inverses past others",
      [gate("cx", [a, b]), gate("t", [a]), gate("x", [b]), gate("cx", [a, b])],
      [gate("t", [a]), gate("x", [b])],
    ],
    [
      "a diagonal past a control",
      [gate("rz", [a], [0.2]), gate("cx", [a, b]), gate("rz", [a], [0.3])],
      [gate("rz", [a], [0.5]), gate("cx", [a, b])],
    ],
    [
      "an X past a target",
      [gate("rx", [b], [0.2]), gate("cx", [a, b]), gate("rx", [b], [0.3])],
      [gate("rx", [b], [0.5]), gate("cx", [a, b])],
    ],
    ["rotations to none", [gate("ry", [a], [0.7]), gate("ry", [a], [-0.7])], []],
    [
      "two T to S",
      [gate("t", [a]), gate("cz", [a, b]), gate("t", [a])],
      [gate("s", [a]), gate("cz", [a, b])],
    ],
    ["Z by any name", [gate("z", [a]), gate("s", [a]), gate("p", [a], [Math.PI / 2])], []],
    ["a phase of both ends", [gate("cz", [a, b]), gate("cz", [b, a])], []],
    [
      "phases under controls",
      [gate("cp", [a, b], [1]), gate("cp", [b, a], [0.5])],
      [gate("cp", [a, b], [1.5])],
    ],
    ["a swap of both ends", [gate("swap", [a, b]), gate("swap", [b, a])], []],
    [
      "ZZ of both ends",
      [gate("rzz", [a, b], [0.4]), gate("rzz", [b, a], [0.6])],
      [gate("rzz", [a, b], [1])],
    ],
    [
      "a full turn to its sign",
      [gate("rz", [a], [Math.PI]), gate("rz", [a], [Math.PI])],
      [{ kind: "global-phase", angle: Math.PI }],
    ],
    [
      "a full turn under a control to a Z",
      [gate("crx", [a, b], [Math.PI]), gate("crx", [a, b], [Math.PI])],
      [gate("z", [a])],
    ],
    [
      "X, Y and Z to a phase",
      [gate("x", [a]), gate("y", [a]), gate("z", [a])],
      [{ kind: "global-phase", angle: expect.closeTo(-Math.PI / 2, 14) as number }],
    ],
    ["conjugation by H", [gate("h", [a]), gate("x", [a]), gate("h", [a])], [gate("z", [a])]],
    [
      "Toffoli twice, past its controls",
      [gate("ccx", [a, b, c]), gate("t", [a]), gate("cz", [a, b]), gate("ccx", [b, a, c])],
      [gate("t", [a]), gate("cz", [a, b])],
    ],
    [
      "identities",
      [
        gate("id", [a]),
        gate("rz", [b], [0]),
        gate("u", [c], [0, 0, 0]),
        { ...gate("x", [a]), power: 0 },
      ],
      [],
    ],
    [
      "powers of one another",
      [
        { ...gate("iswap", [a, b]), power: 0.3 },
        { ...gate("iswap", [a, b]), power: -0.3 },
      ],
      [],
    ],
  ])("%s", (_, operations, expected) => {
    expect(short(operations, 3)).toEqual(expected);
  });

  it("gates of one qubit become one, Clifford and T aside", () => {
    const angles = [gate("rz", [0], [0.3]), gate("ry", [0], [0.4]), gate("rz", [0], [0.5])];
    const [single, ...phases] = short(angles, 1);
    expect(single).toMatchObject({ kind: "gate", name: "u" });
    expect(phases.every(({ kind }) => kind === "global-phase")).toBe(true);
    const discrete = [gate("h", [0]), gate("t", [0]), gate("h", [0])];
    expect(short(discrete, 1)).toEqual(discrete);
  });

  it("measurement, reset, noise and barriers are borders for their own qubits alone", () => {
    const h = gate("h", [0]);
    for (const border of [
      { kind: "measure", qubit: 0, bit: 0 },
      { kind: "reset", qubit: 0 },
      { kind: "noise", channel: { kind: "depolarising", probability: 0.1 }, qubits: [0] },
      { kind: "barrier", qubits: [0] },
      { kind: "initialise", qubits: [0], amplitudes: [1, 0, 0, 0] },
      {
        kind: "if",
        condition: { kind: "compare", bits: [0], operator: "==", value: 1 },
        whenTrue: [gate("x", [0])],
        whenFalse: [],
      },
    ] satisfies Operation[]) {
      const circuit = circuitOf(2, [h, gate("x", [1]), border, gate("x", [1]), h], 1);
      expect(optimise({ circuit, relabel: false }).circuit.operations).toEqual([h, border, h]);
    }
  });

  it("bodies get shorter, and those that do nothing go", () => {
    const pair = [gate("h", [0]), gate("h", [0])];
    const compare = { kind: "compare", bits: [0], operator: "==", value: 1 } as const;
    const measured: Operation = { kind: "measure", qubit: 1, bit: 0 };
    const operations: Operation[] = [
      { kind: "repeat", count: 5, body: pair },
      { kind: "repeat", count: 1, body: [gate("x", [0])] },
      measured,
      { kind: "if", condition: compare, whenTrue: pair, whenFalse: [] },
      { kind: "if", condition: compare, whenTrue: [...pair, gate("x", [0])], whenFalse: [] },
      { kind: "repeat", count: 3, body: [gate("t", [0]), gate("t", [0])] },
    ];
    const circuit = circuitOf(2, operations, 1);
    expect(optimise({ circuit, relabel: false }).circuit.operations).toEqual([
      gate("x", [0]),
      measured,
      { kind: "if", condition: compare, whenTrue: [gate("x", [0])], whenFalse: [] },
      { kind: "repeat", count: 3, body: [gate("s", [0])] },
    ]);
  });

  it("defined gates get shorter, through each other, and do the same", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, count) => {
        const random = new Random(seed);
        const definitions = [
          { name: "inner", qubits: 3, body: crowded(random, 3, count) },
          {
            name: "outer",
            qubits: 3,
            body: [gate("inner", [2, 0, 1]), ...crowded(random, 3, 4), gate("inner", [0, 1, 2])],
          },
        ];
        const use = { ...gate("outer", [1, 2, 0]), controls: [{ qubit: 3, value: 0 as const }] };
        const power = { ...gate("inner", [3, 1, 0]), power: -2 };
        const circuit = {
          ...circuitOf(4, [use, gate("t", [2]), power, gate("t", [2])]),
          definitions,
        };
        const { circuit: shorter, before, after } = optimise({ circuit, relabel: false });
        expect(after.operations).toBeLessThanOrEqual(before.operations + 2);
        expect(unitaryOf(shorter).distance(unitaryOf(circuit))).toBeLessThan(1e-11);
        expect(optimise({ circuit: shorter, relabel: false }).circuit).toEqual(shorter);
      }),
    );
  });

  it("a defined gate that is but a phase leaves that phase, whatever its power", () => {
    const phase: Operation = { kind: "global-phase", angle: Math.PI / 2 };
    const definitions = [{ name: "turn", qubits: 1, body: [phase] }];
    for (const power of [1, -1, 2, -2, 3]) {
      const circuit = {
        ...circuitOf(2, [{ ...gate("turn", [0]), power }, gate("x", [1])]),
        definitions,
      };
      const { circuit: shorter } = optimise({ circuit, relabel: false });
      expect(unitaryOf(shorter).distance(unitaryOf(circuit))).toBeLessThan(1e-12);
      expect(shorter.operations).not.toContainEqual(expect.objectContaining({ name: "turn" }));
    }
  });

  it("a defined gate that does nothing goes, unless its fractional power is asked for", () => {
    const definitions = [{ name: "idle", qubits: 1, body: [gate("h", [0]), gate("h", [0])] }];
    const circuit = { ...circuitOf(1, [gate("idle", [0]), gate("x", [0])]), definitions };
    const { circuit: shorter } = optimise({ circuit, relabel: false });
    expect(shorter.operations).toEqual([gate("x", [0])]);
    const root = { ...gate("idle", [0]), power: 0.5 };
    const kept = optimise({ circuit: { ...circuit, operations: [root] }, relabel: false }).circuit;
    expect(kept.definitions).toEqual(definitions);
  });

  it.each<[string, Circuit, RegExp]>([
    ["a qubit that there is not", circuitOf(2, [gate("x", [2])]), /qubit 2 is not among the 2/],
    ["a gate that there is not", circuitOf(1, [gate("foo", [0])]), /there is no gate foo/],
    ["one qubit twice", circuitOf(2, [gate("cx", [1, 1])]), /names qubit 1 twice/],
    ["too many qubits", circuitOf(10_001, []), /at most 10000 qubits/],
  ])("%s is refused", (_, circuit, message) => {
    for (const relabel of [false, true]) {
      expect(() => optimise({ circuit, relabel })).toThrow(message);
    }
  });

  it("reports what it saved", () => {
    const circuit = circuitOf(2, [
      gate("t", [0]),
      gate("cx", [0, 1]),
      gate("tdg", [0]),
      gate("cx", [0, 1]),
      gate("h", [1]),
    ]);
    const { before, after } = optimise({ circuit, relabel: false });
    expect(before).toMatchObject({ operations: 5, twoQubit: 2, tCount: 2, depth: 5 });
    expect(after).toMatchObject({ operations: 1, twoQubit: 0, tCount: 0, depth: 1 });
  });
});

describe("swaps left out", () => {
  it("the layout says where each qubit ends", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 25 }), (seed, count) => {
        const random = new Random(seed);
        const qubits = 3;
        const operations = Array.from({ length: count }, () =>
          random.chance(0.4)
            ? gate("swap", random.shuffle([0, 1, 2]).slice(0, 2))
            : randomOperation(random, qubits),
        );
        const { circuit, layout } = optimise({
          circuit: circuitOf(qubits, operations),
          relabel: true,
        });
        // Qubit layout[q] goes back to q.
        const images = Array.from({ length: 2 ** qubits }, (_, state) =>
          layout.reduce((image, from, to) => image | (((state >> from) & 1) << to), 0),
        );
        const back: Operation = { kind: "permutation", label: "back", images, qubits: [0, 1, 2] };
        const whole = unitaryOf(circuitOf(qubits, [...circuit.operations, back]));
        expect(whole.distance(unitaryOf(circuitOf(qubits, operations)))).toBeLessThan(1e-11);
      }),
    );
  });

  it("measures the same bits, through loops and branches", () => {
    const circuit = circuitOf(
      3,
      [
        gate("ry", [0], [1]),
        gate("swap", [0, 2]),
        { kind: "measure", qubit: 2, bit: 0 },
        {
          kind: "if",
          condition: { kind: "compare", bits: [0], operator: "==", value: 1 },
          whenTrue: [gate("swap", [1, 2]), gate("h", [0])],
          whenFalse: [],
        },
        gate("swap", [0, 1]),
        { kind: "repeat", count: 2, body: [gate("ry", [1], [0.3])] },
        { kind: "measure", qubit: 0, bit: 1 },
        { kind: "measure", qubit: 1, bit: 2 },
      ],
      3,
    );
    const { circuit: shorter, layout } = optimise({ circuit, relabel: true });
    expect(layout).not.toEqual([0, 1, 2]);
    const expected = exactDistribution(circuit);
    const found = exactDistribution(shorter);
    expect([...found.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
    for (const [key, chance] of expected) expect(found.get(key)).toBeCloseTo(chance, 12);
  });
});
