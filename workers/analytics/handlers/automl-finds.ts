/** Searches that have ended, and what they found. */
import type { Datasets, TableThreads } from "../datasets/datasets.ts";
import type { LearningStore } from "../datasets/learning-store.ts";
import type { JobDetails } from "../contract-jobs.ts";
import type { SavedModel } from "../core/automl/final-model.ts";
import type { AutomlReport } from "../core/automl/report.ts";
import { analyticsProblem } from "../errors.ts";
import type { Jobs } from "../jobs/jobs.ts";

export const automlKind = "automl";

export interface AutomlServices {
  readonly jobs: Jobs;
  readonly datasets: Datasets;
  readonly store: LearningStore;
  /** For questions that are answered soon. */
  readonly short: TableThreads;
  /** For searches. */
  readonly long: TableThreads;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly version: string;
}

/** What `get` and the card need to know of the table, should it be deleted later. */
export interface AutomlResult {
  readonly report: AutomlReport;
  readonly dataset: { readonly name: string; readonly source: string | null };
}

export function automlFinds({ jobs, store }: Pick<AutomlServices, "jobs" | "store">) {
  /** @throws JOB_UNKNOWN, AUTOML_UNKNOWN */
  const search = (id: string): JobDetails => {
    const job = jobs.get(id);
    if (job.kind !== automlKind) {
      throw analyticsProblem("AUTOML_UNKNOWN", `${id} is a job of another kind, ${job.kind}.`);
    }
    return job;
  };
  /** @throws what `search` throws, AUTOML_UNFINISHED */
  const finished = (id: string): AutomlResult => {
    const { state, result } = search(id);
    if (result === null) {
      throw analyticsProblem("AUTOML_UNFINISHED", `${id} is ${state} and has found nothing yet.`);
    }
    return result as AutomlResult;
  };
  /** @throws what `finished` throws */
  const modelOf = (id: string): SavedModel => {
    finished(id);
    const text = store.model(id);
    if (text === null) {
      throw analyticsProblem("AUTOML_UNKNOWN", `The model of ${id} is no longer kept.`);
    }
    return JSON.parse(text) as SavedModel;
  };
  return { search, finished, modelOf };
}
