/** Many senders at once: they are answered before their blocks, and never see less than they sent. */
import { bytesToHex } from "@ethereumjs/util";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { developerKey } from "../../core/developer-accounts.ts";
import type { Chain } from "../../node/chain.ts";
import { account, Laboratory } from "../../testing/laboratory.ts";
import type { RpcParts } from "./method.ts";
import { createRpc, type Rpc, type RpcResponse } from "./methods.ts";

const senders = 8;
const rounds = 20;
const lab = new Laboratory();
let chain: Chain;
let rpc: Rpc;

beforeAll(async () => {
  chain = await lab.open();
  // What is called here needs the chain alone.
  rpc = createRpc({ chain, store: chain.index } as RpcParts);
});
afterAll(() => lab.close());

async function call(method: string, ...params: unknown[]): Promise<unknown> {
  const fail = (error: unknown) => {
    throw error;
  };
  const { result, error } = (await rpc(
    { jsonrpc: "2.0", id: 1, method, params },
    fail,
  )) as RpcResponse;
  if (error !== undefined) throw new Error(error.message);
  return result;
}

it("lets every sender read what he sent, and fills blocks with many", async () => {
  let answeredEarly = 0;
  await Promise.all(
    Array.from({ length: senders }, async (_, place) => {
      const wallet = privateKeyToAccount(bytesToHex(developerKey(account(place).counter)));
      for (let nonce = 0; nonce < rounds; nonce++) {
        const raw = await wallet.signTransaction({
          chainId: 1_337,
          nonce,
          to: wallet.address,
          value: 1n,
          gas: 21_000n,
          maxFeePerGas: 3_000_000_000n,
          maxPriorityFeePerGas: 1n,
        });
        const hash = await call("eth_sendRawTransaction", raw);
        if (chain.hasUnseen) answeredEarly += 1;
        if (nonce % 4 !== 3) continue;
        expect(await call("eth_getTransactionCount", wallet.address, "latest")).toBe(
          `0x${(nonce + 1).toString(16)}`,
        );
        expect(await call("eth_getTransactionReceipt", hash)).toMatchObject({ status: "0x1" });
      }
    }),
  );
  expect(answeredEarly).toBeGreaterThan(0);
  await chain.seen();
  expect(chain.counters.transactions).toBe(senders * rounds);
  expect(chain.height).toBeLessThan((senders * rounds) / 2);
});
