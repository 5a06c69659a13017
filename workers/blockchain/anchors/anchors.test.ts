/** Anchors against the calldata that the chain itself holds. */
import { afterEach, beforeEach, expect, it } from "vitest";
import fc from "fast-check";
import { hexToBytes } from "@ethereumjs/util";
import { anchorSigners } from "../handlers/signers.ts";
import { Wallet } from "../handlers/wallet.ts";
import { decodeTransaction } from "../handlers/views.ts";
import type { Chain } from "../node/chain.ts";
import { anchorAccount } from "../core/developer-accounts.ts";
import { CallRunner } from "../calls/call-runner.ts";
import { account, Laboratory } from "../testing/laboratory.ts";
import { anchorAddress, decodeAnchor, encodeAnchor } from "./anchor-data.ts";
import { Anchors } from "./anchors.ts";

let lab: Laboratory;
let chain: Chain;
let anchors: Anchors;
const hashOf = (digits: string) => `0x${digits.repeat(32)}` as const;

beforeEach(async () => {
  lab = new Laboratory();
  chain = await lab.open();
  const wallet = new Wallet(chain, anchorSigners);
  const parts = {
    chain,
    store: chain.index,
    wallet,
    simulator: new CallRunner(chain, null, (ms, act) => lab.host.after(ms, act)),
  };
  anchors = new Anchors(parts, (ms, act) => lab.host.after(ms, act));
});
afterEach(async () => lab.close());

it("puts the hash into the calldata of a transaction, and finds it there", async () => {
  const made = await anchors.create({ hash: hashOf("Ab"), subsystem: "notes", label: "Übung" });
  expect(made).toMatchObject({ blockNumber: 1, by: anchorAccount.address });
  const row = chain.index.transaction(hexToBytes(made.transactionHash as `0x${string}`));
  const { data, to } = decodeTransaction(row!, chain.common);
  const text = Buffer.from(data).toString("latin1");
  expect([text.slice(0, 7), Buffer.from(data.subarray(7, 39)).toString("hex")]).toEqual([
    "anchor\u0001",
    "ab".repeat(32),
  ]);
  expect(to?.bytes).toEqual(anchorAddress);
  expect(await anchors.verify(hashOf("AB"))).toMatchObject({
    anchored: true,
    complete: true,
    anchors: [{ hash: hashOf("ab"), label: "Übung", subsystem: "notes", blockNumber: 1 }],
  });
  expect(await anchors.verify(hashOf("ac"))).toMatchObject({
    anchored: false,
    anchors: [],
    searched: 1,
  });
});

it("pages, filters, and lists every anchor of a hash, oldest first", async () => {
  for (const digits of ["01", "02", "03", "01"]) {
    const subsystem = digits === "02" ? "other" : "notes";
    await anchors.create({ hash: hashOf(digits), subsystem, label: "" });
  }
  const first = await anchors.list({ limit: 3 });
  expect(first.anchors.map(({ hash }) => hash)).toEqual(["01", "03", "02"].map(hashOf));
  const rest = await anchors.list({ limit: 3, before: first.next! });
  expect([rest.anchors.map(({ hash }) => hash), rest.next]).toEqual([[hashOf("01")], null]);
  const { anchors: notes } = await anchors.list({ limit: 9, subsystem: "notes" });
  expect(notes.map(({ blockNumber }) => blockNumber)).toEqual([4, 3, 1]);
  const { anchors: twice } = await anchors.verify(hashOf("01"));
  expect(twice.map(({ blockNumber }) => blockNumber)).toEqual([1, 4]);
});

it("takes anybody's anchors by their word, and nothing that only looks like one", async () => {
  const to = `0x${Buffer.from(anchorAddress).toString("hex")}`;
  const send = (data: Uint8Array, nonce: bigint) =>
    chain.submit(
      lab.signed(chain, account(0), { to: to as `0x${string}`, data, nonce, gasLimit: 60_000n }),
    );
  const good = encodeAnchor({ hash: hexToBytes(hashOf("07")), subsystem: "x", label: "" });
  await send(good.subarray(0, 38), 0n);
  await send(Buffer.concat([good, Uint8Array.of(0)]), 1n);
  await send(good, 2n);
  const { anchors: found, searched } = await anchors.verify(hashOf("07"));
  expect(searched).toBe(1);
  expect(found).toMatchObject([{ by: account(0).address, blockNumber: 3 }]);
});

it("forgets what a return to an earlier block took back", async () => {
  const { version } = chain;
  await anchors.create({ hash: hashOf("01"), subsystem: "notes", label: "" });
  expect((await anchors.verify(hashOf("01"))).anchored).toBe(true);
  await chain.change({ kind: "revert", version });
  expect(await anchors.verify(hashOf("01"))).toMatchObject({ anchored: false, searched: 0 });
});

it("decodes what it encodes, and never throws on anything else", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 20 });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      text,
      text,
      (hash, subsystem, label) => {
        const data = encodeAnchor({ hash, subsystem, label });
        const decoded = decodeAnchor(data);
        expect({ ...decoded, hash: Uint8Array.from(decoded!.hash) }).toEqual({
          hash,
          subsystem,
          label,
        });
        for (let length = 0; length < data.length; length += 1) {
          expect(decodeAnchor(data.subarray(0, length))).toBeNull();
        }
      },
    ),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (data) => void decodeAnchor(data)));
});
