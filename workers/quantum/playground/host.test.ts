import { describe, expect, it } from "vitest";
import type { Column } from "./document.ts";
import { type DocumentView, type News, PlaygroundHost } from "./host.ts";
import { gallery } from "../core/algorithms/gallery.ts";
import { lessons } from "./lessons.ts";

/** A thread whose clock moves by a millisecond at each look. */
function opened() {
  const news: News[] = [];
  let now = 0;
  const host = new PlaygroundHost({ nowMs: () => now++, tell: (each) => news.push(each) });
  const finish = () => {
    while (host.advance(8));
    return news.splice(0);
  };
  return { host, finish };
}

const h = (wire: number) =>
  ({ kind: "gate", name: "h", qubits: [wire], controls: [], angles: [], power: 1 }) as const;
const pictureIn = (news: readonly News[]) => {
  const found = news.find((each) => each.kind === "picture");
  if (found?.kind !== "picture") throw new Error(`no picture: ${JSON.stringify(news)}`);
  return found.picture;
};

describe("the playground's thread", () => {
  it("draws what was asked for last, and nothing of what was superseded", () => {
    const { host, finish } = opened();
    host.act({ kind: "clear" });
    host.act({ kind: "place", column: 0, item: h(0) });
    host.advance(1);
    host.act({ kind: "place", column: 1, item: h(0) });
    const news = finish();
    const pictures = news.filter((each) => each.kind === "picture");
    expect(pictures).toHaveLength(1);
    expect(pictures[0]).toMatchObject({ revision: 3 });
    expect(pictureIn(news).bars[0]).toBeCloseTo(1, 12);
    expect(news.map(({ kind }) => kind)).toEqual(["picture", "counts"]);
  });

  it("sends each column once, for as long as the page has it", () => {
    const { host } = opened();
    const known = new Map<number, Column>();
    const taken = ({ columns, added }: DocumentView) => {
      for (const [number, column] of added) known.set(number, column);
      return { shown: columns.map((number) => known.get(number)), added: added.length };
    };
    taken(host.act({ kind: "clear" }));
    expect(taken(host.act({ kind: "place", column: 0, item: h(0) })).added).toBe(1);
    const second = taken(host.act({ kind: "place", column: 1, item: h(1) }));
    expect(second.added).toBe(1);
    expect(second.shown).toEqual([
      { kind: "items", items: [h(0)] },
      { kind: "items", items: [h(1)] },
    ]);
    expect(taken(host.undo()).shown).toEqual([{ kind: "items", items: [h(0)] }]);
    expect(taken(host.redo()).shown).toEqual(second.shown);
  });

  it("reads OpenQASM, says where it is wrong, and writes what reads back the same", () => {
    const { host } = opened();
    const bad = host.openQasm({ text: "OPENQASM 3.0;\nqubit[1] q;\nfoo q[0];\n", words: "" });
    expect(bad).toMatchObject({ kind: "refused", problems: [{ line: 3, column: 1 }] });
    const source =
      'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[1] c;\nh q[0];\nif (c[0] == 1) {\n  x q[1];\n}\n';
    expect(host.openQasm({ text: source, words: "" })).toMatchObject({ kind: "opened" });
    const written = host.export({ format: "qasm3" });
    host.openQasm({ text: written, words: "" });
    expect(host.export({ format: "qasm3" })).toBe(written);
  });

  it("shows a switch as the ifs that it stands for", () => {
    const { host, finish } = opened();
    const source =
      'OPENQASM 3.1;\ninclude "stdgates.inc";\nqubit[3] q;\nbit[2] c;\nx q[1];\nc[0] = measure q[0];\nc[1] = measure q[1];\n' +
      "switch (uint[2](c)) {\n  case 1, 3 { reset q[1]; }\n  case 2 { U(pi, 0, pi) q[2]; }\n  default { reset q[0]; }\n}\n";
    expect(host.openQasm({ text: source, words: "" })).toMatchObject({ kind: "opened" });
    // The bits read 2: only q2 is flipped.
    expect(pictureIn(finish()).bars[6]).toBeCloseTo(1, 12);
  });

  it("exports to every format", () => {
    const { host } = opened();
    const begins = {
      qasm2: "OPENQASM 2.0;",
      qasm3: "OPENQASM 3.0;",
      svg: "<svg",
      json: "{",
      quirk: '{"cols":',
    } as const;
    for (const [format, begin] of Object.entries(begins)) {
      expect(host.export({ format: format as keyof typeof begins })).toMatch(
        new RegExp(`^${begin.replaceAll(/[{."]/g, String.raw`\$&`)}`),
      );
    }
    expect(host.export({ format: "qiskit" })).toContain("QuantumCircuit(");
    expect(host.export({ format: "cirq" })).toContain("cirq.");
    expect(host.export({ format: "quantikz" })).toContain("quantikz");
  });

  it("tells what is wrong with a document, and goes on", () => {
    const { host, finish } = opened();
    const item = { ...h(0), name: "rx", angles: ["nothing / 2"] };
    host.act({ kind: "place", column: 0, item });
    expect(finish()).toEqual([
      { kind: "problem", of: "picture", message: expect.stringContaining('"nothing"') },
    ]);
    host.undo();
    expect(finish().map(({ kind }) => kind)).toEqual(["picture", "counts"]);
  });

  it.each(gallery.map(({ id }) => id))("draws the example %s", (id) => {
    const { host, finish } = opened();
    host.example({ id, values: {} });
    const news = finish();
    const total = pictureIn(news).bars.reduce((sum, value) => sum + value, 0);
    expect(total).toBeCloseTo(1, 9);
    expect(news.some(({ kind }) => kind === "problem")).toBe(false);
  });
});

