/**
 * All outcomes of measuring a stabilizer state at once: they are equally likely, and each is one of them
 * plus a sum of the X parts of the stabilizers (Aaronson and Gottesman 2004, section III).
 */
import type { Tableau } from "./tableau.ts";

export class StabilizerOutcomes {
  /** Outcomes are 2^rank many. */
  readonly rank: number;
  readonly #first: Uint32Array;
  readonly #basis: readonly Uint32Array[];

  /** Leaves the state measured. */
  constructor(tableau: Tableau) {
    this.#basis = independent(tableau.xParts());
    this.rank = this.#basis.length;
    this.#first = new Uint32Array(Math.ceil(tableau.qubits / 32));
    for (let qubit = 0; qubit < tableau.qubits; qubit++) {
      const value = tableau.probabilityOfOne(qubit) === 1 ? 1 : 0;
      tableau.collapse(qubit, value);
      this.#first[qubit >> 5]! |= value << (qubit & 31);
    }
  }

  /** The value of each qubit, 32 to a word, lowest first; `draw` returns uniform numbers in [0, 1). */
  draw(draw: () => number): Uint32Array {
    const outcome = this.#first.slice();
    for (const part of this.#basis) {
      if (draw() < 0.5) add(outcome, part);
    }
    return outcome;
  }
}

function add(into: Uint32Array, by: Uint32Array): void {
  for (let word = 0; word < into.length; word++) into[word]! ^= by[word]!;
}

/** Gaussian elimination over bits: of the rows, as many as are independent. */
function independent(rows: readonly Uint32Array[]): readonly Uint32Array[] {
  const found: { readonly row: Uint32Array; readonly word: number; readonly bit: number }[] = [];
  for (const original of rows) {
    const row = original.slice();
    for (const { row: other, word, bit } of found) {
      if ((row[word]! & bit) !== 0) add(row, other);
    }
    const word = row.findIndex((value) => value !== 0);
    if (word >= 0) found.push({ row, word, bit: row[word]! & -row[word]! });
  }
  return found.map(({ row }) => row);
}
