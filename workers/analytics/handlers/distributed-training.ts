/** Distributed training's part of the API. */
import { implement } from "@orpc/server";
import { distributedTrainingContract } from "../contract-distributed-training.ts";
import { TrainingRuns } from "../distributed-training/training-runs.ts";
import type { LearningStore } from "../datasets/learning-store.ts";
import type { Jobs } from "../jobs/jobs.ts";

/** Runs, whose parameters are kept where the models of searches are. */
export function openTrainingRuns(
  jobs: Jobs,
  store: Pick<LearningStore, "saveModel" | "model">,
): TrainingRuns {
  const now = () => performance.timeOrigin + performance.now();
  return new TrainingRuns(jobs, {
    now,
    keepParameters: (job, { buffer, byteOffset, byteLength }) =>
      store.saveModel(
        job,
        Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
        Math.round(now()),
      ),
    parametersOf: (job) => {
      const text = store.model(job);
      if (text === null) return null;
      return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
    },
  });
}

export function distributedTrainingRouter(runs: TrainingRuns) {
  const os = implement(distributedTrainingContract);
  return os.router({
    start: os.start.handler(({ input }) => runs.start(input)),
    get: os.get.handler(({ input }) => runs.get(input.id)),
    watch: os.watch.handler(({ input, signal }) => runs.watch(input.id, signal)),
    act: os.act.handler(({ input: { id, deed, worker = null, amount } }) =>
      runs.act(id, { deed, worker, amount }),
    ),
    scaling: os.scaling.handler(({ input }) => runs.scaling(input)),
  });
}
