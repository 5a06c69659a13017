import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { gate } from "../core/circuit.ts";
import { compileQasm } from "../core/qasm/compile-qasm.ts";
import { toQasm3 } from "../core/qasm/to-qasm3.ts";
import { unitaryOf } from "../core/sample-circuit.ts";
import { changed } from "./commands.ts";
import { circuitOfDocument } from "./compile.ts";
import { type CircuitDocument, emptyDocument, type Item } from "./document.ts";
import { copyArea } from "./edit-areas.ts";
import { areApart, documentOfCircuit } from "./from-circuit.ts";
import { History } from "./history.ts";
import { parseDocument } from "./parse-document.ts";
import { randomCommand, randomDocument } from "./random-document.ts";

const item = (name: string, ...qubits: readonly number[]): Item => ({
  kind: "gate",
  name,
  qubits,
  controls: [],
  angles: [],
  power: 1,
});

const built = (...commands: readonly Parameters<typeof changed>[1][]): CircuitDocument =>
  commands.reduce((document, command) => changed(document, command).document, emptyDocument);

describe("a document", () => {
  it("becomes a circuit, OpenQASM, a circuit and a document with the same unitary", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const random = new Random(seed);
        const document = randomDocument(random, 1 + random.below(4), random.below(10));
        const circuit = circuitOfDocument(document);
        const back = documentOfCircuit(compileQasm(toQasm3(circuit)).circuit, "back");
        const overlap = unitaryOf(circuit).overlap(unitaryOf(circuitOfDocument(back)));
        expect(overlap).toBeCloseTo(1, 9);
      }),
      { numRuns: 60 },
    );
  });

  it("is the same again after its text was read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const random = new Random(seed);
        const document = randomDocument(random, 3, 12);
        expect(parseDocument(JSON.stringify(document))).toEqual(document);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["{", /neither OpenQASM nor JSON/],
    ["[]", /no object/],
    ['{"version":2}', /another version/],
    ['{"version":1,"wires":99,"bits":0}', /wires lies from 1 to 25/],
    ['{"version":1,"wires":2,"bits":0,"columns":[{"kind":"end"}]}', /did not begin/],
    [
      '{"version":1,"wires":2,"bits":0,"columns":[{"kind":"items","items":[{"kind":"reset","qubit":7}]}]}',
      /a qubit lies from 0 to 1/,
    ],
  ])("is refused as %s", (text, message) => {
    expect(() => parseDocument(text)).toThrow(message);
  });

  it("keeps the items of each column apart whatever is done, and undo leads back through all of it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const random = new Random(seed);
        const first = randomDocument(random, 4, 6);
        const history = new History(first);
        const seen = [first];
        for (let count = 0; count < 25; count++) {
          let change;
          try {
            change = changed(history.document, randomCommand(random, history.document));
          } catch (error) {
            // A refusal leaves the document as it is; anything but a refusal is a fault.
            expect(error).toMatchObject({ name: "CircuitError" });
            continue;
          }
          if (change.document === history.document) continue;
          history.push({ document: change.document, title: change.title });
          seen.push(change.document);
          circuitOfDocument(change.document);
          for (const column of change.document.columns) {
            if (column.kind === "items") expect(areApart(column.items, 4)).toBe(true);
          }
        }
        const last = history.document;
        for (const document of seen.toReversed()) {
          expect(history.document).toBe(document);
          history.undo();
        }
        for (const _ of seen) history.redo();
        expect(history.document).toBe(last);
      }),
      { numRuns: 80 },
    );
  });
});

