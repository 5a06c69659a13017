/** What a thread with a simulated run in it is asked, and what it says. */
import type { ScalingPoint, TrainingView } from "../contract-distributed-training.ts";
import type { SimulationPlan } from "../core/distributed-training/simulation/plan.ts";
import type { DataChoice } from "./thread-messages.ts";

export interface Deed {
  readonly deed: "crash" | "freeze" | "slow" | "add" | "remove";
  readonly worker: number | null;
  readonly amount: number;
}

/** A deed, and how many events had been handled before it. */
export interface SimulationDeed extends Deed {
  readonly after: number;
}

export type SimulationOrder =
  | {
      readonly kind: "train";
      readonly plan: SimulationPlan;
      readonly choice: DataChoice;
      readonly stepsPerSecond: number;
      /** Where a run is brought to before it goes on. */
      readonly events: number;
      readonly deeds: readonly SimulationDeed[];
    }
  | { readonly kind: "scaling"; readonly plan: SimulationPlan; readonly choice: DataChoice };

export type SimulationReport =
  | {
      readonly kind: "view";
      readonly view: TrainingView;
      readonly events: number;
      readonly deeds: readonly SimulationDeed[];
    }
  | { readonly kind: "acted"; readonly done: boolean }
  | { readonly kind: "done"; readonly view: TrainingView; readonly parameters: Float32Array }
  | { readonly kind: "scaling"; readonly points: ScalingPoint[] }
  | { readonly kind: "failed"; readonly message: string };
