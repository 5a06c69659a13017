/** The chain with everything that answers from it; loaded after the thread is ready. */
import type { TransferInput } from "./contract.ts";
import { ledgerChain } from "./contracts/ledger-chain.ts";
import { Chain, type ChainHost } from "./core/chain.ts";
import { Simulator } from "./core/simulation.ts";
import { accountPage, accountView, resolveAccount } from "./handlers/accounts.ts";
import { Explorer } from "./handlers/explorer.ts";
import { chainStatus, watchChain } from "./handlers/status.ts";
import { transfer } from "./handlers/transfer.ts";
import { Wallet } from "./handlers/wallet.ts";
import { createRpc } from "./protocols/json-rpc/methods.ts";
import type { ChainStore } from "./store/chain-store.ts";

export async function openLedger(
  store: ChainStore,
  host: ChainHost,
  persistent: boolean,
  version: string,
) {
  const chain = await Chain.open(store, host);
  const simulator = new Simulator(chain);
  const wallet = new Wallet(chain);
  const explorer = new Explorer(chain, store);
  const statusParts = { chain, store, persistent, nowSeconds: () => host.nowSeconds() };
  const parts = { chain, store, wallet, simulator };
  return {
    explorer,
    contractsChain: ledgerChain(chain, store),
    rpc: createRpc({ ...parts, version }),
    status: () => chainStatus(statusParts),
    watch: (signal: AbortSignal | undefined) => watchChain(statusParts, signal),
    accounts: (page: { after?: number | undefined; limit: number }) =>
      accountPage(page, chain, store),
    account: (reference: string) => accountView(resolveAccount(reference, store), chain, store),
    transfer: (input: TransferInput) => transfer(input, parts),
    stop: () => chain.stop(),
  };
}
export type Ledger = Awaited<ReturnType<typeof openLedger>>;
