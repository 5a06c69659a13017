/**
 * The k nearest rows vote, or average. Rows that are equally far as the k-th share the places that
 * are left, so that no answer depends on the order of the rows.
 */
import { z } from "zod";
import type { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import { Fitted } from "./fitted.ts";
import type { Design } from "./learner.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { type Metric, NeighbourSearch } from "./neighbour-search.ts";
import { packNumbers, readSaved, requireSaved, savedDoubles } from "./saved-numbers.ts";

const metrics = ["euclidean", "manhattan"] as const;
const votes = ["uniform", "distance"] as const;

const space = {
  neighbours: { kind: "integer", min: 1, max: 100, log: true, default: 5 },
  /** "distance": a vote counts the inverse of its distance. */
  votes: { kind: "choice", of: votes, default: "uniform" },
  metric: { kind: "choice", of: metrics, default: "euclidean" },
} as const;

interface Memory {
  readonly columns: number;
  readonly classes: number | null;
  /** At most the rows. */
  readonly neighbours: number;
  readonly votes: (typeof votes)[number];
  readonly metric: Metric;
  /** Rows learned by heart, row-major. */
  readonly values: Float64Array;
  /** Labels or numbers. */
  readonly targets: Float64Array;
  readonly weights: Float64Array;
}

const savedMemory = z.strictObject({
  columns: z.int().min(1),
  classes: z.int().min(1).nullable(),
  neighbours: z.int().min(1),
  votes: z.enum(votes),
  metric: z.enum(metrics),
  values: savedDoubles,
  targets: savedDoubles,
  weights: savedDoubles,
});

class NearestNeighbours extends Fitted {
  readonly columns: number;
  readonly classes: number | null;
  readonly #memory: Memory;
  readonly #search: NeighbourSearch;

  constructor(memory: Memory) {
    super();
    this.#memory = memory;
    this.columns = memory.columns;
    this.classes = memory.classes;
    this.#search = new NeighbourSearch(memory.values, memory.columns, memory.metric);
  }

  static restore(this: void, saved: unknown): NearestNeighbours {
    const memory = readSaved(savedMemory, saved);
    const { targets, weights, values, columns, classes, neighbours } = memory;
    const rows = targets.length;
    requireSaved(weights.length === rows && values.length === rows * columns, "rows are missing");
    requireSaved(neighbours <= rows, "it has fewer rows than neighbours");
    requireSaved(
      classes === null ||
        targets.every((each) => Number.isInteger(each) && each >= 0 && each < classes),
      "a label is out of range",
    );
    return new NearestNeighbours(memory);
  }

  override predict(design: Design): Float64Array {
    const width = this.classes ?? 1;
    const out = new Float64Array(design.rows * width);
    for (let row = 0; row < design.rows; row++) {
      const point = design.values.subarray(row * this.columns, (row + 1) * this.columns);
      this.#ask(point, out.subarray(row * width, (row + 1) * width));
    }
    return out;
  }

  #ask(point: Float64Array, out: Float64Array): void {
    const { neighbours, targets, weights, classes } = this.#memory;
    const { rows, distances, limit } = this.#search.nearest(point, neighbours);
    const closer = distances.filter((distance) => distance < limit).length;
    const share = (neighbours - closer) / (rows.length - closer);
    const isExact = distances.includes(0);
    let total = 0;
    rows.forEach((row, index) => {
      const distance = distances[index]!;
      const vote =
        weights[row]! * (distance < limit ? 1 : share) * this.#closeness(distance, isExact);
      total += vote;
      if (classes === null) out[0]! += vote * targets[row]!;
      else out[targets[row]!]! += vote;
    });
    for (let index = 0; index < out.length; index++) out[index]! /= total;
  }

  /** Rows at the very point silence all others. */
  #closeness(distance: number, isExact: boolean): number {
    if (this.#memory.votes === "uniform") return 1;
    if (isExact) return distance === 0 ? 1 : 0;
    return 1 / (this.#memory.metric === "euclidean" ? Math.sqrt(distance) : distance);
  }

  override save(): unknown {
    const { values, targets, weights, ...rest } = this.#memory;
    return {
      ...rest,
      values: packNumbers(values),
      targets: packNumbers(targets),
      weights: packNumbers(weights),
    };
  }

  override emit(graph: GraphBuilder, input: string): string {
    const { targets, weights, classes, neighbours } = this.#memory;
    const rows = targets.length;
    const float = (shape: readonly number[], numbers: ArrayLike<number>): string =>
      graph.constant("float", shape, numbers);
    const distance = this.#emitDistances(graph, input);
    const top = graph.nodes(
      "TopK",
      [distance, graph.wholes([neighbours])],
      { axis: 1, largest: 0 },
      2,
    );
    const last = graph.wholes([1]);
    const farthest = graph.node("ReduceMax", [top[0]!, last]);
    const isOne = (operator: string, a: string, b: string): string =>
      graph.node("Cast", [graph.node(operator, [a, b])], { to: 1 });
    const sum = (name: string): string => graph.node("ReduceSum", [name, last]);
    const closer = isOne("Less", distance, farthest);
    const tied = isOne("Equal", distance, farthest);
    const left = graph.node("Sub", [float([1], [neighbours]), sum(closer)]);
    const share = graph.node("Div", [left, sum(tied)]);
    const places = graph.node("Add", [closer, graph.node("Mul", [tied, share])]);
    const cast = graph.node("Mul", [
      graph.node("Mul", [places, float([1, rows], weights)]),
      this.#emitCloseness(graph, distance),
    ]);
    const width = classes ?? 1;
    const outcomes = new Float32Array(rows * width);
    targets.forEach((each, row) => {
      if (classes === null) outcomes[row] = each;
      else outcomes[row * width + each] = 1;
    });
    const total = graph.node("MatMul", [cast, float([rows, width], outcomes)]);
    return graph.node("Div", [total, sum(cast)]);
  }

  /** [N, rows], column by column, so that nothing of [N, rows, columns] is ever held. */
  #emitDistances(graph: GraphBuilder, input: string): string {
    const { values, columns, targets, metric } = this.#memory;
    const rows = targets.length;
    const parts =
      columns === 1
        ? [input]
        : graph.nodes("Split", [input], { axis: 1, num_outputs: columns }, columns);
    const terms = parts.map((part, column) => {
      const own = Float64Array.from(targets, (_, row) => values[row * columns + column]!);
      const away = graph.node("Sub", [part, graph.constant("float", [1, rows], own)]);
      return metric === "euclidean" ? graph.node("Mul", [away, away]) : graph.node("Abs", [away]);
    });
    return graph.node("Sum", terms);
  }

  #emitCloseness(graph: GraphBuilder, distance: string): string {
    const one = graph.constant("float", [1], [1]);
    if (this.#memory.votes === "uniform") return one;
    const zero = graph.constant("float", [1], [0]);
    const isHere = graph.node("Equal", [distance, zero]);
    const here = graph.node("Cast", [isHere], { to: 1 });
    const anyHere = graph.node("ReduceMax", [here, graph.wholes([1])]);
    const isAnyHere = graph.node("Greater", [anyHere, zero]);
    const far = this.#memory.metric === "euclidean" ? graph.node("Sqrt", [distance]) : distance;
    const inverse = graph.node("Div", [one, graph.node("Where", [isHere, one, far])]);
    return graph.node("Where", [isAnyHere, here, inverse]);
  }
}

// oxlint-disable-next-line require-yield -- nothing takes long: it only remembers
function* fit({
  design,
  target,
  parameters,
  options,
}: Fitting<keyof typeof space>): Generator<number, NearestNeighbours> {
  const isNumber = target.kind === "regression";
  return new NearestNeighbours({
    columns: design.columns,
    classes: isNumber ? null : target.classes,
    neighbours: Math.min(design.rows, parameters.neighbours as number),
    votes: parameters.votes as Memory["votes"],
    metric: parameters.metric as Metric,
    values: design.values,
    targets: Float64Array.from(isNumber ? target.values : target.labels),
    weights: options.weights ?? new Float64Array(design.rows).fill(1),
  });
}

export const nearestNeighbours = makeLearner<keyof typeof space>({
  id: "nearest-neighbours",
  title: "K nearest neighbours",
  tasks: ["regression", "classification"],
  space,
  wantsScaling: true,
  mayMiss: false,
  fit,
  restore: NearestNeighbours.restore,
});
