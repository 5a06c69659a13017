/** Roots and proofs of the states that the archive has (EIP-1186). */
import type { Pacer } from "../core/pacer.ts";
import type { StateChanges } from "../engine/entry.ts";
import { trieAt } from "../engine/historic-trie.ts";
import { type AccountProof, proofOf } from "../engine/proof.ts";
import type { Replica } from "../engine/replica.ts";
import type { LedgerStore } from "../store/ledger-store.ts";

export class StateRoots {
  readonly #archive: Replica;
  readonly #store: LedgerStore;
  readonly #pacer: Pacer;

  constructor(archive: Replica, store: LedgerStore, pacer: Pacer) {
    this.#archive = archive;
    this.#store = store;
    this.#pacer = pacer;
  }

  /** @param address and slots in hexadecimal digits without 0x */
  async prove(version: number, address: string, slots: readonly string[]): Promise<AccountProof> {
    if (version === this.#archive.version) return this.#archive.prove(address, slots);
    return proofOf(await trieAt(this.#store, version, this.#pacer), address, slots);
  }

  /** The root that a state would have with changes made to it; nothing is changed. */
  async rootWith(version: number, changes: StateChanges): Promise<Uint8Array> {
    if (version === this.#archive.version) return this.#archive.rootWith(changes);
    const trie = await trieAt(this.#store, version, this.#pacer);
    return trie.updatePaced(changes, () => this.#pacer.pause());
  }
}
