/**
 * The published state tests of the Ethereum project (ethereum/tests, GeneralStateTests): one
 * transaction each, and the hashes of the state and of the logs after it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Block } from "@ethereumjs/block";
import { RLP } from "@ethereumjs/rlp";
import { describe, expect, it } from "vitest";
import { createMachine } from "../core/machine.ts";
import { testPacer } from "../testing/replicas.ts";
import { BlockRun } from "./block-run.ts";
import type { Hex } from "./entry.ts";
import { readGenesis, type Genesis } from "./genesis.ts";
import { makeHeader } from "./header.ts";
import { keccak256 } from "./keccak.ts";
import { hexDigits, type StateReader } from "./state-reader.ts";
import { decodeTransaction } from "./transactions.ts";
import { StateTrie } from "./trie/state-trie.ts";
import { WorldState } from "./world-state.ts";

const folder = join(import.meta.dirname, "../../../../shared/data/ethereum-tests");
const suites = ["vmArithmeticTest", "vmIOandFlowOperations", "vmLogTest"];

type EnvironmentField =
  | "BaseFee"
  | "Coinbase"
  | "ExcessBlobGas"
  | "GasLimit"
  | "Number"
  | "Random"
  | "Timestamp";

interface StateTest {
  readonly env: Readonly<Record<`current${EnvironmentField}`, Hex>>;
  readonly pre: Readonly<Record<string, unknown>>;
  readonly post: Readonly<Record<string, readonly PostState[]>>;
}

interface PostState {
  readonly hash: Hex;
  readonly logs: Hex;
  readonly txbytes: Hex;
}

const forks = [
  "homesteadBlock",
  "eip150Block",
  "eip155Block",
  "eip158Block",
  "byzantiumBlock",
  "constantinopleBlock",
  "petersburgBlock",
  "istanbulBlock",
  "berlinBlock",
  "londonBlock",
  "mergeNetsplitBlock",
];

/** The state before, under the rules of a fork. */
function genesisOf(test: StateTest, fork: string): Genesis {
  if (fork !== "Cancun") throw new Error(`These tests know no fork ${fork}.`);
  return readGenesis({
    config: {
      chainId: 1,
      ...Object.fromEntries(forks.map((name) => [name, 0])),
      shanghaiTime: 0,
      cancunTime: 0,
      terminalTotalDifficulty: 0,
    },
    nonce: "0x0",
    timestamp: "0x0",
    difficulty: "0x0",
    gasLimit: test.env.currentGasLimit,
    alloc: test.pre,
  });
}

function readerOf({ changes }: Genesis): StateReader {
  const missing = (): never => {
    throw new Error("There is no such code.");
  };
  return {
    account: (address) => changes.accounts.get(address) ?? null,
    slot: (address, slot) => changes.slots.get(address + slot) ?? null,
    slotsOf: (address) =>
      [...changes.slots.keys()].flatMap((key) => (key.startsWith(address) ? [key.slice(40)] : [])),
    code: (hash) => changes.codes.get(hash) ?? missing(),
  };
}

async function run(test: StateTest, fork: string, { txbytes }: PostState) {
  const genesis = genesisOf(test, fork);
  const { env } = test;
  const common = genesis.common.copy();
  const state = new WorldState(readerOf(genesis));
  const pacer = testPacer();
  const blockHash = (number: number) => keccak256(Buffer.from(String(number)));
  const vm = await createMachine({ common, state, pacer, blockHash });
  const header = makeHeader(
    {
      number: env.currentNumber,
      timestamp: env.currentTimestamp,
      gasLimit: env.currentGasLimit,
      coinbase: env.currentCoinbase,
      mixHash: env.currentRandom,
      baseFeePerGas: env.currentBaseFee,
      excessBlobGas: env.currentExcessBlobGas,
    },
    common,
  );
  const block = new Block(header, [], [], undefined, { common });
  const blockRun = new BlockRun({ vm, state, block, depositContract: "" });
  await state.checkpoint();
  await blockRun.begin();
  expect(await blockRun.add(decodeTransaction(txbytes, null, common), false)).toBeNull();
  await blockRun.finish();
  await state.commit();
  const trie = new StateTrie();
  trie.update(genesis.changes);
  const root = trie.update(await state.changes());
  const logs = blockRun.transactions.flatMap((transaction) =>
    transaction.logs.map(({ address, topics, data }) => [address, [...topics], data]),
  );
  return {
    hash: `0x${hexDigits(root)}`,
    logs: `0x${hexDigits(keccak256(RLP.encode(logs)))}`,
  };
}

describe.skipIf(!existsSync(folder))("published state tests", () => {
  for (const suite of existsSync(folder) ? suites : []) {
    for (const file of readdirSync(join(folder, suite))) {
      it(`${suite}/${file}`, { timeout: 60_000 }, async () => {
        const content = readFileSync(join(folder, suite, file), "utf8");
        const tests = JSON.parse(content) as Record<string, StateTest>;
        for (const test of Object.values(tests)) {
          for (const [fork, posts] of Object.entries(test.post)) {
            for (const post of posts) {
              expect(await run(test, fork, post)).toEqual({ hash: post.hash, logs: post.logs });
            }
          }
        }
      });
    }
  }
});
