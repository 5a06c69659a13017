/** The chain against the library's own block processor, which checks every root of a block. */
import { MerkleStateManager } from "@ethereumjs/statemanager";
import {
  Account,
  createAddressFromString,
  createContractAddress,
  type PrefixedHexString,
} from "@ethereumjs/util";
import { runBlock } from "@ethereumjs/vm";
import { afterEach, expect, it } from "vitest";
import { decodeBlock } from "../handlers/views.ts";
import { account, endlessCode, Laboratory, notebookCode } from "../testing/laboratory.ts";
import type { Chain } from "./chain.ts";
import { developerAccounts, feeRecipient, genesisCoins } from "../core/developer-accounts.ts";
import { createMachine } from "../core/machine.ts";
import type { AccountState } from "../engine/entry.ts";
import { developerGenesis } from "../engine/genesis.ts";

const [alice, bob, carol] = [account(0), account(1), account(2)];
const to = (address: string) => createAddressFromString(address);
const open: Laboratory[] = [];

function laboratory(): Laboratory {
  const made = new Laboratory();
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const lab of open.splice(0)) await lab.close();
});

function balanceOf(chain: Chain, address: string): bigint {
  return chain.present.account(address.slice(2).toLowerCase())?.balance ?? 0n;
}

/** Runs every block again by the library alone, which throws where a root, gas or bloom differs. */
async function replay(chain: Chain): Promise<Uint8Array> {
  const { block: genesis, changes, common: rules } = developerGenesis();
  const common = rules.copy();
  const state = new MerkleStateManager({ common });
  await state.checkpoint();
  for (const [address, held] of changes.accounts) {
    const { nonce, balance, codeHash } = held as AccountState;
    await state.putAccount(to(`0x${address}`), new Account(nonce, balance));
    const code = changes.codes.get(Buffer.from(codeHash).toString("hex"));
    if (code !== undefined) await state.putCode(to(`0x${address}`), code);
  }
  await state.commit();
  expect(await state.getStateRoot()).toEqual(genesis.header.stateRoot);
  expect(chain.store.blockHash(0)).toEqual(genesis.hash());
  const blockHash = (number: number) => chain.store.blockHash(number) ?? new Uint8Array(32);
  const vm = await createMachine({ common, state, pacer: chain.pacer, blockHash });
  for (let number = 1; number <= chain.height; number += 1) {
    const row = chain.store.block(number);
    if (row === undefined) throw new Error(`Block ${number} is missing.`);
    const block = decodeBlock(row, common);
    expect(block.header.parentHash).toEqual(chain.store.blockHash(number - 1));
    await runBlock(vm, { block, skipBlockValidation: true });
    expect(await block.transactionsTrieIsValid()).toBe(true);
  }
  return state.getStateRoot();
}

it("mines a transfer at once, charges its fee and keeps the sum of all coins", async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const value = 10n ** 18n;
  const tx = lab.signed(chain, alice, { to: to(bob.address), value });
  const { transaction, blockNumber } = await chain.submit(tx);
  expect(blockNumber).toBe(1);
  expect(transaction).toMatchObject({ success: true, gasUsed: 21_000n });
  const fee = 21_000n * transaction.effectiveGasPrice;
  const initial = genesisCoins * 10n ** 18n;
  expect(balanceOf(chain, alice.address)).toBe(initial - value - fee);
  expect(balanceOf(chain, bob.address)).toBe(initial + value);
  // EIP-1559: the base fee is burnt, the tip goes to the fee recipient.
  const burnt = 21_000n * (chain.head.header.baseFeePerGas ?? 0n);
  expect(balanceOf(chain, feeRecipient.address)).toBe(fee - burnt);
});

it("commits to exactly what the library computes from the same blocks", async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const deploy = { data: notebookCode as PrefixedHexString, gasLimit: 200_000n };
  const { transaction } = await chain.submit(lab.signed(chain, alice, deploy));
  const notebook = createContractAddress(to(alice.address), 0n);
  expect(transaction.contract).toEqual(notebook.bytes);
  const word = `0x${"2a".padStart(64, "0")}` as const;
  const write = { to: notebook, data: word, gasLimit: 100_000n, nonce: 1n };
  const written = await chain.submit(lab.signed(chain, alice, write));
  expect(written.transaction.logs).toHaveLength(1);
  await Promise.all(
    developerAccounts
      .slice(1)
      .flatMap((from) =>
        [0n, 1n, 2n].map((nonce) =>
          chain.submit(lab.signed(chain, from, { to: to(alice.address), value: 5n, nonce })),
        ),
      ),
  );
  expect(await replay(chain)).toEqual(chain.head.header.stateRoot);
  expect(chain.index.totals().transactions).toBe(2 + 3 * (developerAccounts.length - 1));
});

