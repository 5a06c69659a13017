/** What displays show of a register: sums over its amplitudes, or over its density matrix. */
import { barsMax, listedAmplitudesMax } from "./limits.ts";
import type { Register } from "./register.ts";

export interface ListedState {
  readonly basis: number;
  readonly probability: number;
  /** null where a mixture has no amplitudes. */
  readonly amplitude: readonly [number, number] | null;
}

export interface StateSummary {
  /** In their order where all are listed, the likeliest first otherwise. */
  readonly listed: readonly ListedState[];
  readonly listsAll: boolean;
  /** Sums over stretches of basis states, all of the same length. */
  readonly bars: Float64Array;
}

/** Probabilities of all basis states; of a state vector not copied, since there may be many. */
function probabilityReader({ form, state, qubits }: Register): (basis: number) => number {
  const { real, imaginary } = state;
  if (form === "pure") return (basis) => real[basis]! ** 2 + imaginary[basis]! ** 2;
  const stride = 2 ** qubits + 1;
  return (basis) => real[basis * stride]!;
}

export function probabilitiesOf(register: Register): Float64Array {
  const read = probabilityReader(register);
  const all = new Float64Array(2 ** register.qubits);
  for (let basis = 0; basis < all.length; basis++) all[basis] = read(basis);
  return all;
}

export function summaryOf(register: Register): StateSummary {
  const { form, state, qubits } = register;
  const size = 2 ** qubits;
  const { real, imaginary } = state;
  if (form === "density") return summaryOfProbabilities(probabilitiesOf(register));
  const list = new Likeliest(size);
  const bars = new Float64Array(Math.min(size, barsMax));
  const width = size / bars.length;
  for (let bar = 0; bar < bars.length; bar++) {
    let sum = 0;
    for (let basis = bar * width; basis < (bar + 1) * width; basis++) {
      const re = real[basis]!;
      const im = imaginary[basis]!;
      const probability = re * re + im * im;
      sum += probability;
      if (probability > list.least) list.add(basis, probability);
    }
    bars[bar] = sum;
  }
  const listed = list.sorted().map(({ basis, probability }): ListedState => ({
    basis,
    probability,
    amplitude: [real[basis]!, imaginary[basis]!],
  }));
  return { listed, listsAll: list.listsAll, bars };
}

export function summaryOfProbabilities(probabilities: Float64Array): StateSummary {
  const list = new Likeliest(probabilities.length);
  const bars = new Float64Array(Math.min(probabilities.length, barsMax));
  const width = probabilities.length / bars.length;
  for (const [basis, probability] of probabilities.entries()) {
    bars[Math.floor(basis / width)]! += probability;
    if (probability > list.least) list.add(basis, probability);
  }
  const listed = list.sorted().map((each): ListedState => ({ ...each, amplitude: null }));
  return { listed, listsAll: list.listsAll, bars };
}

/** The likeliest basis states so far; all of them where they are few. */
class Likeliest {
  readonly listsAll: boolean;
  /** A state must be likelier than this to get in. */
  least: number;
  #all: { basis: number; probability: number }[] = [];

  constructor(size: number) {
    this.listsAll = size <= listedAmplitudesMax;
    // Rounding leaves specks of some 1e-33 where there is nothing.
    this.least = this.listsAll ? -1 : 1e-14;
  }

  add(basis: number, probability: number): void {
    this.#all.push({ basis, probability });
    if (this.#all.length < 4 * listedAmplitudesMax) return;
    this.#cut();
    this.least = this.#all.at(-1)!.probability;
  }

  #cut(): void {
    this.#all.sort((a, b) => b.probability - a.probability || a.basis - b.basis);
    this.#all.length = Math.min(this.#all.length, listedAmplitudesMax);
  }

  sorted(): readonly { readonly basis: number; readonly probability: number }[] {
    if (!this.listsAll) this.#cut();
    return this.#all;
  }
}

/** The basis state of some qubits within one of all, the first lowest. */
function gatherer(qubits: readonly number[]): (basis: number) => number {
  const [first = 0] = qubits;
  const mask = 2 ** qubits.length - 1;
  if (qubits.every((qubit, at) => qubit === first + at)) return (basis) => (basis >> first) & mask;
  return (basis) => {
    let local = 0;
    for (let at = 0; at < qubits.length; at++) local |= ((basis >> qubits[at]!) & 1) << at;
    return local;
  };
}

/** The bits of a basis state of some qubits at their places among all. */
function offsetsOf(qubits: readonly number[]): readonly number[] {
  return Array.from({ length: 2 ** qubits.length }, (_, local) =>
    qubits.reduce((sum, qubit, at) => sum + (((local >> at) & 1) << qubit), 0),
  );
}

