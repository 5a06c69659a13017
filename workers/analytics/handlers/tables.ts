/** Tables and AutoML together: their store, their threads, their part of the API. */
import { childThread } from "../../service/child-thread.ts";
import type { SubsystemKit } from "../../service/boot.ts";
import { type JobLimits, JobThreads } from "../../service/job-threads.ts";
import type {
  BytesQuestion,
  ThreadOrder,
  ThreadOutcome,
  ThreadProgress,
} from "../automl/thread-orders.ts";
import { Datasets } from "../datasets/datasets.ts";
import { searchThreadLimits, tableThreadLimits } from "../datasets/dataset-limits.ts";
import { LearningStore } from "../datasets/learning-store.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { automlRouter, registerAutoml } from "./automl.ts";
import { datasetsRouter } from "./datasets.ts";
import { tableEncoder } from "./predict-table.ts";
import { rawUploads } from "./raw-uploads.ts";

export function openTables(kit: Pick<SubsystemKit, "setup" | "now" | "monotonicMs">, jobs: Jobs) {
  const { setup, now } = kit;
  const entry = childThread("analytics", "automl-thread");
  const open = (limits: JobLimits) =>
    new JobThreads<ThreadOrder, ThreadOutcome, ThreadProgress>(entry, limits, (question) =>
      datasets.bytesOf((question as BytesQuestion).bytesOf),
    );
  const short = open(tableThreadLimits);
  const long = open(searchThreadLimits);
  const store = new LearningStore(setup.home, now());
  const datasets = new Datasets(store, short, kit);
  const services = { jobs, datasets, store, short, long, now, version: setup.version };
  registerAutoml(services);
  return {
    router: { datasets: datasetsRouter(datasets), automl: automlRouter(services) },
    store,
    services,
    encoder: tableEncoder(services),
    routes: rawUploads(datasets),
    async close() {
      await Promise.all([short.close(), long.close()]);
      store.close();
    },
  };
}
