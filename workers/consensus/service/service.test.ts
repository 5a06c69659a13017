import { describe, expect, it } from "vitest";
import type { ServiceContext, ServiceMessage } from "./server.ts";
import { Random } from "../../cluster/random.ts";
import { raftOptions } from "../raft/options.ts";
import { KeyValueStore, type KeyValueOperation } from "./key-value.ts";
import { sessionsMax } from "./limits.ts";
import { ReplicatedServer } from "./server.ts";
import { encodeSessionCommand, SessionStateMachine } from "./sessions.ts";

const text = (operation: KeyValueOperation): string => JSON.stringify(operation);
const append = text({ op: "append", key: "k", value: "x" });
const get = text({ op: "get", key: "k" });

function run(session: number, sequence: number, command: string): string {
  return encodeSessionCommand({ kind: "run", session, sequence, command });
}

describe("KeyValueStore", () => {
  it("puts, appends, compares and swaps, and says what came of it", () => {
    const store = new KeyValueStore();
    const operations: KeyValueOperation[] = [
      { op: "cas", key: "k", expected: "a", value: "b" },
      { op: "cas", key: "k", expected: null, value: "a" },
      { op: "append", key: "k", value: "b" },
      { op: "put", key: "other", value: "c" },
      { op: "cas", key: "k", expected: "ab", value: "d" },
    ];
    expect(operations.map((operation) => JSON.parse(store.apply(text(operation))))).toEqual([
      { value: null, done: false },
      { value: "a", done: true },
      { value: "ab", done: true },
      { value: "c", done: true },
      { value: "d", done: true },
    ]);
    expect(store.query(get)).toBe('{"value":"d","done":true}');
    const copy = new KeyValueStore();
    copy.restore(store.snapshot());
    expect(copy.snapshot()).toBe(store.snapshot());
    expect(() => store.query(append)).toThrow(/no question/);
  });
});

describe("SessionStateMachine (dissertation 6.3)", () => {
  it("carries a repeated command out once, and repeats its result", () => {
    const machine = new SessionStateMachine(new KeyValueStore());
    expect(machine.apply(7, 1, "open")).toEqual({ kind: "opened", session: 7 });
    const first = machine.apply(8, 1, run(7, 1, append));
    expect(machine.apply(9, 1, run(7, 1, append))).toEqual(first);
    expect(machine.query(get)).toBe('{"value":"x","done":true}');
    machine.apply(10, 1, run(7, 2, append));
    expect(machine.query(get)).toBe('{"value":"xx","done":true}');
  });

  it("knows its sessions after a restore from a snapshot", () => {
    const machine = new SessionStateMachine(new KeyValueStore());
    machine.apply(1, 1, "open");
    machine.apply(2, 1, run(1, 1, append));
    const restored = new SessionStateMachine(new KeyValueStore());
    restored.restore(machine.snapshot());
    restored.apply(3, 1, run(1, 1, append));
    expect(restored.snapshot()).toBe(machine.snapshot());
  });

  it("forgets the session that was not used for longest, and says so to its client", () => {
    const machine = new SessionStateMachine(new KeyValueStore());
    for (let index = 1; index <= sessionsMax; index++) machine.apply(index, 1, "open");
    machine.apply(sessionsMax + 1, 1, run(1, 1, append));
    machine.apply(sessionsMax + 2, 1, "open");
    expect(machine.apply(sessionsMax + 3, 1, run(2, 1, append))).toEqual({ kind: "expired" });
    expect(machine.apply(sessionsMax + 4, 1, run(1, 2, append)).kind).toBe("result");
    expect(machine.apply(sessionsMax + 5, 1, run(999_999, 1, append))).toEqual({ kind: "expired" });
  });

  it("keeps commands whole, spaces and all", () => {
    const machine = new SessionStateMachine({
      apply: (command) => `<${command}>`,
      query: (question) => question,
      snapshot: () => "",
      restore: () => undefined,
    });
    machine.apply(1, 1, "open");
    expect(machine.apply(2, 1, run(1, 1, "a b  c"))).toEqual({
      kind: "result",
      result: "<a b  c>",
    });
    expect(() => machine.apply(3, 1, "rubbish")).toThrow(/not a session command/);
  });
});

describe("ReplicatedServer", () => {
  /** A server alone, which is its own majority; its disk finishes when told to. */
  function fixture() {
    const sent: { to: number; message: ServiceMessage }[] = [];
    let syncs = 0;
    const context: ServiceContext = {
      id: 1,
      random: new Random(1),
      storage: {
        read: () => ({ records: [], durableCount: 0 }),
        append: () => undefined,
        replace: () => undefined,
        sync: () => (syncs += 1),
      },
      now: () => 0,
      send: (to, message) => void sent.push({ to, message }),
      setTimer: () => undefined,
      cancelTimer: () => undefined,
      note: () => undefined,
    };
    const server = new ReplicatedServer(1, raftOptions([1]), new KeyValueStore());
    server.onStart(context);
    const finishSync = (): void => server.onSynced(context, syncs);
    return { server, context, sent, finishSync };
  }

  it("sends clients elsewhere while it does not lead", () => {
    const { server, context, sent } = fixture();
    server.onMessage(context, 9, { kind: "open-session", request: 1 });
    server.onMessage(context, 9, { kind: "question", request: 2, question: get });
    expect(sent.map(({ message }) => message)).toEqual([
      { kind: "refusal", request: 1, reason: "not-leader", leader: null },
      { kind: "refusal", request: 2, reason: "not-leader", leader: null },
    ]);
  });

  it("answers commands when they are durable, and questions from the state they made", () => {
    const { server, context, sent, finishSync } = fixture();
    server.onTimer(context, "election");
    // Its vote for itself, then the first entry of its term.
    finishSync();
    finishSync();
    server.onMessage(context, 9, { kind: "open-session", request: 1 });
    expect(sent).toEqual([]);
    finishSync();
    expect(sent.at(-1)).toEqual({
      to: 9,
      message: { kind: "answer", request: 1, result: { kind: "opened", session: 2 } },
    });
    server.onMessage(context, 9, {
      kind: "command",
      request: 2,
      session: 2,
      sequence: 1,
      command: append,
    });
    finishSync();
    server.onMessage(context, 9, { kind: "question", request: 3, question: get });
    expect(sent.slice(1).map(({ message }) => message)).toEqual([
      {
        kind: "answer",
        request: 2,
        result: { kind: "result", result: '{"value":"x","done":true}' },
      },
      {
        kind: "answer",
        request: 3,
        result: { kind: "result", result: '{"value":"x","done":true}' },
      },
    ]);
  });
});