/** The probability of each value of these qubits. */
export function chanceOf(register: Register, qubits: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** qubits.length);
  const { form, state } = register;
  const local = gatherer(qubits);
  if (form === "density") {
    const read = probabilityReader(register);
    for (let basis = 0; basis < 2 ** register.qubits; basis++) sums[local(basis)]! += read(basis);
    return sums;
  }
  const { real, imaginary } = state;
  for (let basis = 0; basis < real.length; basis++) {
    const re = real[basis]!;
    const im = imaginary[basis]!;
    sums[local(basis)]! += re * re + im * im;
  }
  return sums;
}

/** The reduced density matrix of these qubits, row-major, real and imaginary part in turn. */
export function densityOf(register: Register, qubits: readonly number[]): Float64Array {
  const offsets = offsetsOf(qubits);
  const size = offsets.length;
  const matrix = new Float64Array(2 * size * size);
  const mask = offsets[size - 1]!;
  const { real, imaginary } = register.state;
  const count = 2 ** register.qubits;
  for (let rest = 0; rest < count; rest++) {
    if ((rest & mask) !== 0) continue;
    for (let row = 0; row < size; row++) {
      const ket = rest + offsets[row]!;
      for (let column = 0; column < size; column++) {
        const bra = rest + offsets[column]!;
        const at = 2 * (row * size + column);
        if (register.form === "density") {
          matrix[at]! += real[ket + bra * count]!;
          matrix[at + 1]! += imaginary[ket + bra * count]!;
        } else {
          matrix[at]! += real[ket]! * real[bra]! + imaginary[ket]! * imaginary[bra]!;
          matrix[at + 1]! += imaginary[ket]! * real[bra]! - real[ket]! * imaginary[bra]!;
        }
      }
    }
  }
  return matrix;
}

/** Less than this is rounding, in single precision too. */
const impurityMax = 1e-4;

/** The state of these qubits, up to a phase; null when they are entangled with others or mixed. */
export function amplitudesOf(register: Register, qubits: readonly number[]): Float64Array | null {
  if (register.form === "density") return amplitudesOfMixture(register, qubits);
  const offsets = offsetsOf(qubits);
  const mask = offsets.at(-1)!;
  const { real, imaginary } = register.state;
  let [most, rest] = [0, 0];
  for (let basis = 0; basis < real.length; basis++) {
    const probability = real[basis]! ** 2 + imaginary[basis]! ** 2;
    if (probability > most) [most, rest] = [probability, basis & ~mask];
  }
  const vector = new Float64Array(2 * offsets.length);
  let norm = 0;
  for (const [at, offset] of offsets.entries()) {
    const [re, im] = [real[rest + offset]!, imaginary[rest + offset]!];
    norm += re * re + im * im;
    vector[2 * at] = re;
    vector[2 * at + 1] = im;
  }
  for (let at = 0; at < vector.length; at++) vector[at]! /= Math.sqrt(norm);
  // <v|rho|v> is 1 for a pure rho and its v alone.
  let overlap = 0;
  for (let base = 0; base < real.length; base++) {
    if ((base & mask) !== 0) continue;
    let [re, im] = [0, 0];
    for (let at = 0; at < offsets.length; at++) {
      const [a, b] = [real[base + offsets[at]!]!, imaginary[base + offsets[at]!]!];
      const [c, d] = [vector[2 * at]!, vector[2 * at + 1]!];
      re += c * a + d * b;
      im += c * b - d * a;
    }
    overlap += re * re + im * im;
  }
  return overlap > 1 - impurityMax ? vector : null;
}

function amplitudesOfMixture(register: Register, qubits: readonly number[]): Float64Array | null {
  const matrix = densityOf(register, qubits);
  const size = 2 ** qubits.length;
  if (purityOf(matrix) < 1 - impurityMax) return null;
  let pivot = 0;
  for (let at = 1; at < size; at++) {
    if (matrix[2 * at * (size + 1)]! > matrix[2 * pivot * (size + 1)]!) pivot = at;
  }
  const scale = 1 / Math.sqrt(matrix[2 * pivot * (size + 1)]!);
  return Float64Array.from({ length: 2 * size }, (_, at) => {
    return matrix[2 * ((at >> 1) * size + pivot) + (at % 2)]! * scale;
  });
}

/** tr(rho^2) */
export function purityOf(matrix: Float64Array): number {
  return matrix.reduce((sum, value) => sum + value * value, 0);
}
