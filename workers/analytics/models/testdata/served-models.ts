/** Models for tests of serving, and a thread's kit without a thread. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportOnnx } from "../../../compute/onnx/export.ts";
import { type OnnxNode, writeModel } from "../../../compute/onnx/model.ts";
import { Softmax } from "../../../compute/nn/activations.ts";
import { Linear } from "../../../compute/nn/layers.ts";
import { Sequential } from "../../../compute/nn/module.ts";
import { seededChance } from "../../../compute/seeded-chance.ts";
import type { ThreadSetup } from "../../../service/lifecycle.ts";
import { Logger } from "../../../service/telemetry/log.ts";
import { ThreadMetrics } from "../../../service/telemetry/metrics.ts";
import { ModelServing } from "../model-serving.ts";

export const port = 3_902;
const metrics = new ThreadMetrics("analytics", "0.0.0");

export const setupOf = (home: string | null): ThreadSetup =>
  ({
    id: "analytics",
    version: "1.2.3",
    host: "127.0.0.1",
    ports: { analytics: port },
    home,
    token: "token-of-the-test",
    auth: "open",
    desktop: false,
    allowedOrigins: [],
  }) as unknown as ThreadSetup;

export const temporaryHome = (): string => mkdtempSync(join(tmpdir(), "models-test-"));

export interface TestClock {
  nowMs: number;
}

/** @param clock moved by the test; what runs in between takes no time on it */
export function openServing(home: string | null, clock: TestClock = { nowMs: 1_000_000 }) {
  const kit = {
    setup: setupOf(home),
    log: new Logger(
      "analytics",
      () => undefined,
      () => clock.nowMs,
    ),
    metrics,
    now: () => clock.nowMs,
    monotonicMs: () => performance.now(),
  };
  return { kit, serving: new ModelServing(kit) };
}

/** Four numbers to the probabilities of three classes. */
export function classifier(seed: number): { bytes: Uint8Array; module: Sequential } {
  const module = new Sequential(new Linear(4, 3, { chance: seededChance(seed) }), new Softmax());
  return { bytes: exportOnnx(module, { inputShape: [1, 4] }), module };
}

/** One input "input0" of [N, 2], one output "output0": their sum with a constant. */
export function adder(constant: number, more: readonly Partial<OnnxNode>[] = []): Uint8Array {
  const node: OnnxNode = {
    name: "plus",
    operator: "Add",
    domain: "",
    inputs: ["input0", "constant"],
    outputs: ["output0"],
    attributes: new Map(),
  };
  return writeModel(
    {
      opset: 17,
      nodes: [node, ...more.map((each) => ({ ...node, ...each }))],
      initializers: [{ name: "constant", shape: [1], type: "float", values: [constant] }],
      inputs: [{ name: "input0", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "output0", type: "float", shape: ["N", 2] }],
    },
    "test",
  );
}

/** Subtracts the mean over all rows, so that no row is what it would be alone. */
export function acrossRows(): Uint8Array {
  return writeModel(
    {
      opset: 17,
      nodes: [
        {
          name: "mean",
          operator: "ReduceMean",
          domain: "",
          inputs: ["input0"],
          outputs: ["mean"],
          attributes: new Map([["axes", [0]]]),
        },
        {
          name: "minus",
          operator: "Sub",
          domain: "",
          inputs: ["input0", "mean"],
          outputs: ["output0"],
          attributes: new Map(),
        },
      ],
      initializers: [],
      inputs: [{ name: "input0", type: "float", shape: ["N", 2] }],
      outputs: [{ name: "output0", type: "float", shape: ["N", 2] }],
    },
    "test",
  );
}

/** For a registry alone: nothing else of the thread is there to ask. */
export const nothingElse = {
  tables: { encode: () => Promise.reject(new Error("There are no tables.")) },
  results: {
    automl: () => Promise.reject(new Error("There are no searches.")),
    training: () => Promise.reject(new Error("There are no experiments.")),
    "distributed-training": () => Promise.reject(new Error("There are no runs.")),
  },
};
