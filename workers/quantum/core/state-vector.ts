/**
 * A pure state of n qubits as 2^n complex amplitudes in float64. Little-endian as in Qiskit: qubit q
 * is bit q of the index, so qubit 0 is the least significant bit.
 */
import { stateVectorQubitsMax } from "./limits.ts";

/** A 2x2 complex matrix, row-major: [re00, im00, re01, im01, re10, im10, re11, im11]. */
export type Matrix2 = readonly [number, number, number, number, number, number, number, number];

export class StateVector {
  readonly qubits: number;
  /** Number of basis states, 2^qubits. */
  readonly size: number;
  /** Real parts, one for each basis state. */
  readonly real: Float64Array;
  /** Imaginary parts, one for each basis state. */
  readonly imaginary: Float64Array;

  /**
   * The state |0...0> of 0 to `stateVectorQubitsMax` qubits; RangeError otherwise.
   * @param parts where the amplitudes are to lie, filled with zeros, 2^qubits each
   */
  constructor(
    qubits: number,
    parts?: { readonly real: Float64Array; readonly imaginary: Float64Array },
  ) {
    if (!Number.isInteger(qubits) || qubits < 0 || qubits > stateVectorQubitsMax) {
      throw new RangeError(
        `a state vector holds 0 to ${stateVectorQubitsMax} qubits, not ${qubits}: ` +
          `each further qubit doubles its 16 * 2^n bytes`,
      );
    }
    this.qubits = qubits;
    this.size = 2 ** qubits;
    this.real = parts?.real ?? new Float64Array(this.size);
    this.imaginary = parts?.imaginary ?? new Float64Array(this.size);
    this.real[0] = 1;
  }

