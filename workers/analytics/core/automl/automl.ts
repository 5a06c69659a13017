/** From a table and the name of a column to a model, a leaderboard and what the model looks at. */
import { seededChance } from "../../../compute/seeded-chance.ts";
import type { Learner } from "../learners/learner.ts";
import type { Column, Table } from "../tables/column-types.ts";
import { isUsable } from "../tables/features.ts";
import { quoted, TableError } from "../tables/table-error.ts";
import { automlLimits } from "./automl-limits.ts";
import { Validation } from "./cross-validation.ts";
import { diagnose } from "./diagnostics.ts";
import { type Combination, combineAcrossFolds, joined } from "./ensembles.ts";
import { gather } from "./cross-validation.ts";
import { partialDependence, permutationImportance } from "./explanation.ts";
import { type FinalModel, fitFinal } from "./final-model.ts";
import { findLeaks, type Leak } from "./leakage.ts";
import { defaultMetric, type MetricId, metrics } from "./metrics.ts";
import { type AutomlReport, type Entry, entryOf, rankEntries } from "./report.ts";
import { type SavedSearch, Search } from "./search.ts";
import { makeFolds } from "./make-folds.ts";
import type { SplitKind } from "./splitters.ts";
import { type Problem, problemOf, type Task } from "./target.ts";
import { type FinishedTrial, fullTrials } from "./trials.ts";

export interface AutomlOrder {
  readonly target: string;
  readonly task: Task | "auto";
  /** undefined: log loss for classes, root mean squared error for amounts. */
  readonly metric?: MetricId | undefined;
  readonly budgetSeconds: number;
  readonly folds: number;
  /** undefined: stratified for classes, k-fold for amounts. */
  readonly split?: SplitKind | undefined;
  /** The column of groups or times that the split goes by; copies of a row where it is left out. */
  readonly splitBy?: string | undefined;
  /** Columns that are not learned from. */
  readonly leaveOut: readonly string[];
  readonly seed: number;
}

export interface AutomlProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string;
  /** Best first; of trials on all folds. */
  readonly leaderboard: readonly Entry[];
  readonly tried: number;
}

export interface AutomlOutcome {
  readonly report: AutomlReport;
  readonly model: FinalModel;
}

/** The rest of the time is for ensembles, the last fit and explanations. */
const searchShare = 0.8;
/** Ensembles choose among so many of the best. */
const candidatesMax = 12;

/** A search that can be stopped after each step of `run`, saved, and gone on with. */
export class Automl {
  readonly #table: Table;
  readonly #order: AutomlOrder;
  readonly #learners: readonly Learner[];
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  readonly #validation: Validation;
  readonly #split: SplitKind;
  readonly #search: Search;

