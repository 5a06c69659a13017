/** The chain with everything that answers from it; loaded after the thread is ready. */
import { createBlockFromRLP } from "@ethereumjs/block";
import { bytesToHex } from "@ethereumjs/util";
import { Anchors } from "./anchors/anchors.ts";
import type { TransferInput } from "./contract.ts";
import { ledgerChain } from "./contracts/ledger-chain.ts";
import { accountPage, accountView, resolveAccount } from "./handlers/accounts.ts";
import { developerGenesis } from "./engine/genesis.ts";
import { Explorer } from "./handlers/explorer.ts";
import { Gas } from "./handlers/gas.ts";
import { Mempool } from "./handlers/mempool.ts";
import { chainStatus, watchChain } from "./handlers/status.ts";
import { transfer } from "./handlers/transfer.ts";
import { disturb, validatorsStatus, watchValidators } from "./handlers/validators.ts";
import type { ValidatorGroup } from "./validators/group.ts";
import { anchorSigners } from "./handlers/signers.ts";
import { Wallet } from "./handlers/wallet.ts";
import { BlobsKept } from "./node/blobs-kept.ts";
import type { Chain } from "./node/chain.ts";
import { readChain, readGenesisFile } from "./node/chain-files.ts";
import { Developer } from "./node/developer.ts";
import { type NodeOptions, openNode } from "./node/open-node.ts";
import { CallRunner } from "./calls/call-runner.ts";
import { Tokens } from "./tokens/tokens.ts";
import { ChainFeed } from "./protocols/json-rpc/chain-feed.ts";
import { createRpc } from "./protocols/json-rpc/methods.ts";

export interface LedgerOptions extends Omit<NodeOptions, "genesis" | "genesisFile"> {
  /** Absolute path of a genesis file; null: the developer's chain. */
  readonly genesis: string | null;
  /** Absolute path of a file of blocks that a new chain begins with; null: none. */
  readonly import: string | null;
  /** Told how far an import is, in a sentence. */
  readonly onProgress: (text: string) => void;
}

/** @throws StartError, RangeError as `openNode`; Error for a file that cannot be used */
export async function openLedger(options: LedgerOptions, version: string) {
  const { genesis: genesisFile, import: chainFile } = options;
  const genesis = genesisFile === null ? developerGenesis() : readGenesisFile(genesisFile);
  const node = await openNode({ ...options, genesis, genesisFile });
  const { chain } = node;
  if (chainFile !== null) await importBlocks(chain, readChain(chainFile), options);
  const store = chain.index;
  const simulator = new CallRunner(chain, genesisFile, (ms, act) => options.host.after(ms, act));
  const wallet = new Wallet(chain);
  const explorer = new Explorer(chain, store);
  const persistent = options.home !== null;
  const statusParts = { chain, store, persistent, nowSeconds: () => options.host.nowSeconds() };
  const parts = {
    chain,
    store,
    wallet,
    simulator,
    blobs: new BlobsKept(),
    developer: new Developer(chain),
    feed: new ChainFeed(chain, store),
  };
  return {
    chain,
    parts,
    anchors: new Anchors({ ...parts, wallet: new Wallet(chain, anchorSigners) }, (ms, act) =>
      options.host.after(ms, act),
    ),
    explorer,
    tokens: new Tokens(chain, store, simulator),
    contractsChain: ledgerChain(chain),
    gas: new Gas(chain, store),
    mempool: new Mempool(chain, store, wallet),
    rpc: createRpc({ ...parts, version }),
    feed: parts.feed,
    pause: () => chain.pacer.pause(),
    status: () => chainStatus(statusParts),
    watch: (signal: AbortSignal | undefined) => watchChain(statusParts, signal),
    accounts: (page: { after?: number | undefined; limit: number }) =>
      accountPage(page, chain, store),
    account: (reference: string) => accountView(resolveAccount(reference, store), chain, store),
    validators: () => validatorsStatus(chain, options.now()),
    watchValidators: (signal: AbortSignal | undefined) =>
      watchValidators(chain, options.now, signal),
    /** Does something to the validators, and says how they are then. */
    disturb(act: (group: ValidatorGroup) => void) {
      disturb(() => act(chain.validators));
      return validatorsStatus(chain, options.now());
    },
    transfer: (input: TransferInput) =>
      transfer(input, parts, (ms, act) => options.host.after(ms, act)),
    async stop() {
      await simulator.stop();
      await node.stop();
    },
  };
}
export type Ledger = Awaited<ReturnType<typeof openLedger>>;

/** Blocks that the chain has already are passed over, so that a start with the same file is harmless. */
async function importBlocks(
  chain: Chain,
  blocks: readonly Uint8Array[],
  options: LedgerOptions,
): Promise<void> {
  let imported = 0;
  for (const [index, bytes] of blocks.entries()) {
    const { number } = createBlockFromRLP(bytes, {
      common: chain.common.copy(),
      setHardfork: true,
    }).header;
    if (number <= BigInt(chain.height)) continue;
    const { outcome } = await chain.change({ kind: "import", rlp: bytesToHex(bytes) });
    if (outcome.kind !== "block") {
      const why = outcome.kind === "nothing" ? outcome.why : outcome.kind;
      throw new Error(`Block ${number}, number ${index + 1} of the file, was not taken: ${why}.`);
    }
    imported += 1;
  }
  if (imported > 0)
    options.onProgress(`Imported ${imported} blocks; the height is ${chain.height}.`);
}
