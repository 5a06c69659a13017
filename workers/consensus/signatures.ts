/**
 * Digital signatures as a model: a keyed 53-bit hash in place of elliptic curves. Whoever holds a
 * `Signer` signs for that one node and no other; everyone can verify. Byzantine nodes of this
 * laboratory are given their own signer only, which is the assumption of Castro and Liskov (section 2)
 * and Yin et al. (section 3). It keeps nobody out who writes against it on purpose: a run that fits
 * into one process has no secrets.
 */
import type { NodeId } from "../cluster/process.ts";

export type Signature = number;

/** A digest of a text, 53 bits: cyrb53 (bryc 2018), which is quick and well mixed, and not secure. */
export function digestOf(text: string, seed = 0): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

export class Signer {
  readonly id: NodeId;

  constructor(id: NodeId) {
    this.id = id;
  }

  sign(text: string): Signature {
    return keyedDigest(this.id, text);
  }
}

export function verify(signer: NodeId, text: string, signature: Signature): boolean {
  return keyedDigest(signer, text) === signature;
}

function keyedDigest(id: NodeId, text: string): number {
  return digestOf(text, Math.imul(id, 0x9e3779b1));
}
