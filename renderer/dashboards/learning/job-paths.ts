/** Where the results of a job, or what a version came from, are seen. */
import type { JobRecord, Lineage } from "../../../workers/analytics/contract.ts";

export interface Place {
  readonly path: string;
  readonly words: string;
}

/** Kinds of jobs whose result is a table of answers. */
export const tableJobs: ReadonlySet<string> = new Set(["predict-table", "batch prediction"]);

export function placeOfJob({ kind, id }: Pick<JobRecord, "kind" | "id">): Place | null {
  if (kind === "automl") return { path: `/learning/automl?job=${id}`, words: "Leaderboard" };
  if (kind === "distributed-training") {
    return { path: `/learning/distributed?run=${id}`, words: "Run" };
  }
  return kind === "training" ? { path: "/learning/experiments", words: "Experiments" } : null;
}

export function placeOfLineage({ kind, job }: Pick<Lineage, "kind" | "job">): Place | null {
  if (job === null) return null;
  if (kind === "training") return { path: `/learning/lab?run=${job}`, words: `Experiment ${job}` };
  const place = placeOfJob({ kind, id: job });
  return place === null ? null : { ...place, words: `${place.words} of ${job.slice(0, 12)}` };
}
