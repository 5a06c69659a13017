/** The audit log: its tree against RFC 6962, and what tampering leaves behind. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { ActionRecord } from "../../service/records.ts";
import { auditPath, leafHash, treeHash } from "../core/merkle.ts";
import { Audit, type AnchorPort } from "./audit.ts";
import { AuditStore, leafInput, openAuditDatabase } from "./audit-store.ts";

const action = (at: number): ActionRecord => ({
  at,
  subsystem: "blockchain",
  operation: "blockchain.transfer",
  method: "POST",
  route: "/api/blockchain/transactions",
  role: "operator",
  authenticated: false,
  outcome: "ok",
  code: null,
  traceId: null,
});
const actions = (count: number) => Array.from({ length: count }, (_, at) => action(at));

class Ledger implements AnchorPort {
  written: { hash: string; label: string }[] = [];
  async create({ hash, label }: { hash: string; label: string }) {
    this.written.push({ hash, label });
    return { transactionHash: `0x${"0".repeat(63)}${this.written.length}` };
  }
  async list({ before = Infinity }: { before?: number }) {
    const end = Math.min(before, this.written.length);
    const start = Math.max(0, end - 1);
    // One a page, newest first.
    return { anchors: this.written.slice(start, end), next: start > 0 ? start : null };
  }
}

let database: DatabaseSync;
let store: AuditStore;
let ledger: Ledger;
let audit: Audit;
beforeEach(() => {
  database = openAuditDatabase(null, 0);
  store = new AuditStore(database, "cafe", 50);
  ledger = new Ledger();
  audit = new Audit(store, ledger, () => setImmediate());
});

describe("RFC 6962, section 2.1", () => {
  // Roots of the reference tests of certificate-transparency (merkle_tree_test.cc).
  const inputs = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ];
  it.each([
    [0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    [2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    [3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
    [8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
  ])("the root of %i leaves", (count, root) => {
    const leaves = inputs
      .slice(0, count)
      .map((input) => leafHash(Buffer.from(input, "hex").toString("latin1")));
    expect(Buffer.from(treeHash(leaves)).toString("hex")).toBe(root);
  });

  it("a path leads from its leaf to the root, by the algorithm of RFC 9162, 2.1.3.2", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (size, seed) => {
        const leaves = Array.from({ length: size }, (_, index) => leafHash(String(index)));
        const index = seed % size;
        const path = auditPath(index, leaves);
        expect(climbed(leaves[index]!, index, size, path)).toEqual(Buffer.from(treeHash(leaves)));
      }),
    );
  });
});

function climbed(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Buffer {
  let [fn, sn, hash] = [index, size - 1, Buffer.from(leaf)];
  for (const beside of path) {
    const isRight = fn % 2 === 1 || fn === sn;
    const pair = isRight ? [beside, hash] : [hash, beside];
    hash = createHash("sha256").update(Uint8Array.of(1)).update(pair[0]!).update(pair[1]!).digest();
    if (isRight) while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return hash;
}

it("anchors what is new, and only then", async () => {
  expect(await audit.anchor()).toEqual({ anchor: null });
  store.add(actions(3), 0);
  expect(await audit.anchor()).toMatchObject({ anchor: { first: 1, last: 3 } });
  expect(await audit.anchor()).toEqual({ anchor: null });
  store.add(actions(2), 1);
  await audit.anchor();
  expect(ledger.written.map(({ label }) => label)).toEqual([
    "log cafe entries 1-3",
    "log cafe entries 4-5",
  ]);
  store.add(actions(1), 0);
  expect(await audit.verify()).toMatchObject({
    verdict: "intact",
    entries: 6,
    anchorsChecked: 2,
    unanchored: 1,
    different: null,
  });
  expect(audit.list({ limit: 2 })).toMatchObject({
    entries: [{ sequence: 6 }, { sequence: 5 }],
    next: 5,
    anchoredTo: 5,
    lost: 1,
  });
});

it("proves an entry", async () => {
  store.add(actions(7), 0);
  expect(() => audit.proof(3)).toThrow("is under no root on the ledger yet");
  await audit.anchor();
  const { leafInput: input, path, index, size, anchor } = audit.proof(3);
  const bytes = path.map((each) => Buffer.from(each.slice(2), "hex"));
  expect(`0x${climbed(leafHash(input), index, size, bytes).toString("hex")}`).toBe(anchor.root);
  expect(ledger.written[0]?.hash).toBe(anchor.root);
  expect(() => audit.proof(8)).toThrow("Entry 8 is not kept.");
});

describe("tampering", () => {
  beforeEach(async () => {
    store.add(actions(6), 0);
    await audit.anchor();
    store.add(actions(4), 0);
    await audit.anchor();
  });
  const change =
    "UPDATE entries SET record = replace(record, 'transfer', 'status') WHERE sequence = ?";

  it("with an entry is told by its number, the first one first", async () => {
    database.prepare(change).run(8);
    database.prepare(change).run(4);
    expect(await audit.verify()).toMatchObject({
      verdict: "tampered",
      different: { first: 4, last: 4 },
    });
  });

  it("by deletion, too, also at the end", async () => {
    database.prepare("DELETE FROM entries WHERE sequence >= 10").run();
    expect(await audit.verify()).toMatchObject({
      different: { first: 10, last: 10, reason: "It is missing." },
    });
  });

  it("with the entry, its hash and the noted root is told by the ledger's range", async () => {
    database.prepare(change).run(8);
    const [row] = store.between(8, 8);
    database
      .prepare("UPDATE entries SET leaf = ? WHERE sequence = 8")
      .run(leafHash(leafInput(row!)));
    const root = treeHash(store.between(7, 10).map(({ leaf }) => leaf));
    database.prepare("UPDATE anchors SET root = ? WHERE first = 7").run(root);
    const told = { verdict: "tampered", different: { first: 7, last: 10 } };
    expect(await audit.verify()).toMatchObject(told);
    // Neither does another anchor for the same entries help.
    const hash = `0x${Buffer.from(root).toString("hex")}`;
    await ledger.create({ hash, label: "log cafe entries 7-10" });
    expect(await audit.verify()).toMatchObject(told);
  });
});

it("stays within its bound, and verifies what it kept", async () => {
  for (let round = 0; round < 8; round += 1) {
    store.add(actions(10), 0);
    await audit.anchor();
  }
  expect(audit.list({ limit: 100 })).toMatchObject({ trimmed: 30 });
  expect(store.range()).toEqual({ first: 31, last: 80 });
  expect(await audit.verify()).toMatchObject({ verdict: "intact", entries: 50, anchorsChecked: 5 });
});
