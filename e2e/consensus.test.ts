/** The live consensus group over HTTP: every route, wrong input, failover and the loss of the quorum. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { consensusStatusSchema, type ConsensusStatus } from "../workers/consensus/contract.ts";
import { problemSchema } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});
beforeEach(async () => {
  await post("heal", {});
  await until(({ health }) => health === "healthy");
});

async function call(method: string, path: string, body?: unknown) {
  const answer = await fetch(platform.url(`/api/consensus/${path}`, 7), {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: answer.status, json: (await answer.json()) as unknown };
}

async function post<T = ConsensusStatus>(path: string, body: unknown): Promise<T> {
  const { status, json } = await call("POST", path, body);
  expect({ status, json }).toMatchObject({ status: 200 });
  return json as T;
}

async function problemOf(method: string, path: string, body?: unknown) {
  const { status, json } = await call(method, path, body);
  const problem: z.infer<typeof problemSchema> = problemSchema.parse(json);
  expect(problem.status).toBe(status);
  return problem;
}

async function readStatus(): Promise<ConsensusStatus> {
  return consensusStatusSchema.parse((await call("GET", "status")).json);
}

/** Polls a bounded number of times. */
async function until(holds: (status: ConsensusStatus) => boolean): Promise<ConsensusStatus> {
  for (let poll = 0; poll < 60; poll++) {
    const status = await readStatus();
    if (holds(status)) return status;
    await sleep(100);
  }
  throw new Error(`Not within 6 s: ${JSON.stringify(await readStatus())}`);
}

interface Agreed {
  readonly term: number;
  readonly index: number;
  readonly leader: number;
}
const propose = (command: unknown) => post<Agreed>("propose", { command });

describe("the live group", () => {
  it("has a leader, and its nodes agree on it", async () => {
    const status = await readStatus();
    expect(status.verdict).toMatch(/^3 of 3 nodes agree, node \d leads term \d+, commit \d+$/);
    expect(status.nodes.filter(({ role }) => role === "leader")).toHaveLength(1);
    expect(status).toMatchObject({ quorum: 2, quorumReached: true, experiment: null });
  });

  it("agrees on text and on objects, at rising places of one log", async () => {
    const first = await propose("set colour blue");
    const second = await propose({ op: "put", key: "colour" });
    expect(second.index).toBeGreaterThan(first.index);
    const { json } = await call("GET", "log?limit=1");
    expect(json).toMatchObject({
      entries: [
        {
          index: second.index,
          term: second.term,
          command: '{"op":"put","key":"colour"}',
          committed: true,
        },
      ],
      next: second.index,
    });
    const { json: older } = await call("GET", `log?limit=500&before=${second.index}`);
    expect(older).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({ index: first.index, command: "set colour blue" }),
      ]),
    });
    const { json: events } = await call("GET", "events?limit=5");
    expect(events).toMatchObject({
      events: expect.arrayContaining([
        expect.objectContaining({ kind: "commit", index: second.index }),
      ]),
    });
  });

  it("elects another leader when the leader crashes, and takes it back", async () => {
    const { leader } = await propose("before");
    await post(`nodes/${leader}/crash`, {});
    const after = await propose("after");
    expect(after.leader).not.toBe(leader);
    const degraded = await readStatus();
    expect(degraded.health).toBe("degraded");
    expect(degraded.lastFailoverMs).toBeLessThan(2_000);
    await post(`nodes/${leader}/restart`, {});
    const healed = await until(
      ({ health, nodes }) =>
        health === "healthy" && new Set(nodes.map(({ fingerprint }) => fingerprint)).size === 1,
    );
    expect(healed.experiment).toBeNull();
  });

  it("goes on with the majority when the leader is cut off", async () => {
    const { leader } = await propose("before");
    const cut = await post("partition", { groups: [[leader]] });
    expect(cut.experiment?.faults).toHaveLength(1);
    expect((await propose("during")).leader).not.toBe(leader);
  });

  it("agrees on a batch, each command in a place of its own", async () => {
    const commands = Array.from({ length: 500 }, (_, place) => `batch ${place}`);
    const { places } = await post<{ places: { index: number }[] }>("propose-batch", { commands });
    const { entries } = (await call("GET", "log?limit=500")).json as {
      entries: { index: number; command: string | null }[];
    };
    const logged = new Map(entries.map(({ index, command }) => [index, command]));
    const seen = places.map(({ index }) => logged.get(index)).filter((text) => text !== undefined);
    expect(new Set(places.map(({ index }) => index)).size).toBe(commands.length);
    // Sessions that had to be opened for it stand in the log, too.
    expect(seen.length).toBeGreaterThan(200);
    expect(seen).toEqual(commands.filter((_, place) => logged.has(places[place]!.index)));
    await post("partition", { groups: [[1], [2], [3]] });
    const problem = await problemOf("POST", "propose-batch", { commands: ["x", "y"] });
    expect(problem).toMatchObject({ status: 503, code: "NO_QUORUM" });
    expect(problem.detail).toContain("0 of 2 commands");
  });

  it("answers NO_QUORUM when no majority is left, and agrees again when healed", async () => {
    await post("partition", { groups: [[1], [2], [3]] });
    const problem = await problemOf("POST", "propose", { command: "x" });
    expect(problem).toMatchObject({ status: 503, code: "NO_QUORUM" });
    expect(problem.remedy).toContain("heal");
    await post("heal", {});
    await until(({ leader }) => leader !== null);
    await propose("y");
  });

  it("sets loss and delay, and heals them", async () => {
    const faulty = await post("faults", { lossChance: 0.1, delayMeanMs: 5 });
    expect(faulty).toMatchObject({ faults: { lossChance: 0.1, delayMeanMs: 5 } });
    expect(faulty.experiment?.faults).toEqual(["loss 10 %", "delay 5 ms"]);
    expect(await post("heal", {})).toMatchObject({ experiment: null });
  });

  it("streams its status", async () => {
    const ending = new AbortController();
    const answer = await fetch(platform.url("/api/consensus/watch", 7), { signal: ending.signal });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    let text = "";
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('"verdict"')) break;
    }
    ending.abort();
    expect(text).toContain("nodes agree");
  });
});

