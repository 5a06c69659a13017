/**
 * KZG commitments (EIP-4844). Blob transactions need them where their blobs are checked, and one
 * precompile; blocks carry hashes alone, so the library is asked for it without using it.
 */
import type { KZG } from "@ethereumjs/util";

function unavailable(): never {
  throw new Error("KZG commitments are not available.");
}

export const lazyKzg: KZG = {
  getBlob: unavailable,
  blobToKzgCommitment: unavailable,
  computeBlobProof: unavailable,
  verifyProof: unavailable,
  verifyBlobProofBatch: unavailable,
  computeCells: unavailable,
  computeCellsAndProofs: unavailable,
  recoverCellsAndProofs: unavailable,
  verifyCellKzgProofBatch: unavailable,
} as unknown as KZG;
