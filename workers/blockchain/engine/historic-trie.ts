/** Proofs of an earlier state (EIP-1186): its trie is made anew, since only the present is kept. */
import type { Pacer } from "../core/pacer.ts";
import type { LedgerStore } from "../store/ledger-store.ts";
import type { AccountState } from "./entry.ts";
import { StateTrie } from "./trie/state-trie.ts";

const accountsAtOnce = 256;

/** The whole trie of the state at a version, in memory; it takes as long as there are accounts. */
export async function trieAt(
  store: LedgerStore,
  version: number,
  pacer: Pacer,
): Promise<StateTrie> {
  const trie = new StateTrie();
  const reader = store.reader(version);
  for (let after = ""; ;) {
    const addresses = store.addresses(version, after, accountsAtOnce);
    const last = addresses.at(-1);
    if (last === undefined) return trie;
    const accounts = new Map<string, AccountState | null>();
    const slots = new Map<string, Uint8Array | null>();
    for (const address of addresses) {
      accounts.set(address, reader.account(address));
      for (const slot of reader.slotsOf(address)) {
        slots.set(address + slot, reader.slot(address, slot));
      }
      await pacer.pause();
    }
    await trie.updatePaced({ accounts, slots, codes: new Map() }, () => pacer.pause());
    after = last;
    await pacer.pause();
  }
}
