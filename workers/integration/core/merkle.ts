/** Merkle tree hashes and audit paths: RFC 6962, section 2.1. */
import { createHash } from "node:crypto";

/** @returns SHA-256 of a zero byte and the entry */
export function leafHash(entry: string): Uint8Array {
  return createHash("sha256").update(Uint8Array.of(0)).update(entry).digest();
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash("sha256").update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** The largest power of two below a size of at least 2. */
function split(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

/** Of leaf hashes; without any it is the hash of nothing. */
export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return createHash("sha256").digest();
  if (leaves.length === 1) return only;
  const at = split(leaves.length);
  return nodeHash(treeHash(leaves.slice(0, at)), treeHash(leaves.slice(at)));
}

/** The hashes beside the way from a leaf to the root, the lowest first (2.1.1). */
export function auditPath(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`There is no leaf ${index} among ${leaves.length}.`);
  }
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return index < at
    ? [...auditPath(index, left), treeHash(right)]
    : [...auditPath(index - at, right), treeHash(left)];
}
