/** A chain in memory with a clock of its own, and small contracts, for tests. */
import { setImmediate } from "node:timers/promises";
import { createFeeMarket1559Tx } from "@ethereumjs/tx";
import { Chain, type ChainHost } from "../core/chain.ts";
import {
  developerAccounts,
  developerKey,
  type DeveloperAccount,
} from "../core/developer-accounts.ts";
import { openChainDatabase } from "../store/chain-database.ts";
import { ChainStore } from "../store/chain-store.ts";

type TransactionFields = Parameters<typeof createFeeMarket1559Tx>[0];

/** Without input it returns its stored word; with one, it stores and logs the first word of it. */
export const notebookCode =
  "0x601a8060095f395ff336600d575f545f5260205ff3fe5b5f35805f555f5260205fa000";
/** Runs until its gas is used up. */
export const endlessCode = "0x60038060095f395ff35b5f56";
/** Reverts with its own input. */
export const refusingCode = "0x60078060095f395ff3365f5f37365ffd";

export function account(index: number): DeveloperAccount {
  const found = developerAccounts[index];
  if (found === undefined) throw new Error(`There is no developer account ${index}.`);
  return found;
}

export class Laboratory {
  readonly store: ChainStore;
  nowSeconds = 1_700_000_000;
  readonly host: ChainHost = {
    nowSeconds: () => this.nowSeconds,
    monotonicMs: () => performance.now(),
    breathe: () => setImmediate(),
    after: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  };

  constructor(home: string | null = null) {
    this.store = new ChainStore(openChainDatabase(home, 0));
  }

  open(): Promise<Chain> {
    return Chain.open(this.store, this.host);
  }

  signed(chain: Chain, from: DeveloperAccount, data: TransactionFields) {
    const fees = { maxFeePerGas: 3_000_000_000n, maxPriorityFeePerGas: 100_000_000n };
    const tx = createFeeMarket1559Tx(
      { gasLimit: 21_000n, ...fees, ...data },
      { common: chain.common },
    );
    return tx.sign(developerKey(from.counter));
  }
}
