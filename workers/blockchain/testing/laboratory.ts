/** A chain in memory with a clock of its own, and small contracts, for tests. */
import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { createFeeMarket1559Tx } from "@ethereumjs/tx";
import {
  developerAccounts,
  developerKey,
  type DeveloperAccount,
} from "../core/developer-accounts.ts";
import { developerGenesis } from "../engine/genesis.ts";
import type { Chain } from "../node/chain.ts";
import type { ChainHost } from "../node/chain-parts.ts";
import { type NodeOptions, openNode, type OpenedNode } from "../node/open-node.ts";

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

/** Long waits are shortened so much. */
const hurry = 100;
const longMs = 10_000;

export class Laboratory {
  nowSeconds = 1_700_000_000;
  readonly #home: string | null;
  readonly #opened: OpenedNode[] = [];
  #ids = 0;
  readonly host: ChainHost = {
    nowSeconds: () => this.nowSeconds,
    monotonicMs: () => performance.now(),
    breathe: () => setImmediate(),
    after: (ms, act) => {
      const timer = setTimeout(act, ms >= longMs ? ms / hurry : ms);
      return () => clearTimeout(timer);
    },
    fail(error) {
      throw error;
    },
    newId: () => `entry ${(this.#ids += 1)} ${randomUUID()}`,
  };

  constructor(home: string | null = null) {
    this.#home = home;
  }

  async open(options: Partial<NodeOptions> = {}): Promise<Chain> {
    const node = await openNode({
      genesis: developerGenesis(),
      genesisFile: null,
      consensus: "raft",
      validators: 3,
      home: this.#home,
      host: this.host,
      now: () => this.nowSeconds * 1_000,
      seed: 1,
      journal: null,
      onDamage: (text) => {
        throw new Error(text);
      },
      ...options,
    });
    this.#opened.push(node);
    return node.chain;
  }

  async close(): Promise<void> {
    for (const node of this.#opened.splice(0)) await node.stop();
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
