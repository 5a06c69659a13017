/** A kernel that somebody wrote, through GPU.js: which mode really ran, and beside plain loops. */
import type { IGPUKernelSettings } from "gpu.js";
import { flattened, inputOf, openGpuJs, ranAs, runOf } from "./gpu-js.ts";
import type { GpuJsMode } from "./gpu-js-modes.ts";
import { type KernelSource, readKernel } from "./kernel-source.ts";

export interface UserKernel {
  readonly source: string;
  readonly inputs: readonly UserInput[];
  readonly constants: Readonly<Record<string, number>>;
  /** x, then y, then z. */
  readonly output: readonly number[];
  readonly mode: GpuJsMode;
}

/** A number, or values with sizes x, then y, then z, row after row. */
export type UserInput =
  | number
  | { readonly values: readonly number[]; readonly size: readonly number[] };

export interface UserKernelResult {
  readonly values: Float32Array;
  /** What ran, which may be another mode than was asked for. */
  readonly mode: string;
  /** Why it was another; null when it was not. */
  readonly fallback: string | null;
  readonly device: string;
  /** The first run, which compiles. */
  readonly firstMs: number;
  /** The run after it. */
  readonly secondMs: number;
  /** The largest difference from the same kernel as JavaScript, where sums are kept in double precision. */
  readonly differenceFromCpu: number;
}

/** GPU.js ends loops whose bounds it does not know after 1,000 turns, without a word: time is the limit here. */
const loopMaxIterations = 2 ** 30;

/** What does not fit together: argument and size, constant and value. */
export class UserKernelProblem extends Error {}

/** @throws KernelProblem, UserKernelProblem; Error with what GPU.js says */
export async function runUserKernel(
  kernel: UserKernel,
  now: () => number,
): Promise<UserKernelResult> {
  const source = readKernel(kernel.source);
  checkFit(kernel, source);
  const plain = await compute({ ...kernel, mode: "cpu" }, source, now);
  const result = kernel.mode === "cpu" ? plain : await compute(kernel, source, now);
  return { ...result, differenceFromCpu: largestDifference(result.values, plain.values) };
}

async function compute(
  { inputs, constants, output, mode }: UserKernel,
  { text }: KernelSource,
  now: () => number,
) {
  // A kernel of its own for each run: with arrays of other sizes than its first it would compute nonsense.
  const { gpu, device } = await openGpuJs(mode);
  try {
    const settings: IGPUKernelSettings & { loopMaxIterations: number } = {
      output: [...output] as [number],
      constants: { ...constants },
      precision: "single",
      loopMaxIterations,
    };
    const kernel = gpu.createKernel(text, settings);
    const values = inputs.map((each) => {
      if (typeof each === "number") return each;
      const array = Float32Array.from(each.values);
      return each.size.length === 1 ? array : inputOf(array, each.size);
    });
    const began = now();
    await runOf(kernel, values);
    const first = now();
    const out = await runOf(kernel, values);
    const second = now();
    const ran = ranAs(kernel);
    const length = output.reduce((product, size) => product * size, 1);
    return {
      values: flattened(out, length),
      mode: ran.mode,
      fallback: ran.mode === mode ? null : (ran.reason ?? "GPU.js gives no reason"),
      device: ran.mode === mode ? device : ran.mode,
      firstMs: first - began,
      secondMs: second - first,
    };
  } finally {
    await gpu.destroy();
  }
}

function checkFit(kernel: UserKernel, { parameters, constants }: KernelSource): void {
  if (kernel.inputs.length !== parameters.length) {
    throw new UserKernelProblem(
      `The function has ${parameters.length} arguments (${parameters.join(", ")}), and ${kernel.inputs.length} inputs are given.`,
    );
  }
  kernel.inputs.forEach((each, at) => {
    if (typeof each === "number") return;
    const length = each.size.reduce((product, size) => product * size, 1);
    if (length !== each.values.length) {
      throw new UserKernelProblem(
        `${parameters[at]} has ${each.values.length} values, which do not fill ${each.size.join(" x ")}.`,
      );
    }
  });
  for (const name of constants) {
    if (!Object.hasOwn(kernel.constants, name)) {
      throw new UserKernelProblem(`The constant ${name} has no value.`);
    }
  }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let most = 0;
  for (let at = 0; at < a.length; at++) {
    // The same infinity, or no number on both sides, is no difference.
    if (Object.is(a[at], b[at])) continue;
    const difference = Math.abs(a[at]! - b[at]!);
    if (!(difference <= most)) most = Number.isNaN(difference) ? Infinity : difference;
  }
  return most;
}
