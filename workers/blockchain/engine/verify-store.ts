/** Whether a stored state holds together: its trie is made anew from the accounts, and compared. */
import type { Pacer } from "../core/pacer.ts";
import { chainLimits } from "../limits.ts";
import type { Head, LedgerStore } from "../store/ledger-store.ts";
import { StateDamaged } from "./failures.ts";
import { trieAt } from "./historic-trie.ts";
import { equalBytes } from "./state-reader.ts";

/**
 * Of a state with more than `verifiedNodesMax` trie nodes only the root is looked at, which its
 * caller does.
 * @throws StateDamaged
 */
export async function verifyStore(store: LedgerStore, at: Head, pacer: Pacer): Promise<void> {
  const stored = store.trieNodeCount();
  if (stored > chainLimits.verifiedNodesMax) return;
  const trie = await trieAt(store, at.version, pacer);
  if (!equalBytes(trie.root, at.stateRoot)) {
    throw new StateDamaged("The accounts in the chain's database do not have the stored root.");
  }
  const nodes = trie.changedNodes;
  for (const [key, node] of nodes) {
    const own = store.trieNode(key);
    if (own !== undefined && node !== null && equalBytes(own, node)) continue;
    throw new StateDamaged(`The trie in the chain's database is damaged at "${key}".`);
  }
  if (nodes.size !== stored) {
    throw new StateDamaged("The trie in the chain's database has nodes that belong to nothing.");
  }
}
