/** Faults that were injected from this page, until the thread is back. */
import type { SubsystemId, Thread } from "../../../workers/service/contract.ts";
import { createStore } from "../../data/store.ts";

export type FaultKind = "crash" | "exit" | "spin" | "kill";

export const faults: readonly {
  readonly kind: FaultKind;
  readonly verb: string;
  readonly effect: string;
}[] = [
  { kind: "crash", verb: "Crash", effect: "throws an error that nothing catches" },
  { kind: "exit", verb: "Exit", effect: "ends the thread from inside" },
  { kind: "spin", verb: "Spin", effect: "blocks its event loop until the supervisor ends it" },
  { kind: "kill", verb: "Kill", effect: "terminates the thread from outside" },
];

export interface Experiment {
  readonly thread: SubsystemId;
  readonly kind: FaultKind;
  readonly injectedAt: number;
  /** The last exit before the fault: a newer one is the effect of it. */
  readonly exitBefore: number | null;
}

export const experimentStore = createStore<readonly Experiment[]>([]);

export function beginExperiment(thread: Thread, kind: FaultKind): void {
  const exitBefore = thread.lastExit?.at ?? null;
  const experiment = { thread: thread.id, kind, injectedAt: Date.now(), exitBefore };
  experimentStore.update((all) => [...all.filter((one) => one.thread !== thread.id), experiment]);
}

export function withdrawExperiment(id: SubsystemId): void {
  experimentStore.update((all) => all.filter((one) => one.thread !== id));
}

export type Stage = "injected" | "recovering" | "recovered" | "ended";

/** Where an experiment is, told from the state of its thread alone. */
export function stageOf(experiment: Experiment, thread: Pick<Thread, "state" | "lastExit">): Stage {
  const exited = thread.lastExit !== null && thread.lastExit.at !== experiment.exitBefore;
  if (thread.state === "failed" || thread.state === "stopped") return "ended";
  if (thread.state === "ready") return exited ? "recovered" : "injected";
  return "recovering";
}
