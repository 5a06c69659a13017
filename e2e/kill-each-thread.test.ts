/**
 * Every documented line, called without a pause while one thread after the other is killed: whatever
 * does not need that thread answers as if nothing had happened.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlatformState, type SubsystemId, subsystemIds } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

const offsets = { gateway: 0, analytics: 2, edge: 3, microservices: 5, blockchain: 6 } as const;
const integration = 7;

interface Line {
  readonly name: string;
  readonly offset: number;
  readonly path: string;
  /** A GET without one. */
  readonly body?: object;
  readonly needs: readonly SubsystemId[];
  /** What a right answer holds, beside its status of 200. */
  readonly holds: object;
}

/** Lines that may be called again and again; `turn` makes names of their own. */
function linesOf(turn: string): readonly Line[] {
  const text = expect.any(String) as string;
  const number = expect.any(Number) as number;
  return [
    {
      name: "GET distributed/status",
      offset: integration,
      path: "/api/distributed/status",
      needs: ["integration"],
      holds: { verdict: text },
    },
    {
      name: "POST distributed/quantum-search",
      offset: integration,
      path: "/api/distributed/quantum-search",
      body: { items: ["apple", "banana", "cherry", "date"], target: "cherry", iterations: 5 },
      needs: ["integration", "quantum"],
      holds: { optimalIterations: 1 },
    },
    {
      name: "POST distributed/ai-prediction",
      offset: integration,
      path: "/api/distributed/ai-prediction",
      body: { series: [1, 2, 3, 4, 5, 6, 7, 8] },
      needs: ["integration", "analytics"],
      holds: { forecasts: [{ status: "ok" }] },
    },
    {
      name: "POST distributed/blockchain-transaction",
      offset: integration,
      path: "/api/distributed/blockchain-transaction",
      body: { from: "0x123...", to: "0x456...", amount: 1, type: "transfer" },
      needs: ["integration", "blockchain"],
      holds: { hash: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
    },
    {
      name: "POST consensus/propose",
      offset: integration,
      path: "/api/consensus/propose",
      body: { command: `set ${turn}` },
      needs: ["integration"],
      holds: { index: number },
    },
    {
      name: "GET edge/status",
      offset: offsets.edge,
      path: "/api/edge/status",
      needs: ["edge"],
      holds: { verdict: text },
    },
    {
      name: "POST edge/process",
      offset: offsets.edge,
      path: "/api/edge/process",
      body: { type: "ai_inference", model: "image_classifier", data: [1, 2, 3, 4, 5] },
      needs: ["edge"],
      holds: { type: "ai_inference", node: expect.any(Object) },
    },
    {
      name: "GET orchestration/status",
      offset: offsets.microservices,
      path: "/api/orchestration/status",
      needs: ["microservices"],
      holds: { verdict: text },
    },
    {
      name: "POST services/register",
      offset: offsets.microservices,
      path: "/api/services/register",
      body: { name: "user-service", id: "user-1", host: "localhost", port: 3001 },
      needs: ["microservices"],
      holds: { id: "user-1" },
    },
    {
      name: "GET analytics/status",
      offset: offsets.analytics,
      path: "/api/analytics/status",
      needs: ["analytics"],
      holds: { verdict: text },
    },
    {
      name: "GET blockchain/status",
      offset: offsets.blockchain,
      path: "/api/blockchain/status",
      needs: ["blockchain"],
      holds: { verdict: text },
    },
    {
      name: "GET platform, from the gateway",
      offset: offsets.gateway,
      path: "/api/platform",
      needs: ["gateway"],
      holds: { threads: expect.any(Array) },
    },
  ];
}

async function call({ offset, path, body }: Pick<Line, "offset" | "path" | "body">) {
  const answer = await fetch(platform.url(path, offset), {
    ...(body === undefined
      ? {}
      : {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
  });
  return { status: answer.status, json: (await answer.json()) as unknown };
}

/** Calls the lines in turn, each answer judged, until told to stop. */
function keepCalling(lines: readonly Line[]): () => Promise<ReadonlyMap<string, number>> {
  const state = { running: true };
  const right = new Map<string, number>();
  const done = (async () => {
    while (state.running) {
      for (const line of lines) {
        const { status, json } = await call(line);
        expect({ line: line.name, status, json }).toMatchObject({ status: 200, json: line.holds });
        right.set(line.name, (right.get(line.name) ?? 0) + 1);
      }
    }
  })();
  return async () => {
    state.running = false;
    await done;
    return right;
  };
}

describe("killing the thread of", () => {
  it.each(subsystemIds)("%s leaves every line right that does not need it", async (victim) => {
    // Asked of a thread that stays.
    const witness = victim === "gateway" ? integration : offsets.gateway;
    const threadOf = async () => {
      const { json } = await call({ offset: witness, path: "/api/platform" });
      const thread = (json as PlatformState).threads.find(({ id }) => id === victim);
      return { state: thread?.state, restarts: thread?.restarts ?? 0 };
    };
    const before = await threadOf();
    const lines = linesOf(victim);
    const spared = lines.filter(({ needs }) => !needs.includes(victim));
    const stop = keepCalling(spared);
    await call({
      offset: witness,
      path: `/api/platform/threads/${victim}/fault`,
      body: { kind: "kill" },
    });
    await expect
      .poll(threadOf, { timeout: 10_000 })
      .toEqual({ state: "ready", restarts: before.restarts + 1 });
    const right = await stop();
    expect([...right.keys()].toSorted()).toEqual(spared.map(({ name }) => name).toSorted());
    // And what did need it works again.
    for (const line of lines.filter(({ needs }) => needs.includes(victim))) {
      await expect
        .poll(() => call(line), { timeout: 10_000 })
        .toMatchObject({ status: 200, json: line.holds });
    }
  });
});
