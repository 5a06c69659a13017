/** viem and ethers at work: sockets, subscriptions, developers' tools; and what must not harm. */
import { JsonRpcProvider, WebSocketProvider } from "ethers";
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  http,
  parseEther,
  recoverTypedDataAddress,
  webSocket,
  type Address,
  type Hex,
} from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { developerAccounts } from "../workers/blockchain/core/developer-accounts.ts";
import { endlessCode, notebookCode } from "../workers/blockchain/testing/laboratory.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const portOffset = 6;
let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

const address = (index: number) => developerAccounts[index]?.address as Address;
const url = () => platform.url("/", portOffset);
const socketUrl = () => url().replace("http", "ws");

function clients() {
  const chain = defineChain({
    id: 1337,
    name: "demo",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url()] } },
  });
  const account = address(0);
  return {
    reader: createPublicClient({ chain, transport: http(), pollingInterval: 50 }),
    live: createPublicClient({ chain, transport: webSocket(socketUrl()) }),
    writer: createWalletClient({ chain, transport: http(), account }),
    tester: createTestClient({ chain, transport: http(), mode: "anvil", account }),
  };
}

async function raw(body: unknown) {
  const answer = await fetch(url(), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return (await answer.json()) as { error?: { code: number; message: string }; result?: unknown };
}
const call = (method: string, ...params: unknown[]) =>
  raw({ jsonrpc: "2.0", id: 1, method, params });

describe("viem", () => {
  it("watches blocks and logs over a socket, and filters over HTTP", async () => {
    const { reader, live, writer } = clients();
    const hash = await writer.sendTransaction({ to: null, data: notebookCode } as never);
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    const notebook = contractAddress as Address;
    const filter = await reader.createBlockFilter();
    const heads: bigint[] = [];
    const logs: unknown[] = [];
    const stopHeads = live.watchBlockNumber({ onBlockNumber: (number) => heads.push(number) });
    const stopLogs = live.watchEvent({ address: notebook, onLogs: (some) => logs.push(...some) });
    await expect.poll(() => heads.length + 1).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await writer.sendTransaction({ to: notebook, data: `0x${"0".repeat(62)}2a` });
    await expect.poll(() => heads.length, { timeout: 5_000 }).toBeGreaterThan(0);
    await expect.poll(() => logs.length, { timeout: 5_000 }).toBe(1);
    expect(await reader.getFilterChanges({ filter })).toHaveLength(1);
    stopHeads();
    stopLogs();
  });

  it("takes snapshots, travels in time, impersonates and sets balances", async () => {
    const { reader, tester, writer } = clients();
    const id = await tester.snapshot();
    const whale: Address = "0x00000000000000000000000000000000000face1";
    await tester.setBalance({ address: whale, value: parseEther("3") });
    await tester.impersonateAccount({ address: whale });
    const hash = await writer.sendTransaction({ account: whale, to: address(1), value: 1n });
    expect((await reader.getTransactionReceipt({ hash })).from).toBe(whale);
    await tester.increaseTime({ seconds: 86_400 });
    await tester.mine({ blocks: 2 });
    const { timestamp } = await reader.getBlock();
    expect(Number(timestamp)).toBeGreaterThan(Date.now() / 1_000 + 80_000);
    await tester.revert({ id });
    expect(await reader.getBalance({ address: whale })).toBe(0n);
  });

  it("signs typed data that recovers to the account", async () => {
    const { writer } = clients();
    const typed = {
      domain: { name: "Mail", version: "1", chainId: 1337, verifyingContract: address(1) },
      types: {
        Person: [
          { name: "name", type: "string" },
          { name: "wallets", type: "address[]" },
        ],
        Mail: [
          { name: "from", type: "Person" },
          { name: "amount", type: "int128" },
          { name: "tag", type: "bytes4" },
        ],
      },
      primaryType: "Mail",
      message: {
        from: { name: "Alice", wallets: [address(0), address(1)] },
        amount: -5n,
        tag: "0xdeadbeef",
      },
    } as const;
    const signature = await writer.signTypedData(typed);
    expect(await recoverTypedDataAddress({ ...typed, signature })).toBe(address(0));
  });
});

describe("ethers", () => {
  it("hears of blocks over a socket", async () => {
    const provider = new WebSocketProvider(socketUrl());
    const heard = new Promise<number>((resolve) => void provider.once("block", resolve));
    await provider.getBlockNumber();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const poller = new JsonRpcProvider(url());
    await poller.send("evm_mine", []);
    expect(await heard).toBe(await poller.getBlockNumber());
    poller.destroy();
    await provider.destroy();
  });
});

describe("what must not harm", () => {
  it("answers bad input with the codes of the standard", async () => {
    expect(await raw("{")).toHaveProperty("error.code", -32700);
    expect(await raw([])).toHaveProperty("error.code", -32600);
    const one = { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] };
    const large = await raw(Array.from({ length: 10_000 }, () => one));
    expect(large).toHaveProperty("error.code", -32600);
    expect(large.error?.message).toContain("limit 1000");
    expect(await raw(Array.from({ length: 1_000 }, () => one))).toHaveLength(1_000);
    expect(await call("eth_sendRawTransaction", "0x1234")).toHaveProperty("error.code", -32000);
    expect(await call("eth_sendRawTransaction", "1234")).toHaveProperty("error.code", -32602);
    expect(await call("eth_nothing")).toHaveProperty("error.code", -32601);
  });

  it("gives up calls that do not end, while blocks come", async () => {
    const { reader, writer } = clients();
    const hash = await writer.sendTransaction({ to: null, data: endlessCode } as never);
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    const endless = Array.from({ length: 8 }, () => call("eth_call", { to: contractAddress }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const begin = performance.now();
    const sent = await writer.sendTransaction({ to: address(1), value: 1n, gas: 21_000n });
    await reader.getTransactionReceipt({ hash: sent });
    expect(performance.now() - begin).toBeLessThan(3_000);
    for (const answer of await Promise.all(endless)) {
      expect(answer.error?.code).toBe(-32000);
      expect(answer.error?.message).toMatch(/out of gas|timeout/);
    }
  }, 30_000);

  it("refuses a socket from a foreign page, and garbage on one of its own", async () => {
    const foreign = new WebSocket(socketUrl(), { origin: "http://evil.example" });
    const refused = await new Promise<Error>((resolve) => void foreign.once("error", resolve));
    expect(refused.message).toContain("403");
    const own = new WebSocket(socketUrl());
    await new Promise((resolve) => void own.once("open", resolve));
    const ask = (text: string) =>
      new Promise<string>((resolve) => {
        own.once("message", (data: Buffer) => resolve(data.toString("utf8")));
        own.send(text);
      });
    expect(JSON.parse(await ask("garbage"))).toHaveProperty("error.code", -32700);
    const request = (method: string, params: unknown[]) =>
      JSON.stringify({ jsonrpc: "2.0", id: 7, method, params });
    const { result } = JSON.parse(await ask(request("eth_subscribe", ["newHeads"]))) as {
      result: Hex;
    };
    expect(JSON.parse(await ask(request("eth_unsubscribe", [result])))).toMatchObject({
      result: true,
    });
    expect(JSON.parse(await ask(request("eth_subscribe", ["nothing"])))).toHaveProperty(
      "error.code",
      -32602,
    );
    own.close();
  });

  it("cuts off a reader that asks and never reads", async () => {
    const slow = new WebSocket(socketUrl());
    await new Promise((resolve) => void slow.once("open", resolve));
    const closed = new Promise<void>((resolve) => void slow.once("close", () => resolve()));
    slow.on("error", () => {});
    slow.pause();
    const params = ["0x0", true];
    const one = { jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params };
    const batch = JSON.stringify(Array.from({ length: 1_000 }, () => one));
    for (let sent = 0; sent < 30; sent += 1) slow.send(batch);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    slow.resume();
    await closed;
    expect(await call("eth_chainId")).toHaveProperty("result", "0x539");
  }, 30_000);
});
