/** The workshop's view of the chain of this thread. */
import { decodeBlock } from "../handlers/views.ts";
import type { Chain } from "../node/chain.ts";
import type { BlockRow } from "../store/chain-rows.ts";
import { WorldState } from "../engine/world-state.ts";
import { Address, bytesToHex, hexToBytes } from "@ethereumjs/util";
import type { ChainBlock, ContractsChain } from "./contracts-chain.ts";

/** States go by their versions. */
export function ledgerChain(chain: Chain): ContractsChain {
  const { index: store } = chain;
  const stateOf = (version: string) => new WorldState(chain.store.reader(Number(version)));
  const blockOf = (row: BlockRow): ChainBlock => {
    const { header } = decodeBlock(row, chain.common);
    return {
      state: String(chain.versionAfter(row)),
      environment: {
        number: Number(header.number),
        timestamp: Number(header.timestamp),
        coinbase: bytesToHex(header.coinbase.bytes),
        gasLimit: header.gasLimit,
        baseFeePerGas: header.baseFeePerGas ?? 0n,
        prevRandao: bytesToHex(header.prevRandao),
      },
    };
  };
  return {
    genesis: async () => chain.genesis.content,
    async block(reference) {
      const row = store.block(reference === "latest" ? chain.height : reference);
      return row === undefined ? null : blockOf(row);
    },
    async blockHash(number) {
      return chain.store.blockHash(number) ?? new Uint8Array(32);
    },
    async account(state, address) {
      const account = await stateOf(state).getAccount(new Address(hexToBytes(address)));
      if (account === undefined) return null;
      return { nonce: account.nonce, balance: account.balance, codeHash: account.codeHash };
    },
    code: (state, address) => stateOf(state).getCode(new Address(hexToBytes(address))),
    storage: (state, address, slot) =>
      stateOf(state).getStorage(new Address(hexToBytes(address)), hexToBytes(slot)),
    async transaction(hash) {
      const found = store.transaction(hexToBytes(hash));
      if (found === undefined) return null;
      const row = store.block(found.block);
      const parent = store.block(found.block - 1);
      if (row === undefined || parent === undefined) return null;
      const rows = store.transactionsOfBlock(found.block).map((one) => ({
        raw: bytesToHex(one.raw),
        sender: bytesToHex(one.sender),
      }));
      const transaction = rows[found.position];
      if (transaction === undefined) return null;
      const earlier = rows.slice(0, found.position);
      return { block: blockOf(row), state: blockOf(parent).state, earlier, transaction };
    },
  };
}
