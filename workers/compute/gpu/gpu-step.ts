/** Steps on a state as plain arrays of fixed lengths, which GPU.js kernels take as arguments. */
import type { KernelStep } from "../kernel-step.ts";

/** What one step is for a kernel: qubits and controls as powers of two. */
export interface GpuStep {
  readonly kind: "dense" | "diagonal" | "permutation";
  /** Elements, factors or sources, padded with zeros. */
  readonly table: Float32Array;
  /** 2^q of each qubit, the first lowest, padded. */
  readonly strides: Float32Array;
  readonly bits: number;
  /** 2^q and the wanted value of each control, padded. */
  readonly controls: Float32Array;
  readonly controlCount: number;
}

/** A dense matrix of 5 qubits, or 2^10 factors. */
export const tableLength = 2_048;
export const stridesLength = 10;
const controlsMax = 24;
export const controlsLength = 2 * controlsMax;

/** @throws RangeError for a step that is larger than the arrays */
export function gpuStepOf(step: KernelStep): GpuStep {
  const { qubits, controls } = step;
  return {
    kind: step.kind,
    table: padded(tableOf(step), tableLength),
    strides: padded(
      qubits.map((qubit) => 2 ** qubit),
      stridesLength,
    ),
    bits: qubits.length,
    controls: padded(
      controls.flatMap(({ qubit, value }) => [2 ** qubit, value]),
      controlsLength,
    ),
    controlCount: controls.length,
  };
}

function tableOf(step: KernelStep): ArrayLike<number> {
  switch (step.kind) {
    case "dense":
      return step.matrix.data;
    case "diagonal":
      return step.factors;
    default:
      // Each amplitude looks up where it comes from.
      return step.images.map((_, image) => step.images.indexOf(image));
  }
}

function padded(values: ArrayLike<number>, length: number): Float32Array {
  if (values.length > length) throw new RangeError(`${values.length} numbers do not fit ${length}`);
  const array = new Float32Array(length);
  array.set(values);
  return array;
}
