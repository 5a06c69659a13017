/**
 * Rows of Pauli operators, one bit for X and one for Z of each qubit, 32 qubits a word, and a sign.
 * Products keep track of their factor i^k as Stim does: two bit planes count it for all qubits of a
 * word at once (Gidney, Quantum 5, 497 (2021), section 3).
 */
export class PauliRows {
  readonly rows: number;
  readonly words: number;
  readonly x: Uint32Array;
  readonly z: Uint32Array;
  /** 1: the operator stands with a minus. */
  readonly signs: Uint8Array;

  constructor(rows: number, qubits: number) {
    this.rows = rows;
    this.words = Math.ceil(qubits / 32);
    this.x = new Uint32Array(rows * this.words);
    this.z = new Uint32Array(rows * this.words);
    this.signs = new Uint8Array(rows);
  }

  hasX(row: number, qubit: number): boolean {
    return ((this.x[row * this.words + (qubit >> 5)]! >>> (qubit & 31)) & 1) === 1;
  }

  hasZ(row: number, qubit: number): boolean {
    return ((this.z[row * this.words + (qubit >> 5)]! >>> (qubit & 31)) & 1) === 1;
  }

  /** The row becomes the identity. */
  clear(row: number): void {
    this.x.fill(0, row * this.words, (row + 1) * this.words);
    this.z.fill(0, row * this.words, (row + 1) * this.words);
    this.signs[row] = 0;
  }

  setZ(row: number, qubit: number): void {
    this.z[row * this.words + (qubit >> 5)]! |= 1 << (qubit & 31);
  }

  set(other: PauliRows): void {
    this.x.set(other.x);
    this.z.set(other.z);
    this.signs.set(other.signs);
  }

  /** Whether a row anticommutes with the only row of another. */
  anticommutes(row: number, single: PauliRows): boolean {
    let parity = 0;
    for (let word = 0; word < this.words; word++) {
      const at = row * this.words + word;
      parity ^= (this.x[at]! & single.z[word]!) ^ (this.z[at]! & single.x[word]!);
    }
    return populationCount(parity) % 2 === 1;
  }

  copy(from: number, to: number): void {
    const { words } = this;
    this.x.copyWithin(to * words, from * words, (from + 1) * words);
    this.z.copyWithin(to * words, from * words, (from + 1) * words);
    this.signs[to] = this.signs[from]!;
  }

  /** `into` becomes into * by. For operators that commute the factor is 1 or -1, as the sign has it. */
  multiply(into: number, by: number): void {
    const { x, z, words } = this;
    let ones = 0;
    let twos = 0;
    for (let word = 0; word < words; word++) {
      const at = into * words + word;
      const [x1, z1] = [x[at]!, z[at]!];
      const [x2, z2] = [x[by * words + word]!, z[by * words + word]!];
      const [newX, newZ] = [x1 ^ x2, z1 ^ z2];
      const xz = x1 & z2;
      const anti = (x2 & z1) ^ xz;
      // Each word counts on its own, so its first plane starts at zero.
      ones += populationCount(anti);
      twos += populationCount((newX ^ newZ ^ xz) & anti);
      x[at] = newX;
      z[at] = newZ;
    }
    const factor = (ones + 2 * twos) & 3;
    this.signs[into] = this.signs[into]! ^ this.signs[by]! ^ (factor >> 1);
  }
}

/** Bits that are 1 (Warren, Hacker's Delight, 5-1). */
export function populationCount(word: number): number {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
