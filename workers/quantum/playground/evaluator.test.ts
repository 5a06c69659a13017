import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { denseOf, isUnitaryOperation, primitivesOf } from "../core/primitive.ts";
import { Matrix } from "../core/matrix.ts";
import { changed } from "./commands.ts";
import { circuitOfDocument } from "./compile.ts";
import { countsOf } from "./counts.ts";
import { type CircuitDocument, emptyDocument, type Item } from "./document.ts";
import { type Engine, openEngine, plainEngine } from "./engine.ts";
import { Evaluator } from "./evaluator.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { randomCommand, randomDocument } from "./random-document.ts";
import { sweepOf } from "./sweep.ts";

const kernels = openEngine().engine;
const engines: readonly Engine[] = [plainEngine, kernels];

function finished<T>(generator: Generator<void, T>): T {
  for (;;) {
    const { done, value } = generator.next();
    if (done === true) return value;
  }
}

function picture(
  document: CircuitDocument,
  {
    engine = plainEngine,
    playhead = null as number | null,
    evaluator = new Evaluator(engine),
  } = {},
): Picture {
  return finished(pictureOf(evaluator, engine, document, playhead));
}

/** The state as the first column of a product of dense matrices: an oracle without any kernel. */
function denseState(document: CircuitDocument): Matrix {
  let whole = Matrix.identity(2 ** document.wires);
  for (const operation of circuitOfDocument(document).operations) {
    if (!isUnitaryOperation(operation)) throw new Error(operation.kind);
    for (const primitive of primitivesOf(operation)) {
      whole = denseOf(primitive, document.wires).multiply(whole);
    }
  }
  return whole;
}

const gateItem = (
  name: string,
  qubits: readonly number[],
  angles: (number | string)[] = [],
): Item => ({
  kind: "gate",
  name,
  qubits,
  controls: [],
  angles,
  power: 1,
});
const of = (wires: number, ...columns: readonly (readonly Item[])[]): CircuitDocument => ({
  ...emptyDocument,
  wires,
  bits: wires,
  columns: columns.map((items) => ({ kind: "items", items })),
});

describe.each(engines)("displays of $name", (engine) => {
  it("are those of the dense matrices' product", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const random = new Random(seed);
        const document = randomDocument(random, 1 + random.below(4), random.below(12));
        const whole = denseState(document);
        const seen = picture(document, { engine });
        for (const { basis, amplitude } of seen.listed) {
          expect(amplitude?.[0]).toBeCloseTo(whole.re(basis, 0), 10);
          expect(amplitude?.[1]).toBeCloseTo(whole.im(basis, 0), 10);
        }
        for (let wire = 0; wire < document.wires; wire++) {
          const [x, y, z] = blochOf(whole, document.wires, wire);
          expect(seen.bloch[3 * wire]).toBeCloseTo(x, 10);
          expect(seen.bloch[3 * wire + 1]).toBeCloseTo(y, 10);
          expect(seen.bloch[3 * wire + 2]).toBeCloseTo(z, 10);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("are the same after any edits as from scratch, wherever the playhead is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const random = new Random(seed);
        let document = randomDocument(random, 4, 10);
        const evaluator = new Evaluator(engine);
        for (let count = 0; count < 12; count++) {
          try {
            document = changed(document, randomCommand(random, document)).document;
          } catch (error) {
            expect(error).toMatchObject({ name: "CircuitError" });
            continue;
          }
          const playhead = random.below(3) === 0 ? random.below(12) : null;
          const broken = pictureOf(evaluator, engine, document, null);
          for (let turn = random.below(4); turn > 0; turn--) broken.next();
          const seen = picture(document, { engine, playhead, evaluator });
          const fresh = picture(document, { engine, playhead });
          expect(rounded(seen)).toEqual(rounded(fresh));
        }
      }),
      { numRuns: 25 },
    );
  });
});

/** Fusion may differ, and with it the last bits; what may turn a state by a phase does not. */
function rounded(whole: Picture): unknown {
  const seen = { ...whole, carriedOut: 0 };
  const round = (value: number) => Math.round(value * 1e8) / 1e8 + 0;
  return JSON.parse(
    JSON.stringify(seen, (_name, value: unknown) => {
      if (value instanceof Float64Array) return Array.from(value, round);
      return typeof value === "number" ? round(value) : value;
    }),
  );
}

