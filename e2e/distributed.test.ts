/** Requests across all components, as a client of port 3007 meets them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSchema, type Run } from "../workers/integration/contract.ts";
import { problemSchema, subsystemIds, type PlatformState } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

const json = { "content-type": "application/json" };

async function post(path: string, body?: unknown, portOffset = 7): Promise<Response> {
  return fetch(platform.url(path, portOffset), {
    method: "POST",
    headers: json,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(platform.url(path, 7));
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

async function process(body: object): Promise<Run> {
  const answer = await post("/api/distributed/process", body);
  const value: unknown = await answer.json();
  expect(answer.status, JSON.stringify(value)).toBe(200);
  return runSchema.parse(value);
}

async function problemOf(answer: Response) {
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(await answer.json());
  expect(problem.status).toBe(answer.status);
  return problem;
}

const others = subsystemIds.filter((id) => id !== "integration");
const asked = [...others, "consensus"];
const documented = { type: "comprehensive_test", requiresConsensus: true, aggregation: "merge" };

/** The first elections of the group take a moment after the start. */
async function untilLeader(): Promise<void> {
  await expect
    .poll(async () => (await post("/api/distributed/process", documented)).status, {
      timeout: 10_000,
    })
    .toBe(200);
}

describe("POST /api/distributed/process", () => {
  it("answers the documented line: every component, and term and index of the agreement", async () => {
    await untilLeader();
    const run = await process(documented);
    expect(run.components.map(({ id }) => id).toSorted()).toEqual(asked.toSorted());
    expect(run.components.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(
      run.components.map(({ id }) => `${id} pass`),
    );
    expect(run).toMatchObject({ status: "ok", type: "comprehensive_test", aggregation: "merge" });
    expect(run.consensus).toMatchObject({ status: "agreed", problem: null });
    expect(run.consensus?.term).toBeGreaterThan(0);
    expect(run.consensus?.index).toBeGreaterThan(0);
    expect(run.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(run.resultHash).toMatch(/^[0-9a-f]{64}$/);
    expect(run.result?.kind === "merge" && Object.keys(run.result.values).toSorted()).toEqual(
      asked.toSorted(),
    );
  });

  it("moves forward in the log with each agreement", async () => {
    const [first, second] = [await process(documented), await process(documented)];
    expect(second.consensus?.index).toBeGreaterThan(first.consensus?.index ?? 0);
    expect(second.consensus?.term).toBeGreaterThanOrEqual(first.consensus?.term ?? 0);
  });

  it("takes less than 300 ms when everything is up and warm", async () => {
    const durations: number[] = [];
    for (let run = 0; run < 5; run += 1)
      durations.push((await process(documented)).durationMs ?? 0);
    expect(durations.toSorted((a, b) => a - b)[2]).toBeLessThan(300);
  });

  it("is one trace over every thread that it touched", async () => {
    const { traceId } = await process(documented);
    await expect
      .poll(async () => {
        const { spans } = await get<{ spans: { subsystem: string; name: string }[] }>(
          `/api/traces/${traceId}`,
        );
        return [...new Set(spans.map(({ subsystem }) => subsystem))].toSorted();
      })
      .toEqual([...subsystemIds].toSorted());
  });

  it("votes: all components agree that they passed", async () => {
    const run = await process({ type: "comprehensive_test", aggregation: "vote" });
    expect(run.result).toMatchObject({
      kind: "vote",
      winner: "pass",
      needed: Math.floor(asked.length / 2) + 1,
      tally: { pass: asked.length, fail: 0 },
    });
    expect(run.consensus).toBeNull();
  });

  it("takes the first answer and cancels the others", async () => {
    const run = await process({ type: "comprehensive_test", aggregation: "first" });
    const { result } = run;
    const first = result?.kind === "first" ? result.component : null;
    const winner = run.components.find(({ id }) => id === first);
    expect(winner).toMatchObject({ status: "ok", outcome: "pass" });
    expect(run.components.map(({ status }) => status)).toContain("cancelled");
  });

  it("only asks whether everyone is there in a health check", async () => {
    const run = await process({ type: "health_check" });
    expect(run).toMatchObject({ status: "ok", aggregation: "merge", requiresConsensus: false });
  });

  it("answers the same from another port", async () => {
    const answer = await post("/api/distributed/process", { type: "health_check" }, 0);
    expect(runSchema.parse(await answer.json()).status).toBe("ok");
  });

  it.each([
    ["no type", {}, "type"],
    ["an unknown type", { ...documented, type: "everything" }, "type"],
    ["an unknown aggregation", { ...documented, aggregation: "average" }, "aggregation"],
    ["a word for a truth value", { ...documented, requiresConsensus: "yes" }, "requiresConsensus"],
    ["an unknown key", { ...documented, retries: 3 }, ""],
  ])("refuses %s and names the field", async (_, body, path) => {
    const problem = await problemOf(await post("/api/distributed/process", body));
    expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID" });
    expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });
});

describe("the history of distributed requests", () => {
  it("keeps each run with its results", async () => {
    const run = await process({ type: "health_check" });
    const { runs } = await get<{ runs: { id: number; result?: unknown }[] }>(
      "/api/distributed/tests?limit=5",
    );
    expect(runs[0]).toMatchObject({ id: run.id });
    expect(runs[0]).not.toHaveProperty("result");
    expect(await get(`/api/distributed/tests/${run.id}`)).toEqual(run);
  });

  it("says when a run is not kept", async () => {
    const answer = await fetch(platform.url("/api/distributed/tests/999999", 7));
    expect(await problemOf(answer)).toMatchObject({ status: 404, code: "TEST_UNKNOWN" });
  });

  it("streams the steps of a run until it has ended", async () => {
    const controller = new AbortController();
    const answer = await fetch(platform.url("/api/distributed/tests/watch", 7), {
      signal: controller.signal,
    });
    const { id } = await process(documented);
    let text = "";
    const decoder = new TextDecoder();
    const states = () =>
      [...text.matchAll(/^data: (\{.*\})$/gm)].flatMap(([, data]) => {
        const { run } = JSON.parse(data ?? "") as { run: { id: number; status: string } | null };
        return run?.id === id ? [run.status] : [];
      });
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (states().includes("ok")) break;
    }
    controller.abort();
    expect(states().slice(0, -1)).toEqual(states().slice(0, -1).fill("running"));
    expect(states().at(-1)).toBe("ok");
  });
});

describe("POST /api/distributed/ai-prediction", () => {
  it("predicts the platform's own load without a body", async () => {
    const answer = await post("/api/distributed/ai-prediction");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      subject: "platform load",
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it("continues a straight line", async () => {
    const series = Array.from({ length: 20 }, (_, step) => 5 + 3 * step);
    const answer = await post("/api/distributed/ai-prediction", { series, horizon: 2, season: 1 });
    const { forecasts } = (await answer.json()) as { forecasts: { points: { mean: number }[] }[] };
    const [first, second] = forecasts[0]?.points.map(({ mean }) => mean) ?? [];
    expect(first).toBeCloseTo(65, 0);
    expect(second).toBeCloseTo(68, 0);
  });

  it.each([
    ["a series that is too short", { series: [1] }, "series"],
    ["a series with text in it", { series: [1, "two", 3] }, "series.1"],
    ["an unknown key", { values: [1, 2, 3] }, ""],
  ])("refuses %s", async (_, body, path) => {
    const problem = await problemOf(await post("/api/distributed/ai-prediction", body));
    expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID" });
    expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });
});

describe("POST /api/distributed/blockchain-transaction", () => {
  const line = { from: "0x123...", to: "0x456...", amount: 100, type: "transfer" };

  it("answers the documented line with the block that it is in", async () => {
    const answer = await post("/api/distributed/blockchain-transaction", line);
    const value = (await answer.json()) as Record<string, string>;
    expect(answer.status, JSON.stringify(value)).toBe(200);
    expect(value).toMatchObject({ status: "success", amount: "100", type: "transfer" });
    expect(value["from"]).toMatch(/^0x123/i);
    expect(value["to"]).toMatch(/^0x456/i);
    expect(value["traceId"]).toMatch(/^[0-9a-f]{32}$/);
    const mined = await get<{ hash: string }>(`/api/blockchain/transactions/${value["hash"]}`);
    expect(mined.hash).toBe(value["hash"]);
  });

  it("keeps the code and the remedy of the chain's own refusal", async () => {
    const broke = { ...line, amount: "999999999999999999999" };
    const [there, here] = [
      await problemOf(await post("/api/blockchain/transactions", broke)),
      await problemOf(await post("/api/distributed/blockchain-transaction", broke)),
    ];
    expect(here).toMatchObject({ code: there.code, remedy: there.remedy, status: there.status });
    expect(there.code).not.toBe("INTERNAL");
  });

  it.each([
    ["no receiver", { from: "0x123...", amount: 1, type: "transfer" }, "to"],
    ["a negative amount", { ...line, amount: -1 }, "amount"],
    ["another type", { ...line, type: "gift" }, "type"],
    ["an unknown key", { ...line, memo: "hello" }, ""],
  ])("refuses %s", async (_, body, path) => {
    const problem = await problemOf(await post("/api/distributed/blockchain-transaction", body));
    expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID" });
    expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });
});

describe("data flows", () => {
  it("run from source to target and count what they did", async () => {
    const { flows } = await get<{ flows: { name: string; available: boolean }[] }>(
      "/api/distributed/flows",
    );
    expect(flows.length).toBeGreaterThan(0);
    for (const { name, available } of flows) {
      expect({ name, available }).toEqual({ name, available: true });
      let runs = 0;
      const run = async () => {
        runs += 1;
        const state: unknown = await (await post(`/api/distributed/flows/${name}/run`)).json();
        expect(state).toMatchObject({ runs });
        return state;
      };
      // A young platform has not recorded enough seconds to forecast from, and says so.
      let state = await run();
      await expect
        .poll(async () => JSON.stringify((state = await run())), { timeout: 10_000, interval: 500 })
        .not.toContain("SERIES_TOO_SHORT");
      expect(state).toMatchObject({ last: { status: "ok", problem: null } });
    }
  });

  it("are known by name", async () => {
    const problem = await problemOf(await post("/api/distributed/flows/nothing/run"));
    expect(problem).toMatchObject({ status: 404, code: "FLOW_UNKNOWN" });
  });
});

describe("GET /api/logs/watch", () => {
  it("sends records as they are stored, and only those that pass the filter", async () => {
    const controller = new AbortController();
    const answer = await fetch(platform.url("/api/logs/watch?subsystem=quantum", 7), {
      signal: controller.signal,
    });
    let text = "";
    let restarted = false;
    const decoder = new TextDecoder();
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (!restarted && text.includes('"logs":[]')) {
        restarted = true;
        await post("/api/platform/threads/quantum/restart");
      }
      if (/"message":"[^"]*[Rr]eady/.test(text)) break;
    }
    controller.abort();
    const batches = [...text.matchAll(/^data: (\{.*\})$/gm)].flatMap(
      ([, data]) => (JSON.parse(data ?? "") as { logs: { subsystem: string; id: number }[] }).logs,
    );
    expect(new Set(batches.map(({ subsystem }) => subsystem))).toEqual(new Set(["quantum"]));
    expect(new Set(batches.map(({ id }) => id)).size).toBe(batches.length);
  });

  it("refuses a level that does not exist", async () => {
    const answer = await fetch(platform.url("/api/logs/watch?level=loud", 7));
    expect(await problemOf(answer)).toMatchObject({ code: "INPUT_INVALID" });
  });
});

describe("a component that is away", () => {
  const untilReady = async () => {
    await expect
      .poll(
        async () => {
          const { threads } = await get<PlatformState>("/api/platform");
          return threads.map(({ id, state }) => `${id} ${state}`);
        },
        { timeout: 10_000 },
      )
      .toEqual(subsystemIds.map((id) => `${id} ready`));
  };

  it.each(others)("shows as down when %s is stopped, and the rest answers", async (id) => {
    expect((await post(`/api/platform/threads/${id}/stop`)).status).toBe(200);
    const run = await process({ type: "comprehensive_test" });
    expect(run.status).toBe("partial");
    for (const component of run.components) {
      const { status } = component;
      expect({ id: component.id, status }).toEqual({
        id: component.id,
        status: component.id === id ? "down" : "ok",
      });
    }
    expect(run.components.find((component) => component.id === id)?.problem).toMatchObject({
      code: "SUBSYSTEM_UNAVAILABLE",
    });
    expect((await post(`/api/platform/threads/${id}/start`)).status).toBe(200);
    await untilReady();
  });

  const restartsOf = async (id: string) => {
    const { threads } = await get<PlatformState>("/api/platform");
    return threads.find((thread) => thread.id === id)?.restarts ?? 0;
  };
  /** The state of before the kill is ready too, so the restart is what is waited for. */
  const untilRestarted = async (id: string, before: number) => {
    await expect.poll(() => restartsOf(id), { timeout: 10_000 }).toBeGreaterThan(before);
    await untilReady();
  };

  it.each(others)("leaves the others right when %s is killed under a test", async (id) => {
    const before = await restartsOf(id);
    const [run] = await Promise.all([
      process({ type: "comprehensive_test" }),
      post(`/api/platform/threads/${id}/fault`, { kind: "kill" }),
    ]);
    for (const component of run.components) {
      if (component.id !== id) expect(component).toMatchObject({ status: "ok", outcome: "pass" });
      else expect(["ok", "down", "failed"]).toContain(component.status);
    }
    await untilRestarted(id, before);
  });

  it("leaves the other ports right when the integration thread itself is killed", async () => {
    const { threads } = await get<PlatformState>("/api/platform");
    const before = await restartsOf("integration");
    await post("/api/platform/threads/integration/fault", { kind: "kill" }, 0);
    for (const { id, port } of threads) {
      if (port === null || id === "integration") continue;
      const answer = await fetch(platform.url("/api/health", port - platform.portBase));
      expect(await answer.json()).toMatchObject({ status: "ok", subsystem: id });
    }
    const restarted = async () => {
      const answer = await fetch(platform.url("/api/platform", 0));
      const state = (await answer.json()) as PlatformState;
      const thread = state.threads.find(({ id }) => id === "integration");
      return thread?.state === "ready" && thread.restarts > before;
    };
    await expect.poll(restarted, { timeout: 10_000 }).toBe(true);
    await untilLeader();
  });
});
