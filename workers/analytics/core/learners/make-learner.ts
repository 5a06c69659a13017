/**
 * A learner from its own part alone: checks, rows without weight, classes without rows and the
 * envelope of saved models are the same for all.
 */
import { z } from "zod";
import type { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import { checkDesign, checkTarget, checkWidth, resolveParameters } from "./checks.ts";
import { Fitted } from "./fitted.ts";
import type { Design, FitOptions, Learner, Parameter, Target } from "./learner.ts";
import { readSaved, requireSaved } from "./saved-numbers.ts";

export interface Fitting<Name extends string> {
  readonly design: Design;
  /** Every class has a row. */
  readonly target: Target;
  readonly parameters: Readonly<Record<Name, number | string | boolean>>;
  /** Every weight is above 0. */
  readonly options: FitOptions;
}

interface Definition<Name extends string> extends Omit<Learner, "fit" | "restore" | "space"> {
  readonly space: Readonly<Record<Name, Parameter>>;
  /** Whether gaps (NaN) may come to it. */
  readonly mayMiss: boolean;
  readonly fit: (fitting: Fitting<Name>) => Generator<number, Fitted>;
  readonly restore: (saved: unknown) => Fitted;
}

/** A class that was there while learning keeps its place beside those that were not. */
class AmongClasses extends Fitted {
  readonly columns: number;
  readonly classes: number | null;
  readonly #inner: Fitted | null;
  readonly #present: readonly number[];
  readonly #mayMiss: boolean;

  /** @param inner null when a single class is present, which is then certain */
  constructor(
    inner: Fitted | null,
    shape: {
      readonly columns: number;
      readonly classes: number | null;
      readonly present: readonly number[];
      readonly mayMiss: boolean;
    },
  ) {
    super();
    this.#inner = inner;
    this.columns = shape.columns;
    this.classes = shape.classes;
    this.#present = shape.present;
    this.#mayMiss = shape.mayMiss;
    if (inner === null) this.importance = () => new Float64Array(this.columns);
    else if (inner.importance !== undefined) this.importance = () => inner.importance!();
  }

  get #isWhole(): boolean {
    return this.classes === null || this.#present.length === this.classes;
  }

  override predict(design: Design): Float64Array {
    checkWidth(design, this.columns);
    if (design.rows > 0) checkDesign(design, { mayMiss: this.#mayMiss });
    const [classes, present] = [this.classes ?? 1, this.#present];
    if (this.#inner !== null && this.#isWhole) return this.#inner.predict(design);
    const out = new Float64Array(design.rows * classes);
    const own = this.#inner?.predict(design);
    for (let row = 0; row < design.rows; row++) {
      for (let index = 0; index < present.length; index++) {
        out[row * classes + present[index]!] = own?.[row * present.length + index] ?? 1;
      }
    }
    return out;
  }

  override save(): unknown {
    return {
      columns: this.columns,
      classes: this.classes,
      present: this.#present,
      model: this.#inner?.save() ?? null,
    };
  }

  override emit(graph: GraphBuilder, input: string): string {
    if (this.#inner !== null && this.#isWhole) return this.#inner.emit(graph, input);
    const [classes, present] = [this.classes!, this.#present];
    if (this.#inner === null) {
      // Nothing of the input but its number of rows.
      const zeros = graph.constant(
        "float",
        [this.columns, classes],
        new Float32Array(this.columns * classes),
      );
      const certain = new Float32Array(classes);
      certain[present[0]!] = 1;
      const none = graph.node("MatMul", [input, zeros]);
      return graph.node("Add", [none, graph.constant("float", [1, classes], certain)]);
    }
    const places = new Float32Array(present.length * classes);
    present.forEach((each, index) => {
      places[index * classes + each] = 1;
    });
    const spread = graph.constant("float", [present.length, classes], places);
    return graph.node("MatMul", [this.#inner.emit(graph, input), spread]);
  }
}

const savedModel = z.strictObject({
  columns: z.int().min(1),
  classes: z.int().min(1).nullable(),
  present: z.array(z.int().min(0)),
  model: z.unknown(),
});

export function makeLearner<Name extends string>(definition: Definition<Name>): Learner {
  const { mayMiss, fit, restore, space, id, title, tasks, wantsScaling } = definition;
  return {
    id,
    title,
    tasks,
    wantsScaling,
    space,
    *fit(design, target, given, options) {
      checkDesign(design, { mayMiss });
      checkTarget(design, target, options);
      const parameters = resolveParameters<Name>(space, given);
      const { columns } = design;
      const weighed = dropWeightless(design, target, options);
      if (target.kind === "regression") {
        const inner = yield* fit({ ...weighed, parameters });
        return new AmongClasses(inner, { columns, classes: null, present: [], mayMiss });
      }
      const { labels } = weighed.target as Extract<Target, { kind: "classification" }>;
      const present = [...new Set(labels)].toSorted((a, b) => a - b);
      const shape = { columns, classes: target.classes, present, mayMiss };
      if (present.length === 1) return new AmongClasses(null, shape);
      const places = new Map(present.map((each, index) => [each, index]));
      const compact: Target = {
        kind: "classification",
        labels: labels.map((label) => places.get(label)!),
        classes: present.length,
      };
      return new AmongClasses(yield* fit({ ...weighed, target: compact, parameters }), shape);
    },
    restore(saved) {
      const { columns, classes, present, model } = readSaved(savedModel, saved);
      const inner = model === null ? null : restore(model);
      const count = classes === null ? 0 : (inner?.classes ?? 1);
      requireSaved(inner === null || inner.columns === columns, "the columns differ");
      requireSaved(inner !== null || classes !== null, "it has no model");
      requireSaved((inner?.classes ?? null) === null || classes !== null, "it has no classes");
      requireSaved(present.length === count, "the classes differ");
      requireSaved(
        present.every((each, index) => each < classes! && each > (present[index - 1] ?? -1)),
        "the classes are out of order",
      );
      return new AmongClasses(inner, { columns, classes, present, mayMiss });
    },
  };
}

/** Rows of weight 0 are as if they were not there. */
function dropWeightless(
  design: Design,
  target: Target,
  options: FitOptions,
): { readonly design: Design; readonly target: Target; readonly options: FitOptions } {
  const { weights } = options;
  if (weights === undefined || weights.every((weight) => weight > 0)) {
    return { design, target, options };
  }
  const rows = Array.from(weights.keys()).filter((row) => weights[row]! > 0);
  const { columns } = design;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, index) => {
    values.set(design.values.subarray(row * columns, (row + 1) * columns), index * columns);
  });
  return {
    design: { rows: rows.length, columns, values },
    target:
      target.kind === "regression"
        ? { kind: target.kind, values: Float64Array.from(rows, (row) => target.values[row]!) }
        : { ...target, labels: Int32Array.from(rows, (row) => target.labels[row]!) },
    options: { ...options, weights: Float64Array.from(rows, (row) => weights[row]!) },
  };
}
