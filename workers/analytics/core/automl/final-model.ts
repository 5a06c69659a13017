/** The model that a search ends with: features, fitted members and how they are combined. */
import type { FittedModel, Learner, Parameters } from "../learners/learner.ts";
import type { Column } from "../tables/column-types.ts";
import { encode, type FeaturePlan } from "../tables/features.ts";
import { type ColumnSchema, schemaOf } from "../tables/known-columns.ts";
import { fitted, type Validation } from "./cross-validation.ts";
import { type Combination, combine } from "./ensembles.ts";
import type { Task } from "./target.ts";

export interface Member {
  readonly learner: string;
  readonly parameters: Parameters;
  readonly plan: FeaturePlan;
  readonly model: FittedModel;
}

export interface FinalModel {
  readonly task: Task;
  readonly target: string;
  /** The words of the classes; empty in regression. */
  readonly classes: readonly string[];
  /** The columns that it is asked with. */
  readonly schema: readonly ColumnSchema[];
  readonly members: readonly Member[];
  readonly combination: Combination;
}

/** Plain JSON. */
export type SavedModel = Omit<FinalModel, "members"> & {
  readonly members: readonly (Omit<Member, "model"> & { readonly model: unknown })[];
};

interface Ingredients {
  readonly members: readonly { readonly learner: Learner; readonly parameters: Parameters }[];
  readonly combination: Combination;
}

/** Fits every member on some of the problem's rows, each with features of its own. */
export function* fitFinal(
  validation: Validation,
  { members, combination }: Ingredients,
  places: Int32Array,
  seed: number,
): Generator<void, FinalModel> {
  const { problem, columns } = validation;
  const target = validation.targetOf(places);
  const done: Member[] = [];
  for (const { learner, parameters } of members) {
    const { plan, design } = validation.prepare(places, learner.wantsScaling);
    const model = yield* fitted(learner.fit(design, target, parameters, { seed }));
    done.push({ learner: learner.id, parameters, plan, model });
    yield;
  }
  return {
    task: problem.task,
    target: problem.name,
    classes: problem.classes,
    schema: columns.map(schemaOf),
    members: done,
    combination,
  };
}

/** @returns as `FittedModel.predict` */
export function predictWith(
  { members, combination, task, classes }: FinalModel,
  columns: readonly Column[],
  rows: Int32Array,
): Float64Array {
  const predictions = members.map(({ plan, model }) => model.predict(encode(plan, columns, rows)));
  return combine(combination, predictions, task === "regression" ? 1 : classes.length);
}

export function saveModel({ members, ...rest }: FinalModel): SavedModel {
  return {
    ...rest,
    members: members.map(({ model, ...own }) => ({ ...own, model: model.save() })),
  };
}

/** @throws RangeError when a member's learner is not among those given */
export function restoreModel(saved: SavedModel, learners: readonly Learner[]): FinalModel {
  const members = saved.members.map(({ model, ...own }) => {
    const learner = learners.find(({ id }) => id === own.learner);
    if (learner === undefined) throw new RangeError(`There is no learner ${own.learner}.`);
    return { ...own, model: learner.restore(model) };
  });
  return { ...saved, members };
}
