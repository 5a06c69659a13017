/** What a search found, as plain JSON. */
import type { Parameters } from "../learners/learner.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { Dependence, Importance } from "./explanation.ts";
import { scoreInterval } from "./intervals.ts";
import type { Leak } from "./leakage.ts";
import { type MetricId, metrics } from "./metrics.ts";
import type { SplitKind } from "./splitters.ts";
import type { Task } from "./target.ts";

/** One line of the leaderboard. */
export interface Entry {
  readonly id: string;
  readonly kind: "single" | "weighted" | "stacked";
  readonly title: string;
  /** null for ensembles. */
  readonly learner: string | null;
  readonly parameters: Parameters | null;
  /** Of an ensemble: the trials in it and what each counts. */
  readonly members: readonly { readonly entry: string; readonly weight: number }[];
  /** The metric as it is, on each fold and over them; with an interval of 95 %. */
  readonly scores: readonly number[];
  readonly mean: number;
  readonly standardError: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly fitMs: number | null;
}

export interface AutomlReport {
  readonly target: string;
  readonly task: Task;
  readonly metric: MetricId;
  readonly classes: readonly string[];
  readonly rows: {
    readonly inTable: number;
    readonly withoutTarget: number;
    readonly used: number;
  };
  readonly columns: readonly { readonly name: string; readonly kind: string }[];
  readonly leftOut: readonly string[];
  readonly split: { readonly kind: SplitKind; readonly folds: number; readonly by: string | null };
  readonly seed: number;
  readonly budgetSeconds: number;
  readonly elapsedSeconds: number;
  readonly trials: {
    readonly tried: number;
    readonly full: number;
    readonly failed: readonly { readonly learner: string; readonly failure: string }[];
  };
  /** Best first. */
  readonly leaderboard: readonly Entry[];
  readonly best: string;
  readonly leaks: readonly Leak[];
  readonly warnings: readonly string[];
  readonly importance: readonly Importance[];
  readonly dependence: readonly Dependence[];
  readonly diagnostics: Diagnostics;
}

export function entryOf(
  about: Pick<Entry, "id" | "kind" | "title" | "learner" | "parameters" | "members" | "fitMs">,
  metric: MetricId,
  losses: readonly number[],
  testShare: number,
): Entry {
  const sign = metrics[metric].greaterIsBetter ? -1 : 1;
  // Without a negative zero for a score of nought.
  const scores = losses.map((loss) => (loss === 0 ? 0 : sign * loss));
  return { ...about, scores, ...scoreInterval(scores, testShare) };
}

export function rankEntries(entries: readonly Entry[], metric: MetricId): Entry[] {
  const sign = metrics[metric].greaterIsBetter ? -1 : 1;
  const simplicity = { single: 0, weighted: 1, stacked: 2 };
  return entries.toSorted(
    (a, b) => sign * (a.mean - b.mean) || simplicity[a.kind] - simplicity[b.kind],
  );
}
