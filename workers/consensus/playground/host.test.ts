import { describe, expect, it } from "vitest";
import { defaultDocument } from "./document.ts";
import { PlaygroundHost } from "./host.ts";

const surroundings = { lockDown: () => undefined, onEvent: () => undefined };

describe("the playground's thread", () => {
  it("answers with plain data that crosses a thread", () => {
    const host = new PlaygroundHost(surroundings);
    for (const answer of [
      host.catalogue(),
      host.open({ document: defaultDocument }),
      host.seek({ timeMs: 2000 }),
      host.events({ max: 100 }),
      host.messages({ sinceMs: 1900, max: 100 }),
      host.operations({ max: 100 }),
      host.verdict(),
      host.fork(),
      host.trySeed({ document: defaultDocument, seed: 3 }),
    ]) {
      expect(structuredClone(answer)).toEqual(answer);
    }
  });

  it("tells of the document and the marks only when they have changed", () => {
    const host = new PlaygroundHost(surroundings);
    expect(host.open({ document: defaultDocument }).course?.document).toEqual(defaultDocument);
    const later = host.seek({ timeMs: 2000 });
    expect(later.course).toBeNull();
    expect(later.marks?.map(({ kind }) => kind)).toContain("leader");
    expect(host.stepBack()).toMatchObject({ course: null, marks: null, furthestMs: 2000 });
    const acted = host.act({ action: { kind: "crash", node: 1 } });
    expect(acted.course?.interventions).toEqual(["crash node 1"]);
    expect(host.undo().course?.interventions).toEqual([]);
  });

  it("tells of each event before it is handled, in careful mode", () => {
    const told: string[] = [];
    const onEvent = (number: number, text: string): void => void told.push(`${number} ${text}`);
    const host = new PlaygroundHost({ ...surroundings, onEvent });
    host.open({ document: { ...defaultDocument, clients: 0 }, careful: true });
    const { frame } = host.seek({ timeMs: 300 });
    expect(told).toHaveLength(frame.event);
    expect(told.slice(0, 2)).toEqual(["1 start at node 1", "2 start at node 2"]);
  });

  it("locks its thread before it loads the first algorithm of somebody's own", () => {
    let locked = 0;
    const host = new PlaygroundHost({ ...surroundings, lockDown: () => void (locked += 1) });
    const document = { ...defaultDocument, algorithm: { source: "x" } };
    expect(() => host.open({ document, javascript: "1" })).toThrow("export default class");
    expect(() => host.open({ document, javascript: "2" })).toThrow("export default class");
    expect(locked).toBe(1);
    host.open({ document: defaultDocument });
    expect(locked).toBe(1);
  });

  it("refuses questions about a run that is not open", () => {
    expect(() => new PlaygroundHost(surroundings).stepForward()).toThrow("no run is open");
  });
});
