/** Gas by contract and method, over a chain in memory. */
import { afterEach, expect, it } from "vitest";
import { account, Laboratory } from "../testing/laboratory.ts";
import { Gas } from "./gas.ts";
import { Mempool } from "./mempool.ts";
import { Wallet } from "./wallet.ts";

const [alice, bob] = [account(0), account(1)];
const open: Laboratory[] = [];
afterEach(async () => {
  for (const lab of open.splice(0)) await lab.close();
});

/** Code that stops when it is called with `0x11111111…` and fails when with anything else. */
const runtime = "60003560e01c631111111114601357600080fd5b00";
/** Copies what follows it into memory and returns it (10 bytes before the code). */
const creation = `0x6015600a5f3960155ff3${runtime}`;

it("adds up whole blocks by kind, contract and method", async () => {
  const lab = new Laboratory();
  open.push(lab);
  const chain = await lab.open();
  let nonce = 0n;
  const send = async (fields: { to?: string; data?: string; gas?: bigint }) => {
    const { to, data, gas } = fields;
    const sent = lab.signed(chain, alice, {
      nonce,
      value: 0n,
      gasLimit: gas ?? 200_000n,
      ...(to !== undefined && { to: to as `0x${string}` }),
      ...(data !== undefined && { data: data as `0x${string}` }),
    });
    nonce += 1n;
    return (await chain.submit(sent)).transaction;
  };
  await send({ to: bob.address, gas: 21_000n });
  const made = await send({ data: creation });
  const contract = `0x${Buffer.from(made.contract ?? []).toString("hex")}`;
  const right = await send({ to: contract, data: "0x11111111" });
  await send({ to: contract, data: `0x11111111${"00".repeat(32)}` });
  const wrong = await send({ to: contract, data: "0x22222222" });

  const gas = await new Gas(chain, chain.index).use({ blocks: 1_000 });
  expect(gas).toMatchObject({
    fromBlock: 0,
    toBlock: 5,
    transactions: 5,
    byKind: {
      transfer: { transactions: 1, gasUsed: 21_000 },
      deployment: { transactions: 1 },
      call: { transactions: 3 },
    },
  });
  expect(gas.gasUsed).toBe(Number(chain.counters.gasUsed));
  expect(gas.contracts).toHaveLength(1);
  const [only] = gas.contracts;
  expect(only).toMatchObject({ transactions: 4, failed: 1 });
  expect(only?.address.toLowerCase()).toBe(contract);
  const methods = new Map(only?.methods.map((method) => [method.selector, method]));
  expect(methods.get("0x11111111")).toMatchObject({
    transactions: 2,
    failed: 0,
    gasMin: Number(right.gasUsed),
    // Of the newest one.
    sample: `0x11111111${"00".repeat(32)}`,
  });
  expect(methods.get("0x22222222")).toMatchObject({
    transactions: 1,
    failed: 1,
    gasUsed: Number(wrong.gasUsed),
  });

  const newest = await new Gas(chain, chain.index).use({ blocks: 1 });
  expect(newest).toMatchObject({ fromBlock: 5, toBlock: 5, transactions: 1 });

  const { blocks } = await new Mempool(chain, chain.index, new Wallet(chain)).fees({ blocks: 2 });
  const tip = blocks[1]?.priorityFeePerGas;
  expect(tip?.p10).toBe(tip?.p90);
  expect(Number(tip?.p50)).toBeGreaterThan(0);
});
