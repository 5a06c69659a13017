/** Files become graphs, and graphs are run on values from outside the tensors' memory. */
import { noGrad } from "../../compute/autograd/tape.ts";
import { dtypeOf } from "../../compute/onnx/element-types.ts";
import { OnnxGraph } from "../../compute/onnx/import.ts";
import { OnnxError, type OnnxModel, type OnnxPort, readModel } from "../../compute/onnx/model.ts";
import { seededChance } from "../../compute/seeded-chance.ts";
import { scope, tensor } from "../../compute/tensor/tensor.ts";
import type { Inspection, TensorValue } from "./model-orders.ts";
import { servingLimits } from "./models-limits.ts";
import { rowsOf } from "./tensor-rows.ts";

/** @throws OnnxError that names the node which fails; RangeError beyond the limits */
export function runGraph(graph: OnnxGraph, inputs: readonly TensorValue[]): TensorValue[] {
  const outputs: TensorValue[] = [];
  scope(() => {
    const given = new Map(
      inputs.map(({ name, shape, type, values }) => [name, tensor(values, shape, dtypeOf(type))]),
    );
    const results = noGrad(() => [...graph.forward(given)]);
    const size = results.reduce((sum, [, { tensor: each }]) => sum + each.size, 0);
    if (size > servingLimits.answerValuesMax) {
      throw new RangeError(
        `The answer has ${size} values; ${servingLimits.answerValuesMax} are given.`,
      );
    }
    for (const [name, { tensor: each, type }] of results) {
      outputs.push({ name, type, shape: [...each.shape], values: each.toArray() });
    }
  });
  return outputs;
}

/** Sizes by the names that the file gives those it leaves open. */
type OpenSizes = (name: string) => number;

function trialInputs(ports: readonly OnnxPort[], sizes: OpenSizes): TensorValue[] {
  const chance = seededChance(20_240_229);
  return ports.map(({ name, type, shape }) => {
    const sized = shape.map((size) => (typeof size === "number" ? size : sizes(size)));
    const count = sized.reduce((product, size) => product * size, 1);
    if (count > servingLimits.requestValuesMax) {
      throw new OnnxError(
        `Input "${name}" takes ${count} values; ${servingLimits.requestValuesMax} are let in.`,
      );
    }
    const values = new Float64Array(count);
    // Whole numbers are often places in a table: 0 is always one.
    if (type === "float" || type === "double") {
      values.forEach((_, at) => (values[at] = Math.fround(chance.float())));
    }
    return { name, type, shape: sized, values };
  });
}

/**
 * Reads a file and runs it on values of chance, so that what cannot be served is refused at once.
 * @throws OnnxError that names the node which fails
 */
export function inspectModel(bytes: Uint8Array): Inspection {
  const model = readModel(bytes);
  const graph = openGraph(model);
  try {
    if (graph.inputs.length === 0) throw new OnnxError("The model has no inputs.");
    if (graph.outputs.length === 0) throw new OnnxError("The model has no outputs.");
    if (graph.inputs.length + graph.outputs.length > servingLimits.inputsMax)
      throw new OnnxError(`The model has more than ${servingLimits.inputsMax} inputs and outputs.`);
    return {
      inputs: graph.inputs,
      outputs: graph.outputs,
      opset: model.opset,
      nodes: model.nodes.length,
      parameters: model.initializers.reduce((sum, { values }) => sum + values.length, 0),
      operators: operatorsOf(model),
      batching: tryOut(graph),
    };
  } finally {
    graph.dispose();
  }
}

/** @throws OnnxError */
export function openGraph(model: OnnxModel): OnnxGraph {
  try {
    return new OnnxGraph(model);
  } catch (error) {
    if (error instanceof OnnxError) throw error;
    throw new OnnxError(`The model cannot be loaded: ${(error as Error).message}`, error);
  }
}

function operatorsOf({ nodes }: OnnxModel): Inspection["operators"] {
  const counts = new Map<string, number>();
  for (const { operator } of nodes) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** Whether rows that are run together give what each gives alone: found out by doing both. */
function tryOut(graph: OnnxGraph): Inspection["batching"] {
  const refused = (reason: string) => ({ allowed: false, reason });
  const names = new Set(
    graph.inputs.flatMap(({ shape }) => shape.filter((size) => typeof size === "string")),
  );
  const batch = graph.inputs[0]!.shape[0];
  const others = [...names].filter((name) => name !== batch);
  const { batchTried, openSizeTried } = servingLimits;
  let alone: TensorValue[];
  const sizes = (rows: number) => (name: string) => (name === batch ? rows : openSizeTried);
  try {
    alone = runGraph(graph, trialInputs(graph.inputs, sizes(1)));
  } catch (error) {
    // Which sizes fit together is not in the file; only a caller knows.
    if (others.length > 0)
      return refused(`The sizes ${others.join(", ")} are the caller's to know.`);
    throw error;
  }
  if (typeof batch !== "string") return refused("The file fixes the number of rows.");
  if (graph.inputs.some(({ shape }) => shape[0] !== batch))
    return refused("Not every input begins with the number of rows.");
  if (others.length > 0) return refused(`The sizes ${others.join(", ")} may differ by request.`);
  const inputs = trialInputs(graph.inputs, sizes(batchTried));
  let together: TensorValue[];
  try {
    together = runGraph(graph, inputs);
  } catch {
    return refused("A run of several rows failed.");
  }
  const isSame = Array.from({ length: batchTried }, (_, row) => {
    const single = runGraph(
      graph,
      inputs.map((each) => rowsOf(each, row, 1)),
    );
    return single.every((each, at) => isRow(each, together[at]!, row, batchTried));
  }).every(Boolean);
  if (alone.some(({ shape }) => shape[0] !== 1) || !isSame)
    return refused("Rows that were run together gave other numbers than each alone.");
  return {
    allowed: true,
    reason: `${batchTried} rows together gave what each gave alone.`,
  };
}

const tolerance = 1e-4;

function isRow(single: TensorValue, whole: TensorValue, row: number, rows: number): boolean {
  if (whole.shape.length === 0 || whole.shape[0] !== rows || single.shape[0] !== 1) return false;
  const own = rowsOf(whole, row, 1).values;
  return (
    own.length === single.values.length &&
    own.every((value, at) => {
      const other = single.values[at]!;
      return (
        Object.is(value, other) || Math.abs(value - other) <= tolerance * (1 + Math.abs(value))
      );
    })
  );
}
