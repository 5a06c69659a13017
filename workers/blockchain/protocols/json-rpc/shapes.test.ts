/** Objects have exactly the members that the recorded conversations of execution-apis show. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createAddressFromString, createContractAddress } from "@ethereumjs/util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CallRunner } from "../../calls/call-runner.ts";
import { BlobsKept } from "../../node/blobs-kept.ts";
import { Developer } from "../../node/developer.ts";
import { Wallet } from "../../handlers/wallet.ts";
import { account, Laboratory, notebookCode } from "../../testing/laboratory.ts";
import { ChainFeed } from "./chain-feed.ts";
import { createRpc, type Rpc, type RpcResponse } from "./methods.ts";

const conversations = join(import.meta.dirname, "../../../../../shared/data/execution-apis");
const lab = new Laboratory();
let rpc: Rpc;
const hashes: string[] = [];

/** The last response of a recorded conversation; the first entry of a list. */
function recorded(file: string): object {
  const lines = readFileSync(join(conversations, file), "utf8").split("\n");
  const text = lines.findLast((line) => line.startsWith("<<"))?.slice(2) ?? "";
  const { result } = JSON.parse(text) as { result: object | object[] };
  return Array.isArray(result) ? (result[0] as object) : result;
}

async function ask(method: string, ...params: unknown[]): Promise<unknown> {
  const answer = await rpc({ jsonrpc: "2.0", id: 1, method, params }, (error) => {
    throw error;
  });
  return (answer as RpcResponse).result;
}

const members = (value: unknown) => Object.keys(value as object).toSorted();

describe.skipIf(!existsSync(conversations))("execution-apis", () => {
  beforeAll(async () => {
    const chain = await lab.open();
    const parts = {
      chain,
      store: chain.index,
      simulator: new CallRunner(chain, null, (ms, act) => lab.host.after(ms, act)),
      blobs: new BlobsKept(),
      developer: new Developer(chain),
      feed: new ChainFeed(chain, chain.index),
      version: "test",
    };
    rpc = createRpc({ ...parts, wallet: new Wallet(chain) });
    const alice = account(0);
    const notebook = createContractAddress(createAddressFromString(alice.address), 0n);
    const transactions = [
      lab.signed(chain, alice, { data: notebookCode, gasLimit: 200_000n }),
      lab.signed(chain, alice, { to: notebook, data: "0x2a", gasLimit: 100_000n, nonce: 1n }),
    ];
    for (const tx of transactions) {
      await chain.submit(tx);
      hashes.push(`0x${Buffer.from(tx.hash()).toString("hex")}`);
    }
  });
  afterAll(() => lab.close());

  it("a block", async () => {
    const block = await ask("eth_getBlockByNumber", "finalized", false);
    expect(members(block)).toEqual(members(recorded("eth_getBlockByNumber/get-finalized.io")));
  });

  it("a fee-market transaction", async () => {
    const tx = await ask("eth_getTransactionByHash", hashes[1]);
    expect(members(tx)).toEqual(members(recorded("eth_getTransactionByHash/get-dynamic-fee.io")));
  });

  it("a receipt, but for the blobs", async () => {
    const receipt = await ask("eth_getTransactionReceipt", hashes[1]);
    const blobs = ["blobGasPrice", "blobGasUsed"];
    expect([...members(receipt), ...blobs].toSorted()).toEqual(
      members(recorded("eth_getTransactionReceipt/get-blob-tx.io")),
    );
  });

  it("a log", async () => {
    const [log] = (await ask("eth_getLogs", { fromBlock: "0x0" })) as unknown[];
    expect(members(log)).toEqual(members(recorded("eth_getLogs/topic-exact-match.io")));
  });

  it("what is not there is null", async () => {
    expect(await ask("eth_getBlockByNumber", "0x3e8", false)).toBeNull();
    expect(await ask("eth_getTransactionReceipt", `0x${"00".repeat(32)}`)).toBeNull();
  });
});
