/** What is shown of a run. */
import type { TrainingView } from "../contract-distributed-training.ts";
import type { SimulatedTraining } from "../core/distributed-training/simulation/simulated-training.ts";
import type { TrainingRecord } from "../core/distributed-training/training-record.ts";
import type { ThreadTraining } from "./thread-training.ts";

const stepsOfMedian = 15;

export function threadView(training: ThreadTraining): TrainingView {
  return {
    clock: "real",
    step: training.step,
    totalSteps: training.totalSteps,
    stepsPerEpoch: training.perEpoch,
    parameters: training.parameters,
    elapsedMs: training.elapsedMs,
    stepMs: training.stepMs,
    checkpointStep: training.checkpoint?.step ?? 0,
    checkpoints: training.checkpoints,
    bytes: training.bytesMoved,
    messages: 0,
    retransmissions: 0,
    retransmittedBytes: 0,
    staleness: [],
    workers: training.members.map(({ id, state, slowMs }) => ({
      id,
      name: `worker ${id}`,
      state,
      slow: slowMs,
    })),
    ...recordView(training.record),
  };
}

export function simulatedView(training: SimulatedTraining): TrainingView {
  const { traffic, stepTimes, states } = training;
  return {
    clock: "virtual",
    step: training.step,
    totalSteps: training.totalSteps,
    stepsPerEpoch: training.perEpoch,
    parameters: training.parameters,
    elapsedMs: training.nowMs,
    stepMs: medianOf(stepTimes.slice(-stepsOfMedian)),
    checkpointStep: training.checkpointStep,
    checkpoints: training.checkpoints,
    ...traffic,
    staleness: [...training.staleness],
    workers: states.map((state, index) => ({
      id: index + 1,
      name: training.place(index + 1).name,
      state,
      slow: training.slowdownOf(index + 1),
    })),
    ...recordView(training.record),
  };
}

function recordView(record: TrainingRecord) {
  const { stepsPerPoint, values } = record.losses;
  return {
    losses: { stepsPerPoint, values: [...values] },
    epochs: record.epochs.map((epoch) => ({
      ...epoch,
      loss: Number.isFinite(epoch.loss) ? epoch.loss : null,
      hashes: [...epoch.hashes],
    })),
    spans: record.newestSpans().map((span) => ({
      ...span,
      fromMs: microseconds(span.fromMs),
      toMs: microseconds(span.toMs),
    })),
    events: [...record.events],
  };
}

const microseconds = (ms: number): number => Math.round(ms * 1_000) / 1_000;

export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
