/** Block 0 and the rules of a chain, from a file as go-ethereum reads it. */
import { createBlock, paramsBlock, type Block } from "@ethereumjs/block";
import { createCommonFromGethGenesis, Mainnet, type Common } from "@ethereumjs/common";
import { paramsEVM } from "@ethereumjs/evm";
import { paramsTx } from "@ethereumjs/tx";
import { setLengthLeft } from "@ethereumjs/util";
import { paramsVM } from "@ethereumjs/vm";
import { z } from "zod";
import { chainId } from "../contract.ts";
import { anchorAccount, developerAccounts, genesisCoins } from "../core/developer-accounts.ts";
import { chainLimits } from "../limits.ts";
import type { AccountState, StateChanges } from "./entry.ts";
import { keccak256 } from "./keccak.ts";
import { lazyKzg } from "./kzg.ts";
import { ecrecover } from "./signatures.ts";
import { bytesOf, emptyCodeHash, hexDigits } from "./state-reader.ts";
import { systemContracts } from "./system-contracts.ts";
import { StateTrie } from "./trie/state-trie.ts";

/** In decimal, or hexadecimal after 0x; JSON numbers are taken, too. */
const quantity = z
  .union([z.int().nonnegative(), z.string().regex(/^(0x[0-9a-fA-F]+|[0-9]+)$/)])
  .transform((value) => BigInt(value));
const digits = (pattern: RegExp) =>
  z
    .string()
    .transform((text) => text.replace(/^0x/i, "").toLowerCase())
    .refine((text) => pattern.test(text), "are not the hexadecimal digits that belong here");
const code = digits(/^([0-9a-f]{2})*$/);
const word = digits(/^[0-9a-f]{0,64}$/).transform((text) => text.padStart(64, "0"));

const genesisSchema = z.looseObject({
  config: z.looseObject({
    chainId: z.int().positive(),
    depositContractAddress: digits(/^[0-9a-f]{40}$/).optional(),
    blobSchedule: z
      .record(z.string(), z.looseObject({ target: z.int().positive(), max: z.int().positive() }))
      .default({}),
  }),
  nonce: quantity.default(0n),
  timestamp: quantity.default(0n),
  extraData: code.default(""),
  gasLimit: quantity,
  difficulty: quantity.default(0n),
  mixHash: word.default("0".repeat(64)),
  coinbase: digits(/^[0-9a-f]{40}$/).default("0".repeat(40)),
  baseFeePerGas: quantity.nullish(),
  alloc: z.record(
    digits(/^[0-9a-f]{40}$/),
    z.looseObject({
      balance: quantity.default(0n),
      nonce: quantity.default(0n),
      code: code.default(""),
      storage: z.record(word, word).default({}),
    }),
  ),
});

export interface Genesis {
  /** What it was read from, parsed as JSON. */
  readonly content: unknown;
  /** The rules; whoever works with it sets the fork by block, so each takes a copy. */
  readonly common: Common;
  readonly block: Block;
  /** The accounts, storage and code of block 0. */
  readonly changes: StateChanges;
  /** Whose logs are deposits (EIP-6110), 40 digits. */
  readonly depositContract: string;
}

/**
 * @param content of a genesis file, parsed as JSON
 * @throws Error that says which field is wrong
 */
