/** A final model with its preprocessing as one ONNX graph, from columns as they are to answers. */
import { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import { Fitted } from "../learners/fitted.ts";
import {
  type ColumnPlan,
  datePart,
  dateParts,
  type FeaturePlan,
  isUsable,
} from "../tables/features.ts";
import type { ColumnSchema } from "../tables/known-columns.ts";
import { quoted, TableError } from "../tables/table-error.ts";
import type { FinalModel, Member } from "./final-model.ts";
import { leastProbability } from "./stacking.ts";

/** A column of the graph's input; words are the numbers of their places in `levels`. */
export interface OnnxInput {
  readonly name: string;
  readonly kind: string;
  readonly levels: readonly string[];
}

const partKinds = {
  days: "days since 1970-01-01 UTC",
  month: "month, 1 to 12",
  weekday: "weekday, 0 for Sunday to 6",
  hour: "hour, 0 to 23",
} as const;

/** ONNX's numbers of element types. */
const floatType = 1;
const int64Type = 7;

/**
 * Input `input` [N, inputs.length] float32, where a missing value is NaN; outputs `variable` [N, 1],
 * or `output_label` int64 [N] and `output_probability` [N, classes].
 *
 * @throws TableError when a member cannot be part of a graph
 */
export function onnxOf(model: FinalModel): { onnx: Uint8Array; inputs: OnnxInput[] } {
  const inputs = model.schema.filter(isUsable).flatMap(inputsOf);
  const graph = new GraphBuilder();
  const placeOf = (name: string) => inputs.findIndex((each) => each.name === name);
  const levelsOf = (name: string) => model.schema.find((each) => each.name === name)!.levels;
  const results = model.members.map((member) => {
    const { plan, model: fitted } = member;
    if (!(fitted instanceof Fitted)) throw notExportable(member);
    return fitted.emit(graph, emitFeatures(graph, plan, placeOf, levelsOf));
  });
  const result = emitCombination(graph, model, results);
  const input = { name: "input", type: "float", shape: ["N", inputs.length] } as const;
  const leave = (name: string, as: string) => graph.rename(graph.node("Identity", [name]), as);
  if (model.task === "regression") {
    const name = leave(result, "variable");
    return { inputs, onnx: graph.write([input], [{ name, type: "float", shape: ["N", 1] }]) };
  }
  const label = leave(graph.node("ArgMax", [result], { axis: 1, keepdims: 0 }), "output_label");
  const name = leave(result, "output_probability");
  const onnx = graph.write(
    [input],
    [
      { name: label, type: "int64", shape: ["N"] },
      { name, type: "float", shape: ["N", model.classes.length] },
    ],
  );
  return { onnx, inputs };
}

function notExportable({ learner }: Member): TableError {
  return new TableError(
    "unsuitable",
    `Models of the learner ${quoted(learner)} have no ONNX form.`,
  );
}

function inputsOf({ name, kind, levels }: ColumnSchema): OnnxInput[] {
  if (kind === "date") {
    return dateParts.map((part) => ({
      name: partName(name, part),
      kind: partKinds[part],
      levels: [],
    }));
  }
  return [{ name, kind: kind === "text" ? "length of the text" : kind, levels }];
}

function partName(column: string, part: string): string {
  return `${column} (${part})`;
}

function emitFeatures(
  graph: GraphBuilder,
  { columns }: FeaturePlan,
  placeOf: (name: string) => number,
  levelsOf: (name: string) => readonly string[],
): string {
  const features = columns.flatMap((plan) => emitColumn(graph, plan, placeOf, levelsOf));
  return features.length === 1 ? features[0]! : graph.node("Concat", features, { axis: 1 });
}

function emitColumn(
  graph: GraphBuilder,
  plan: ColumnPlan,
  placeOf: (name: string) => number,
  levelsOf: (name: string) => readonly string[],
): string[] {
  const take = (name: string) =>
    graph.node("Gather", ["input", graph.wholes([placeOf(name)])], { axis: 1 });
  if (plan.kind === "category") {
    return [emitCategory(graph, plan, take(plan.column), levelsOf(plan.column))];
  }
  const parts =
    plan.kind === "number"
      ? [{ name: plan.column, fill: plan.fill, mean: plan.mean, deviation: plan.deviation }]
      : plan.parts.map(({ part, mean, deviation }) => ({
          name: partName(plan.column, part),
          fill: datePart(plan.fill, part),
          mean,
          deviation,
        }));
  const gaps: string[] = [];
  const features = parts.map(({ name, fill, mean, deviation }) => {
    const value = take(name);
    const gap = graph.node("IsNaN", [value]);
    gaps.push(gap);
    const filled = graph.node("Where", [gap, scalar(graph, fill), value]);
    if (mean === 0 && deviation === 1) return filled;
    const centred = graph.node("Sub", [filled, scalar(graph, mean)]);
    return graph.node("Div", [centred, scalar(graph, deviation)]);
  });
  if (!plan.marksGaps) return features;
  return [...features, graph.node("Cast", [gaps[0]!], { to: floatType })];
}

/** A row of a small table for every level, one for a missing value and one for all other numbers. */
function emitCategory(
  graph: GraphBuilder,
  { levels, oneHot }: Extract<ColumnPlan, { kind: "category" }>,
  value: string,
  all: readonly string[],
): string {
  const width = oneHot ? levels.length + 2 : 1;
  const rowFor = (code: number): number[] => {
    if (!oneHot) return [code];
    const at = code >= 0 ? code : levels.length + (code === -1 ? 0 : 1);
    return Array.from({ length: width }, (_, column) => (column === at ? 1 : 0));
  };
  const rows = [...all.map((level) => rowFor(levels.indexOf(level))), rowFor(-2), rowFor(-1)];
  const table = graph.constant("float", [rows.length, width], rows.flat());
  const count = all.length;
  const gap = graph.node("IsNaN", [value]);
  const tooLow = graph.node("Less", [value, scalar(graph, 0)]);
  const tooHigh = graph.node("Greater", [value, scalar(graph, count - 1)]);
  const unknown = graph.node("Or", [tooLow, tooHigh]);
  const known = graph.node("Where", [unknown, scalar(graph, count + 1), value]);
  const code = graph.node("Where", [gap, scalar(graph, count), known]);
  const index = graph.node("Reshape", [
    graph.node("Cast", [code], { to: int64Type }),
    graph.wholes([-1]),
  ]);
  return graph.node("Gather", [table, index], { axis: 0 });
}

function scalar(graph: GraphBuilder, value: number): string {
  return graph.constant("float", [1], [value]);
}

function emitCombination(
  graph: GraphBuilder,
  { combination, task }: FinalModel,
  results: readonly string[],
): string {
  if (combination.kind === "single") return results[0]!;
  if (combination.kind === "weighted") return emitSum(graph, results, combination.weights);
  const { weights, offsets } = combination.stack;
  const terms =
    task === "regression"
      ? results
      : results.map((result) =>
          graph.node("Log", [graph.node("Max", [result, scalar(graph, leastProbability)])]),
        );
  const offset = graph.constant("float", [1, offsets.length], offsets);
  const sum = graph.node("Add", [emitSum(graph, terms, weights), offset]);
  return task === "regression" ? sum : graph.node("Softmax", [sum], { axis: 1 });
}

function emitSum(
  graph: GraphBuilder,
  terms: readonly string[],
  weights: readonly number[],
): string {
  return terms
    .map((term, index) => graph.node("Mul", [term, scalar(graph, weights[index]!)]))
    .reduce((sum, term) => graph.node("Add", [sum, term]));
}
