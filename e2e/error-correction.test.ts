/** Error correction over HTTP: codes, faults, decoding, thresholds as a stream, .stim and .dem. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemSchema } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess(["--ephemeral", "--only=gateway,quantum"]);
});
afterAll(async () => {
  await platform.stopCleanly();
});

const send = (path: string, body: unknown, signal?: AbortSignal) =>
  fetch(platform.url(`/api/quantum/${path}`), {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
    ...(signal === undefined ? {} : { signal }),
  });

async function post(path: string, body: unknown) {
  const answer = await send(path, body);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

interface ThresholdEvent {
  kind: "progress" | "done" | "failed";
  points: {
    distance: number;
    probability: number;
    shots: number;
    errors: number;
    isDone: boolean;
  }[];
  crossings?: { distances: number[]; perRound: number | null }[];
}

async function* eventsOf(answer: Response): AsyncGenerator<ThresholdEvent> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop()!;
    for (const part of parts) {
      const data = part.split("\n").find((line) => line.startsWith("data: {"));
      if (data !== undefined) yield JSON.parse(data.slice(6)) as ThresholdEvent;
    }
  }
}

const jobs = async () => {
  const answer = await fetch(platform.url("/api/quantum/codes"));
  return ((await answer.json()) as { jobs: { running: number; waiting: number } }).jobs;
};

describe("codes", () => {
  it("are listed with their checks", async () => {
    const answer = await fetch(platform.url("/api/quantum/codes"));
    const { codes } = (await answer.json()) as {
      codes: { id: string; smallest: { qubits: number; stabilizers: object[] } }[];
    };
    const sizes = codes.map(({ id, smallest }) => [
      id,
      smallest.qubits,
      smallest.stabilizers.length,
    ]);
    expect(sizes).toEqual([
      ["repetition", 3, 2],
      ["five-qubit", 5, 4],
      ["steane", 7, 6],
      ["shor-9", 9, 8],
      ["rotated-surface", 9, 8],
      ["toric", 8, 8],
    ]);
  });

  it("come as .stim circuits with their error models, which sample and decode", async () => {
    const order = { distance: 3, probability: 0.01, rounds: 2, withModel: true };
    const { status, json } = await post("codes/rotated-surface", order);
    expect({ status, size: json["size"] }).toMatchObject({
      status: 200,
      size: { qubits: 17, measurements: 25, detectors: 16, observables: 1 },
    });
    const sampled = await post("stim/sample", {
      source: json["stim"],
      shots: 2_000,
      listed: 2,
      seed: 1,
    });
    expect(sampled.json["size"]).toEqual(json["size"]);
    expect((sampled.json["listed"] as string[]).map((shot) => shot.length)).toEqual([25, 25]);
    const rates = sampled.json["detectorRates"] as number[];
    for (const rate of rates) expect(rate).toBeGreaterThan(0);
    const again = await post("stim/model", { source: json["stim"] });
    expect(again.json["dem"]).toBe(json["dem"]);
    const decoded = await post("dem/decode", {
      dem: json["dem"],
      shots: [[], [4]],
      decoder: "union-find",
    });
    expect(decoded.json["shots"]).toHaveLength(2);
  });

  it("are fault-tolerant, and with the bad order of gates are not", async () => {
    const good = await post("codes/rotated-surface/faults", { distance: 3 });
    expect(good.json).toMatchObject({ uncorrected: [], decoder: "matching" });
    const bad = await post("codes/rotated-surface/faults", { distance: 3, badOrder: true });
    expect((bad.json["uncorrected"] as object[]).length).toBeGreaterThan(0);
    const steane = await post("codes/steane/faults", { noise: "code-capacity" });
    expect(steane.json).toMatchObject({ faults: 21, uncorrected: [], decoder: "lookup" });
  });

  it("decode errors that somebody places", async () => {
    const one = await post("codes/rotated-surface/decode", {
      distance: 3,
      errors: [{ qubit: 4, basis: "Y" }],
    });
    expect(one.json).toMatchObject({
      isCorrected: true,
      rest: [],
      correction: [{ qubit: 4, basis: "Y" }],
    });
    const line = [0, 3, 6].map((qubit) => ({ qubit, basis: "X" }));
    const logical = await post("codes/rotated-surface/decode", { distance: 3, errors: line });
    expect(logical.json).toMatchObject({ fired: [], logicalErrors: [{ x: true, z: false }] });
  });
});

describe("a threshold", () => {
  it("streams its points as they grow, and ends with where the curves cross", async () => {
    const answer = await send("threshold", {
      distances: [3, 5],
      probabilities: [0.004, 0.02],
      shotsMax: 4_096,
      seed: 3,
    });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const events: ThresholdEvent[] = [];
    for await (const event of eventsOf(answer)) events.push(event);
    const last = events.at(-1)!;
    expect(events.length).toBeGreaterThan(2);
    expect(events.slice(0, -1).every(({ kind }) => kind === "progress")).toBe(true);
    expect(last).toMatchObject({ kind: "done" });
    expect(last.points.map(({ distance, probability }) => [distance, probability])).toEqual([
      [3, 0.004],
      [5, 0.004],
      [3, 0.02],
      [5, 0.02],
    ]);
    expect(last.crossings![0]!.perRound).toBeGreaterThan(0.004);
    expect(last.crossings![0]!.perRound).toBeLessThan(0.02);
  });

  it("that cannot go on says why in its last event", async () => {
    const controllers = Array.from({ length: 9 }, () => new AbortController());
    const order = { distances: [9], probabilities: [0.01], shotsMax: 10_000_000 };
    const streams = await Promise.all(
      controllers.map(async ({ signal }) => eventsOf(await send("threshold", order, signal))),
    );
    // One runs and eight wait.
    await expect.poll(jobs).toEqual({ running: 1, waiting: 8 });
    const last: ThresholdEvent[] = [];
    for await (const event of eventsOf(await send("threshold", order))) last.push(event);
    expect(last).toMatchObject([{ kind: "failed", problem: { code: "OVERLOADED" } }]);
    for (const controller of controllers) controller.abort();
    await Promise.allSettled(streams.map((stream) => stream.return(undefined)));
    await expect.poll(jobs, { timeout: 5_000 }).toEqual({ running: 0, waiting: 0 });
  });

  it("stops when nobody reads it any more", async () => {
    const controller = new AbortController();
    const order = {
      distances: [9],
      probabilities: [0.01],
      shotsMax: 10_000_000,
      errorsMax: 1_000_000,
    };
    const answer = await send("threshold", order, controller.signal);
    const events = eventsOf(answer);
    expect((await events.next()).value).toMatchObject({ kind: "progress" });
    expect(await jobs()).toEqual({ running: 1, waiting: 0 });
    controller.abort();
    await expect(events.next()).rejects.toThrow(/abort/i);
    await expect.poll(jobs, { timeout: 5_000 }).toEqual({ running: 0, waiting: 0 });
  });
});

describe(".stim texts", () => {
  it("become circuits of the simulator", async () => {
    const { json } = await post("stim/import", { source: "h 0\ncnot 0 1\nmz 0 1" });
    expect(json["stim"]).toBe("H 0\nCX 0 1\nM 0 1\n");
    const run = await post("run", { circuit: json["circuit"], shots: 200, seed: 4 });
    expect(Object.keys(run.json["counts"] as object).toSorted()).toEqual(["00", "11"]);
  });

  it.each([
    ["stim/sample", { source: "H 0\nCX 0" }, "STIM_INVALID", "line 2, column 1"],
    [
      "stim/sample",
      { source: "H 0\nM 0\nDETECTOR rec[-1]" },
      "CODE_INVALID",
      "random even without",
    ],
    ["stim/model", { source: "M 0\nDETECTOR rec[-3]" }, "CODE_INVALID", "only 1 measurements"],
    ["stim/import", { source: "E(0.1) X0" }, "CODE_INVALID", "no counterpart"],
    [
      "dem/decode",
      { dem: "error(0.1) D0 D1 D2", shots: [[0]] },
      "HYPEREDGE_UNDECODABLE",
      "D0 D1 D2",
    ],
    ["dem/decode", { dem: "error(0.1) X0", shots: [[0]] }, "STIM_INVALID", "line 1"],
    ["dem/decode", { dem: "error(0.1) D0", shots: [[5]] }, "CODE_INVALID", "no detector D5"],
    [
      "dem/decode",
      { dem: "error(0.1) D0", shots: [[], [0, 0]] },
      "CODE_INVALID",
      "twice in shot 1",
    ],
    ["codes/golay", {}, "CODE_INVALID", "no code golay"],
    ["codes/steane", {}, "CODE_INVALID", "no circuit"],
    ["codes/rotated-surface", { distance: 4 }, "CODE_INVALID", "in steps of 2"],
    ["codes/steane/decode", { errors: [], decoder: "matching" }, "CODE_INVALID", "hyperedges"],
    ["threshold", { code: "toric", distances: [99] }, "INPUT_INVALID", ""],
    ["threshold", { code: "steane", decoder: "matching" }, "CODE_INVALID", "hyperedges"],
    ["threshold", { decoder: "lookup" }, "CODE_INVALID", "at most 20 detectors"],
    ["threshold", { distances: [4] }, "CODE_INVALID", "in steps of 2"],
  ])("%s refuses %j: %s", async (path, body, code, message) => {
    const { json } = await post(path, body);
    const problem = problemSchema.parse(json);
    expect(problem.code).toBe(code);
    expect(problem.detail).toContain(message);
  });
});
