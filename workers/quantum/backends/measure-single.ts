/**
 * The choice for single precision: GPU.js beside the kernels. A GPU that is there may be software, which
 * is slower than any of them.
 */
import { GpuClient } from "../../compute/gpu/gpu-client.ts";
import { gpuQubitsMax } from "../../compute/gpu/gpu-kernels.ts";
import type { GpuMode } from "../../compute/gpu/gpu-orders.ts";
import { childThread } from "../../service/child-thread.ts";
import type { Backend } from "../core/backend.ts";
import { GpuBackend } from "./gpu-backend.ts";
import {
  type BackendReport,
  gainMin,
  isCorrect,
  measureBackend,
  msPerGate,
} from "./measure-backends.ts";

export interface GpuChoice {
  readonly reports: readonly BackendReport[];
  /** The mode that was fastest, and from how many qubits on; null where the kernels always are. */
  readonly chosen: { readonly mode: GpuMode; readonly from: number } | null;
}

const modes: readonly GpuMode[] = ["webgpu", "webasm"];
/** A circuit that the kernels take some milliseconds for must not take a mode longer. */
const measuredMsMax = 1_500;
/** So many times slower than the kernels, no larger size is tried. */
const hopeless = 10;
const runMsMax = 15_000;
const sizesTried = [14, 16, 18, 20, gpuQubitsMax];

export async function measureGpu(
  kernels: Backend,
  now: () => number,
  only: readonly GpuMode[] = modes,
): Promise<GpuChoice> {
  const others: BackendReport[] = [];
  let chosen: GpuChoice["chosen"] = null;
  for (const mode of only) {
    const client = await GpuClient.open(childThread("compute", "gpu-thread"), mode);
    const name = `gpu.js-${mode}`;
    const absent = { name, precision: "single", correct: false, chosen: false } as const;
    if (typeof client === "string") {
      others.push({ ...absent, msPerGate: null, note: client });
      continue;
    }
    const backend = new GpuBackend(client, {
      name,
      gpuFrom: 0,
      timeoutMs: measuredMsMax,
      otherwise: null,
    });
    try {
      if (!isCorrect(backend)) {
        others.push({
          ...absent,
          msPerGate: null,
          note: `${client.device}: its results are wrong`,
        });
        continue;
      }
      const outcome = compare(backend, kernels, now);
      const from: number | null = chosen === null ? outcome.from : null;
      if (from !== null) chosen = { mode, from };
      others.push({
        ...absent,
        correct: true,
        msPerGate: outcome.msPerGate,
        note: `${client.device}${outcome.remark}`,
        chosen: from !== null,
      });
    } catch (error) {
      const note = `${client.device}: ${error instanceof Error ? error.message : String(error)}`;
      others.push({ ...absent, msPerGate: null, note });
    } finally {
      await client.close();
    }
  }
  const own = { ...measureBackend(kernels, now), precision: "single", note: "" } as const;
  return { reports: [{ ...own, chosen: chosen === null }, ...others], chosen };
}

/** Sizes in turn, until one is won or the kernels are out of reach. */
function compare(backend: Backend, kernels: Backend, now: () => number) {
  for (const qubits of sizesTried) {
    const [own, kernelsOwn] = [backend, kernels].map((each) => msPerGate(each, now, qubits));
    if (kernelsOwn! > gainMin * own!) {
      return { from: qubits, msPerGate: msPerGate(backend, now), remark: "" };
    }
    if (own! > hopeless * kernelsOwn!) {
      const remark = `: ${own!.toPrecision(2)} ms a gate of ${qubits} qubits, and the kernels ${kernelsOwn!.toPrecision(2)}`;
      return { from: null, msPerGate: null, remark };
    }
  }
  return { from: null, msPerGate: msPerGate(backend, now), remark: "" };
}

/** GPU.js from the size on where it was faster, the kernels below; the kernels if it does not open. */
export async function openGpu({ chosen }: GpuChoice, kernels: Backend): Promise<Backend> {
  if (chosen === null) return kernels;
  const client = await GpuClient.open(childThread("compute", "gpu-thread"), chosen.mode);
  if (typeof client === "string") return kernels;
  return new GpuBackend(client, {
    name: `gpu.js-${chosen.mode}`,
    gpuFrom: chosen.from,
    timeoutMs: runMsMax,
    otherwise: kernels,
  });
}
