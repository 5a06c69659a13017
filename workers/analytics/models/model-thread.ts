/** The thread that checks and runs model files; it keeps those open that are asked for most recently. */
import { performance } from "node:perf_hooks";
import type { OnnxGraph } from "../../compute/onnx/import.ts";
import { readModel } from "../../compute/onnx/model.ts";
import { serveJobs } from "../../service/job-protocol.ts";
import type { ModelAnswer, ModelOrder } from "./model-orders.ts";
import { servingLimits } from "./models-limits.ts";
import { inspectModel, openGraph, runGraph } from "./run-graph.ts";

interface OpenModel {
  readonly graph: OnnxGraph;
  readonly bytes: number;
}

/** The one that was used last is the last. */
const open = new Map<string, OpenModel>();

function close(sha256: string): void {
  open.get(sha256)?.graph.dispose();
  open.delete(sha256);
}

function makeRoom(bytes: number): void {
  const held = () => [...open.values()].reduce((sum, each) => sum + each.bytes, 0);
  while (
    open.size > 0 &&
    (open.size >= servingLimits.openGraphsMax || held() + bytes > servingLimits.openBytesMax)
  ) {
    close(open.keys().next().value!);
  }
}

serveJobs<ModelOrder, ModelAnswer>(async (order, _report, ask) => {
  if (order.kind === "inspect") return inspectModel(order.bytes);
  const kept = new Set(order.keep);
  for (const sha256 of open.keys()) if (!kept.has(sha256)) close(sha256);
  const began = performance.now();
  let model = open.get(order.sha256);
  if (model === undefined) {
    const bytes = (await ask(order.sha256)) as Uint8Array;
    makeRoom(bytes.length);
    model = { graph: openGraph(readModel(bytes)), bytes: bytes.length };
  }
  open.delete(order.sha256);
  open.set(order.sha256, model);
  const loaded = performance.now();
  const outputs = runGraph(model.graph, order.inputs);
  return { outputs, runMs: performance.now() - loaded, loadMs: loaded - began };
});
