/** Blocks of plain transfers in one replica, beside the library's own block builder. */
import { createBlockFromRLP } from "@ethereumjs/block";
import { Caches, MerkleStateManager } from "@ethereumjs/statemanager";
import type { TypedTransaction } from "@ethereumjs/tx";
import { Account, Address } from "@ethereumjs/util";
import { buildBlock, createVM } from "@ethereumjs/vm";
import type { Applied, LedgerEntry } from "../workers/blockchain/engine/entry.ts";
import { recoverer } from "../workers/blockchain/engine/signatures.ts";
import { bytesOf, hexDigits } from "../workers/blockchain/engine/state-reader.ts";
import { decodeTransaction } from "../workers/blockchain/engine/transactions.ts";
import { blockOf, openReplica, openStore } from "../workers/blockchain/testing/replicas.ts";
import { addressOf, signed, testGenesis } from "../workers/blockchain/testing/transactions.ts";
import { spread, type BenchResult, type BenchRow } from "./result.ts";

const transfers = 2_000;
const senders = 8;
const rounds = 5;
const sizes = [
  { perBlock: 8, perSecondMin: 4_000 },
  { perBlock: 250, perSecondMin: 8_000 },
];

export async function benchReplica(): Promise<BenchResult> {
  const raw = Array.from({ length: transfers }, (_, index) =>
    signed(index % senders, {
      to: addressOf((index + 1) % senders),
      value: 1n,
      nonce: BigInt(Math.floor(index / senders)),
      maxFeePerGas: 10n ** 13n,
    }),
  );
  const began = performance.now();
  const known = new Map<string, TypedTransaction>();
  for (const { raw: bytes } of raw) {
    const tx = decodeTransaction(bytes, null, testGenesis.common);
    tx.getSenderAddress();
    known.set(bytes, tx);
  }
  const recovered = (transfers / (performance.now() - began)) * 1_000;

  const rows: BenchRow[] = [
    { measure: `decoded and recovered (${recoverer}), per second`, value: recovered.toFixed(0) },
  ];
  const failures: string[] = [];
  for (const { perBlock, perSecondMin } of sizes) {
    const entries: LedgerEntry[] = [];
    for (let from = 0; from < transfers; from += perBlock) {
      entries.push(blockOf(raw.slice(from, from + perBlock)));
    }
    const [executed, adopted, library]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round <= rounds; round += 1) {
      const results: Applied[] = [];
      const rates = [
        await rateOf(async () => void results.push(...(await execute(entries, known)))),
        await rateOf(() => adopt(entries, results)),
        await rateOf(() => build([...known.values()], perBlock)),
      ];
      // The first round warms up.
      if (round > 0) [executed, adopted, library].forEach((list, at) => list.push(rates[at] ?? 0));
    }
    const title = `of ${perBlock} transfers a block, per second`;
    const target = perSecondMin.toLocaleString("en");
    rows.push(
      { measure: `executed and stored ${title}`, value: spread(executed), target: `≥ ${target}` },
      { measure: `taken over by an archive ${title}`, value: spread(adopted) },
      { measure: `the library's builder, in memory, ${title}`, value: spread(library) },
    );
    if (Math.max(...executed) < perSecondMin) failures.push(`${perBlock} a block: below ${target}`);
  }
  return {
    peer: "buildBlock of @ethereumjs/vm over its MerkleStateManager with caches, nothing stored",
    rows,
    notes: ["Senders are recovered beforehand in all three; the database is a temporary file."],
    failures,
  };
}

async function rateOf(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (transfers / (performance.now() - began)) * 1_000;
}

async function execute(
  entries: readonly LedgerEntry[],
  known: ReadonlyMap<string, TypedTransaction>,
): Promise<Applied[]> {
  const { replica, store } = await openReplica(testGenesis);
  const results: Applied[] = [];
  for (const [index, entry] of entries.entries()) {
    const applied = await replica.apply(index + 1, entry, (raw) => known.get(raw));
    if (applied.refused.length > 0) throw new Error(applied.refused[0]?.message);
    results.push(applied);
  }
  store.close();
  return results;
}

async function adopt(entries: readonly LedgerEntry[], results: readonly Applied[]): Promise<void> {
  const { replica, store } = await openReplica(testGenesis, openStore("archive"));
  for (const [index, entry] of entries.entries()) {
    const applied = results[index];
    if (applied === undefined || (await replica.adopt(entry, applied)) === null) {
      throw new Error("An archive did not take a block over.");
    }
  }
  store.close();
}

/** The peer: each block by `buildBlock`, which re-creates the block for each transaction. */
async function build(all: readonly TypedTransaction[], perBlock: number): Promise<void> {
  const common = testGenesis.common.copy();
  const size = 10_000;
  const caches = new Caches({ account: { size }, storage: { size }, code: { size } });
  const stateManager = new MerkleStateManager({ common, caches });
  for (const [digits, account] of testGenesis.changes.accounts) {
    if (account === null) continue;
    const address = new Address(bytesOf(digits));
    await stateManager.putAccount(address, new Account(account.nonce, account.balance));
    const code = testGenesis.changes.codes.get(hexDigits(account.codeHash));
    if (code !== undefined) await stateManager.putCode(address, code);
  }
  const vm = await createVM({ common, stateManager });
  let parentBlock = testGenesis.block;
  for (let from = 0; from < all.length; from += perBlock) {
    const { gasLimit, timestamp } = parentBlock.header;
    const builder = await buildBlock(vm, {
      parentBlock,
      headerData: { gasLimit, timestamp: timestamp + 1n },
      withdrawals: [],
      blockOpts: { putBlockIntoBlockchain: false },
    });
    for (const tx of all.slice(from, from + perBlock)) await builder.addTransaction(tx);
    const { block } = await builder.build();
    parentBlock = createBlockFromRLP(block.serialize(), { common });
  }
}
