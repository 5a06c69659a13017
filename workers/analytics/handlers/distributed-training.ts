/** Distributed training's part of the API. */
import { implement } from "@orpc/server";
import { distributedTrainingContract } from "../contract-distributed-training.ts";
import { TrainingRuns } from "../distributed-training/training-runs.ts";
import type { Jobs } from "../jobs/jobs.ts";

export function distributedTrainingRouter(jobs: Jobs) {
  const os = implement(distributedTrainingContract);
  const now = () => performance.timeOrigin + performance.now();
  const runs = new TrainingRuns(jobs, { now });
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