it("puts an execution that fails on the chain as reverted, with its gas paid", async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const deploy = { data: endlessCode as PrefixedHexString, gasLimit: 100_000n };
  await chain.submit(lab.signed(chain, alice, deploy));
  const endless = createContractAddress(to(alice.address), 0n);
  const run = lab.signed(chain, alice, { to: endless, gasLimit: 50_000n, nonce: 1n });
  const { transaction } = await chain.submit(run);
  expect(transaction).toMatchObject({ success: false, gasUsed: 50_000n });
});

it("turns the event loop while an endless contract burns its gas (decision 2)", async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const deploy = { data: endlessCode as PrefixedHexString, gasLimit: 100_000n };
  await chain.submit(lab.signed(chain, alice, deploy));
  const endless = createContractAddress(to(alice.address), 0n);
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await chain.submit(lab.signed(chain, alice, { to: endless, gasLimit: 8_000_000n, nonce: 1n }));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

it("gives blocks whole-second timestamps that strictly rise, also when the clock stands still", async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const times: bigint[] = [];
  for (let nonce = 0n; nonce < 4n; nonce += 1n) {
    if (nonce === 3n) lab.nowSeconds += 100.7;
    await chain.submit(lab.signed(chain, alice, { to: to(bob.address), nonce }));
    times.push(chain.head.header.timestamp - 1_700_000_000n);
  }
  expect(times).toEqual([0n, 1n, 2n, 100n]);
});

it("mines nonces that arrive in any order, from eight senders at once", async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const nonces = [5n, 3n, 0n, 4n, 1n, 2n];
  const mined = await Promise.all(
    developerAccounts.flatMap((from) =>
      nonces.map((nonce) =>
        chain.submit(lab.signed(chain, from, { to: to(carol.address), value: 1n, nonce })),
      ),
    ),
  );
  expect(new Set(mined.map(({ transaction }) => String(transaction.hash))).size).toBe(48);
  expect(chain.pool.size).toBe(0);
  expect(chain.index.totals().transactions).toBe(48);
});

it.each([
  ["a balance that is too small", { value: 10_001n * 10n ** 18n }, "insufficient funds"],
  ["a fee below the base fee", { maxFeePerGas: 5n, maxPriorityFeePerGas: 1n }, "fee too low"],
  ["gas below the intrinsic cost", { gasLimit: 20_999n }, "malformed"],
])("refuses %s and changes nothing", async (_name, data, reason) => {
  const lab = laboratory();
  const chain = await lab.open();
  const tx = lab.signed(chain, alice, { to: to(bob.address), ...data });
  await expect(chain.submit(tx)).rejects.toMatchObject({ name: "TransactionRefused", reason });
  expect(chain.height).toBe(0);
  expect(chain.pool.size).toBe(0);
});

it("refuses a used nonce and the same transaction twice", async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const tx = lab.signed(chain, alice, { to: to(bob.address) });
  await chain.submit(tx);
  await expect(chain.submit(tx)).rejects.toMatchObject({ reason: "nonce too low" });
});

it("refuses together what the balance covers one by one", async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const value = 6_000n * 10n ** 18n;
  const results = await Promise.allSettled(
    [0n, 1n].map((nonce) =>
      chain.submit(lab.signed(chain, alice, { to: to(bob.address), value, nonce })),
    ),
  );
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
});

it("tells the sender when the nonces before its own never come", { timeout: 20_000 }, async () => {
  const lab = laboratory();
  const chain = await lab.open();
  const lonely = lab.signed(chain, alice, { to: to(bob.address), nonce: 7n });
  await expect(chain.submit(lonely)).rejects.toMatchObject({ reason: "nonce gap" });
  expect(chain.height).toBe(0);
});
