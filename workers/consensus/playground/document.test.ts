import { describe, expect, it } from "vitest";
import { sourceLengthMax as contractSourceLengthMax } from "../contract.ts";
import {
  checkDocument,
  defaultDocument,
  describeIntervention,
  forkAt,
  type Intervention,
  intervene,
  parseDocument,
  undo,
} from "./document.ts";
import { documentLengthMax, interventionsMax, sourceLengthMax } from "./limits.ts";

const text = (change: object): string => JSON.stringify({ ...defaultDocument, ...change });

describe("a run file", () => {
  it("comes back as it was written", () => {
    expect(parseDocument(text({}))).toEqual(defaultDocument);
  });

  it("has its interventions in the order of their times", () => {
    const late = { kind: "heal", atMs: 20 };
    const early = { kind: "crash", atMs: 10, node: 2 };
    expect(parseDocument(text({ interventions: [late, early] })).interventions).toEqual([
      early,
      late,
    ]);
  });

  it.each([
    ['{\n  "version": 1,\n  "seed" 3\n}', /damaged at line 3, column \d+/],
    ['{"version": 1', /damaged at line 1, column \d+/],
    ["", /damaged at line 1, column 1/],
    ["[]", /refused: the document: /],
    [text({ version: 2 }), /refused: version: /],
    [text({ nodes: 0 }), /refused: nodes: /],
    [text({ seed: -1 }), /refused: seed: /],
    [text({ extra: true }), /refused: the document: .*extra/],
    [text({ network: { ...defaultDocument.network, lossChance: 2 } }), /network\.lossChance/],
    [text({ network: { ...defaultDocument.network, minMs: 90 } }), /minMs <= meanMs <= maxMs/],
    [text({ interventions: [{ kind: "crash", atMs: 1 }] }), /interventions\.0\.node/],
    [text({ interventions: [{ kind: "explode", atMs: 1 }] }), /interventions\.0\.kind/],
    [text({ interventions: [{ kind: "crash", atMs: 1, node: 6 }] }), /no node 6 among 5/],
    [
      text({ interventions: [{ kind: "partition", atMs: 1, groups: [[1], [1]], oneWay: false }] }),
      /interventions\.0\.groups: a node is in two groups/,
    ],
    [" ".repeat(documentLengthMax + 1), /at most \d+ are read/],
    [
      text({
        interventions: Array.from({ length: interventionsMax + 1 }, () => ({
          kind: "heal",
          atMs: 1,
        })),
      }),
      /refused: interventions/,
    ],
  ])("is refused with the line or the field: %.60j", (damaged, message) => {
    expect(() => parseDocument(damaged)).toThrow(message);
  });

  it("takes as long a source as the compiler", () => {
    expect(sourceLengthMax).toBe(contractSourceLengthMax);
  });
});

describe("the course of a document", () => {
  const crash = { kind: "crash", atMs: 100, node: 1 } as const;
  const heal = { kind: "heal", atMs: 200 } as const;
  const both = intervene(intervene(defaultDocument, heal), crash);

  it("forks with what was done so far, and undoes the last thing", () => {
    expect(forkAt(both, 150).interventions).toEqual([crash]);
    expect(undo(both).interventions).toEqual([crash]);
    expect(undo(undo(undo(both)))).toEqual(defaultDocument);
  });

  it("refuses an intervention that cannot be", () => {
    expect(() => intervene(defaultDocument, { ...crash, node: 9 })).toThrow("no node 9");
  });

  it("says each intervention in words", () => {
    const groups = [[1, 2], [3]];
    const said = [
      crash,
      heal,
      { kind: "partition", atMs: 0, groups, oneWay: false },
      { kind: "partition", atMs: 0, groups: [[4]], oneWay: true },
      { kind: "propose", atMs: 0, node: 2, command: "x" },
      { kind: "byzantine", atMs: 0, node: 2, behaviour: "silent" },
    ] satisfies Intervention[];
    expect(said.map(describeIntervention)).toEqual([
      "crash node 1",
      "heal the network",
      "cut off 1 2 | 3",
      "cut what 4 sends",
      'propose "x" to node 2',
      "turn node 2 Byzantine: silent",
    ]);
  });

  it("is checked as a value too", () => {
    expect(() => checkDocument(null)).toThrow("refused");
  });
});
