/** Signed transactions of the developer accounts, for tests of the engine. */
import { createFeeMarket1559Tx } from "@ethereumjs/tx";
import { Address, bytesToHex, createContractAddress } from "@ethereumjs/util";
import { developerAccounts, developerKey } from "../core/developer-accounts.ts";
import type { EntryTransaction, Hex } from "../engine/entry.ts";
import { developerGenesis } from "../engine/genesis.ts";
import { bytesOf } from "../engine/state-reader.ts";

export const testGenesis = developerGenesis();

type Fields = Parameters<typeof createFeeMarket1559Tx>[0];

export function signed(from: number, fields: Fields): EntryTransaction {
  const fees = { maxFeePerGas: 3_000_000_000n, maxPriorityFeePerGas: 100_000_000n };
  const tx = createFeeMarket1559Tx(
    { gasLimit: 21_000n, ...fees, ...fields },
    { common: testGenesis.common },
  );
  const key = developerKey(developerAccounts[from]?.counter ?? 0);
  return { raw: bytesToHex(tx.sign(key).serialize()), sender: null };
}

export function addressOf(index: number): Hex {
  return (developerAccounts[index]?.address ?? "0x").toLowerCase() as Hex;
}

/** Of the contract that a developer account creates with that nonce. */
export function contractOf(from: number, nonce: bigint): Hex {
  return createContractAddress(new Address(bytesOf(addressOf(from).slice(2))), nonce).toString();
}

export function word(value: number): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
