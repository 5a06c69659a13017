import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { type Circuit, circuitOf, gate, type Operation } from "./circuit.ts";
import { equivalence, type EquivalenceOptions } from "./equivalence.ts";
import { inverseOperations } from "./inverse.ts";
import { optimise } from "./optimise/optimise.ts";
import { type ProductState, productState } from "./product-state.ts";
import { randomOperation } from "./random-primitives.ts";
import { runShot } from "./run-circuit.ts";
import { fourier, inverseFourier } from "./algorithms/fourier.ts";

const compare = (first: Circuit, second: Circuit, rest: Partial<EquivalenceOptions> = {}) =>
  equivalence({ first, second, exactly: false, seed: 1, ...rest });

/** |<U psi|V psi>|^2 by running both, the state prepared by gates. */
function fidelityOf(first: Circuit, second: Circuit, product: ProductState): number {
  const prepare = product.map(([theta, phi], qubit) => gate("u", [qubit], [theta, phi, 0]));
  const [a, b] = [first, second].map(
    (circuit) =>
      runShot({ ...circuit, operations: [...prepare, ...circuit.operations] }, () => 0).state,
  );
  let [re, im] = [0, 0];
  for (let at = 0; at < a!.size; at++) {
    re += a!.real[at]! * b!.real[at]! + a!.imaginary[at]! * b!.imaginary[at]!;
    im += a!.real[at]! * b!.imaginary[at]! - a!.imaginary[at]! * b!.real[at]!;
  }
  return re * re + im * im;
}

const random = (seed: number, qubits: number, count: number): Operation[] => {
  const source = new Random(seed);
  return Array.from({ length: count }, () => randomOperation(source, qubits));
};
const cliffords = [
  "h",
  "s",
  "sdg",
  "x",
  "y",
  "z",
  "sx",
  "sxdg",
  "cx",
  "cy",
  "cz",
  "swap",
  "iswap",
  "ecr",
];
const clifford = (seed: number, qubits: number, count: number): Operation[] => {
  const source = new Random(seed);
  return Array.from({ length: count }, () => {
    const name = source.pick(cliffords);
    const a = source.below(qubits);
    const b = (a + 1 + source.below(qubits - 1)) % qubits;
    return gate(name, /^(?:c[xyz]|swap|iswap|ecr)$/.test(name) ? [a, b] : [a]);
  });
};

describe("product states", () => {
  it("are what gates on each qubit make", () => {
    const angles = [
      [0.3, 1],
      [2, -0.7],
      [1.1, 4],
    ] as const;
    const gates = angles.map(([theta, phi], qubit) => gate("u", [qubit], [theta, phi, 0]));
    const { state } = runShot(circuitOf(3, gates), () => 0);
    const product = productState(angles);
    for (let at = 0; at < 8; at++) {
      expect(product.real[at]).toBeCloseTo(state.real[at]!, 14);
      expect(product.imaginary[at]).toBeCloseTo(state.imaginary[at]!, 14);
    }
  });
});

