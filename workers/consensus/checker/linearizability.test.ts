import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KeyValueOperation, KeyValueResult } from "../service/key-value.ts";
import type { Operation } from "./history.ts";
import { checkLinearizability } from "./linearizability.ts";
import {
  keyValueModel,
  queueModel,
  type QueueOperation,
  type QueueResult,
  registerModel,
  type RegisterOperation,
  type RegisterResult,
} from "./models.ts";
import { drawHistory } from "./picture.ts";

/** Shared reference data lies beside the checkout; without it these tests are skipped. */
const folder = resolve(import.meta.dirname, "../../../../shared/data/linearizability");
const isPresent = existsSync(folder);
const expected: Record<string, boolean> = isPresent
  ? JSON.parse(readFileSync(resolve(folder, "expected.json"), "utf8"))
  : {};

/** Pairs each call with its end; `unknown` ends leave the operation open. */
function pair<Input, Output>(
  events: readonly { process: number; kind: string; input: Input; output: Output | undefined }[],
): Operation<Input, Output>[] {
  const open = new Map<number, { input: Input; invokedAt: number }>();
  const history: Operation<Input, Output>[] = [];
  for (const [at, { process, kind, input, output }] of events.entries()) {
    if (kind === "invoke") {
      open.set(process, { input, invokedAt: at });
      continue;
    }
    const call = open.get(process);
    if (call === undefined) throw new Error(`event ${at} ends nothing`);
    open.delete(process);
    const unknown = kind === "info";
    const returnedAt = unknown ? Infinity : at;
    history.push({ client: process, ...call, output: unknown ? undefined : output, returnedAt });
  }
  for (const [client, call] of open) {
    history.push({ client, ...call, output: undefined, returnedAt: Infinity });
  }
  return history;
}

function readJepsen(file: string): Operation<RegisterOperation, RegisterResult>[] {
  const text = readFileSync(resolve(folder, "jepsen", file), "utf8");
  const line =
    /(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(?:\[(\d+) (\d+)\]|(\d+)|(\S+))/g;
  const events = [...text.matchAll(line)].map((match) => {
    const [, process, kind = "", op, from, to, value] = match;
    const input: RegisterOperation =
      op === "read"
        ? { op }
        : op === "write"
          ? { op, value: Number(value) }
          : { op: "cas", expected: Number(from), value: Number(to) };
    const read = value === undefined ? null : Number(value);
    const output = { value: op === "read" ? read : null, done: kind === "ok" };
    return { process: Number(process), kind, input, output };
  });
  return pair(events);
}

function readKeyValue(file: string): Operation<KeyValueOperation, KeyValueResult>[] {
  const text = readFileSync(resolve(folder, "kv", file), "utf8");
  const line = /:process (\d+), :type :(\w+), :f :(\w+), :key "([^"]*)", :value (?:"([^"]*)"|nil)/g;
  const events = [...text.matchAll(line)].map((match) => {
    const [, process, kind = "", op, key = "", value = ""] = match;
    const input: KeyValueOperation =
      op === "get" ? { op, key } : op === "put" ? { op, key, value } : { op: "append", key, value };
    // The log tells what was read, and nothing of what a write made of the value.
    const output = op === "get" ? { value: value === "" ? null : value, done: true } : undefined;
    return { process: Number(process), kind, input, output };
  });
  return pair(events);
}

describe.skipIf(!isPresent)("Porcupine's histories have their known verdicts", () => {
  const files = isPresent ? readdirSync(resolve(folder, "jepsen")) : [];

  it.each(files)("Jepsen register %s", (file) => {
    const history = readJepsen(file);
    expect(history.length).toBeGreaterThan(50);
    expect(checkLinearizability(registerModel, history).result).toBe(
      expected[file] === true ? "linearizable" : "not linearizable",
    );
  });

  it.each(["c01-ok.txt", "c01-bad.txt"])("key-value %s", (file) => {
    const history = readKeyValue(file);
    expect(history.length).toBeGreaterThan(30);
    expect(checkLinearizability(keyValueModel, history).result).toBe(
      expected[file] === true ? "linearizable" : "not linearizable",
    );
  });
});

const operation = fc.oneof(
  fc.constant<RegisterOperation>({ op: "read" }),
  fc.nat(2).map((value): RegisterOperation => ({ op: "write", value })),
  fc
    .tuple(fc.nat(2), fc.nat(2))
    .map(([from, value]): RegisterOperation => ({ op: "cas", expected: from, value })),
);

const overlapping = fc
  .array(
    fc.record({
      input: operation,
      output: fc.record({ value: fc.option(fc.nat(2)), done: fc.boolean() }),
      start: fc.nat(12),
      length: fc.integer({ min: 1, max: 8 }),
    }),
    { maxLength: 6 },
  )
  .map((drawn) =>
    drawn.map(({ input, output, start, length }, client) => ({
      client,
      input,
      output,
      invokedAt: start,
      returnedAt: start + length,
    })),
  );

