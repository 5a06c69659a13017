/** Some steps with one worker, two, and so on, beside the alpha-beta model. */
import type { ScalingPoint } from "../contract-distributed-training.ts";
import { SimulatedTraining } from "../core/distributed-training/simulation/simulated-training.ts";
import type { SimulationPlan } from "../core/distributed-training/simulation/plan.ts";
import { type ExchangeName, speedUp } from "../core/distributed-training/theory.ts";
import { medianOf } from "./training-views.ts";
import type { PreparedData } from "./thread-messages.ts";

/** Measured steps; the first waits for the workers to come together. */
const steps = 8;
const workersMax = 16;

export function scalingOf(plan: SimulationPlan, data: PreparedData): ScalingPoint[] {
  const exchange = exchangeOf(plan);
  const points: ScalingPoint[] = [];
  let alone: { stepMs: number; computeMs: number } | null = null;
  for (const workers of counts(plan)) {
    const training = measure(plan, workers, data);
    const stepMs = medianOf(training.stepTimes.slice(1)) ?? Number.NaN;
    alone ??= { stepMs, computeMs: training.computeMs(1, plan.batchSize) };
    const { latencyMs: alphaMs, bytesPerMs } = plan.places.at(-1)!;
    const model = { alphaMs, bytesPerMs, bytes: training.parameters * 4 };
    points.push({
      workers,
      stepMs,
      speedUp: alone.stepMs / stepMs,
      efficiency: alone.stepMs / stepMs / workers,
      model: exchange === null ? null : speedUp(exchange, workers, alone.computeMs, model),
      bytesPerStep: training.traffic.bytes / Math.max(1, training.step),
    });
    training.dispose();
  }
  return points;
}

function measure(plan: SimulationPlan, workers: number, data: PreparedData): SimulatedTraining {
  const places = Array.from(
    { length: workers },
    (_, at) => plan.places[at % (plan.places.length - 1)]!,
  );
  const training = new SimulatedTraining(
    {
      ...plan,
      workers,
      spares: 0,
      places: [...places, plan.places.at(-1)!],
      backups: Math.min(plan.backups, workers - 1),
      checkpointEverySteps: 1_000_000,
      faults: { ...plan.faults, crashEveryMs: 0 },
    },
    data.training,
    data.heldBack,
  );
  const wanted = Math.min(steps, training.totalSteps);
  while (training.step < wanted && !training.isDone) training.advance(1_000);
  return training;
}

function exchangeOf({ strategy, places }: SimulationPlan): ExchangeName | null {
  // The model knows one alpha.
  const isEven = new Set(places.map(({ latencyMs }) => latencyMs)).size === 1;
  if (!isEven || strategy === "federated" || strategy === "asynchronous") return null;
  return strategy;
}

function counts({ strategy, shards }: SimulationPlan): number[] {
  const most = strategy === "tree" ? Math.min(shards, workersMax) : workersMax;
  return [1, 2, 3, 4, 6, 8, 12, 16].filter((count) => count <= most);
}
