import { describe, expect, it } from "vitest";
import {
  addNodeExamples,
  addNodeInputSchema,
  edgeContract,
  nodesMax,
  processExamples,
  processInputSchema,
  processOutputSchema,
} from "../contract.ts";
import { Fleet } from "../core/fleet.ts";
import { places } from "../core/places.ts";
import { edgeLimits } from "../limits.ts";
import { Dispatcher, type Job } from "./dispatcher.ts";
import { ModelStore } from "./model-store.ts";
import { NodeHandlers } from "./nodes.ts";
import { createProcess } from "./process.ts";
import { RequestLog } from "./request-log.ts";
import { createStatus } from "./status.ts";

const models = new ModelStore();

function fixture() {
  const time = { now: 1_000_000, monotonicMs: 0 };
  const waiting: (() => void)[] = [];
  const held = { back: false };
  const host = {
    now: () => time.now,
    // Each look at the clock finds it a quarter of a millisecond later.
    monotonicMs: () => (time.monotonicMs += 0.25),
    breathe: () => new Promise<void>((go) => (held.back ? waiting.push(go) : go())),
  };
  const fleet = new Fleet<Job>();
  const dispatcher = new Dispatcher(fleet, host);
  const log = new RequestLog();
  const nodes = new NodeHandlers(host, fleet, dispatcher);
  nodes.addFirst();
  const process = createProcess(host, dispatcher, models, log);
  const status = createStatus(host, fleet, log);
  const letGo = () => {
    held.back = false;
    for (const go of waiting.splice(0)) go();
  };
  return { fleet, nodes, process, status, log, time, held, letGo };
}

const statistics = { type: "data_processing", data: [1, 2, 3] };
const capabilities = { cpu: 4, memory: 8_192, storage: 100 };

describe("processing", () => {
  it.each(Object.entries(processExamples))("answers the example '%s'", async (_, example) => {
    const output = await fixture().process(processInputSchema.parse(example));
    expect(processOutputSchema.parse(output)).toEqual(output);
    expect(output.totalMs).toBe(output.queueMs + output.computeMs + output.networkMs);
  });

  it("says how five numbers became an image, and gives every label its probability", async () => {
    const { result, node } = await fixture().process(processExamples["classify five numbers"]);
    expect(node).toEqual({ id: "edge-frankfurt", place: "Frankfurt" });
    if (result.kind !== "classification") throw new Error("not a classification");
    expect(result).toMatchObject({ resampled: { from: 5, to: 784 }, scaled: "8-bit" });
    expect(result.note).toMatch(/stretched/);
    expect(result.probabilities).toHaveLength(10);
    const sum = result.probabilities.reduce((total, entry) => total + entry.probability, 0);
    expect(sum).toBeCloseTo(1, 6);
    expect(result.label).toBe(result.probabilities[0]?.label);
  });

  it("serves a repeated question from the cache of the same node, until it is too old", async () => {
    const { process, time } = fixture();
    const first = await process(statistics);
    const second = await process(statistics);
    expect([first.cache, second.cache, second.queueMs]).toEqual(["miss", "hit", 0]);
    expect(second.result).toEqual(first.result);
    expect((await process({ ...statistics, from: "Tokyo" })).cache).toBe("miss");
    expect((await process({ ...statistics, cache: "bypass" })).cache).toBe("bypassed");
    time.now += edgeLimits.cacheTtlMs;
    expect((await process(statistics)).cache).toBe("miss");
  });

  it("counts what it did in the status and keeps the last requests, newest first", async () => {
    const { process, status, log } = fixture();
    for (const data of [[1], [2], [2]]) await process({ type: "data_processing", data });
    expect(status().totals).toMatchObject({ completed: 3, cacheHits: 1, cacheMisses: 2 });
    expect(status().latency?.max).toBeGreaterThan(0);
    expect(log.latest(2).map(({ requestId }) => requestId)).toEqual(["edge-3", "edge-2"]);
  });

  it.each([
    [{ type: "teleport", data: [1] }, "EDGE_TYPE_UNKNOWN", /ai_inference, data_processing/],
    [
      { type: "ai_inference", model: "cat", data: [1] },
      "EDGE_MODEL_UNKNOWN",
      /“cat”.*image_classifier/,
    ],
    [{ type: "ai_inference", data: [1] }, "EDGE_MODEL_UNKNOWN", /missing/],
    [{ type: "data_processing", operation: "fold", data: [1] }, "EDGE_OPERATION_UNKNOWN", /smooth/],
    [{ type: "data_processing", model: "x", data: [1] }, "EDGE_FIELD_UNFIT", /model/],
    [{ type: "data_processing", window: 3, data: [1] }, "EDGE_FIELD_UNFIT", /window/],
    [{ ...statistics, from: "Atlantis" }, "EDGE_PLACE_UNKNOWN", /Atlanta/],
  ])("refuses %o", async (input, code, detail) => {
    await expect(fixture().process(input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(detail) as string,
    });
  });
});

