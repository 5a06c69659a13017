import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Tableau } from "../stabilizer/tableau.ts";
import type { StimCircuit, StimInstruction } from "./circuit.ts";
import { instructionNamed, instructionNames } from "./instructions.ts";
import { parseDem, printDem } from "./parse-dem.ts";
import { parseStim } from "./parse-stim.ts";
import { printStim } from "./print-stim.ts";
import { StimError } from "./stim-error.ts";
import { foldDem, unfoldDem } from "./unfold-dem.ts";

const file = (name: string) => readFileSync(join(import.meta.dirname, "testdata", name), "utf8");

describe("Clifford gates (Stim, doc/gates.md)", () => {
  const images = JSON.parse(file("clifford-images.json")) as Record<string, string[]>;

  it("are all there", () => {
    const ours = instructionNames.filter((name) =>
      ["clifford", "controlled"].includes(instructionNamed(name)!.what.kind),
    );
    expect(ours.toSorted()).toEqual(Object.keys(images).toSorted());
  });

  it.each(Object.entries(images))("%s takes X and Z to %j", (name, expected) => {
    const { what } = instructionNamed(name)!;
    if (what.kind !== "clifford" && what.kind !== "controlled") throw new Error(name);
    const qubits = expected.length / 2;
    const found = expected.map((_, at) => {
      // The stabilizers of |0...0> are the Zs; after H on one of them it is the X there.
      const tableau = new Tableau(qubits);
      const qubit = at % qubits;
      if (at < qubits) tableau.h(qubit);
      for (const { kind, a, b } of what.factors) {
        if (kind === "cx") tableau.cx(a, b);
        else tableau[kind](a);
      }
      const [sign, ...letters] = tableau.stabilizers()[qubit]!;
      return `${sign}${letters.toReversed().join("")}`;
    });
    expect(found).toEqual(expected);
  });
});