  /**
   * @param nowMs a clock that never goes back
   * @throws TableError when the target, the split or the columns do not fit the table
   */
  constructor(
    table: Table,
    order: AutomlOrder,
    learners: readonly Learner[],
    nowMs: () => number,
    saved: SavedSearch | null = null,
  ) {
    this.#table = table;
    this.#order = order;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs() - (saved?.elapsedMs ?? 0);
    const problem = sampled(problemOf(table, order.target, order.task), order.seed);
    const columns = columnsOf(table, order);
    const metric = metricOf(order, problem);
    const { folds, kind } = makeFolds(table, problem, order);
    this.#split = kind;
    this.#validation = new Validation({ problem, columns, folds, metric });
    this.#learners = learners.filter(({ tasks }) => tasks.includes(problem.task));
    if (this.#learners.length === 0) {
      throw new TableError("unsuitable", `None of the learners does ${problem.task}.`);
    }
    this.#search = new Search(
      this.#validation,
      this.#learners,
      { nowMs, budgetMs: order.budgetSeconds * 1_000 * searchShare },
      saved ?? { seed: order.seed, elapsedMs: 0, trials: [] },
    );
  }

  save(): SavedSearch {
    return this.#search.save();
  }

  progress(): AutomlProgress {
    const { trials } = this.#search;
    const leaderboard = this.#singles();
    const share = (this.#nowMs() - this.#startedMs) / (this.#order.budgetSeconds * 1_000);
    const [best] = leaderboard;
    const title = metrics[this.#validation.metric].title.toLowerCase();
    const found = best === undefined ? "" : `; best ${title} ${shown(best.mean)} by ${best.title}`;
    return {
      fraction: Math.min(0.99, share),
      message: `${trials.length} trials${found}.`,
      leaderboard,
      tried: trials.length,
    };
  }

  /** What would be searched for, without doing so. */
  preview() {
    const { problem, metric, folds } = this.#validation;
    return {
      task: problem.task,
      metric,
      classes: problem.classes,
      rows: problem.rows.length,
      split: this.#split,
      folds: folds.length,
      leaks: this.#leaks(),
    };
  }

  /** Yields after each piece of work of some 50 ms at most, as far as learners hold to that. */
  *run(): Generator<void, AutomlOutcome> {
    yield* this.#search.run();
    const full = fullTrials(this.#search.trials);
    if (full.length === 0) throw new TableError("unsuitable", this.#whyNothing());
    const { entries, ingredients, outOfFold } = yield* this.#combined(full);
    const leaderboard = rankEntries(entries, this.#validation.metric);
    const best = leaderboard[0]!;
    const { combination, trials } = ingredients.get(best.id)!;
    const parts = {
      combination,
      members: trials.map(({ learner, parameters }) => ({
        learner: this.#search.learner(learner),
        parameters,
      })),
    };
    const { problem } = this.#validation;
    const everywhere = problem.rows.map((_, place) => place);
    const model = yield* fitFinal(this.#validation, parts, everywhere, this.#search.seed);
    const explained = yield* this.#explain(parts, model);
    const tested = joined(this.#validation.folds.map(({ test }) => test)).toSorted();
    const diagnostics = diagnose(
      this.#validation.targetOf(tested),
      gather(outOfFold.get(best.id)!, tested, this.#validation.width),
      problem.classes,
    );
    const report = { ...this.#report(), leaderboard, best: best.id, ...explained, diagnostics };
    return { report, model };
  }

  *#combined(full: readonly FinishedTrial[]) {
    const candidates = bestOfEach(full);
    const own: Float64Array[] = [];
    const kept: FinishedTrial[] = [];
    for (const trial of candidates) {
      if (kept.length > 0 && this.#share() > 1) break;
      own.push(yield* this.#search.outOfFold(trial));
      kept.push(trial);
    }
    const entries = this.#singles();
    const ingredients = new Map<string, { combination: Combination; trials: FinishedTrial[] }>();
    const outOfFold = new Map<string, Float64Array>();
    const best = full[0]!;
    ingredients.set(`trial-${best.number}`, { combination: { kind: "single" }, trials: [best] });
    outOfFold.set(`trial-${best.number}`, own[kept.indexOf(best)]!);
    if (kept.length > 1 && this.#validation.folds.length > 1) {
      for (const kind of ["weighted", "stacked"] as const) {
        const members = kind === "weighted" ? kept : kept.slice(0, automlLimits.ensembleMembersMax);
        const made = combineAcrossFolds(this.#validation, own.slice(0, members.length), kind);
        yield;
        const { combination, trials } = withoutIdle(made.combination, members);
        if (trials.length < 2) continue;
        ingredients.set(kind, { combination, trials });
        outOfFold.set(kind, made.outOfFold);
        entries.push(this.#ensembleEntry(kind, trials, combination, made.losses));
      }
    }
    return { entries, ingredients, outOfFold };
  }

  *#explain(parts: Parameters<typeof fitFinal>[1], model: FinalModel) {
    const chance = seededChance(this.#order.seed + 1);
    const mayGoOn = () => this.#share() < 1.25;
    const fold = this.#validation.folds.at(-1)!;
    const apart = yield* fitFinal(this.#validation, parts, fold.train, this.#search.seed);
    const importance = yield* permutationImportance(this.#validation, apart, fold.test, {
      chance,
      mayGoOn,
    });
    const names = importance
      .slice(0, automlLimits.dependenceColumnsMax)
      .map(({ column }) => column);
    const dependence = yield* partialDependence(this.#validation, model, names, {
      chance,
      mayGoOn: () => this.#share() < 1.5,
    });
    return { importance, dependence };
  }

  /** Elapsed time by the budget. */
  #share(): number {
    return (this.#nowMs() - this.#startedMs) / (this.#order.budgetSeconds * 1_000);
  }

  #singles(): Entry[] {
    const { metric, testShare } = this.#validation;
    return fullTrials(this.#search.trials)
      .slice(0, automlLimits.leaderboardMax)
      .map((trial) => {
        const about = {
          id: `trial-${trial.number}`,
          kind: "single",
          title: this.#search.learner(trial.learner).title,
          learner: trial.learner,
          parameters: trial.parameters,
          members: [],
          fitMs: trial.durationMs,
        } as const;
        return entryOf(about, metric, trial.losses, testShare);
      });
  }

  #ensembleEntry(
    kind: "weighted" | "stacked",
    trials: readonly FinishedTrial[],
    combination: Combination,
    losses: readonly number[],
  ): Entry {
    const { metric, testShare } = this.#validation;
    const weights =
      combination.kind === "weighted"
        ? combination.weights
        : combination.kind === "stacked"
          ? combination.stack.weights
          : [1];
    const title = kind === "weighted" ? "Weighted ensemble" : "Stacked ensemble";
    const members = trials.map(({ number }, index) => ({
      entry: `trial-${number}`,
      weight: weights[index]!,
    }));
    const about = { id: kind, kind, title, learner: null, parameters: null, members, fitMs: null };
    return entryOf(about, metric, losses, testShare);
  }

  #report() {
    const { problem, columns, metric, folds } = this.#validation;
    const { order, table } = { order: this.#order, table: this.#table };
    const { trials } = this.#search;
    const withTarget = problemOf(table, order.target, order.task).rows.length;
    const failures = new Map(
      trials.flatMap(({ learner, failure }) => (failure === null ? [] : [[learner, failure]])),
    );
    const warnings = columns.flatMap((column) => column.warnings);
    if (problem.rows.length < withTarget) {
      warnings.push(
        `Of ${withTarget} rows a random ${problem.rows.length} were learned from; more do not fit the search.`,
      );
    }
    return {
      target: problem.name,
      task: problem.task,
      metric,
      classes: problem.classes,
      rows: {
        inTable: table.rows,
        withoutTarget: table.rows - withTarget,
        used: problem.rows.length,
      },
      columns: columns.filter(isUsable).map(({ name, kind }) => ({ name, kind })),
      leftOut: table.columns
        .filter((column) => column.name !== problem.name)
        .filter((column) => !isUsable(column) || order.leaveOut.includes(column.name))
        .map(({ name }) => name),
      split: { kind: this.#split, folds: folds.length, by: order.splitBy ?? null },
      seed: order.seed,
      budgetSeconds: order.budgetSeconds,
      elapsedSeconds: (this.#nowMs() - this.#startedMs) / 1_000,
      trials: {
        tried: trials.length,
        full: fullTrials(trials).length,
        failed: [...failures].map(([learner, failure]) => ({ learner, failure })),
      },
      leaks: this.#leaks(),
      warnings,
    };
  }

  #leaks(): Leak[] {
    const { problem, columns } = this.#validation;
    const looked = [...columns, targetColumn(this.#table, problem)];
    return findLeaks({ ...this.#table, columns: looked }, problem, this.#split);
  }

  #whyNothing(): string {
    const first = this.#search.trials.find(({ failure }) => failure !== null);
    const reason = first === undefined ? "" : ` The first said: ${first.failure}`;
    return `No learner could learn from this table.${reason}`;
  }
}

function targetColumn({ columns }: Table, { name }: Problem): Column {
  return columns.find((column) => column.name === name)!;
}

/** A seeded sample of the rows where there are more than the search can take. */
function sampled(problem: Problem, seed: number): Problem {
  const { rowsSearchedMax } = automlLimits;
  const count = problem.rows.length;
  if (count <= rowsSearchedMax) return problem;
  const chance = seededChance(seed);
  // Selection sampling (Knuth, volume 2, algorithm S): ascending, each set as likely.
  let left = rowsSearchedMax;
  const places = problem.rows
    .map((_, place) => place)
    .filter((place) => {
      const taken = chance.float() * (count - place) < left;
      if (taken) left -= 1;
      return taken;
    });
  const { target } = problem;
  return {
    ...problem,
    rows: places.map((place) => problem.rows[place]!),
    target:
      target.kind === "regression"
        ? { ...target, values: Float64Array.from(places, (place) => target.values[place]!) }
        : { ...target, labels: places.map((place) => target.labels[place]!) },
  };
}

function columnsOf(table: Table, { target, leaveOut, splitBy, split }: AutomlOrder): Column[] {
  const unknown = leaveOut.find((name) => table.columns.every((column) => column.name !== name));
  if (unknown !== undefined) {
    throw new TableError("unsuitable", `There is no column ${quoted(unknown)} to leave out.`);
  }
  const columns = table.columns.filter(
    ({ name }) =>
      name !== target && !leaveOut.includes(name) && !(split === "grouped" && name === splitBy),
  );
  if (columns.some(isUsable)) return columns;
  throw new TableError(
    "unsuitable",
    `Besides ${quoted(target)} no column is left to learn from; names and constants say nothing.`,
  );
}

function metricOf({ metric }: AutomlOrder, { task }: Problem): MetricId {
  if (metric === undefined) return defaultMetric[task];
  if (metrics[metric].task === task) return metric;
  throw new TableError(
    "unsuitable",
    `${metrics[metric].title} does not measure ${task}; choose one that does, or leave it out.`,
  );
}

/** The best trial of every learner first, for variety, then the best of all. */
function bestOfEach(full: readonly FinishedTrial[]): FinishedTrial[] {
  const firsts = full.filter(
    (trial, at) => full.findIndex(({ learner }) => learner === trial.learner) === at,
  );
  const others = full.filter((trial) => !firsts.includes(trial));
  return [...firsts, ...others].slice(0, candidatesMax);
}

/** Members that count for nothing need not be fitted. */
function withoutIdle(combination: Combination, trials: readonly FinishedTrial[]) {
  if (combination.kind !== "weighted") return { combination, trials: [...trials] };
  const busy = combination.weights.map((weight) => weight > 0);
  const weights = combination.weights.filter((weight) => weight > 0);
  return {
    combination: { kind: "weighted", weights } as const,
    trials: trials.filter((_, index) => busy[index]),
  };
}

function shown(value: number): string {
  return value.toPrecision(4);
}