describe("queues", () => {
  it("hold what waits, as the status shows, and route the rest elsewhere", async () => {
    const { process, status, held, letGo } = fixture();
    held.back = true;
    const data = [1, 2, 3];
    const answers = Array.from({ length: 300 }, () =>
      process({ type: "data_processing", data, cache: "bypass" }),
    );
    await Promise.resolve();
    const frankfurt = () => status().nodes.find(({ id }) => id === "edge-frankfurt");
    expect(frankfurt()).toMatchObject({ running: 4 });
    expect(frankfurt()?.queued).toBeGreaterThan(10);
    expect(status().totals.running + status().totals.queued).toBe(300);
    letGo();
    const answering = new Set((await Promise.all(answers)).map(({ node }) => node.place));
    expect(answering).toEqual(new Set(["Frankfurt", "London"]));
    expect(status().totals).toMatchObject({ running: 0, queued: 0, completed: 300 });
    expect(status().nodes.every(({ state }) => state === "healthy")).toBe(true);
  });

  it("move to other nodes when theirs fails, and every request is answered", async () => {
    const { process, nodes, status, held, letGo } = fixture();
    held.back = true;
    const answers = Array.from({ length: 20 }, (_, value) =>
      process({ type: "data_processing", data: [value], cache: "bypass" }),
    );
    await Promise.resolve();
    const before = status().nodes.find(({ id }) => id === "edge-frankfurt")!;
    expect(nodes.fail("edge-frankfurt").rerouted).toBe(before.running + before.queued);
    letGo();
    const finished = await Promise.all(answers);
    expect(finished.every(({ node }) => node.id !== "edge-frankfurt")).toBe(true);
    expect(finished[0]?.route.excluded).toEqual([{ node: "edge-frankfurt", reason: "failed" }]);
    expect(status()).toMatchObject({ status: "degraded", verdict: "7 of 8 edge nodes healthy" });
    expect(nodes.recover("edge-frankfurt").node).toMatchObject({ state: "healthy", running: 0 });
    expect((await process(statistics)).node.id).toBe("edge-frankfurt");
  });

  it("answer with a problem when no node is left", async () => {
    const { process, nodes, status } = fixture();
    for (const { id } of status().nodes) nodes.remove(id);
    expect(status().status).toBe("failed");
    await expect(process(statistics)).rejects.toMatchObject({ code: "EDGE_NO_NODE" });
  });

  it("do not run what nobody waits for any more", async () => {
    const { process, status, held, letGo } = fixture();
    held.back = true;
    const leaving = new AbortController();
    const answer = process(statistics, leaving.signal);
    await Promise.resolve();
    leaving.abort(new Error("gone"));
    letGo();
    await expect(answer).rejects.toThrow("gone");
    expect(status().totals).toMatchObject({ completed: 0, running: 0, queued: 0 });
  });
});

describe("adding and removing nodes", () => {
  it.each(Object.entries(addNodeExamples))("takes the example '%s'", (_, example) => {
    const added = fixture().nodes.add(addNodeInputSchema.parse(example));
    expect(added.placement).not.toBe("");
    expect(added.node.capabilities).toEqual(example.capabilities);
  });

  it("gives “New Region” the nearest free known places, until there are none", () => {
    const { nodes, status } = fixture();
    const added = nodes.add({ location: "New Region", capabilities });
    expect(added.node.place).toBe("Zurich");
    expect(added.placement).toMatch(/took Zurich/);
    while (status().nodes.length < places.length)
      nodes.add({ location: "new region", capabilities });
    expect(() => nodes.add({ location: "New Region", capabilities })).toThrow(
      /44 places has a node/,
    );
    expect(nodes.places().places.every((place) => place.nodes === 1)).toBe(true);
  });

  it("asks for coordinates when the place is not known, and takes them", () => {
    const { nodes } = fixture();
    const input = { location: "Atlantis", capabilities };
    expect(() => nodes.add(input)).toThrow(/no coordinates were sent/);
    expect(() => nodes.add({ ...input, latitude: 31 })).toThrow(/Only latitude/);
    expect(nodes.add({ ...input, latitude: 31, longitude: -24 }).node).toMatchObject({
      id: "edge-atlantis",
      country: null,
      latitude: 31,
    });
  });

  it("stops at the limit and names unknown nodes and wrong states", () => {
    const { nodes, status } = fixture();
    while (status().nodes.length < nodesMax) nodes.add({ location: "Paris", capabilities });
    expect(() => nodes.add({ location: "Paris", capabilities })).toThrow(/1000 nodes/);
    expect(() => nodes.remove("nowhere")).toThrow(/“nowhere”/);
    expect(() => nodes.recover("edge-tokyo")).toThrow(/is healthy/);
    nodes.fail("edge-tokyo");
    expect(() => nodes.fail("edge-tokyo")).toThrow(/has failed already/);
    expect(edgeContract.status["~orpc"].outputSchema?.parse(status())).toBeDefined();
  });
});