function blochOf(whole: Matrix, wires: number, wire: number) {
  let [x, y, z] = [0, 0, 0];
  for (let basis = 0; basis < 2 ** wires; basis++) {
    const [a, b] = [whole.re(basis, 0), whole.im(basis, 0)];
    const isOne = ((basis >> wire) & 1) === 1;
    z += (isOne ? -1 : 1) * (a * a + b * b);
    if (isOne) continue;
    const [c, d] = [whole.re(basis | (1 << wire), 0), whole.im(basis | (1 << wire), 0)];
    // 2 <1|rho|0> = 2 a1 a0*
    x += 2 * (c * a + d * b);
    y += 2 * (d * a - c * b);
  }
  return [x, y, z] as const;
}

describe("a picture", () => {
  const bell = of(2, [gateItem("h", [0])], [gateItem("cx", [0, 1])]);

  it("of a Bell pair has mixed qubits and even chances", () => {
    const seen = picture(bell);
    expect([...seen.bloch].every((value) => Math.abs(value) < 1e-12)).toBe(true);
    expect([...seen.bars].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0.5, 0, 0, 0.5]);
  });

  it("goes back in time with the playhead", () => {
    const seen = picture(bell, { playhead: 1 });
    expect(seen.bloch[0]).toBeCloseTo(1, 12);
    expect(seen.bloch[5]).toBeCloseTo(1, 12);
    expect([...seen.way]).toEqual([0, 1]);
  });

  it("shows displays inside the circuit where they stand", () => {
    const chance = (...qubits: number[]): Item => ({ kind: "display", display: "chance", qubits });
    const amplitude: Item = { kind: "display", display: "amplitude", qubits: [0] };
    const density: Item = { kind: "display", display: "density", qubits: [1] };
    const document = of(
      2,
      [gateItem("h", [0])],
      [amplitude],
      [gateItem("cx", [0, 1])],
      [chance(0, 1)],
      [density],
      [amplitude],
    );
    const { displays } = picture(document);
    const half = Math.SQRT1_2;
    expect(displays.map(({ column, kind }) => [column, kind])).toEqual([
      [1, "amplitude"],
      [3, "chance"],
      [4, "density"],
      [5, "amplitude"],
    ]);
    const near = (values: Float64Array, wanted: readonly number[]) =>
      expect([...values].map((value) => Math.round(value * 1e9) / 1e9)).toEqual(
        wanted.map((value) => Math.round(value * 1e9) / 1e9),
      );
    near(displays[0]!.values, [half, 0, half, 0]);
    near(displays[1]!.values, [0.5, 0, 0, 0.5]);
    near(displays[2]!.values, [0.5, 0, 0, 0, 0, 0, 0.5, 0]);
    expect(displays[3]?.note).toBe("entangled");
  });

  it("follows measured bits through ifs, and loops until they end", () => {
    const condition = (value: number) =>
      ({ kind: "compare", bits: [0], operator: "==", value }) as const;
    const measure: Item = { kind: "measure", qubit: 0, bit: 0 };
    const document: CircuitDocument = {
      ...of(2),
      columns: [
        { kind: "items", items: [gateItem("h", [0])] },
        { kind: "items", items: [measure] },
        { kind: "begin", head: { kind: "while", condition: condition(0) } },
        { kind: "items", items: [gateItem("h", [0])] },
        { kind: "items", items: [measure] },
        { kind: "end" },
        { kind: "begin", head: { kind: "if", condition: condition(1) } },
        { kind: "items", items: [gateItem("x", [1])] },
        { kind: "else" },
        { kind: "items", items: [gateItem("h", [1])] },
        { kind: "end" },
        { kind: "begin", head: { kind: "repeat", count: 3 } },
        { kind: "items", items: [gateItem("x", [0])] },
        { kind: "end" },
      ],
    };
    for (let seed = 0; seed < 8; seed++) {
      const seen = picture({ ...document, seed });
      // q0 was 1 at the end of the loop and is flipped three times; q1 is 1.
      expect(seen.bars[2]).toBeCloseTo(1, 12);
      expect([...seen.way].slice(-4)).toEqual([7, 12, 12, 12]);
      expect(seen.bits).toBe("01");
    }
  });

  it("has a density matrix that agrees with the mean over trajectories", () => {
    const noisy: CircuitDocument = {
      ...bell,
      noise: { kind: "amplitude-damping", level: 0.3 },
    };
    const exact = picture(noisy);
    expect(exact.method).toMatch(/density matrix/);
    // H, damping of q0: rho; then CX and damping of both (Nielsen and Chuang 8.3.5), by hand.
    const g = 0.3;
    const one = (1 - g) / 2;
    const both = one * (1 - g) * (1 - g);
    expect(exact.bars[3]).toBeCloseTo(both, 12);
    expect(exact.bars[1]).toBeCloseTo(one * (1 - g) * g, 12);
    expect(exact.bars[0]).toBeCloseTo(1 - one + one * g * g, 12);
  });

  it("averages trajectories where the density matrix is too large", () => {
    const wide: CircuitDocument = {
      ...of(10, [gateItem("x", [9])]),
      noise: { kind: "bit-flip", level: 0.5 },
    };
    const seen = picture(wide);
    expect(seen.method).toMatch(/mean of 100 noisy trajectories/);
    // 100 fair flips: five standard deviations.
    expect(Math.abs(seen.bloch[29]!)).toBeLessThan(0.5);
    expect(seen.bloch[2]).toBeCloseTo(1, 12);
    const earlier = picture(
      { ...wide, columns: [...wide.columns, ...wide.columns] },
      { playhead: 0 },
    );
    expect(earlier).toMatchObject({ step: 0, way: Int32Array.of(0, 1) });
    expect(earlier.bloch[29]).toBeCloseTo(1, 12);
    expect(() => picture({ ...wide, wires: 21 })).toThrow(/up to 20 qubits/);
  });

  it("says what is wrong with an angle", () => {
    expect(() => picture(of(1, [gateItem("rx", [0], ["thet / 2"])]))).toThrow(
      /"thet" is not known/,
    );
  });
});

