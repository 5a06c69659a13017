/** The mempool's handlers over a chain in memory. */
import { afterEach, expect, it } from "vitest";
import { account, Laboratory } from "../testing/laboratory.ts";
import { Mempool } from "./mempool.ts";
import { Wallet } from "./wallet.ts";

const [alice, bob] = [account(0), account(1)];
const open: Laboratory[] = [];
/** The validators wait out their own time before they give up. */
const quorumTimeoutMs = 60_000;

async function started() {
  const lab = new Laboratory();
  open.push(lab);
  const chain = await lab.open();
  const mempool = new Mempool(chain, chain.index, new Wallet(chain));
  const send = (nonce: bigint, value = 1n) =>
    chain.admit(lab.signed(chain, alice, { to: bob.address as `0x${string}`, nonce, value }));
  return { lab, chain, mempool, send };
}

afterEach(async () => {
  for (const lab of open.splice(0)) await lab.close();
});

it("says of each waiting transaction what it waits for, and mines them when told", async () => {
  const { lab, mempool, send } = await started();
  expect(mempool.setMining({ mode: "manual" })).toEqual({ mode: "manual", seconds: null });
  await send(0n, 10n ** 18n);
  await send(2n);
  const { total, transactions, mining } = mempool.pending({ limit: 100 });
  expect({ total, mode: mining.mode }).toEqual({ total: 2, mode: "manual" });
  expect(transactions).toMatchObject([
    { from: alice.address, to: bob.address, nonce: 0, amount: "1", missingNonce: null },
    { nonce: 2, missingNonce: 1, since: lab.nowSeconds * 1_000, gasLimit: "21000" },
  ]);
  expect(await mempool.mine()).toMatchObject({ number: 1, transactions: 1 });
  expect(await mempool.mine()).toMatchObject({ number: 2, transactions: 0 });
  await send(1n);
  expect(await mempool.mine()).toMatchObject({ number: 3, transactions: 2 });
  expect(mempool.pending({ limit: 100 }).transactions).toEqual([]);
});

it("remembers what was accepted and then refused, with the reason", async () => {
  const { mempool, send, lab } = await started();
  const { hash, mined } = await send(7n);
  await expect(mined).rejects.toThrow("nonce too high");
  expect(mempool.pending({ limit: 1 })).toMatchObject({
    total: 0,
    refused: [
      { hash, from: alice.address, nonce: 7, reason: "nonce gap", at: lab.nowSeconds * 1_000 },
    ],
  });
});

it("shows the fees of the last blocks, oldest first, and what to offer", async () => {
  const { chain, mempool, send } = await started();
  await (
    await send(0n)
  ).mined;
  const { blocks, nextBaseFeePerGas, suggested } = await mempool.fees({ blocks: 10 });
  expect(blocks.map(({ number }) => number)).toEqual([0, 1]);
  expect(blocks[1]).toMatchObject({ transactions: 1, gasUsedRatio: 21_000 / 30_000_000 });
  expect(nextBaseFeePerGas).toBe(String(chain.nextBaseFee));
  expect(BigInt(suggested.maxFeePerGas)).toBeGreaterThan(chain.nextBaseFee * 2n);
});

it(
  "says so when no quorum makes the block",
  async () => {
    const { chain, mempool } = await started();
    chain.validators.partition([[1], [2], [3]]);
    await expect(mempool.mine()).rejects.toMatchObject({ code: "LEDGER_UNDECIDED" });
  },
  quorumTimeoutMs,
);
