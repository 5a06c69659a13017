/** A replica that takes over what others executed, its index, its past, and damage to its files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { createMPT, verifyMPTWithMerkleProof } from "@ethereumjs/mpt";
import { Address } from "@ethereumjs/util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMachine } from "../core/machine.ts";
import { notebookCode } from "../testing/laboratory.ts";
import { blockOf, openReplica, openStore, testPacer, withId } from "../testing/replicas.ts";
import { addressOf, contractOf, signed, testGenesis, word } from "../testing/transactions.ts";
import { packApplied, unpackApplied } from "./applied-message.ts";
import type { Applied, LedgerEntry } from "./entry.ts";
import { trieAt } from "./historic-trie.ts";
import { secureKey } from "./keccak.ts";
import { bytesOf, hexDigits, type StateReader } from "./state-reader.ts";
import { WorldState } from "./world-state.ts";

const bob = addressOf(1);
const notebook = contractOf(0, 0n);
const history: LedgerEntry[] = [
  blockOf([signed(0, { data: notebookCode, gasLimit: 200_000n })]),
  blockOf([
    signed(1, { to: notebook, data: word(42), gasLimit: 100_000n }),
    signed(2, { to: bob, value: 5n }),
  ]),
  withId({
    kind: "operation",
    operations: [{ type: "set storage", address: notebook, slot: word(7), value: word(8) }],
  }),
  blockOf([signed(1, { to: notebook, data: word(43), gasLimit: 100_000n, nonce: 1n })]),
];

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "archive-"));
});

afterEach(() => rmSync(home, { recursive: true }));

async function validator() {
  const { replica, store } = await openReplica(testGenesis);
  const results: Applied[] = [];
  for (const [index, entry] of history.entries())
    results.push(await replica.apply(index + 1, entry));
  return { replica, store, results };
}

it("takes over blocks through a message port without executing them, and catches up", async () => {
  const { replica, store, results } = await validator();
  const archive = await openReplica(testGenesis, openStore("archive"));
  for (const [index, entry] of history.entries()) {
    const result = results[index];
    if (result === undefined) throw new Error("A result is missing.");
    const message = structuredClone(packApplied(result));
    const applied = unpackApplied(message, testGenesis.common);
    const later = results[index + 1];
    if (later !== undefined) expect(await archive.replica.adopt(entry, later)).toBeNull();
    expect(await archive.replica.adopt(entry, applied)).toMatchObject({ version: index + 1 });
  }
  expect(archive.replica.head.hash()).toEqual(replica.head.hash());
  expect(archive.replica.stateRoot).toEqual(replica.stateRoot);
  const late = await openReplica(testGenesis, openStore("archive"));
  for (const { sequence, entry } of replica.applied(1, 100))
    await late.replica.apply(sequence, entry);
  expect(late.replica.stateRoot).toEqual(replica.stateRoot);
  const { index } = archive.store;
  expect(late.store.index?.transactions(100, 100)).toEqual(index?.transactions(100, 100));
  for (const one of [store, archive.store, late.store]) one.close();
});

it("does not take over changes that do not lead to the root of their block", async () => {
  const { store, results } = await validator();
  const archive = await openReplica(testGenesis);
  const [result] = results;
  if (result === undefined) throw new Error("A result is missing.");
  const accounts = new Map(result.changes.accounts);
  accounts.set(bob.slice(2), { nonce: 0n, balance: 1n, codeHash: bytesOf("00".repeat(32)) });
  const forged = { ...result, changes: { ...result.changes, accounts } };
  expect(await archive.replica.adopt(history[0] as LedgerEntry, forged)).toBeNull();
  expect(archive.replica.height).toBe(0);
  expect(await archive.replica.adopt(history[0] as LedgerEntry, result)).not.toBeNull();
  store.close();
  archive.store.close();
});

it("indexes transactions, logs and accounts, and takes reverted ones out", async () => {
  const { replica, store } = await openReplica(testGenesis, openStore("archive"));
  const before = store.index?.totals();
  for (const [index, entry] of history.slice(0, 2).entries()) await replica.apply(index + 1, entry);
  const { index } = store;
  if (index === null) throw new Error("An archive has an index.");
  const then = { totals: index.totals(), accounts: index.accounts(0, 100) };
  expect(index.transactions(100, 10).map(({ block }) => block)).toEqual([2, 2, 1]);
  expect(index.transactions(100, 10, bytesOf(bob.slice(2)))).toHaveLength(2);
  const all = { fromBlock: 0, toBlock: 9, addresses: [], topics: [], limit: 10 };
  expect(index.logs(all)).toMatchObject([{ block: 2, position: 0, log_index: 0 }]);
  expect(index.account(bytesOf(notebook.slice(2)))).toMatchObject({ contract: 1, transactions: 2 });
  for (const [at, entry] of history.slice(2).entries()) await replica.apply(at + 3, entry);
  expect(index.logs(all)).toHaveLength(2);
  await replica.apply(5, withId({ kind: "revert", version: 2 }));
  expect({ totals: index.totals(), accounts: index.accounts(0, 100) }).toEqual(then);
  expect(index.logs(all)).toHaveLength(1);
  await replica.apply(6, withId({ kind: "revert", version: 0 }));
  expect(index.totals()).toEqual(before);
  expect(index.logs(all)).toEqual([]);
  store.close();
});

it("reads and proves every version of the state", async () => {
  const { replica, store } = await validator();
  const slot = hexDigits(bytesOf("0".repeat(64)));
  const values = [0, 1, 2, 3, 4].map((version) =>
    store.reader(version).slot(notebook.slice(2), slot),
  );
  expect(values.map((value) => value?.at(-1) ?? null)).toEqual([null, null, 42, 42, 43]);
  for (const version of [0, 1, 2, 4]) {
    const { number } = store.blockAtVersion(version) ?? { number: -1 };
    const trie = await trieAt(store, version, testPacer());
    const root = trie.root;
    const block = number === 0 ? testGenesis.block : null;
    if (block !== null) expect(root).toEqual(block.header.stateRoot);
    const proven = await verifyMPTWithMerkleProof(
      await createMPT(),
      root,
      bytesOf(secureKey(bob.slice(2))),
      trie.accountProof(bob.slice(2)),
    );
    expect(proven).not.toBeNull();
  }
  const { account, storageProofs } = await replica.prove(notebook.slice(2), [slot]);
  const storageRoot = account?.storageRoot ?? new Uint8Array();
  const proof = [...(storageProofs[0] ?? [])];
  const key = bytesOf(secureKey(slot));
  expect(await verifyMPTWithMerkleProof(await createMPT(), storageRoot, key, proof)).toEqual(
    Uint8Array.of(43),
  );
  expect((await trieAt(store, 4, testPacer())).root).toEqual(replica.stateRoot);
  store.close();
});

it("runs calls over any version, also where the state is far away", async () => {
  const { store } = await validator();
  const call = async (version: number) => {
    const near = store.reader(version);
    // As a thread would that asks another one by messages.
    const far: StateReader = {
      account: (address) => setImmediate(near.account(address)),
      slot: (address, slot) => setImmediate(near.slot(address, slot)),
      slotsOf: (address) => setImmediate(near.slotsOf(address)),
      code: (hash) => setImmediate(near.code(hash)),
    };
    const vm = await createMachine({
      common: testGenesis.common.copy(),
      state: new WorldState(far),
      pacer: testPacer(),
      blockHash: () => new Uint8Array(32),
    });
    const to = new Address(bytesOf(notebook.slice(2)));
    const { execResult } = await vm.evm.runCall({ to, gasLimit: 100_000n });
    return execResult.returnValue.at(-1) ?? null;
  };
  expect([await call(0), await call(1), await call(2), await call(4)]).toEqual([null, 0, 42, 43]);
  store.close();
});

it("tells damage of the file and of the state apart from a chain", async () => {
  const opened = openStore("plain", home);
  const { replica } = await openReplica(testGenesis, opened);
  for (const [index, entry] of history.entries()) await replica.apply(index + 1, entry);
  opened.flush();
  opened.close();
  const file = join(home, "test.db");
  const database = new DatabaseSync(file);
  database.exec("DELETE FROM trie_nodes WHERE key = ''");
  database.close();
  const damaged = openStore("plain", home);
  await expect(openReplica(testGenesis, damaged)).rejects.toMatchObject({ name: "StateDamaged" });
  damaged.close();
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 4_096, 40_000);
  writeFileSync(file, bytes);
  expect(() => openStore("plain", home)).toThrow(/is damaged .* was moved to/);
});

it("leaves everything as it was when an entry cannot be written", async () => {
  const { replica, store } = await openReplica(testGenesis);
  const write = store.write.bind(store);
  store.write = () => {
    throw Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR" });
  };
  const entry = history[0] as LedgerEntry;
  await expect(replica.apply(1, entry)).rejects.toThrow(/disk is full/);
  store.write = write;
  expect(replica).toMatchObject({ height: 0, version: 0, sequence: 0 });
  expect((await replica.apply(1, entry)).outcome.kind).toBe("block");
  expect(replica.stateRoot).toEqual(replica.head.header.stateRoot);
  store.close();
});