describe("wrong input", () => {
  it.each([
    ["propose", {}, 400, "INPUT_INVALID"],
    ["propose", { command: "" }, 400, "INPUT_INVALID"],
    ["propose", { command: "x".repeat(20_000) }, 400, "INPUT_INVALID"],
    ["propose", { command: { text: "x".repeat(20_000) } }, 400, "INPUT_INVALID"],
    ["propose", { command: "x", index: 1 }, 400, "INPUT_INVALID"],
    ["propose-batch", { commands: [] }, 400, "INPUT_INVALID"],
    ["propose-batch", { commands: ["x", ""] }, 400, "INPUT_INVALID"],
    ["propose-batch", { commands: Array(1_001).fill("x") }, 400, "INPUT_INVALID"],
    ["nodes/9/crash", {}, 404, "NODE_UNKNOWN"],
    ["nodes/one/crash", {}, 400, "INPUT_INVALID"],
    ["nodes/1/restart", {}, 409, "NODE_STATE_CONFLICT"],
    ["partition", { groups: [[1, 2, 3]] }, 422, "PARTITION_INVALID"],
    ["partition", { groups: [[1], [1]] }, 422, "PARTITION_INVALID"],
    ["partition", { groups: [] }, 400, "INPUT_INVALID"],
    ["faults", { lossChance: 2, delayMeanMs: 1 }, 400, "INPUT_INVALID"],
    ["heal", { all: true }, 400, "INPUT_INVALID"],
  ])("%s refuses %j", async (path, body, status, code) => {
    expect(await problemOf("POST", path, body)).toMatchObject({ status, code });
  });

  it.each([
    ["log?limit=0", 400, "INPUT_INVALID"],
    ["log?node=9", 404, "NODE_UNKNOWN"],
    ["events?limit=501", 400, "INPUT_INVALID"],
    ["status?verbose=1", 400, "INPUT_INVALID"],
  ])("GET %s is refused", async (path, status, code) => {
    expect(await problemOf("GET", path)).toMatchObject({ status, code });
  });
});