/** Linearizability by its definition: try every order that respects real time. */
function existsOrder(
  rest: readonly Operation<RegisterOperation, RegisterResult>[],
  state: number | null,
): boolean {
  if (rest.length === 0) return true;
  const firstReturn = Math.min(...rest.map(({ returnedAt }) => returnedAt));
  return rest.some((candidate) => {
    if (candidate.invokedAt > firstReturn) return false;
    const after = registerModel.step(state, candidate.input, candidate.output);
    if (after === undefined) return false;
    return existsOrder(
      rest.filter((other) => other !== candidate),
      after,
    );
  });
}

describe("checkLinearizability", () => {
  it("agrees with the definition on small histories", () => {
    const verdicts = { linearizable: 0, "not linearizable": 0, undecided: 0 };
    fc.assert(
      fc.property(overlapping, (history) => {
        const { result } = checkLinearizability(registerModel, history);
        verdicts[result] += 1;
        expect(result === "linearizable").toBe(existsOrder(history, null));
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(Math.min(verdicts.linearizable, verdicts["not linearizable"])).toBeGreaterThan(100);
  });

  const at = <Input, Output>(
    client: number,
    invokedAt: number,
    returnedAt: number,
    input: Input,
    output: Output,
  ) => ({ client, invokedAt, returnedAt, input, output });

  it("names the part, its shortest failing beginning, and draws it", () => {
    const history: Operation<KeyValueOperation, KeyValueResult>[] = [
      at(1, 1, 2, { op: "put", key: "fine", value: "a" }, { value: "a", done: true }),
      at(1, 3, 4, { op: "put", key: "stale", value: "x" }, { value: "x", done: true }),
      at(2, 5, 8, { op: "put", key: "stale", value: "y" }, { value: "y", done: true }),
      at(1, 6, 7, { op: "get", key: "stale" }, { value: "y", done: true }),
      at(1, 9, 10, { op: "get", key: "stale" }, { value: "x", done: true }),
      at(2, 11, 12, { op: "get", key: "stale" }, { value: "y", done: true }),
    ];
    const verdict = checkLinearizability(keyValueModel, history);
    if (verdict.result !== "not linearizable") throw new Error(verdict.result);
    expect(verdict.failing.part).toBe("stale");
    expect(verdict.failing.history).toEqual(history.slice(1, 5));
    expect(verdict.failing.longestOrder).toHaveLength(3);
    const picture = drawHistory(keyValueModel, verdict.failing.history, 30).split("\n");
    expect(picture.map((line) => line.trimEnd())).toEqual([
      "[---]                            client 1: put stale x -> x",
      "        [------------]           client 2: put stale y -> y",
      "            [----]               client 1: get stale -> y",
      "                         [---]   client 1: get stale -> x",
    ]);
  });

  it("lets an operation without an answer happen late or never", () => {
    const write = { op: "write", value: 1 } satisfies RegisterOperation;
    const lost = { client: 1, invokedAt: 1, returnedAt: Infinity, input: write, output: undefined };
    const read = (time: number, value: number | null) =>
      at<RegisterOperation, RegisterResult>(
        2,
        time,
        time + 1,
        { op: "read" },
        { value, done: true },
      );
    expect(checkLinearizability(registerModel, [lost, read(5, null), read(7, 1)]).result).toBe(
      "linearizable",
    );
    expect(checkLinearizability(registerModel, [lost, read(5, 1), read(7, null)]).result).toBe(
      "not linearizable",
    );
  });

  it("knows queues", () => {
    const enqueue = (client: number, from: number, to: number, value: string) =>
      at<QueueOperation, QueueResult>(client, from, to, { op: "enqueue", value }, { value: null });
    const dequeue = (client: number, from: number, to: number, value: string | null) =>
      at<QueueOperation, QueueResult>(client, from, to, { op: "dequeue" }, { value });
    const concurrent = [enqueue(1, 1, 4, "a"), enqueue(2, 2, 3, "b"), dequeue(3, 5, 6, "b")];
    expect(checkLinearizability(queueModel, concurrent).result).toBe("linearizable");
    const inOrder = [enqueue(1, 1, 2, "a"), enqueue(2, 3, 4, "b"), dequeue(3, 5, 6, "b")];
    expect(checkLinearizability(queueModel, inOrder).result).toBe("not linearizable");
    expect(checkLinearizability(queueModel, [dequeue(1, 1, 2, null)]).result).toBe("linearizable");
  });

  it("says undecided rather than guess when its budget is spent", () => {
    const writes = Array.from({ length: 12 }, (_, client) =>
      at<RegisterOperation, RegisterResult>(
        client,
        client,
        100 + client,
        { op: "write", value: client },
        { value: null, done: true },
      ),
    );
    const read = at<RegisterOperation, RegisterResult>(
      99,
      200,
      201,
      { op: "read" },
      { value: 77, done: true },
    );
    expect(checkLinearizability(registerModel, [...writes, read], 1000)).toEqual({
      result: "undecided",
      part: "",
    });
  });

  it("refuses histories that cannot be", () => {
    const write = { op: "write", value: 1 } satisfies RegisterOperation;
    const done = { value: null, done: true };
    expect(() => checkLinearizability(registerModel, [at(1, 5, 4, write, done)])).toThrow(/before/);
    expect(() =>
      checkLinearizability(registerModel, [at(1, 1, 5, write, done), at(1, 3, 6, write, done)]),
    ).toThrow(/client 1 calls at 3/);
  });
});
