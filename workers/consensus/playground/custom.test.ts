import { stripTypeScriptTypes } from "node:module";
import { describe, expect, it } from "vitest";
import { loadAlgorithm } from "./custom.ts";
import { defaultDocument, type RunDocument } from "./document.ts";
import { trySeed } from "./seeds.ts";
import { Session } from "./session.ts";
import { templates } from "./templates.ts";

const sourceOf = (id: string): string => templates.find((each) => each.id === id)?.source ?? "";
const load = (source: string) => loadAlgorithm(stripTypeScriptTypes(source));

/** The template with other code for its messages. */
function withOnMessage(body: string): RunDocument & { readonly source: string } {
  const source = sourceOf("majority").replace(
    "onMessage(context, from: number, message: Message) {",
    `onMessage(context, from: number, message: Message) {\n${body}`,
  );
  return { ...defaultDocument, algorithm: { source }, source };
}

function run(body: string, untilMs = 3000): Session {
  const { source, ...document } = withOnMessage(body);
  const session = new Session(document, { custom: load(source) });
  session.seek(untilMs);
  return session;
}

describe("a custom algorithm", () => {
  it("from the template agrees, in a run and under forty seeds", () => {
    const session = run("");
    expect(session.algorithm.title).toBe("MyAlgorithm");
    expect(session.frame().sentence).toBe("Node 1 leads term 1; 5 of 5 agree");
    expect(session.verdict()).toMatchObject({ result: "linearizable" });
    for (let seed = 1; seed <= 40; seed++) {
      expect(trySeed(session.document, session.algorithm, seed).failure).toBeNull();
    }
  });

  it("that forgets is found out by a seed, which replays", () => {
    const source = sourceOf("forgetful");
    const algorithm = load(source);
    const document: RunDocument = { ...defaultDocument, algorithm: { source } };
    const results = Array.from({ length: 20 }, (_, place) =>
      trySeed(document, algorithm, place + 1),
    );
    const failing = results.find(({ failure }) => failure !== null);
    expect(failing?.failure).toMatch(/^invariant: agreement: /);
    expect(trySeed(document, algorithm, failing?.seed ?? 0)).toEqual(failing);
  });

  it("is stopped with its event when it throws, and the run goes on", () => {
    const session = run("if (context.now() > 500) throw new Error('broken on purpose');");
    const { problems } = session.frame();
    expect(problems[0]).toMatchObject({ kind: "process" });
    expect(problems[0]?.message).toMatch(/^node \d is stopped: broken on purpose$/);
    session.seekEvent((problems[0]?.event ?? 0) - 1);
    expect(session.frame().problems).toEqual([]);
    expect(session.frame().nodes.every(({ state }) => state === "up")).toBe(true);
  });

  it.each([
    [
      "sends a million messages",
      "for (let n = 0; n < 1e6; n++) context.send(2, n);",
      /10000 messages/,
    ],
    ["sends to nobody", "context.send(99, 'x');", /no link/],
    ["sets a timer of no time", "context.setTimer('x', NaN);", /needs a delay/],
  ])("that %s is stopped with its event", (_, body, message) => {
    const { problems } = run(body).frame();
    expect(problems[0]?.message).toMatch(message);
  });

  it("that sends garbage keeps its run open to be looked at", () => {
    const session = run(
      "const ring = []; ring.push(ring); for (const odd of [null, undefined, () => 1, ring, 1n, Symbol('s')]) context.send(3, odd); return;",
    );
    expect(session.events(100).length).toBe(100);
    expect(session.messages(0, 100).length).toBeGreaterThan(0);
    expect(() => structuredClone(session.frame())).not.toThrow();
  });

  it("that answers each message with many is stopped as a flood", () => {
    const session = run(
      "for (const to of this.members) for (let n = 0; n < 40; n++) context.send(to, n); return;",
      60_000,
    );
    expect(session.frame()).toMatchObject({ stopped: true });
    expect(session.frame().problems.at(-1)).toMatchObject({ kind: "flood" });
  });

  it("stops before the event that it is said not to come back from", () => {
    const { source, ...document } = withOnMessage("");
    const stopBefore = { event: 300, reason: "the process does not come back" };
    const session = new Session(document, { custom: load(source), stopBefore });
    session.seek(60_000);
    expect(session.run.event).toBe(299);
    expect(session.frame()).toMatchObject({
      stopped: true,
      problems: [{ kind: "budget", event: 300 }],
    });
  });

  it.each([
    ["export default class A {}", "A must extend ConsensusManager"],
    ["const a = 1;", 'exactly one "export default class"'],
    ['import { readFileSync } from "node:fs";\nexport default class A {}', 'imports "node:fs"'],
    ['import fs from "node:fs";\nexport default class A {}', "cannot be linked"],
    [
      'import { ConsensusManager } from "consensus";\nthrow new Error("early");\nexport default class A extends ConsensusManager {}',
      "does not load: early",
    ],
  ])("is refused in words: %.40s", (source, message) => {
    expect(() => loadAlgorithm(source)).toThrow(message);
  });
});