  /** Returns to the basis state |index>. */
  setBasisState(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.size) {
      throw new RangeError(
        `basis state ${index} is not among the ${this.size} of ${this.qubits} qubits`,
      );
    }
    this.real.fill(0);
    this.imaginary.fill(0);
    this.real[index] = 1;
  }

  /** Applies a single-qubit gate to `qubit`. */
  applyGate(matrix: Matrix2, qubit: number): void {
    this.applyControlledGate(matrix, [], qubit);
  }

  /** Applies a single-qubit gate to `target` where every control qubit is 1. */
  applyControlledGate(matrix: Matrix2, controls: readonly number[], target: number): void {
    this.requireQubit(target);
    let controlMask = 0;
    for (const control of controls) {
      this.requireQubit(control);
      if (control === target) throw new RangeError(`qubit ${target} cannot control itself`);
      controlMask |= 1 << control;
    }
    const { real, imaginary, size } = this;
    const stride = 1 << target;
    const [re00, im00, re01, im01, re10, im10, re11, im11] = matrix;
    for (let block = 0; block < size; block += 2 * stride) {
      for (let zero = block; zero < block + stride; zero++) {
        if ((zero & controlMask) !== controlMask) continue;
        const one = zero + stride;
        const re0 = real[zero]!;
        const im0 = imaginary[zero]!;
        const re1 = real[one]!;
        const im1 = imaginary[one]!;
        real[zero] = re00 * re0 - im00 * im0 + re01 * re1 - im01 * im1;
        imaginary[zero] = re00 * im0 + im00 * re0 + re01 * im1 + im01 * re1;
        real[one] = re10 * re0 - im10 * im0 + re11 * re1 - im11 * im1;
        imaginary[one] = re10 * im0 + im10 * re0 + re11 * im1 + im11 * re1;
      }
    }
  }

  /** A phase oracle: changes the sign of every listed basis state. */
  flipSigns(states: Iterable<number>): void {
    const { real, imaginary } = this;
    for (const state of states) {
      if (!(state >= 0 && state < this.size)) {
        throw new RangeError(`basis state ${state} is not among the ${this.size}`);
      }
      real[state] = -real[state]!;
      imaginary[state] = -imaginary[state]!;
    }
  }

  /** A diagonal gate: multiplies by e^(i angle) every basis state that the predicate accepts. */
  applyPhase(angle: number, accepts: (state: number) => boolean): void {
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const { real, imaginary, size } = this;
    for (let state = 0; state < size; state++) {
      if (!accepts(state)) continue;
      const re = real[state]!;
      const im = imaginary[state]!;
      real[state] = cosine * re - sine * im;
      imaginary[state] = cosine * im + sine * re;
    }
  }

  /** 2|0><0| - I: changes the sign of every basis state but |0...0>. */
  reflectAboutZero(): void {
    const { real, imaginary, size } = this;
    for (let state = 1; state < size; state++) {
      real[state] = -real[state]!;
      imaginary[state] = -imaginary[state]!;
    }
  }

  /**
   * A Hadamard gate on every qubit, as one fast Walsh-Hadamard transform: the 1/sqrt(2) of each gate
   * is gathered into one multiplication, which is exact for an even number of qubits. For an odd
   * number its rounding moves the norm by about 1.4e-16 each time, always the same way.
   */
  hadamardAll(): void {
    const scale = 2 ** -(this.qubits >> 1) * (this.qubits % 2 === 1 ? Math.SQRT1_2 : 1);
    for (const part of [this.real, this.imaginary]) {
      // The transform of zeros is zeros; algorithms with real gates keep a whole part that way.
      if (!isZero(part)) walshHadamard(part, scale);
    }
  }

  /** Probability of measuring the basis state. */
  probability(state: number): number {
    const re = this.real[state] ?? 0;
    const im = this.imaginary[state] ?? 0;
    return re * re + im * im;
  }

  /** Probability of each basis state. */
  probabilities(): Float64Array {
    return this.real.map((re, state) => re * re + this.imaginary[state]! ** 2);
  }

  /** Sum of all probabilities: 1 up to rounding, since every gate here is unitary. */
  norm(): number {
    let sum = 0;
    for (let state = 0; state < this.size; state++) sum += this.probability(state);
    return sum;
  }

  /**
   * The basis state that a measurement of all qubits finds, for a uniform draw in [0, 1). The state
   * is left as it was.
   */
  measure(draw: number): number {
    let remaining = draw * this.norm();
    let last = 0;
    for (let state = 0; state < this.size; state++) {
      const probability = this.probability(state);
      if (probability === 0) continue;
      if (remaining < probability) return state;
      remaining -= probability;
      last = state;
    }
    // Rounding can leave a remainder after the last state that has any weight.
    return last;
  }

  /** Probability that a measurement of this qubit finds 1. */
  probabilityOfOne(qubit: number): number {
    this.requireQubit(qubit);
    let sum = 0;
    const bit = 1 << qubit;
    for (let block = bit; block < this.size; block += 2 * bit) {
      for (let state = block; state < block + bit; state++) sum += this.probability(state);
    }
    return Math.min(1, sum);
  }

  /** Keeps the part in which this qubit has this value, at norm 1. */
  collapse(qubit: number, value: 0 | 1): void {
    this.requireQubit(qubit);
    for (let state = 0; state < this.size; state++) {
      if (((state >> qubit) & 1) === value) continue;
      this.real[state] = 0;
      this.imaginary[state] = 0;
    }
    this.normalise();
  }

  /** Scales the amplitudes so that their probabilities sum to 1. */
  normalise(): void {
    const norm = this.norm();
    if (norm === 0) throw new Error("a state of no weight cannot be scaled to 1");
    const scale = 1 / Math.sqrt(norm);
    for (let state = 0; state < this.size; state++) {
      this.real[state]! *= scale;
      this.imaginary[state]! *= scale;
    }
  }

  /** Gives qubits that are all |0> the state of these amplitudes, real and imaginary in turn. */
  setFreshQubits(qubits: readonly number[], amplitudes: readonly number[]): void {
    const mask = qubits.reduce((sum, qubit) => sum | (1 << qubit), 0);
    for (let base = 0; base < this.size; base++) {
      if ((base & mask) !== 0) continue;
      const re = this.real[base]!;
      const im = this.imaginary[base]!;
      for (let local = 0; local < amplitudes.length / 2; local++) {
        const at = qubits.reduce(
          (sum, qubit, place) => sum | (((local >> place) & 1) << qubit),
          base,
        );
        const [factorRe, factorIm] = [amplitudes[2 * local]!, amplitudes[2 * local + 1]!];
        this.real[at] = re * factorRe - im * factorIm;
        this.imaginary[at] = re * factorIm + im * factorRe;
      }
    }
  }

  copy(): StateVector {
    const copy = new StateVector(this.qubits);
    copy.set(this);
    return copy;
  }

  /** Takes over another state of as many qubits. */
  set(other: StateVector): void {
    this.real.set(other.real);
    this.imaginary.set(other.imaginary);
  }

  /** @throws RangeError when there is no such qubit */
  requireQubit(qubit: number): void {
    if (!Number.isInteger(qubit) || qubit < 0 || qubit >= this.qubits) {
      throw new RangeError(`qubit ${qubit} is not among the ${this.qubits}`);
    }
  }
}

function isZero(values: Float64Array): boolean {
  for (let at = 0; at < values.length; at++) {
    if (values[at] !== 0) return false;
  }
  return true;
}

/**
 * Two levels of butterflies in one pass over the memory, then the odd level left over; the last pass
 * also scales.
 */
function walshHadamard(values: Float64Array, scale: number): void {
  const size = values.length;
  let stride = 1;
  for (; stride * 4 <= size; stride *= 4) {
    const factor = stride * 4 === size ? scale : 1;
    for (let block = 0; block < size; block += stride * 4) {
      for (let at = block; at < block + stride; at++) {
        const first = values[at]!;
        const second = values[at + stride]!;
        const third = values[at + 2 * stride]!;
        const fourth = values[at + 3 * stride]!;
        const evenSum = first + second;
        const evenDifference = first - second;
        const oddSum = third + fourth;
        const oddDifference = third - fourth;
        values[at] = (evenSum + oddSum) * factor;
        values[at + stride] = (evenDifference + oddDifference) * factor;
        values[at + 2 * stride] = (evenSum - oddSum) * factor;
        values[at + 3 * stride] = (evenDifference - oddDifference) * factor;
      }
    }
  }
  if (stride === size) return;
  for (let at = 0; at < stride; at++) {
    const first = values[at]!;
    const second = values[at + stride]!;
    values[at] = (first + second) * scale;
    values[at + stride] = (first - second) * scale;
  }
}
