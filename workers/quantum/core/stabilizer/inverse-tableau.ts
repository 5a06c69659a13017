/**
 * A stabilizer state U|0...0> by what U turns Paulis back into: of each qubit U^-1 X U and U^-1 Z U. A
 * Clifford gate and a measurement whose outcome is certain take O(n / 32), one that is left to chance
 * O(n^2) (Gidney, Quantum 5, 497 (2021), section 3).
 */
import { PauliRows } from "./pauli-rows.ts";

export class InverseTableau {
  readonly qubits: number;
  /** Row q is of X, row n + q of Z of qubit q. */
  readonly #rows: PauliRows;

  /** The state |0...0>. */
  constructor(qubits: number) {
    this.qubits = qubits;
    this.#rows = new PauliRows(2 * qubits, qubits);
    for (let qubit = 0; qubit < qubits; qubit++) {
      this.#rows.x[qubit * this.#rows.words + (qubit >> 5)]! |= 1 << (qubit & 31);
      this.#rows.setZ(qubits + qubit, qubit);
    }
  }

  h(qubit: number): void {
    const { words, x, z, signs } = this.#rows;
    const [first, second] = [qubit, this.qubits + qubit];
    for (let word = 0; word < words; word++) {
      swap(x, first * words + word, second * words + word);
      swap(z, first * words + word, second * words + word);
    }
    swap(signs, first, second);
  }

  /** S^-1 X S = -i X Z, whose factor of i is that of the product's own. */
  s(qubit: number): void {
    this.#rows.multiply(qubit, this.qubits + qubit);
  }

  x(qubit: number): void {
    this.#rows.signs[this.qubits + qubit]! ^= 1;
  }

  z(qubit: number): void {
    this.#rows.signs[qubit]! ^= 1;
  }

  cx(control: number, target: number): void {
    this.#rows.multiply(control, target);
    this.#rows.multiply(this.qubits + target, this.qubits + control);
  }

  /** 0 or 1 when that is certain, 0.5 otherwise. */
  probabilityOfOne(qubit: number): 0 | 0.5 | 1 {
    const row = this.qubits + qubit;
    if (this.#flipped(row).length > 0) return 0.5;
    return this.#rows.signs[row] === 1 ? 1 : 0;
  }

  /** Keeps the part in which this qubit has this value, which must have some weight. */
  collapse(qubit: number, value: 0 | 1): void {
    const row = this.qubits + qubit;
    const [pivot, ...others] = this.#flipped(row);
    if (pivot === undefined) {
      if (this.#rows.signs[row] !== value) throw new Error(`qubit ${qubit} is not ${value}`);
      return;
    }
    // Gates before U that leave |0...0> alone, until Z of the qubit is an X of the pivot and Zs.
    for (const other of others) this.#beforeCx(pivot, other);
    if (this.#rows.hasZ(row, pivot)) this.#beforeS(pivot);
    // Then the pivot begins in |+> or |->, which is what measuring makes of it.
    this.#beforeH(pivot);
    if (this.#rows.signs[row] !== value) this.#beforeX(pivot);
  }

  /** Qubits that the operator of a row flips. */
  #flipped(row: number): readonly number[] {
    const { words, x } = this.#rows;
    const flipped: number[] = [];
    for (let word = 0; word < words; word++) {
      let bits = x[row * words + word]!;
      while (bits !== 0) {
        flipped.push(32 * word + 31 - Math.clz32(bits & -bits));
        bits &= bits - 1;
      }
    }
    return flipped;
  }

  #beforeCx(control: number, target: number): void {
    const { words, x, z, rows, signs } = this.#rows;
    const [controlWord, controlBit] = [control >> 5, control & 31];
    const [targetWord, targetBit] = [target >> 5, target & 31];
    for (let row = 0; row < rows; row++) {
      const base = row * words;
      const xc = (x[base + controlWord]! >>> controlBit) & 1;
      const zt = (z[base + targetWord]! >>> targetBit) & 1;
      const xt = (x[base + targetWord]! >>> targetBit) & 1;
      const zc = (z[base + controlWord]! >>> controlBit) & 1;
      signs[row]! ^= xc & zt & (xt ^ zc ^ 1);
      x[base + targetWord]! ^= xc << targetBit;
      z[base + controlWord]! ^= zt << controlBit;
    }
  }

  /** X becomes -Y, and Y becomes X. */
  #beforeS(qubit: number): void {
    this.#each(qubit, (row, at, xBit, zBit) => {
      this.#rows.signs[row]! ^= xBit & (zBit ^ 1);
      this.#rows.z[at]! ^= xBit << (qubit & 31);
    });
  }

  #beforeH(qubit: number): void {
    this.#each(qubit, (row, at, xBit, zBit) => {
      this.#rows.signs[row]! ^= xBit & zBit;
      this.#rows.x[at]! ^= (xBit ^ zBit) << (qubit & 31);
      this.#rows.z[at]! ^= (xBit ^ zBit) << (qubit & 31);
    });
  }

  #beforeX(qubit: number): void {
    this.#each(qubit, (row, _, __, zBit) => {
      this.#rows.signs[row]! ^= zBit;
    });
  }

  #each(
    qubit: number,
    change: (row: number, at: number, xBit: number, zBit: number) => void,
  ): void {
    const { words, x, z, rows } = this.#rows;
    const bit = qubit & 31;
    for (let row = 0; row < rows; row++) {
      const at = row * words + (qubit >> 5);
      change(row, at, (x[at]! >>> bit) & 1, (z[at]! >>> bit) & 1);
    }
  }
}

function swap(values: Uint32Array | Uint8Array, a: number, b: number): void {
  const kept = values[a]!;
  values[a] = values[b]!;
  values[b] = kept;
}
