/**
 * Primitives on amplitudes in plain typed arrays. The loop runs over the basis states of the qubits
 * that are not named, with the controls fixed, and gathers the few amplitudes that mix.
 */
import type { Control } from "./circuit.ts";
import type { Primitive } from "./primitive.ts";

export interface Amplitudes {
  readonly qubits: number;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

export function applyPrimitive(state: Amplitudes, primitive: Primitive): void {
  const { qubits, controls } = primitive;
  const places = placesOf(state.qubits, qubits, controls);
  switch (primitive.kind) {
    case "dense":
      if (qubits.length === 1) applyDense1(state, primitive.matrix.data, places);
      else applyDense(state, primitive.matrix.data, places);
      break;
    case "diagonal":
      applyDiagonal(state, primitive.factors, places);
      break;
    default:
      applyPermutation(state, primitive.images, places);
  }
}

interface Places {
  /** Named qubits and controls, ascending: where zero bits are put into a running number. */
  readonly masks: readonly number[];
  /** The controls' values. */
  readonly fixed: number;
  /** What to add for each basis state of the qubits. */
  readonly offsets: Int32Array;
  readonly count: number;
}

function placesOf(total: number, qubits: readonly number[], controls: readonly Control[]): Places {
  const taken = [...qubits, ...controls.map(({ qubit }) => qubit)].toSorted((a, b) => a - b);
  for (const qubit of taken) {
    if (!Number.isInteger(qubit) || qubit < 0 || qubit >= total) {
      throw new RangeError(`qubit ${qubit} is not among the ${total}`);
    }
  }
  const offsets = Int32Array.from({ length: 2 ** qubits.length }, (_, local) =>
    qubits.reduce((sum, qubit, place) => sum | (((local >> place) & 1) << qubit), 0),
  );
  return {
    masks: taken.map((qubit) => (1 << qubit) - 1),
    fixed: controls.reduce((sum, { qubit, value }) => sum | (value << qubit), 0),
    offsets,
    count: 2 ** (total - taken.length),
  };
}

/** Puts a zero bit at each taken place. */
function spread(index: number, masks: readonly number[]): number {
  let spreaded = index;
  for (const mask of masks) spreaded = ((spreaded & ~mask) << 1) | (spreaded & mask);
  return spreaded;
}

function applyDense1({ real, imaginary }: Amplitudes, m: Float64Array, places: Places): void {
  const { masks, fixed, offsets, count } = places;
  const stride = offsets[1]!;
  const [a, b, c, d, e, f, g, h] = m as unknown as readonly number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let index = 0; index < count; index++) {
    const zero = spread(index, masks) | fixed;
    const one = zero + stride;
    const re0 = real[zero]!;
    const im0 = imaginary[zero]!;
    const re1 = real[one]!;
    const im1 = imaginary[one]!;
    real[zero] = a * re0 - b * im0 + c * re1 - d * im1;
    imaginary[zero] = a * im0 + b * re0 + c * im1 + d * re1;
    real[one] = e * re0 - f * im0 + g * re1 - h * im1;
    imaginary[one] = e * im0 + f * re0 + g * im1 + h * re1;
  }
}

function applyDense({ real, imaginary }: Amplitudes, m: Float64Array, places: Places): void {
  const { masks, fixed, offsets, count } = places;
  const size = offsets.length;
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let index = 0; index < count; index++) {
    const base = spread(index, masks) | fixed;
    for (let local = 0; local < size; local++) {
      re[local] = real[base + offsets[local]!]!;
      im[local] = imaginary[base + offsets[local]!]!;
    }
    for (let row = 0; row < size; row++) {
      let sumRe = 0;
      let sumIm = 0;
      let at = 2 * row * size;
      for (let column = 0; column < size; column++, at += 2) {
        sumRe += m[at]! * re[column]! - m[at + 1]! * im[column]!;
        sumIm += m[at]! * im[column]! + m[at + 1]! * re[column]!;
      }
      real[base + offsets[row]!] = sumRe;
      imaginary[base + offsets[row]!] = sumIm;
    }
  }
}

function applyDiagonal(
  { real, imaginary }: Amplitudes,
  factors: Float64Array,
  places: Places,
): void {
  const { masks, fixed, offsets, count } = places;
  for (let local = 0; local < offsets.length; local++) {
    const re = factors[2 * local]!;
    const im = factors[2 * local + 1]!;
    // Half of a phase or a controlled one leaves its amplitudes alone.
    if (re === 1 && im === 0) continue;
    const offset = fixed | offsets[local]!;
    for (let index = 0; index < count; index++) {
      const at = spread(index, masks) | offset;
      const [oldRe, oldIm] = [real[at]!, imaginary[at]!];
      real[at] = re * oldRe - im * oldIm;
      imaginary[at] = re * oldIm + im * oldRe;
    }
  }
}

function applyPermutation(
  { real, imaginary }: Amplitudes,
  images: readonly number[],
  places: Places,
): void {
  const { masks, fixed, offsets, count } = places;
  for (const cycle of cyclesOf(images)) {
    const steps = cycle.map((local) => fixed | offsets[local]!);
    for (const part of [real, imaginary]) {
      for (let index = 0; index < count; index++) {
        const base = spread(index, masks);
        let carried = part[base | steps.at(-1)!]!;
        for (const step of steps) {
          const at = base | step;
          const next = part[at]!;
          part[at] = carried;
          carried = next;
        }
      }
    }
  }
}

/** The cycles of at least two states, each state followed by its image. */
export function cyclesOf(images: readonly number[]): readonly (readonly number[])[] {
  const seen = new Set<number>();
  const cycles: number[][] = [];
  for (const start of images.keys()) {
    const cycle: number[] = [];
    for (let at = start; !seen.has(at); at = images[at]!) {
      seen.add(at);
      cycle.push(at);
    }
    if (cycle.length > 1) cycles.push(cycle);
  }
  return cycles;
}
