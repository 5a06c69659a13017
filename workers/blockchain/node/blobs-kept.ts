/** Blobs that were sent lately; blocks have their hashes alone (EIP-4844). */
import { chainLimits } from "../limits.ts";

export class BlobsKept {
  readonly #byHash = new Map<string, string>();

  get(versionedHash: string): string | undefined {
    return this.#byHash.get(versionedHash);
  }

  /** @param blob 0x and digits */
  add(versionedHash: string, blob: string): void {
    this.#byHash.set(versionedHash, blob);
    if (this.#byHash.size <= chainLimits.blobsKeptMax) return;
    const [oldest] = this.#byHash.keys();
    if (oldest !== undefined) this.#byHash.delete(oldest);
  }
}
