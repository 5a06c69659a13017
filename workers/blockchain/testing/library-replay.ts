/** The library's own state and block processor as an oracle: it knows nothing of the engine. */
import { createBlockFromRLP } from "@ethereumjs/block";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { Account, Address } from "@ethereumjs/util";
import { createVM, runBlock } from "@ethereumjs/vm";
import type { Genesis } from "../engine/genesis.ts";
import type { Replica } from "../engine/replica.ts";
import { bytesOf, hexDigits } from "../engine/state-reader.ts";
import type { LedgerStore } from "../store/ledger-store.ts";

/**
 * Runs all blocks again.
 * @throws Error where a root, bloom, receipt, request or the gas differs
 */
export async function replay(
  replica: Replica,
  store: LedgerStore,
  { common: rules, changes }: Genesis,
): Promise<void> {
  const common = rules.copy();
  const state = new MerkleStateManager({ common });
  for (const [digits, account] of changes.accounts) {
    if (account === null) continue;
    const address = new Address(bytesOf(digits));
    await state.putAccount(address, new Account(account.nonce, account.balance));
    const code = changes.codes.get(hexDigits(account.codeHash));
    if (code !== undefined) await state.putCode(address, code);
  }
  await state.flush();
  const hashes = {
    getBlock: (number: number) =>
      Promise.resolve({ hash: () => store.blockHash(number) ?? new Uint8Array(32) }),
    putBlock: () => Promise.resolve(),
    shallowCopy: () => hashes,
  };
  const vm = await createVM({ common, stateManager: state, blockchain: hashes });
  for (let number = 1; number <= replica.height; number += 1) {
    const block = createBlockFromRLP(store.block(number)?.rlp ?? new Uint8Array(), { common });
    if (!(await block.transactionsTrieIsValid()) || !(await block.withdrawalsTrieIsValid())) {
      throw new Error(`Block ${number} does not hold what its header says.`);
    }
    await runBlock(vm, { block, skipBlockValidation: true });
  }
}
