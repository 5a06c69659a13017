/** Block 0: the developer accounts and their coins, the same on every machine. */
import { createBlock, type Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import type { MerkleStateManager } from "@ethereumjs/statemanager";
import { Account, createAddressFromString } from "@ethereumjs/util";
import { chainLimits } from "../limits.ts";
import { developerAccounts, genesisCoins } from "./developer-accounts.ts";

const weiPerCoin = 10n ** 18n;

/** 1 gwei; wallets show odd fees where the base fee starts lower. */
const initialBaseFee = 1_000_000_000n;

/** Fills the empty state and returns the block that commits to it. */
export async function createGenesis(common: Common, state: MerkleStateManager): Promise<Block> {
  await state.checkpoint();
  for (const { address } of developerAccounts) {
    const account = new Account(0n, genesisCoins * weiPerCoin);
    await state.putAccount(createAddressFromString(address), account);
  }
  await state.commit();
  const header = {
    number: 0n,
    timestamp: 0n,
    gasLimit: chainLimits.blockGasLimit,
    baseFeePerGas: initialBaseFee,
    stateRoot: await state.getStateRoot(),
  };
  return createBlock({ header, withdrawals: [] }, { common });
}
