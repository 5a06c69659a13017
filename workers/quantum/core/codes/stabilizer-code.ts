/** Stabilizer codes as data, and what makes them codes (Gottesman, PhD thesis, Caltech (1997), chapter 3). */
import type { PauliFactor } from "../frames/plan.ts";
import type { Basis } from "../stim/instructions.ts";
import { searchedQubitsMax } from "./limits.ts";

export type Product = readonly PauliFactor[];
export type Place = readonly [x: number, y: number];

export interface Stabilizer {
  readonly factors: Product;
  readonly place: Place;
  /**
   * The order in which one helper qubit meets the data, by time; null: it waits. Only codes whose
   * stabilizers are of X alone or of Z alone have it.
   */
  readonly schedule?: readonly (number | null)[];
}

export interface StabilizerCode {
  readonly qubits: number;
  /** k, the qubits that it encodes. */
  readonly logicalQubits: number;
  /** d: the least weight of an error that acts on them unseen. */
  readonly distance: number;
  /** Of each qubit. */
  readonly places: readonly Place[];
  /** May depend on each other: toric codes have two more than needed. */
  readonly stabilizers: readonly Stabilizer[];
  /** Of each encoded qubit. */
  readonly logicals: readonly { readonly x: Product; readonly z: Product }[];
  /** Bit-flip codes see X errors alone, and keep logical Z alone. */
  readonly seesOnlyX: boolean;
}

/** The same Pauli on several qubits. */
export function product(basis: Basis, qubits: readonly number[]): Product {
  return qubits.map((qubit) => ({ qubit, basis }));
}

/** Letters from the left to the right as qubits 0, 1, ...; I is left out. */
export function productOfLetters(letters: string): Product {
  return Array.from(letters).flatMap((letter, qubit) =>
    letter === "I" ? [] : [{ qubit, basis: letter as Basis }],
  );
}

/** As .stim texts have it, X0*Z3. */
export function productText(factors: Product): string {
  return factors.map(({ basis, qubit }) => `${basis}${qubit}`).join("*");
}

export function commute(a: Product, b: Product): boolean {
  const letters = new Map(a.map(({ qubit, basis }) => [qubit, basis]));
  const clashes = b.filter(({ qubit, basis }) => {
    const other = letters.get(qubit);
    return other !== undefined && other !== basis;
  });
  return clashes.length % 2 === 0;
}

/** How many of the products are independent, signs aside. */
export function rankOf(products: readonly Product[]): number {
  const pivots = new Map<bigint, bigint>();
  let rank = 0;
  for (const factors of products) {
    let row = factors.reduce((bits, { qubit, basis }) => {
      const [x, z] = [basis === "Z" ? 0n : 1n, basis === "X" ? 0n : 1n];
      return bits ^ (((z << 1n) | x) << BigInt(2 * qubit));
    }, 0n);
    while (row !== 0n) {
      const lowest = row & -row;
      const pivot = pivots.get(lowest);
      if (pivot === undefined) {
        pivots.set(lowest, row);
        rank++;
        break;
      }
      row ^= pivot;
    }
  }
  return rank;
}

/**
 * What is wrong with the code; empty when all stabilizers commute, n - k of them are independent,
 * and the logical operators commute with them and with each other but for X and Z of the same qubit.
 */
export function flawsOf(code: StabilizerCode): readonly string[] {
  const stabilizers = code.stabilizers.map(({ factors }) => factors);
  const logicals = code.logicals.flatMap(({ x, z }) => [x, z]);
  const flaws: string[] = [];
  const pairs = [...stabilizers, ...logicals];
  for (const [at, a] of pairs.entries()) {
    for (const [past, b] of pairs.slice(at + 1).entries()) {
      const other = at + 1 + past;
      const logical = at - stabilizers.length;
      const isPartner = logical >= 0 && logical % 2 === 0 && other === at + 1;
      if (commute(a, b) !== isPartner) continue;
      flaws.push(
        `${productText(a)} and ${productText(b)} ${isPartner ? "commute" : "do not commute"}`,
      );
    }
  }
  const rank = rankOf(stabilizers);
  const expected = code.qubits - code.logicalQubits;
  if (rank !== expected) flaws.push(`${rank} stabilizers are independent, not ${expected}`);
  return flaws;
}

/**
 * The least weight of an error that no stabilizer sees and that acts on an encoded qubit, by trying
 * all errors of weight 1, 2, ... up to `weightMax`; null when all of those are seen or harmless.
 * @throws RangeError beyond `searchedQubitsMax` qubits
 */
export function searchDistance(code: StabilizerCode, weightMax: number): number | null {
  if (code.qubits > searchedQubitsMax) {
    throw new RangeError(`distances are searched up to ${searchedQubitsMax} qubits`);
  }
  const bases: readonly Basis[] = code.seesOnlyX ? ["X"] : ["X", "Y", "Z"];
  // Of each single Pauli what it clashes with: stabilizers in the low bits, logicals above.
  const checks = [
    ...code.stabilizers.map(({ factors }) => factors),
    ...code.logicals.flatMap(({ x, z }) => (code.seesOnlyX ? [z] : [x, z])),
  ];
  const clashes = Array.from({ length: code.qubits }, (_, qubit) =>
    bases.map((basis) =>
      checks.reduce(
        (bits, check, at) =>
          commute(check, [{ qubit, basis }]) ? bits : bits | (1n << BigInt(at)),
        0n,
      ),
    ),
  );
  const seen = (1n << BigInt(code.stabilizers.length)) - 1n;
  const isFatal = (first: number, left: number, bits: bigint): boolean => {
    if (left === 0) return (bits & seen) === 0n && bits !== 0n;
    for (let qubit = first; qubit <= code.qubits - left; qubit++) {
      for (const clash of clashes[qubit]!) {
        if (isFatal(qubit + 1, left - 1, bits ^ clash)) return true;
      }
    }
    return false;
  };
  for (let weight = 1; weight <= weightMax; weight++) if (isFatal(0, weight, 0n)) return weight;
  return null;
}