describe("a lesson", () => {
  const steps = lessons.flatMap(({ id, steps: all }) =>
    all.map((step, at) => ({ id, at, step, title: `${id} ${at + 1}` })),
  );

  it.each(steps)("$title: is not done before anything was done", ({ id, at, step }) => {
    const { host, finish } = opened();
    // A step without a circuit of its own goes on with that of the one before.
    for (let before = 0; before <= at; before++) host.lesson({ lesson: id, step: before });
    const isShown = step.task === undefined;
    expect(finish()).toContainEqual(
      expect.objectContaining({ kind: "picture", reached: step.goal !== undefined && isShown }),
    );
  });

  it("of Bell is done by H and CX", () => {
    const { host, finish } = opened();
    host.lesson({ lesson: "bell", step: 0 });
    host.act({ kind: "place", column: 0, item: h(0) });
    expect(finish()).toContainEqual(expect.objectContaining({ kind: "picture", reached: true }));
    host.lesson({ lesson: "bell", step: 1 });
    host.act({ kind: "place", column: 1, item: { ...h(0), name: "x", qubits: [1] } });
    host.act({ kind: "control", column: 1, qubit: 0, value: 1 });
    expect(finish()).toContainEqual(expect.objectContaining({ kind: "picture", reached: true }));
  });

  it("of Shor shows four peaks, and reads an order of 4 from a peak that tells it", () => {
    const { host, finish } = opened();
    host.lesson({ lesson: "shor", step: 1 });
    host.playhead({ step: null });
    const { bars } = pictureIn(finish());
    const counting = new Float64Array(16);
    for (const [basis, value] of bars.entries()) counting[basis % 16]! += value;
    for (const [value, chance] of counting.entries()) {
      expect(chance).toBeCloseTo(value % 4 === 0 ? 1 / 4 : 0, 9);
    }
    const readings = Array.from({ length: 12 }, (_, seed) =>
      host.factor({ modulus: 15, base: 7, seed }),
    );
    const told = readings.find(({ factors }) => factors !== null);
    expect(told).toMatchObject({ order: 4, root: 4, divisors: [3, 5], factors: [3, 5] });
  });
});
