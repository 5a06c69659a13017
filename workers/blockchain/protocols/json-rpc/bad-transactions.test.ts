/** Transactions that cannot be taken: the standard words, and a chain that is none the worse. */
import { bytesToHex } from "@ethereumjs/util";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { developerKey } from "../../core/developer-accounts.ts";
import type { Chain } from "../../node/chain.ts";
import { account, Laboratory } from "../../testing/laboratory.ts";
import { sendMethods } from "./send-methods.ts";

const lab = new Laboratory();
const alice = privateKeyToAccount(bytesToHex(developerKey(account(0).counter)));
const fields = {
  chainId: 1_337,
  nonce: 0,
  to: alice.address,
  value: 1n,
  gas: 21_000n,
  maxFeePerGas: 3_000_000_000n,
  maxPriorityFeePerGas: 1n,
  type: "eip1559",
} as const;
let chain: Chain;
const send = (raw: string) => {
  // The other parts are for blobs and for accounts that are signed for here.
  const methods = sendMethods({ chain, store: chain.index } as Parameters<typeof sendMethods>[0]);
  return Promise.resolve().then(() => methods["eth_sendRawTransaction"]?.([raw]));
};

beforeAll(async () => {
  chain = await lab.open();
});
afterAll(() => lab.close());

it("are refused in the words that tools know", async () => {
  const signed = await alice.signTransaction(fields);
  const foreign = await alice.signTransaction({ ...fields, chainId: 5 });
  await expect(send(foreign)).rejects.toThrow("invalid chain id for signer: have 5 want 1337");
  const highS = signed.slice(0, -64) + "f".repeat(64);
  await expect(send(highS)).rejects.toThrow("invalid transaction v, r, s values");
  await expect(send("0xdeadbeef")).rejects.toThrow(/^invalid transaction: /);
  const poor = await alice.signTransaction({ ...fields, value: 10n ** 30n });
  await expect(send(poor)).rejects.toThrow(/^insufficient funds for gas \* price \+ value/);
  const huge = await alice.signTransaction({ ...fields, data: `0x${"00".repeat(200_000)}` });
  await expect(send(huge)).rejects.toThrow(/^oversized data/);
  expect(chain.height).toBe(0);
  await send(signed);
  await expect(send(signed)).rejects.toThrow("nonce too low: next nonce 1, tx nonce 0");
  expect(chain.height).toBe(1);
});

it("name the argument that is missing", async () => {
  const methods = sendMethods({ chain, store: chain.index } as Parameters<typeof sendMethods>[0]);
  const call = async () => methods["eth_sendRawTransaction"]?.([]);
  await expect(call()).rejects.toMatchObject({
    code: -32_602,
    message: "missing value for required argument 0",
  });
});