describe("counts", () => {
  it("are drawn from one simulation where measurements end the circuit", () => {
    const document = of(
      3,
      [gateItem("h", [0])],
      [gateItem("cx", [0, 1])],
      [{ kind: "measure", qubit: 0, bit: 0 }, gateItem("x", [2])],
      [{ kind: "measure", qubit: 1, bit: 1 }],
      [{ kind: "measure", qubit: 2, bit: 2 }],
    );
    const counts = finished(countsOf(kernels, { ...document, shots: 2_000 }));
    expect(counts).toMatchObject({ method: "one-simulation", different: 2, shots: 2_000 });
    expect(counts.values.map(({ key }) => key).toSorted()).toEqual(["100", "111"]);
    // Five standard deviations of 2,000 fair draws are 112.
    for (const { count } of counts.values) expect(Math.abs(count - 1_000)).toBeLessThan(112);
  });

  it("are drawn shot by shot where the circuit reads its own bits", () => {
    const measure: Item = { kind: "measure", qubit: 0, bit: 0 };
    const condition = { kind: "compare", bits: [0], operator: "==", value: 1 } as const;
    const document: CircuitDocument = {
      ...of(2),
      shots: 300,
      columns: [
        { kind: "items", items: [gateItem("h", [0])] },
        { kind: "items", items: [measure] },
        { kind: "begin", head: { kind: "if", condition } },
        { kind: "items", items: [gateItem("x", [1])] },
        { kind: "end" },
        { kind: "items", items: [{ kind: "measure", qubit: 1, bit: 1 }] },
      ],
    };
    const counts = finished(countsOf(plainEngine, document));
    expect(counts).toMatchObject({ method: "shot-by-shot", different: 2 });
    expect(counts.values.map(({ key }) => key).toSorted()).toEqual(["00", "11"]);
  });
});

describe("a sweep", () => {
  it("of a rotation is a cosine", () => {
    const document: CircuitDocument = {
      ...of(1, [gateItem("rx", [0], ["theta"])]),
      parameters: [{ name: "theta", value: 0, min: 0, max: 2 * Math.PI }],
    };
    const { values, bloch } = finished(sweepOf(plainEngine, document, "theta", null));
    for (const [at, theta] of values.entries()) {
      expect(bloch[3 * at + 2]).toBeCloseTo(Math.cos(theta), 12);
    }
  });
});