describe("small circuits, by their matrices", () => {
  it("an optimised circuit is equal, phase included; one changed gate is found", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 1, max: 25 }),
        (seed, count) => {
          const circuit = circuitOf(4, random(seed, 4, count));
          const { circuit: shorter } = optimise({ circuit, relabel: false });
          const same = compare(circuit, shorter, { exactly: true });
          expect(same).toMatchObject({
            equal: true,
            method: "matrix",
            phase: 0,
            counterexample: null,
          });
          expect(same.overlap).toBeCloseTo(1, 12);
          const changed = circuitOf(4, [...circuit.operations, gate("rx", [seed % 4], [0.01])]);
          const { equal, counterexample } = compare(circuit, changed);
          expect(equal).toBe(false);
          const fidelity = fidelityOf(circuit, changed, counterexample!.qubits);
          expect(fidelity).toBeCloseTo(counterexample!.fidelity, 12);
          expect(fidelity).toBeLessThan(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("finds a difference of phases by a sum of two neighbours", () => {
    const cz = circuitOf(3, [gate("cz", [0, 2])]);
    const { equal, counterexample, overlap } = compare(cz, circuitOf(3, []));
    expect({ equal, overlap }).toEqual({ equal: false, overlap: 0.5 });
    expect(counterexample!.fidelity).toBeCloseTo(0, 12);
    expect(fidelityOf(cz, circuitOf(3, []), counterexample!.qubits)).toBeCloseTo(0, 12);
  });

  it("tells a global phase apart when asked, and says which", () => {
    const [a, b] = [circuitOf(1, [gate("rz", [0], [1])]), circuitOf(1, [gate("p", [0], [1])])];
    expect(compare(a, b)).toMatchObject({ equal: true, overlap: expect.closeTo(1, 12) as number });
    const exactly = compare(a, b, { exactly: true });
    expect(exactly.equal).toBe(false);
    expect(exactly.phase).toBeCloseTo(-0.5, 12);
    expect(exactly.statement).toMatch(/up to a global phase of -0.5/);
  });

  it("a wrong angle of 1e-7 is found", () => {
    for (const name of ["rx", "ry", "rz"]) {
      const [a, b] = [1, 1 + 1e-7].map((angle) => circuitOf(2, [gate(name, [1], [angle])]));
      expect(compare(a!, b!).equal).toBe(false);
    }
  });
});

describe("large circuits, by random states", () => {
  const register = Array.from({ length: 14 }, (_, at) => at);
  it("there and back by the Fourier transform is probably nothing, and says with what confidence", () => {
    const circuit = circuitOf(14, [...fourier(register), ...inverseFourier(register)]);
    const { equal, method, confidence, statement, phase } = compare(circuit, circuitOf(14, []));
    expect({ equal, method, confidence, phase }).toEqual({
      equal: true,
      method: "random-states",
      confidence: 0.99,
      phase: 0,
    });
    // (1 - 0.2057)^20 = 0.01: 20 states agree by chance if they agree on less than that.
    expect(statement).toMatch(/probable, not certain.*20 random.*79\.4 %/);
    expect(0.794 ** 20).toBeLessThan(0.01);
  });

  it("finds one sign among 16384", () => {
    const controls = register.slice(1).map((qubit) => ({ qubit, value: 1 as const }));
    const circuit = circuitOf(14, [gate("t", [0]), { ...gate("z", [0]), controls }]);
    const other = circuitOf(14, [gate("t", [0])]);
    const { equal, method, counterexample } = compare(circuit, other);
    expect({ equal, method }).toEqual({ equal: false, method: "random-states" });
    expect(fidelityOf(circuit, other, counterexample!.qubits)).toBeCloseTo(
      counterexample!.fidelity,
      10,
    );
  });
});

describe("Clifford circuits, by their tableaus", () => {
  it.each([30, 200])("of %i qubits are equal to themselves by another way", (qubits) => {
    const operations = clifford(qubits, qubits, 600);
    const more: Operation[] = [
      ...operations,
      { kind: "repeat", count: 4, body: [gate("s", [3])] },
      gate("h", [1]),
      gate("cx", [0, 1]),
      gate("h", [1]),
      gate("cz", [1, 0]),
    ];
    const [first, second] = [circuitOf(qubits, operations), circuitOf(qubits, more)];
    expect(compare(first, second)).toMatchObject({
      equal: true,
      method: "tableau",
      confidence: 1,
      phase: null,
    });
    const off = circuitOf(qubits, [...more, gate("z", [qubits - 1])]);
    const { equal, counterexample } = compare(first, off);
    expect(equal).toBe(false);
    expect(counterexample!.fidelity).toBeLessThan(1);
    expect(() => compare(first, second, { exactly: true })).toThrow(/no global phase/);
  });

  it("counterexamples have the fidelity that state vectors have", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const operations = clifford(seed, 11, 30);
      const [first, second] = [
        circuitOf(11, operations),
        circuitOf(11, [...operations, ...clifford(seed + 50, 11, 2)]),
      ];
      const { method, equal, counterexample } = compare(first, second);
      expect(method).toBe("tableau");
      if (equal) continue;
      const fidelity = fidelityOf(first, second, counterexample!.qubits);
      expect(fidelity).toBeCloseTo(counterexample!.fidelity, 12);
    }
  });

  it("agree with the matrices of few qubits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        // On 11 qubits a tableau decides; on the 2 that are used, a matrix.
        const operations = clifford(seed, 2, 6);
        const others = clifford(seed + 1, 2, 6);
        const small = compare(circuitOf(2, operations), circuitOf(2, others));
        const large = compare(circuitOf(11, operations), circuitOf(11, others));
        expect([small.method, large.method]).toEqual(["matrix", "tableau"]);
        expect(large.equal).toBe(small.equal);
        const undone = inverseOperations(operations).filter(
          (each) => each.kind !== "gate" || (each.power ?? 1) === 1,
        );
        if (undone.length < operations.length) return;
        const nothing = circuitOf(11, [...operations, ...undone]);
        expect(compare(nothing, circuitOf(11, [])).equal).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("circuits that measure", () => {
  const measured = (operations: readonly Operation[]) =>
    circuitOf(
      2,
      [...operations, { kind: "measure", qubit: 0, bit: 0 }, { kind: "measure", qubit: 1, bit: 1 }],
      2,
    );

  it("are compared by the chances of their bits, and no more is said", () => {
    const bell = measured([gate("h", [0]), gate("cx", [0, 1])]);
    const other = measured([gate("h", [1]), gate("cx", [1, 0]), gate("z", [0])]);
    expect(compare(bell, other)).toMatchObject({
      equal: true,
      method: "distribution",
      statement: expect.stringContaining("not compared") as string,
    });
    const { equal, statement } = compare(bell, measured([gate("h", [0])]));
    expect(equal).toBe(false);
    expect(statement).toMatch(/differ by 0\.(?:5|49999)\d* /);
  });

  it.each<[string, Circuit, Circuit, RegExp]>([
    ["other counts of qubits", circuitOf(1, []), circuitOf(2, []), /1 and 2 qubits/],
    [
      "other counts of bits",
      measured([]),
      circuitOf(2, [{ kind: "measure", qubit: 0, bit: 0 }], 1),
      /2 and 1 bits/,
    ],
    ["only one that measures", measured([]), circuitOf(2, [], 2), /let both measure/],
    ["a reset", circuitOf(1, [{ kind: "reset", qubit: 0 }]), circuitOf(1, []), /let both measure/],
    [
      "too many to follow",
      { ...measured([]), qubits: 13 },
      { ...measured([]), qubits: 13 },
      /at most 12 qubits/,
    ],
    [
      "too many for a state",
      circuitOf(60, [gate("t", [0])]),
      circuitOf(60, []),
      /60 qubits and 1 operations are too many/,
    ],
    [
      "an endless loop",
      circuitOf(
        1,
        [
          {
            kind: "while",
            condition: { kind: "compare", bits: [0], operator: "==", value: 0 },
            body: [],
          },
        ],
        1,
      ),
      circuitOf(1, []),
      /never ends/,
    ],
  ])("%s is refused with what would do", (_, first, second, message) => {
    expect(() => compare(first, second)).toThrow(message);
  });
});
