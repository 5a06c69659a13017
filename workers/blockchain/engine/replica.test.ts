/** Replicas against each other, against the library's own state, and against their own past. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEOACode7702Tx } from "@ethereumjs/tx";
import { bytesToHex, eoaCode7702SignAuthorization } from "@ethereumjs/util";
import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { developerAccounts, developerKey } from "../core/developer-accounts.ts";
import { endlessCode, notebookCode } from "../testing/laboratory.ts";
import { replay } from "../testing/library-replay.ts";
import { blockOf, openReplica, openStore, withId } from "../testing/replicas.ts";
import { addressOf, contractOf, signed, testGenesis, word } from "../testing/transactions.ts";
import type { Hex, LedgerEntry, StateOperation } from "./entry.ts";
import type { Replica } from "./replica.ts";
import { bytesOf, hexDigits } from "./state-reader.ts";
import { impersonated } from "./transactions.ts";
import { StateTrie } from "./trie/state-trie.ts";

const genesis = testGenesis;
const folders: string[] = [];

afterEach(() => {
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true }));
});

const alice = addressOf(0);
const bob = addressOf(1);

it("mines transfers, creations, storage and failures as the library would", async () => {
  const { replica, store } = await openReplica(genesis);
  const entries = [
    blockOf([signed(0, { to: bob, value: 5n }), signed(0, { to: bob, value: 6n, nonce: 1n })]),
    blockOf([signed(1, { data: notebookCode, gasLimit: 200_000n })]),
    blockOf([
      signed(0, { to: contractOf(1, 0n), data: word(42), gasLimit: 100_000n, nonce: 2n }),
      signed(2, { data: endlessCode, gasLimit: 100_000n }),
    ]),
    blockOf([signed(0, { to: contractOf(2, 0n), gasLimit: 50_000n, nonce: 3n })]),
    blockOf([], { mineEmpty: true }),
  ];
  for (const [index, entry] of entries.entries()) {
    const applied = await replica.apply(index + 1, entry);
    expect(applied).toMatchObject({ outcome: { kind: "block" }, refused: [], version: index + 1 });
  }
  expect(replica.height).toBe(5);
  await replay(replica, store, genesis);
  store.close();
});

it("refuses what cannot be included, in the words of other clients, and includes the rest", async () => {
  const { replica, store } = await openReplica(genesis);
  const { refused, outcome } = await replica.apply(
    1,
    blockOf([
      signed(0, { to: bob, value: 10n ** 30n }),
      signed(1, { to: bob, nonce: 3n }),
      signed(2, { to: bob, maxFeePerGas: 7n, maxPriorityFeePerGas: 1n }),
      signed(3, { to: bob, gasLimit: 20_000n }),
      signed(4, { to: bob, value: 1n }),
      signed(4, { to: bob, value: 1n }),
      { raw: "0x0102", sender: null },
      signed(5, { to: bob, gasLimit: 16_777_216n }),
      signed(6, { to: bob, gasLimit: 16_777_216n }),
    ]),
  );
  expect(refused.map(({ reason }) => reason)).toEqual([
    "insufficient funds",
    "nonce too high",
    "fee too low",
    "intrinsic gas",
    "nonce too low",
    "malformed",
  ]);
  expect(refused[4]?.message).toBe("nonce too low: next nonce 1, tx nonce 0");
  expect(outcome).toMatchObject({ kind: "block" });
  await replay(replica, store, genesis);
  const full = blockOf([signed(4, { to: bob, nonce: 1n })], { gasLimit: "20000" });
  const { outcome: nothing, refused: late } = await replica.apply(2, full);
  expect(nothing.kind).toBe("nothing");
  expect(late[0]?.reason).toBe("gas limit");
  store.close();
});

it("lets a developer send as anybody, contracts included", async () => {
  const { replica, store } = await openReplica(genesis);
  await replica.apply(1, blockOf([signed(1, { data: notebookCode, gasLimit: 200_000n })]));
  const notebook = contractOf(1, 0n);
  const rich: StateOperation = {
    type: "set balance",
    address: notebook,
    balance: String(10n ** 20n),
  };
  await replica.apply(2, withId({ kind: "operation", operations: [rich] }));
  const fields = { to: bob, value: 9n, gasLimit: 21_000n, gasPrice: 10n ** 10n, nonce: 1n };
  const twins = [notebook, alice].map((sender) => impersonated(fields, sender, genesis.common));
  expect(twins[0]?.raw).not.toBe(twins[1]?.raw);
  const { outcome, refused } = await replica.apply(3, blockOf(twins.slice(0, 1)));
  expect(refused).toEqual([]);
  expect(outcome).toMatchObject({
    kind: "block",
    mined: { transactions: [{ sender: bytesOf(notebook.slice(2)), success: true }] },
  });
  expect(replica.present.account(notebook.slice(2))?.nonce).toBe(2n);
  store.close();
});

it("does nothing twice, and nothing that is too old", async () => {
  const { replica, store } = await openReplica(genesis);
  const entry = blockOf([signed(0, { to: bob, value: 5n })]);
  await replica.apply(4, entry);
  for (const sequence of [4, 3, 9]) {
    const again = await replica.apply(sequence, entry);
    expect(again.outcome).toEqual({ kind: "nothing", why: "already applied" });
  }
  expect(replica).toMatchObject({ height: 1, version: 1, sequence: 9 });
  expect(replica.applied(1, 10).map(({ sequence }) => sequence)).toEqual([4, 9]);
  store.close();
});

it("refuses foreign blocks that are not valid, and says what is wrong", async () => {
  const { replica, store } = await openReplica(genesis);
  const { replica: other, store: otherStore } = await openReplica(genesis);
  await other.apply(1, blockOf([signed(0, { to: bob, value: 5n })]));
  const rlp = `0x${hexDigits(other.head.serialize())}` as const;
  const bad = [rlp.slice(0, -4) as Hex, "0x" as const, `${rlp}00` as const];
  for (const [index, content] of bad.entries()) {
    const { outcome } = await replica.apply(index + 1, withId({ kind: "import", rlp: content }));
    expect(outcome.kind).toBe("nothing");
  }
  const rich: StateOperation = { type: "set balance", address: bob, balance: "77" };
  await replica.apply(8, withId({ kind: "operation", operations: [rich] }));
  const { outcome } = await replica.apply(9, withId({ kind: "import", rlp }));
  expect(outcome).toMatchObject({ why: expect.stringMatching(/stateRoot is 0x/) });
  await replica.apply(10, withId({ kind: "revert", version: 0 }));
  expect((await replica.apply(11, withId({ kind: "import", rlp }))).outcome.kind).toBe("block");
  expect(replica.head.hash()).toEqual(other.head.hash());
  store.close();
  otherStore.close();
});

it("delegates accounts to code (EIP-7702), also in the library's eyes", async () => {
  const { replica, store } = await openReplica(genesis);
  await replica.apply(1, blockOf([signed(1, { data: notebookCode, gasLimit: 200_000n })]));
  const [sponsor, authority] = [developerAccounts[2], developerAccounts[3]];
  const unsigned = { chainId: "0x539", address: contractOf(1, 0n), nonce: "0x0" } as const;
  const key = developerKey(authority?.counter ?? 0);
  const authorization = eoaCode7702SignAuthorization(unsigned, key);
  const tx = createEOACode7702Tx(
    {
      to: addressOf(3),
      data: word(5),
      gasLimit: 200_000n,
      maxFeePerGas: 3_000_000_000n,
      authorizationList: [authorization],
    },
    { common: genesis.common },
  ).sign(developerKey(sponsor?.counter ?? 0));
  const { outcome } = await replica.apply(
    2,
    blockOf([{ raw: bytesToHex(tx.serialize()), sender: null }]),
  );
  expect(outcome).toMatchObject({ mined: { transactions: [{ success: true, logs: [{}] }] } });
  expect(replica.present.slot(addressOf(3).slice(2), "0".repeat(64))?.at(-1)).toBe(5);
  await replay(replica, store, genesis);
  store.close();
});

it("lets others run while it executes, writes and reverts much", async () => {
  const { replica, store } = await openReplica(genesis);
  await replica.apply(1, blockOf([signed(2, { data: endlessCode, gasLimit: 100_000n })]));
  const turns = async (sequence: number, entry: LedgerEntry) => {
    let count = 0;
    const timer = setInterval(() => (count += 1), 1);
    await replica.apply(sequence, entry);
    clearInterval(timer);
    return count;
  };
  const endless = signed(0, { to: contractOf(2, 0n), gasLimit: 16_000_000n });
  expect(await turns(2, blockOf([endless]))).toBeGreaterThan(5);
  const operations = Array.from({ length: 5_000 }, (_, index): StateOperation => {
    const address = word(index + 1).replace("0".repeat(24), "") as Hex;
    return { type: "set balance", address, balance: "1" };
  });
  expect(await turns(3, withId({ kind: "operation", operations }))).toBeGreaterThan(5);
  expect(await turns(4, withId({ kind: "revert", version: 1 }))).toBeGreaterThan(5);
  expect(replica.height).toBe(1);
  store.close();
});

const odd = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.constantFrom("0x", "0x01", null, undefined, {}, []),
);
const oddEntry = fc.oneof(
  fc.record({
    kind: fc.constant("block"),
    timestamp: fc.oneof(fc.constant(1), odd),
    feeRecipient: fc.oneof(fc.constant(bob), odd),
    gasLimit: fc.oneof(fc.constant("30000000"), odd),
    prevRandao: odd,
    extraData: odd,
    mineEmpty: fc.boolean(),
    transactions: fc.oneof(fc.array(fc.record({ raw: odd, sender: odd }), { maxLength: 3 }), odd),
  }),
  fc.record({ kind: fc.constant("import"), rlp: odd }),
  fc.record({ kind: fc.constant("revert"), version: odd }),
  fc.record({
    kind: fc.constant("operation"),
    operations: fc.array(
      fc.record({
        type: fc.constantFrom("set balance", "set nonce", "set code", "set storage", "other"),
        address: fc.oneof(fc.constant(bob), odd),
        balance: odd,
        nonce: odd,
        code: odd,
        slot: odd,
        value: odd,
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({ kind: odd }),
);

it("throws for no content, however odd, and is the same as a replica that met it, too", async () => {
  const [one, other] = [await openReplica(genesis), await openReplica(genesis)];
  let sequence = 0;
  const next = async (entry: LedgerEntry) => {
    sequence += 1;
    const [first, second] = [
      await one.replica.apply(sequence, entry),
      await other.replica.apply(sequence, entry),
    ];
    expect(first.outcome.kind).toBe(second.outcome.kind);
    expect(one.replica.stateRoot).toEqual(other.replica.stateRoot);
    expect(one.replica.head.hash()).toEqual(other.replica.head.hash());
    return first;
  };
  await fc.assert(
    fc.asyncProperty(oddEntry, async (entry) => {
      await next(withId(entry) as unknown as LedgerEntry);
    }),
    { numRuns: 400 },
  );
  await next(withId({ kind: "revert", version: 0 }));
  const { outcome } = await next(blockOf([signed(0, { to: bob, value: 5n })]));
  expect(outcome.kind).toBe("block");
  for (const { store } of [one, other]) store.close();
});

/** One step of a random history; numbers choose among what there is. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant("transfer"), from: fc.nat(3), to: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("create"), from: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("write"), from: fc.nat(3), value: fc.nat(3) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("operate"), on: fc.nat(5), value: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("revert"), back: fc.nat(4) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function toEntry(replica: Replica, made: Step): LedgerEntry {
  const from = "from" in made ? made.from : 0;
  const nonce = replica.present.account(addressOf(from).slice(2))?.nonce ?? 0n;
  switch (made.does) {
    case "transfer": {
      const to =
        "to" in made && made.to > 3 ? word(made.to).replace("0".repeat(24), "") : addressOf(1);
      return blockOf([signed(from, { to: to as Hex, value: 7n, nonce })]);
    }
    case "create":
      return blockOf([signed(from, { data: notebookCode, gasLimit: 200_000n, nonce })]);
    case "write": {
      const data = word("value" in made ? made.value : 0);
      const call = { to: contractOf(0, 0n), data, gasLimit: 100_000n };
      return blockOf([
        signed(from, { ...call, nonce }),
        signed(from, { ...call, data: word(0), nonce: nonce + 1n }),
      ]);
    }
    case "operate": {
      const on = "on" in made ? made.on : 0;
      const value = "value" in made ? made.value : 0;
      const address = on < 4 ? addressOf(on) : contractOf(0, 0n);
      const operations: StateOperation[] = [
        { type: "set storage", address, slot: word(on), value: word(value) },
        { type: "set balance", address, balance: String(10n ** 20n + BigInt(value)) },
      ];
      return withId({ kind: "operation", operations });
    }
    default:
      return withId({
        kind: "revert",
        version: Math.max(0, replica.version - ("back" in made ? made.back : 0)),
      });
  }
}

/** All that can be seen of a replica. */
function view(replica: Replica, store: ReturnType<typeof openStore>) {
  const addresses = store.addresses(Number.MAX_SAFE_INTEGER, "", 1_000);
  const accounts = addresses.map((address) => [address, store.reader().account(address)] as const);
  const slots = addresses.flatMap((address) =>
    store
      .reader()
      .slotsOf(address)
      .map((slot) => [address + slot, store.reader().slot(address, slot)] as const),
  );
  // The trie that was changed step by step is the one that is made of what there is now.
  const afresh = { accounts: new Map(accounts), slots: new Map(slots), codes: new Map() };
  expect(hexDigits(new StateTrie().update(afresh))).toBe(hexDigits(replica.stateRoot));
  return {
    head: hexDigits(replica.head.hash()),
    root: hexDigits(replica.stateRoot),
    accounts,
    slots,
    cached: [
      addresses.map((address) => replica.present.account(address)),
      slots.map(([place]) => replica.present.slot(place.slice(0, 40), place.slice(40))),
    ],
  };
}

it("agrees with replicas of the same entries, after reverts and after each opening", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      const home = mkdtempSync(join(tmpdir(), "replica-"));
      folders.push(home);
      const { replica, store } = await openReplica(genesis, openStore("archive"));
      const views = new Map<number, ReturnType<typeof view>>();
      views.set(0, view(replica, store));
      for (const [index, made] of steps.entries()) {
        const entry = toEntry(replica, made);
        const applied = await replica.apply(index + 1, entry);
        // Another replica is closed and opened between any two entries.
        const reopened = await openReplica(genesis, openStore("plain", home));
        expect(view(reopened.replica, reopened.store)).toEqual(views.get(index));
        const { outcome } = await reopened.replica.apply(index + 1, entry);
        expect(outcome.kind).toBe(applied.outcome.kind);
        const seen = view(replica, store);
        expect(view(reopened.replica, reopened.store)).toEqual(seen);
        reopened.store.close();
        views.set(index + 1, seen);
        if (entry.kind === "revert" && outcome.kind === "reverted") {
          // Everything is as in the replica when it was there.
          const then = [...views.values()].find(({ root }) => root === seen.root);
          expect(seen).toEqual(then);
        }
      }
      store.close();
    }),
    { numRuns: 15 },
  );
}, 60_000);
