/** All backends that this machine may have, and the one that was chosen before. */
import { availableParallelism } from "node:os";
import { compileKernelModule } from "../../compute/kernel-instance.ts";
import { KernelMachine } from "../../compute/kernel-machine.ts";
import type { Precision } from "../../compute/kernel-step.ts";
import { childThread } from "../../service/child-thread.ts";
import { type Backend, javascript } from "../core/backend.ts";
import { KernelBackend, kernelsFromQubits } from "./kernel-backend.ts";
import {
  type BackendReport,
  gainMin,
  isCorrect,
  measureBackend,
  msPerGate,
} from "./measure-backends.ts";

/** What one thread's measurement leaves for the others of the process. */
export interface BackendChoice {
  readonly reports: readonly BackendReport[];
  /** From so many qubits on threads pay; null where they never do. */
  readonly threadsFrom: number | null;
}

/** More threads meet too often for what each adds. */
const threadsMax = 8;
const never = Number.POSITIVE_INFINITY;
const sizesTried = [12, 14, 16, 18, 20];

const singleName = "wasm";
const threadedName = "wasm-threads";

export async function measureBackends(now: () => number): Promise<BackendChoice> {
  const plain = measureBackend(javascript, now);
  if (compileKernelModule() === null) {
    return { reports: chooseOne([plain], 0), threadsFrom: null };
  }
  const backend = kernelBackend(KernelMachine.create(), never, "f64");
  const single = measureBackend(backend, now);
  const usesKernels = single.correct && single.msPerGate < plain.msPerGate;
  const machine = await openThreaded();
  if (machine === null)
    return { reports: chooseOne([plain, single], usesKernels ? 1 : 0), threadsFrom: null };
  try {
    const all = kernelBackend(machine, 0, "f64");
    const threaded = measureBackend(all, now);
    const pays = (qubits: number) =>
      msPerGate(backend, now, qubits) > gainMin * msPerGate(all, now, qubits);
    const threadsFrom = threaded.correct ? (sizesTried.find(pays) ?? null) : null;
    const best = threadsFrom === null ? 1 : 2;
    return { reports: chooseOne([plain, single, threaded], usesKernels ? best : 0), threadsFrom };
  } finally {
    await machine.close();
  }
}

/**
 * In single precision only where the kernels are right in it; otherwise in double.
 * @param choice what `measureBackends` found, in this thread or another
 */
export async function openChosen(
  { reports, threadsFrom }: BackendChoice,
  precision: "double" | "single" = "double",
): Promise<Backend> {
  const name = reports.find(({ chosen }) => chosen)?.name;
  if (name === javascript.name) return javascript;
  const threads = name === threadedName ? await openThreaded() : null;
  const machine = threads ?? KernelMachine.create();
  const from = threads === null ? never : (threadsFrom ?? never);
  const single = kernelBackend(machine, from, "f32");
  if (precision === "single" && isCorrect(single)) return single;
  return kernelBackend(machine, from, "f64");
}

function chooseOne(
  reports: readonly ReturnType<typeof measureBackend>[],
  place: number,
): readonly BackendReport[] {
  return reports.map((report, at) => {
    return { ...report, precision: "double", chosen: at === place, note: "" };
  });
}

function kernelBackend(machine: KernelMachine, threadsFrom: number, precision: Precision): Backend {
  return new KernelBackend(machine, {
    name: threadsFrom === never ? singleName : threadedName,
    kernelsFrom: kernelsFromQubits,
    threadsFrom,
    precision,
  });
}

/** null where there is but one core */
async function openThreaded(): Promise<KernelMachine | null> {
  const helpers = Math.min(threadsMax, availableParallelism()) - 1;
  if (helpers < 1) return null;
  return KernelMachine.withHelpers(childThread("compute", "kernel-thread"), helpers);
}