export function readGenesis(content: unknown): Genesis {
  const checked = genesisSchema.safeParse(content);
  if (!checked.success) throw new Error(z.prettifyError(checked.error));
  const spec = checked.data;
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  // All that the library asks for, in the one notation that it takes; of the rest it needs nothing.
  const ofLibrary = {
    config: spec.config,
    nonce: hex(spec.nonce),
    timestamp: hex(spec.timestamp),
    gasLimit: hex(spec.gasLimit),
    difficulty: hex(spec.difficulty),
    alloc: {},
  };
  const common = createCommonFromGethGenesis(ofLibrary as never, {
    chain: `chain-${spec.config.chainId}`,
    // The library reads these two from here where forks of blob parameters alone have a schedule.
    params: Object.fromEntries(
      Object.entries(spec.config.blobSchedule).map(([fork, { target, max }]) => [
        fork,
        { target, max },
      ]),
    ),
    customCrypto: { keccak256, ecrecover, kzg: lazyKzg },
  });
  for (const params of [paramsBlock, paramsTx, paramsEVM, paramsVM]) common.updateParams(params);
  // Every header and transaction takes a copy and adds its part again, which costs more than all else.
  common.updateParams = () => {};
  common.setHardforkBy({ blockNumber: 0n, timestamp: spec.timestamp });
  const changes = stateOf(spec.alloc);
  const header = {
    number: 0n,
    nonce: setLengthLeft(bytesOf(evenDigits(spec.nonce)), 8),
    timestamp: spec.timestamp,
    extraData: bytesOf(spec.extraData),
    gasLimit: spec.gasLimit,
    difficulty: spec.difficulty,
    mixHash: bytesOf(spec.mixHash),
    coinbase: bytesOf(spec.coinbase),
    stateRoot: new StateTrie().update(changes),
    ...(common.isActivatedEIP(1559) && { baseFeePerGas: spec.baseFeePerGas ?? initialBaseFee }),
  };
  return {
    content,
    common,
    block: createBlock({ header }, { common }),
    changes,
    depositContract:
      spec.config.depositContractAddress ??
      (Mainnet.depositContractAddress ?? "").slice(2).toLowerCase(),
  };
}

function evenDigits(value: bigint): string {
  const text = value.toString(16);
  return text.length % 2 === 0 ? text : `0${text}`;
}

function stateOf(alloc: z.infer<typeof genesisSchema>["alloc"]): StateChanges {
  const accounts = new Map<string, AccountState | null>();
  const slots = new Map<string, Uint8Array | null>();
  const codes = new Map<string, Uint8Array>();
  for (const [address, { balance, nonce, code: codeDigits, storage }] of Object.entries(alloc)) {
    const bytes = bytesOf(codeDigits);
    const codeHash = bytes.length === 0 ? emptyCodeHash : keccak256(bytes);
    if (bytes.length > 0) codes.set(hexDigits(codeHash), bytes);
    accounts.set(address, { nonce, balance, codeHash });
    for (const [slot, value] of Object.entries(storage)) {
      if (!/^0+$/.test(value)) slots.set(address + slot, bytesOf(value));
    }
  }
  return { accounts, slots, codes };
}

/** 1 gwei (EIP-1559). */
const initialBaseFee = 1_000_000_000n;

const weiPerCoin = 10n ** 18n;

/** The chain of developers: their accounts and the system's contracts, with the newest rules. */
export function developerGenesis(): Genesis {
  return readGenesis({
    config: {
      chainId,
      ...Object.fromEntries(forksAtBlock.map((name) => [name, 0])),
      ...Object.fromEntries(forksAtTime.map((name) => [name, 0])),
      terminalTotalDifficulty: 0,
      blobSchedule,
    },
    nonce: "0x0",
    timestamp: "0x0",
    gasLimit: `0x${chainLimits.blockGasLimit.toString(16)}`,
    difficulty: "0x0",
    baseFeePerGas: `0x${initialBaseFee.toString(16)}`,
    alloc: Object.fromEntries([
      ...[...developerAccounts, anchorAccount].map(({ address }) => [
        address,
        { balance: String(genesisCoins * weiPerCoin) },
      ]),
      ...Object.entries(systemContracts).map(([address, contract]) => [
        address,
        { balance: "0x0", nonce: "0x1", code: contract },
      ]),
    ]),
  });
}

const forksAtBlock = [
  "homesteadBlock",
  "eip150Block",
  "eip155Block",
  "eip158Block",
  "byzantiumBlock",
  "constantinopleBlock",
  "petersburgBlock",
  "istanbulBlock",
  "muirGlacierBlock",
  "berlinBlock",
  "londonBlock",
  "arrowGlacierBlock",
  "grayGlacierBlock",
  "mergeNetsplitBlock",
];

const forksAtTime = ["shanghaiTime", "cancunTime", "pragueTime", "osakaTime"];

/** EIP-7840, with the values of the main network. */
const blobSchedule = {
  cancun: { target: 3, max: 6, baseFeeUpdateFraction: 3_338_477 },
  prague: { target: 6, max: 9, baseFeeUpdateFraction: 5_007_716 },
  osaka: { target: 6, max: 9, baseFeeUpdateFraction: 5_007_716 },
};
