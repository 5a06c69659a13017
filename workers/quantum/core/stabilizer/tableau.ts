/**
 * A stabilizer state of up to thousands of qubits (Aaronson and Gottesman, Phys. Rev. A 70, 052328
 * (2004)): n destabilizers, n stabilizers and a scratch row. Clifford gates take O(n), measurements
 * O(n^2 / 32).
 */
import type { CliffordAction } from "./clifford.ts";
import { PauliRows } from "./pauli-rows.ts";

export class Tableau {
  readonly qubits: number;
  /** Rows 0 to n - 1 destabilise, n to 2n - 1 stabilise, 2n is for working. */
  readonly #rows: PauliRows;

  /** The state |0...0>. */
  constructor(qubits: number) {
    this.qubits = qubits;
    this.#rows = new PauliRows(2 * qubits + 1, qubits);
    const { x, z, words } = this.#rows;
    for (let qubit = 0; qubit < qubits; qubit++) {
      x[qubit * words + (qubit >> 5)]! |= 1 << (qubit & 31);
      z[(qubits + qubit) * words + (qubit >> 5)]! |= 1 << (qubit & 31);
    }
  }

  h(qubit: number): void {
    this.#each(qubit, (row, xBit, zBit, toggle) => {
      if (xBit === 1 && zBit === 1) this.#rows.signs[row]! ^= 1;
      if (xBit !== zBit) toggle(1, 1);
    });
  }

  s(qubit: number): void {
    this.#each(qubit, (row, xBit, zBit, toggle) => {
      if (xBit === 0) return;
      if (zBit === 1) this.#rows.signs[row]! ^= 1;
      toggle(0, 1);
    });
  }

  x(qubit: number): void {
    this.#each(qubit, (row, _, zBit) => {
      this.#rows.signs[row]! ^= zBit;
    });
  }

  z(qubit: number): void {
    this.#each(qubit, (row, xBit) => {
      this.#rows.signs[row]! ^= xBit;
    });
  }

  cx(control: number, target: number): void {
    const { x, z, words, rows, signs } = this.#rows;
    const [controlWord, targetWord] = [control >> 5, target >> 5];
    const [controlBit, targetBit] = [control & 31, target & 31];
    for (let row = 0; row < rows; row++) {
      const base = row * words;
      const xc = (x[base + controlWord]! >>> controlBit) & 1;
      const zc = (z[base + controlWord]! >>> controlBit) & 1;
      const xt = (x[base + targetWord]! >>> targetBit) & 1;
      const zt = (z[base + targetWord]! >>> targetBit) & 1;
      signs[row]! ^= xc & zt & (xt ^ zc ^ 1);
      x[base + targetWord]! ^= xc << targetBit;
      z[base + controlWord]! ^= zt << controlBit;
    }
  }

  /** Any Clifford operation. */
  apply({ qubits, images, signs: minus }: CliffordAction): void {
    const { x, z, words, rows, signs } = this.#rows;
    const count = qubits.length;
    for (let row = 0; row < rows; row++) {
      const base = row * words;
      let before = 0;
      for (let place = 0; place < count; place++) {
        const qubit = qubits[place]!;
        const at = base + (qubit >> 5);
        const shift = qubit & 31;
        before |= ((x[at]! >>> shift) & 1) << place;
        before |= ((z[at]! >>> shift) & 1) << (place + count);
      }
      if (before === 0) continue;
      const changed = before ^ images[before]!;
      signs[row]! ^= minus[before]!;
      for (let place = 0; place < count; place++) {
        const qubit = qubits[place]!;
        const at = base + (qubit >> 5);
        x[at]! ^= ((changed >> place) & 1) << (qubit & 31);
        z[at]! ^= ((changed >> (place + count)) & 1) << (qubit & 31);
      }
    }
  }

  /**
   * <P> of a Pauli string, qubit 0 last: 1 or -1 for what the state is an eigenstate of, otherwise 0.
   */
  expectation(paulis: string): -1 | 0 | 1 {
    const last = this.qubits - 1;
    const operator = new PauliRows(1, this.qubits);
    for (let qubit = 0; qubit < this.qubits; qubit++) {
      const letter = paulis.charAt(last - qubit);
      const at = qubit >> 5;
      if (letter === "X" || letter === "Y") operator.x[at]! |= 1 << (qubit & 31);
      if (letter === "Z" || letter === "Y") operator.z[at]! |= 1 << (qubit & 31);
    }
    const rows = this.#rows;
    for (let row = this.qubits; row < 2 * this.qubits; row++) {
      if (rows.anticommutes(row, operator)) return 0;
    }
    // The product of the stabilizers whose destabilizers anticommute with it.
    const scratch = 2 * this.qubits;
    rows.clear(scratch);
    for (let row = 0; row < this.qubits; row++) {
      if (rows.anticommutes(row, operator)) rows.multiply(scratch, row + this.qubits);
    }
    return rows.signs[scratch] === 1 ? -1 : 1;
  }

  /** Takes over another state of as many qubits. */
  set(other: Tableau): void {
    this.#rows.set(other.#rows);
  }

  /** The X part of each stabilizer: together they span the outcomes, from any one of them. */
  xParts(): readonly Uint32Array[] {
    const { x, words } = this.#rows;
    return Array.from({ length: this.qubits }, (_, at) => {
      const row = this.qubits + at;
      return x.slice(row * words, (row + 1) * words);
    });
  }

  /** 0 or 1 when that is certain, 0.5 otherwise. */
  probabilityOfOne(qubit: number): 0 | 0.5 | 1 {
    if (this.#anticommuting(qubit) !== null) return 0.5;
    return this.#certainOutcome(qubit);
  }

  /** Keeps the part in which this qubit has this value, which must have some weight. */
  collapse(qubit: number, value: 0 | 1): void {
    const pivot = this.#anticommuting(qubit);
    if (pivot === null) {
      if (this.#certainOutcome(qubit) !== value) throw new Error(`qubit ${qubit} is not ${value}`);
      return;
    }
    const rows = this.#rows;
    for (let row = 0; row < 2 * this.qubits; row++) {
      if (row !== pivot && rows.hasX(row, qubit)) rows.multiply(row, pivot);
    }
    rows.copy(pivot, pivot - this.qubits);
    rows.clear(pivot);
    rows.setZ(pivot, qubit);
    rows.signs[pivot] = value;
  }

  /** The stabilizers as Pauli strings with their sign, qubit 0 last. */
  stabilizers(): readonly string[] {
    return Array.from({ length: this.qubits }, (_, at) => {
      const row = this.qubits + at;
      const letters = Array.from({ length: this.qubits }, (__, qubit) => {
        const place = (this.#rows.hasX(row, qubit) ? 1 : 0) + (this.#rows.hasZ(row, qubit) ? 2 : 0);
        return "IXZY".charAt(place);
      });
      return (this.#rows.signs[row] === 1 ? "-" : "+") + letters.toReversed().join("");
    });
  }

  /** A stabilizer that a measurement of the qubit disturbs; null when the outcome is certain. */
  #anticommuting(qubit: number): number | null {
    for (let row = this.qubits; row < 2 * this.qubits; row++) {
      if (this.#rows.hasX(row, qubit)) return row;
    }
    return null;
  }

  /** The product of the stabilizers whose destabilizers anticommute with Z of the qubit is +Z or -Z. */
  #certainOutcome(qubit: number): 0 | 1 {
    const scratch = 2 * this.qubits;
    this.#rows.clear(scratch);
    for (let row = 0; row < this.qubits; row++) {
      if (this.#rows.hasX(row, qubit)) this.#rows.multiply(scratch, row + this.qubits);
    }
    return this.#rows.signs[scratch] === 1 ? 1 : 0;
  }

  #each(
    qubit: number,
    change: (row: number, xBit: number, zBit: number, toggle: (x: 0 | 1, z: 0 | 1) => void) => void,
  ): void {
    const { x, z, words, rows } = this.#rows;
    const bit = qubit & 31;
    for (let row = 0; row < rows; row++) {
      const at = row * words + (qubit >> 5);
      change(row, (x[at]! >>> bit) & 1, (z[at]! >>> bit) & 1, (byX, byZ) => {
        x[at]! ^= byX << bit;
        z[at]! ^= byZ << bit;
      });
    }
  }
}
