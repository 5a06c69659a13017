/** The edge API as a client meets it: every documented line, each also with wrong input. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import heldBack from "../resources/models/held-back-digits.json" with { type: "json" };
import { edgeContract, type EdgeNode, type ProcessOutput } from "../workers/edge/contract.ts";
import { problemSchema } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const edgePort = 3;
let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

async function call<Answer>(path: string, body?: object, portOffset = edgePort): Promise<Answer> {
  const answer = await fetch(
    platform.url(path, portOffset),
    body === undefined
      ? {}
      : {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        },
  );
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

async function problemOf(path: string, body: object) {
  const answer = await fetch(platform.url(path, edgePort), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const problem = problemSchema.parse(await answer.json());
  expect(problem.status).toBe(answer.status);
  return problem;
}

const status = () => call<{ nodes: EdgeNode[]; status: string }>("/api/edge/status");
const process = (body: object) => call<ProcessOutput>("/api/edge/process", body);
const capabilities = { cpu: 4, memory: 8_192, storage: 100 };

describe("GET /api/edge/status", () => {
  it("shows nodes in real places, as its contract says, on every port", async () => {
    for (const offset of [0, edgePort, 7]) {
      const answer = await call<object>("/api/edge/status", undefined, offset);
      expect(edgeContract.status["~orpc"].outputSchema?.parse(answer)).toEqual(answer);
      expect(answer).toMatchObject({ status: "healthy" });
    }
    const { nodes } = await status();
    expect(nodes.length).toBeGreaterThanOrEqual(6);
    expect(nodes.map(({ place }) => place)).toContain("Frankfurt");
  });

  it("refuses a parameter that it does not know", async () => {
    const answer = await fetch(platform.url("/api/edge/status?verbose=1", edgePort));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "INPUT_INVALID" });
  });
});

describe("POST /api/edge/process", () => {
  it("answers the documented line: which node, why, where the time went, and what", async () => {
    const body = { type: "ai_inference", model: "image_classifier", data: [1, 2, 3, 4, 5] };
    const answer = await process(body);
    expect(answer.node.place).toBe("Frankfurt");
    expect(answer.route.reason).toMatch(/lowest score/);
    expect(answer.route.candidates[0]?.node).toBe(answer.node.id);
    expect(answer.result).toMatchObject({
      kind: "classification",
      resampled: { from: 5, to: 784 },
    });
    expect(answer.computeMs).toBeGreaterThan(0);
    expect(answer.totalMs).toBeCloseTo(answer.queueMs + answer.computeMs + answer.networkMs, 9);
    // The first answer may have been so slow that the next goes elsewhere; each node caches its own.
    await expect.poll(async () => (await process(body)).cache, { timeout: 10_000 }).toBe("hit");
  });

  it("recognises real digits that the model has never learned from", async () => {
    const answers = await Promise.all(
      heldBack.digits.map(async ({ label, pixels }) => {
        const data = { type: "ai_inference", model: "image_classifier", data: pixels };
        const { result } = await process(data);
        return result.kind === "classification" && result.label === label;
      }),
    );
    // 98 % of the whole held-back set are right; of these twenty nearly all must be.
    expect(answers.filter(Boolean).length).toBeGreaterThanOrEqual(18);
  });

  it("serves clients elsewhere from elsewhere", async () => {
    const from = { latitude: -37.81, longitude: 144.96 };
    const places = await Promise.all(
      ["Osaka", "New York", from].map(async (client) => {
        if (client === "New York") {
          const body = { type: "data_processing", data: [1], from: client };
          return (await problemOf("/api/edge/process", body)).code;
        }
        return (await process({ type: "data_processing", data: [1, 2], from: client })).node.place;
      }),
    );
    expect(places).toEqual(["Tokyo", "EDGE_PLACE_UNKNOWN", "Singapore"]);
  });

  it("processes data", async () => {
    const { result } = await process({ type: "data_processing", data: [2, 4, 4, 4, 5, 5, 7, 9] });
    expect(result).toMatchObject({
      kind: "statistics",
      statistics: { mean: 5, standardDeviation: 2, median: 4.5 },
    });
  });

  it.each([
    [{ type: "teleport", data: [1] }, "EDGE_TYPE_UNKNOWN", /ai_inference, data_processing/],
    [{ type: "ai_inference", model: "cat", data: [1] }, "EDGE_MODEL_UNKNOWN", /image_classifier/],
    [{ type: "ai_inference", model: "image_classifier", data: [] }, "INPUT_INVALID", /data/],
    [{ type: "ai_inference", model: "image_classifier", data: ["1"] }, "INPUT_INVALID", /data/],
    [{ type: "ai_inference", model: "image_classifier", data: [1e101] }, "INPUT_INVALID", /data/],
    [{ type: "data_processing", data: Array(16_385).fill(1) }, "INPUT_INVALID", /data/],
    [{ type: "data_processing", data: [1], from: { latitude: 91, longitude: 0 } }, "INPUT_INVALID"],
    [{ type: "data_processing", data: [1], colour: "red" }, "INPUT_INVALID", /colour/],
  ])("refuses what is wrong (%#)", async (body, code, detail = /./) => {
    const problem = await problemOf("/api/edge/process", body);
    expect(problem.code).toBe(code);
    expect(problem.detail).toMatch(detail);
  });

  it("takes the longest data without holding up others", async () => {
    const data = Array.from({ length: 16_384 }, (_, index) => index % 100);
    const body = { type: "data_processing", operation: "smooth", window: 101, data };
    const { result } = await process(body);
    expect(result).toMatchObject({ kind: "series", operation: "smooth" });
  });
});

describe("POST /api/edge/add-node", () => {
  it("gives “New Region” the nearest free place and says so, and the node can be removed", async () => {
    const body = { location: "New Region", capabilities };
    const added = await call<{ node: EdgeNode; placement: string }>("/api/edge/add-node", body);
    expect(added.placement).toContain(`took ${added.node.place}`);
    expect((await call<{ nodes: EdgeNode[] }>("/api/edge/status")).nodes).toBeDefined();
    await expect
      .poll(async () => (await status()).nodes.map(({ id }) => id))
      .toContain(added.node.id);
    await call("/api/edge/remove-node", { id: added.node.id });
    const gone = await problemOf("/api/edge/remove-node", { id: added.node.id });
    expect(gone.code).toBe("EDGE_NODE_UNKNOWN");
  });

  it.each([
    [{ location: "Atlantis", capabilities }, "EDGE_PLACE_UNKNOWN", /latitude and longitude/],
    [{ location: "Atlantis", latitude: 3, capabilities }, "EDGE_COORDINATES_INCOMPLETE", /./],
    [{ location: "Paris", latitude: 95, longitude: 0, capabilities }, "INPUT_INVALID", /./],
    [{ location: "Paris", capabilities: { cpu: 0, memory: 1, storage: 1 } }, "INPUT_INVALID", /./],
    [{ location: "Paris" }, "INPUT_INVALID", /./],
  ])("refuses what is wrong (%#)", async (body, code, remedy) => {
    const problem = await problemOf("/api/edge/add-node", body);
    expect(problem.code).toBe(code);
    expect(problem.remedy).toMatch(remedy);
  });
});

describe("a failed node", () => {
  it("is left out of the choice until it recovers", async () => {
    const body = { type: "data_processing", data: [8, 8, 8], from: "Tokyo" };
    await call("/api/edge/fail-node", { id: "edge-tokyo" });
    const around = await process(body);
    expect(around.node.id).not.toBe("edge-tokyo");
    expect(around.route.excluded).toContainEqual({ node: "edge-tokyo", reason: "failed" });
    const again = await problemOf("/api/edge/fail-node", { id: "edge-tokyo" });
    expect(again.code).toBe("EDGE_NODE_STATE_CONFLICT");
    await call("/api/edge/recover-node", { id: "edge-tokyo" });
    expect((await process(body)).node.id).toBe("edge-tokyo");
  });
});

describe("what was done", () => {
  it("is in the list of requests and in the measures of the model", async () => {
    const { requests, total } = await call<{ requests: { requestId: string }[]; total: number }>(
      "/api/edge/requests?limit=3",
    );
    expect(requests.map(({ requestId }) => requestId)).toEqual(
      [0, 1, 2].map((back) => `edge-${total - back}`),
    );
    const { models } = await call<{ models: { inferences: number; latency: object }[] }>(
      "/api/edge/models",
    );
    expect(models[0]?.inferences).toBeGreaterThanOrEqual(20);
    expect(models[0]?.latency).toMatchObject({ p50: expect.any(Number) as number });
  });
});
