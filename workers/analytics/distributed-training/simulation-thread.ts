/**
 * A thread with one simulated run in it. What is done to the run is kept with the number of events
 * before it, so that a run that was stopped is brought back by doing all of it again.
 */
import { setTimeout as wait } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { ScalingPoint } from "../contract-distributed-training.ts";
import { SimulatedTraining } from "../core/distributed-training/simulation/simulated-training.ts";
import type { SimulationPlan } from "../core/distributed-training/simulation/plan.ts";
import { prepareData } from "./prepare-data.ts";
import { scalingOf } from "./simulated-scaling.ts";
import type {
  Deed,
  SimulationDeed,
  SimulationOrder,
  SimulationReport,
} from "./simulation-messages.ts";
import { simulatedView } from "./training-views.ts";
import type { PreparedData } from "./thread-messages.ts";

/** How long computing goes on before messages are looked at. */
const sliceMs = 20;
const reportMs = 200;

const order = workerData as SimulationOrder;
const post = (report: SimulationReport): void => parentPort?.postMessage(report);

class SimulationRun {
  readonly #training: SimulatedTraining;
  readonly #deeds: SimulationDeed[] = [];
  #handled = 0;
  #reportedAt = 0;

  constructor(plan: SimulationPlan, data: PreparedData) {
    this.#training = new SimulatedTraining(plan, data.training, data.heldBack);
  }

  act(deed: Deed): boolean {
    const isDone = carryOut(this.#training, deed);
    if (isDone) {
      this.#deeds.push({ ...deed, after: this.#handled });
      this.#report(true);
    }
    return isDone;
  }

  /** Comes to where a run was when it was stopped, as fast as it goes. */
  async replay(deeds: readonly SimulationDeed[], events: number): Promise<void> {
    for (const deed of deeds) {
      await this.#until(deed.after);
      carryOut(this.#training, deed);
      this.#deeds.push(deed);
    }
    await this.#until(events);
  }

  async run(stepsPerSecond: number): Promise<void> {
    const training = this.#training;
    while (!training.isDone) {
      const began = performance.now();
      const before = training.step;
      while (!training.isDone && performance.now() - began < sliceMs) {
        this.#handled += training.advance(200);
        if (stepsPerSecond > 0 && training.step > before) break;
      }
      this.#report(false);
      const stepped = training.step - before;
      const dueMs = stepsPerSecond > 0 ? (stepped * 1_000) / stepsPerSecond : 0;
      await wait(Math.max(0, dueMs - (performance.now() - began)));
    }
    post({
      kind: "done",
      view: simulatedView(training),
      parameters: training.newestParameters,
    });
  }

  async #until(events: number): Promise<void> {
    while (this.#handled < events && !this.#training.isDone) {
      this.#handled += this.#training.advance(Math.min(2_000, events - this.#handled));
      await wait(0);
    }
  }

  #report(now: boolean): void {
    const at = performance.now();
    if (!now && at - this.#reportedAt < reportMs) return;
    this.#reportedAt = at;
    const view = simulatedView(this.#training);
    post({ kind: "view", view, events: this.#handled, deeds: [...this.#deeds] });
  }
}

function carryOut(training: SimulatedTraining, { deed, worker, amount }: Deed): boolean {
  if (deed === "add") return training.add() !== null;
  if (worker === null) return false;
  if (deed === "remove") return training.remove(worker);
  if (deed === "slow") return training.slow(worker, Math.max(1, amount));
  return training.crash(worker, null);
}

try {
  const data = prepareData(order.choice);
  if (order.kind === "scaling") {
    const points: ScalingPoint[] = scalingOf(order.plan, data);
    post({ kind: "scaling", points });
  } else {
    const run = new SimulationRun(order.plan, data);
    await run.replay(order.deeds, order.events);
    parentPort?.on("message", (deed: Deed) => post({ kind: "acted", done: run.act(deed) }));
    await run.run(order.stepsPerSecond);
    parentPort?.close();
  }
} catch (error) {
  post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}