describe("editing", () => {
  it("makes a Bell pair of an H, an X and a control", () => {
    const document = built(
      { kind: "place", column: 0, item: item("h", 0) },
      { kind: "place", column: 1, item: item("x", 1) },
      { kind: "control", column: 1, qubit: 0, value: 1 },
    );
    expect(circuitOfDocument(document).operations).toEqual([
      gate("h", [0]),
      { ...gate("x", [1]), controls: [{ qubit: 0, value: 1 }] },
    ]);
  });

  it("takes a control away again, makes it an anti-control, and keeps it when the gate changes", () => {
    const controlled = built(
      { kind: "place", column: 0, item: item("x", 1) },
      { kind: "control", column: 0, qubit: 0, value: 1 },
    );
    const anti = changed(controlled, { kind: "control", column: 0, qubit: 0, value: 0 }).document;
    const other = changed(anti, { kind: "place", column: 0, item: item("z", 1) }).document;
    expect(other.columns).toEqual([
      { kind: "items", items: [{ ...item("z", 1), controls: [{ qubit: 0, value: 0 }] }] },
    ]);
    const area = { fromColumn: 0, toColumn: 0, fromWire: 0, toWire: 0 };
    expect(changed(other, { kind: "remove", area }).document.columns).toEqual([
      { kind: "items", items: [item("z", 1)] },
    ]);
  });

  it("puts what is in the way of a longer gate into a column of its own", () => {
    const measure: Item = { kind: "measure", qubit: 1, bit: 0 };
    const document = built(
      { kind: "place", column: 0, item: measure },
      { kind: "place", column: 0, item: item("x", 2) },
      { kind: "control", column: 0, qubit: 0, value: 1 },
    );
    expect(document.columns).toEqual([
      { kind: "items", items: [measure] },
      { kind: "items", items: [{ ...item("x", 2), controls: [{ qubit: 0, value: 1 }] }] },
    ]);
  });

  it("copies, pastes below and moves what was chosen", () => {
    const document = built(
      { kind: "place", column: 0, item: item("h", 0) },
      { kind: "place", column: 1, item: item("cx", 0, 1) },
    );
    const area = { fromColumn: 0, toColumn: 1, fromWire: 0, toWire: 1 };
    const clip = copyArea(document, area);
    const pasted = changed(document, { kind: "paste", clip, column: 2, wire: 1 }).document;
    expect(pasted.columns.slice(2)).toEqual([
      { kind: "items", items: [item("h", 1)] },
      { kind: "items", items: [item("cx", 1, 2)] },
    ]);
    const moved = changed(document, { kind: "move", area, column: 0, wire: 1, copies: false });
    expect(moved.document.columns).toEqual(pasted.columns.slice(2));
  });

  it("makes a gate of a part and uses it in its place", () => {
    const document = built(
      { kind: "place", column: 0, item: item("h", 1) },
      { kind: "place", column: 1, item: item("cx", 1, 2) },
    );
    const area = { fromColumn: 0, toColumn: 1, fromWire: 1, toWire: 2 };
    const defined = changed(document, { kind: "define", area, name: "pair" }).document;
    expect(defined.columns).toEqual([{ kind: "items", items: [item("pair", 1, 2)] }]);
    const before = unitaryOf(circuitOfDocument(document));
    expect(unitaryOf(circuitOfDocument(defined)).distance(before)).toBeLessThan(1e-12);
  });

  it("makes a gate of a written matrix, and refuses one that is not unitary", () => {
    const text = "1/sqrt(2), i/sqrt(2); i/sqrt(2), 1/sqrt(2)";
    const { gates } = built({ kind: "define-matrix", name: "beam", text });
    const half = Math.SQRT1_2;
    expect(gates[0]).toMatchObject({ name: "beam", qubits: 1 });
    expect(gates[0]?.body[0]).toMatchObject({ kind: "unitary" });
    const [operation] = gates[0]?.body ?? [];
    const elements = operation?.kind === "unitary" ? operation.elements : [];
    for (const [at, value] of [half, 0, 0, half, 0, half, half, 0].entries()) {
      expect(elements[at]).toBeCloseTo(value, 14);
    }
    const bad = () => built({ kind: "define-matrix", name: "bad", text: "1, 1; 0, 1" });
    expect(bad).toThrow(/not unitary/);
  });

  it("puts columns into blocks, and takes brackets away in pairs", () => {
    const document = built(
      { kind: "place", column: 0, item: item("h", 0) },
      { kind: "wrap", from: 0, to: 0, head: { kind: "repeat", count: 3 } },
    );
    expect(document.columns.map(({ kind }) => kind)).toEqual(["begin", "items", "end"]);
    const area = { fromColumn: 2, toColumn: 2, fromWire: 0, toWire: 2 };
    const opened = changed(document, { kind: "remove", area }).document;
    expect(opened.columns).toEqual([{ kind: "items", items: [item("h", 0)] }]);
  });

  it("refuses wires that it has not, in words", () => {
    const place = () => built({ kind: "place", column: 0, item: item("h", 7) });
    expect(place).toThrow(/the wires q0 to q2/);
    expect(() => built({ kind: "wires", count: 40 })).toThrow(/1 to 25 wires/);
  });
});