describe("a .stim text", () => {
  it.each(["rotated-surface", "repetition", "surface", "colour", "gates"])(
    "of Stim, %s, is written as it was read",
    (name) => expect(printStim(parseStim(file(`${name}.stim`)))).toBe(file(`${name}.stim`)),
  );

  it("is the same after writing and reading, whatever it holds", () => {
    fc.assert(
      fc.property(circuits, (circuit) => {
        expect(withoutLines(parseStim(printStim(circuit)))).toEqual(circuit);
      }),
      { numRuns: 300 },
    );
  });

  it("may have aliases, any case, comments, tags and blocks", () => {
    const text = [
      "# a comment",
      "cnot 0 1 # Bell",
      "H_XZ[a tag # with a hash] 0",
      "repeat 3 {",
      "  MZ(0.1) !0",
      "\tDETECTOR(1, -2.5e-1) rec[-1]",
      "}",
      "CX rec[-1] 1 sweep[3] 0",
    ].join("\r\n");
    expect(printStim(parseStim(text))).toBe(
      [
        "CX 0 1",
        "H[a tag # with a hash] 0",
        "REPEAT 3 {",
        "    M(0.1) !0",
        "    DETECTOR(1, -0.25) rec[-1]",
        "}",
        "CX rec[-1] 1 sweep[3] 0",
        "",
      ].join("\n"),
    );
  });

  it.each([
    ["H 0\nHADAMARD 1", 2, 1, "no instruction HADAMARD"],
    ["CX 0 1 2", 1, 1, "pairs"],
    ["CX 0 0", 1, 6, "two different qubits"],
    ["CX 0 rec[-1]", 1, 6, "only the control may be a record"],
    ["X_ERROR 0", 1, 1, "takes 1 arguments, not 0"],
    ["X_ERROR(1.5) 0", 1, 1, "from 0 to 1"],
    ["PAULI_CHANNEL_1(0.5, 0.4, 0.3) 0", 1, 1, "more than 1"],
    ["M 0\nDETECTOR rec[0]", 2, 10, "rec[0] is no target"],
    ["M 0\nDETECTOR rec[-0]", 2, 10, "no rec[0]"],
    ["H !0", 1, 3, "takes qubits"],
    ["MPP X0*", 1, 7, "between two Paulis"],
    ["MPP X0**Z1", 1, 7, "between two Paulis"],
    ["REPEAT 0 {\n}", 1, 8, "from 1"],
    ["REPEAT 2 {\nH 0", 1, 1, "never closed"],
    ["H 0\n}", 2, 2, "no block"],
    ["H(0.1 0", 1, 7, "comma"],
    ["H[tag 0", 1, 2, "never closed"],
    ["OBSERVABLE_INCLUDE(99) rec[-1]", 1, 1, "0 to 30"],
    ["E(0.1) X1 Z1", 1, 11, "twice"],
    ["HERALDED_ERASE(0.1) 0", 1, 1, "no instruction"],
    ["MPAD 2", 1, 6, "0 and 1"],
    ["?", 1, 1, "begins with its name"],
    ["H 99999999", 1, 3, "above"],
  ])("%j is refused at line %i, column %i: %s", (text, line, column, message) => {
    const error = refusal(() => parseStim(text));
    expect({ line: error.line, column: error.column }).toEqual({ line, column });
    expect(error.message).toContain(message);
    expect(error.render(text)).toContain(`line ${line}, column ${column}`);
  });

  it("of any characters is read or refused as a mistake, never anything else", () => {
    const pieces = fc.constantFrom(...Array.from("HXM{}()[]*!^,.#-0123 rec\n\t\r@é"));
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        try {
          parseStim(parts.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(StimError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a .dem text", () => {
  it.each(["rotated-surface", "repetition", "colour", "gates"])(
    "of Stim, %s, is the same after reading and writing",
    (name) => {
      const model = parseDem(file(`${name}.dem`));
      expect(parseDem(printDem(model))).toEqual(model);
      const unfolded = unfoldDem(model);
      expect(unfoldDem(parseDem(printDem(foldDem(unfolded))))).toEqual(unfolded);
    },
  );

  it("unfolds loops, shifts detectors and their coordinates, and cancels what stands twice", () => {
    const model = unfoldDem(
      parseDem(
        [
          "error(0.1) D0 L1 ^ D1 D2",
          "repeat 2 {",
          "  error(0.25) D0 D1 D1",
          "  detector(1, 2) D0",
          "  shift_detectors(0, 10) 2",
          "}",
          "error(0.5) D3 ^ D3 L0",
          "logical_observable L4",
        ].join("\n"),
      ),
    );
    expect(model).toMatchObject({ detectors: 8, observables: 5 });
    expect(model.mechanisms.map(({ symptoms }) => symptoms)).toEqual([
      { detectors: [0, 1, 2], observables: 2 },
      { detectors: [0], observables: 0 },
      { detectors: [2], observables: 0 },
      { detectors: [], observables: 1 },
    ]);
    expect(model.coordinates[0]).toEqual([1, 2]);
    expect(model.coordinates[2]).toEqual([1, 12]);
  });

  it.each([
    ["error D0", 1, 1, "one probability"],
    ["error(2) D0", 1, 1, "from 0 to 1"],
    ["error(0.1) D0 ^", 1, 15, "between two parts"],
    ["error(0.1) X0", 1, 12, "an observable is expected"],
    ["error(0.1) L31", 1, 12, "0 to 30"],
    ["shift_detectors(1) D1", 1, 20, "an integer"],
    ["mistake(0.1) D0", 1, 1, "no instruction"],
  ])("%j is refused at line %i, column %i: %s", (text, line, column, message) => {
    const error = refusal(() => parseDem(text));
    expect({ line: error.line, column: error.column }).toEqual({ line, column });
    expect(error.message).toContain(message);
  });

  it("that unfolds without end is refused", () => {
    expect(() => unfoldDem(parseDem("repeat 999999999 {\nrepeat 999999999 {\n}\n}"))).toThrow(
      /unfolds/,
    );
  });
});

function refusal(act: () => unknown): StimError {
  try {
    act();
  } catch (error) {
    if (error instanceof StimError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

type Items = StimCircuit["body"];

function withoutLines({ body }: StimCircuit): StimCircuit {
  const clean = (items: Items): Items =>
    items.map((item) =>
      item.kind === "repeat" ? { ...item, body: clean(item.body) } : { ...item, line: 0 },
    );
  return { body: clean(body) };
}

const index = fc.nat({ max: 50 });
const qubit = fc.record({
  kind: fc.constant("qubit" as const),
  qubit: index,
  inverted: fc.constant(false),
});
const measured = fc.record({
  kind: fc.constant("qubit" as const),
  qubit: index,
  inverted: fc.boolean(),
});
const pauli = fc.record({
  kind: fc.constant("pauli" as const),
  basis: fc.constantFrom("X" as const, "Y" as const, "Z" as const),
  qubit: index,
  inverted: fc.boolean(),
});
const recordTarget = fc.record({
  kind: fc.constant("record" as const),
  back: fc.integer({ min: 1, max: 99 }),
});
const chance = fc.double({ min: 0, max: 0.06, noNaN: true });
const tag = fc.option(fc.stringMatching(/^[a-z #(){}0-9]{0,8}$/), { nil: null });
const make = (
  name: string,
  numbers: fc.Arbitrary<number[]>,
  targets: fc.Arbitrary<StimInstruction["targets"]>,
) =>
  fc.record({ tag, numbers, targets }).map((parts): StimInstruction => ({
    kind: "instruction",
    instruction: instructionNamed(name)!,
    line: 0,
    ...parts,
  }));
const noNumbers = fc.constant<number[]>([]);
const one = chance.map((value) => [value]);
const products = fc
  .array(fc.array(pauli, { minLength: 1, maxLength: 3 }), { maxLength: 3 })
  .map((list) =>
    list.flatMap((product) =>
      product.flatMap((factor, at) => (at === 0 ? [factor] : [{ kind: "times" as const }, factor])),
    ),
  );
const instruction = fc.oneof(
  make("SQRT_Y_DAG", noNumbers, fc.array(qubit)),
  make(
    "CZ",
    noNumbers,
    fc.array(fc.tuple(recordTarget, qubit), { maxLength: 3 }).map((pairs) => pairs.flat()),
  ),
  make("MRX", fc.oneof(one, noNumbers), fc.array(measured)),
  make("MPP", one, products),
  make("PAULI_CHANNEL_2", fc.array(chance, { minLength: 15, maxLength: 15 }), fc.constant([])),
  make(
    "DETECTOR",
    fc.array(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      { maxLength: 4 },
    ),
    fc.array(recordTarget),
  ),
  make("OBSERVABLE_INCLUDE", fc.constant([3]), fc.array(recordTarget)),
  make("TICK", noNumbers, fc.constant([])),
);
const circuits = fc
  .letrec<{ block: StimCircuit["body"][number]; body: Items }>((tie) => ({
    block: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      instruction,
      fc.record({
        kind: fc.constant("repeat" as const),
        count: fc.integer({ min: 1, max: 1_000 }),
        tag,
        body: tie("body"),
      }),
    ),
    body: fc.array(tie("block"), { maxLength: 5 }),
  }))
  .body.map((body): StimCircuit => ({ body }));
