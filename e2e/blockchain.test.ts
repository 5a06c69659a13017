/** The documented blockchain lines, and real Ethereum clients against JSON-RPC. */
import { ContractFactory, JsonRpcProvider, parseEther as ethersParse, Wallet } from "ethers";
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeErrorResult,
  http,
  parseAbi,
  parseEther,
  type Address,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { developerAccounts, developerKey } from "../workers/blockchain/core/developer-accounts.ts";
import {
  endlessCode,
  notebookCode,
  refusingCode,
} from "../workers/blockchain/testing/laboratory.ts";
import { problemSchema } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const portOffset = 6;
let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

const keyOf = (index: number): Hex =>
  `0x${Buffer.from(developerKey(developerAccounts[index]?.counter ?? 0)).toString("hex")}`;
const addressOf = (index: number) => developerAccounts[index]?.address as Address;

async function rest<Answer>(path: string, body?: object): Promise<Answer> {
  const answer = await fetch(platform.url(path, portOffset), {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as Answer;
}

async function refused(path: string, body?: object) {
  const answer = await fetch(platform.url(path, portOffset), {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const problem = problemSchema.parse(await answer.json());
  expect(problem.status).toBe(answer.status);
  return problem;
}

interface RpcAnswer {
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
}

async function raw(body: string): Promise<RpcAnswer | RpcAnswer[]> {
  const answer = await fetch(platform.url("/", portOffset), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return (await answer.json()) as RpcAnswer;
}

async function rpc(method: string, ...params: unknown[]): Promise<RpcAnswer> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  return (await raw(body)) as RpcAnswer;
}

function viem(index: number) {
  const chain = defineChain({
    id: 1337,
    name: "demo",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [platform.url("/", portOffset)] } },
  });
  const account = privateKeyToAccount(keyOf(index));
  const options = { chain, transport: http() };
  return {
    account,
    reader: createPublicClient({ ...options, pollingInterval: 50 }),
    writer: createWalletClient({ ...options, account }),
  };
}

describe("POST /api/blockchain/transactions", () => {
  const path = "/api/blockchain/transactions";
  const line = { from: "0x123...", to: "0x456...", amount: 100, type: "transfer" };

  it("sends what the documented line says", async () => {
    const before = await rest<{ balanceWei: string }>("/api/blockchain/accounts/0x456...");
    const sent = await rest<Record<string, string>>(path, line);
    expect(sent).toMatchObject({ amount: "100", status: "success", gasUsed: "21000" });
    expect(sent["from"]).toMatch(/^0x123/);
    expect(sent["to"]).toMatch(/^0x456/);
    const after = await rest<{ balanceWei: string }>("/api/blockchain/accounts/0x456...");
    expect(BigInt(after.balanceWei) - BigInt(before.balanceWei)).toBe(100n * 10n ** 18n);
    const mined = await rest<Record<string, unknown>>(`${path}/${sent["hash"]}`);
    expect(mined).toMatchObject({
      blockHash: sent["blockHash"],
      fee: sent["fee"],
      confirmations: 1,
    });
    const block = await rest<{ transactionList: unknown[] }>(
      `/api/blockchain/blocks/${sent["blockHash"]}`,
    );
    expect(block.transactionList).toContainEqual(expect.objectContaining({ hash: sent["hash"] }));
  });

  it("is exact to the smallest unit", async () => {
    const sent = await rest<Record<string, string>>(path, {
      ...line,
      amount: "0.000000000000000001",
    });
    expect(sent["amount"]).toBe("0.000000000000000001");
  });

  it.each([
    ["more than the balance", { amount: 1_000_000 }, "BALANCE_TOO_SMALL", 409],
    ["an unknown beginning", { to: "0xeee1..." }, "ACCOUNT_UNKNOWN", 404],
    ["an ambiguous beginning", { from: "0x12..." }, "ACCOUNT_AMBIGUOUS", 409],
    ["a sender without a key here", { from: `0x${"ab".repeat(20)}` }, "KEY_NOT_HELD", 403],
    ["a negative amount", { amount: -1 }, "INPUT_INVALID", 400],
    ["an amount in words", { amount: "many" }, "INPUT_INVALID", 400],
    ["nineteen decimals", { amount: "0.0000000000000000001" }, "INPUT_INVALID", 400],
    ["no coins", { amount: "0" }, "AMOUNT_INVALID", 400],
    ["no address", { to: "Bob" }, "INPUT_INVALID", 400],
    ["another type", { type: "gift" }, "INPUT_INVALID", 400],
    ["an unknown key", { memo: "hello" }, "INPUT_INVALID", 400],
  ])("refuses %s and changes nothing", async (_name, change, code, status) => {
    const before = await rest<{ height: number }>("/api/blockchain/blocks/latest");
    expect(await refused(path, { ...line, ...change })).toMatchObject({ code, status });
    expect(await rest("/api/blockchain/blocks/latest")).toEqual(before);
  });

  it("lists the candidates where a name fails", async () => {
    const ambiguous = await refused(path, { ...line, from: "0x12..." });
    expect(ambiguous.detail).toContain(addressOf(0));
    expect(ambiguous.detail).toContain("or");
    const unknown = await refused(path, { ...line, from: "0xeee" });
    expect(unknown.detail).toContain(addressOf(1));
  });
});

describe("reading", () => {
  it("answers status, accounts, blocks and transactions", async () => {
    const status = await rest<Record<string, unknown>>("/api/blockchain/status");
    expect(status).toMatchObject({ status: "healthy", chainId: 1337, persistent: false });
    const { accounts } = await rest<{ accounts: { address: string }[] }>(
      "/api/blockchain/accounts?limit=2",
    );
    expect(accounts.map(({ address }) => address)).toEqual([addressOf(0), addressOf(1)]);
    const { blocks } = await rest<{
      blocks: { number: number; parentHash: string; hash: string }[];
    }>("/api/blockchain/blocks?limit=2");
    expect(blocks[0]?.parentHash).toBe(blocks[1]?.hash);
    const { transactions } = await rest<{ transactions: { from: string; to: string }[] }>(
      "/api/blockchain/transactions?account=0x456...",
    );
    expect(transactions.length).toBeGreaterThan(0);
    for (const { from, to } of transactions) expect([from, to]).toContain(addressOf(1));
  });

  it.each([
    ["/api/blockchain/blocks/999999", "BLOCK_UNKNOWN"],
    ["/api/blockchain/blocks/first", "INPUT_INVALID"],
    [`/api/blockchain/transactions/0x${"00".repeat(32)}`, "TRANSACTION_UNKNOWN"],
    ["/api/blockchain/transactions/0x12", "INPUT_INVALID"],
    ["/api/blockchain/transactions?limit=101", "INPUT_INVALID"],
    ["/api/blockchain/accounts/0xeee", "ACCOUNT_UNKNOWN"],
    ["/api/blockchain/status?verbose=1", "INPUT_INVALID"],
  ])("GET %s is refused as %s", async (path, code) => {
    expect(await refused(path)).toMatchObject({ code });
  });

  it("streams each new block", async () => {
    const answer = await fetch(platform.url("/api/blockchain/watch", portOffset));
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = "";
    const until = async (part: string) => {
      while (!text.includes(part)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The stream ended before ${part} came.`);
        text += decoder.decode(value, { stream: true });
      }
    };
    await until('"verdict"');
    const { hash } = await viemTransfer(2, addressOf(3));
    const mined = await rest<{ blockHash: string }>(`/api/blockchain/transactions/${hash}`);
    await until(mined.blockHash);
    expect(text).toContain('"skipped":0');
    await reader.cancel();
  });
});

async function viemTransfer(from: number, to: Address) {
  const { reader, writer } = viem(from);
  const hash = await writer.sendTransaction({ to, value: parseEther("1.5") });
  return { hash, receipt: await reader.waitForTransactionReceipt({ hash }) };
}

describe("Ethereum JSON-RPC", () => {
  it("lets viem send a transfer and wait for its receipt", async () => {
    const { receipt, hash } = await viemTransfer(4, addressOf(5));
    expect(receipt).toMatchObject({ status: "success", gasUsed: 21_000n, transactionHash: hash });
    const { reader } = viem(4);
    const tx = await reader.getTransaction({ hash });
    expect(tx).toMatchObject({ value: parseEther("1.5"), type: "eip1559", chainId: 1337 });
    const block = await reader.getBlock({
      blockHash: receipt.blockHash,
      includeTransactions: true,
    });
    expect(block.transactions.map((each) => each.hash)).toContain(hash);
  });

  it("lets ethers do the same", async () => {
    const provider = new JsonRpcProvider(platform.url("/", portOffset), 1337, {
      staticNetwork: true,
      cacheTimeout: -1,
      batchMaxCount: 10,
    });
    provider.pollingInterval = 50;
    const wallet = new Wallet(keyOf(6), provider);
    const before = await provider.getBalance(addressOf(7));
    const sent = await wallet.sendTransaction({ to: addressOf(7), value: ethersParse("2") });
    const receipt = await sent.wait();
    expect(receipt?.status).toBe(1);
    expect((await provider.getBalance(addressOf(7))) - before).toBe(ethersParse("2"));
    const contract = await new ContractFactory([], notebookCode, wallet).deploy();
    await contract.waitForDeployment();
    expect(await provider.call({ to: await contract.getAddress() })).toMatch(/^0x0{64}$/);
    provider.destroy();
  });

  it("deploys a contract, calls it, keeps its storage and its logs", async () => {
    const { reader, writer } = viem(3);
    const deployed = await writer.deployContract({ abi: [], bytecode: notebookCode });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash: deployed });
    const to = contractAddress as Address;
    const word: Hex = `0x${"2a".padStart(64, "0")}`;
    const hash = await writer.sendTransaction({ to, data: word });
    const { logs, blockNumber } = await reader.waitForTransactionReceipt({ hash });
    expect(logs).toMatchObject([{ data: word, topics: [], logIndex: 0 }]);
    expect((await reader.call({ to })).data).toBe(word);
    expect(await reader.getStorageAt({ address: to, slot: "0x0" })).toBe(word);
    expect((await reader.call({ to, blockNumber: blockNumber - 1n })).data).toBe(
      `0x${"0".repeat(64)}`,
    );
    expect(await reader.getLogs({ address: to, fromBlock: 0n })).toHaveLength(1);
    expect(await reader.getLogs({ address: addressOf(0), fromBlock: 0n })).toHaveLength(0);
    expect((await reader.getCode({ address: to }))?.length).toBe(2 + 2 * 26);
  });

  it("mines every transaction of eight senders at once", { timeout: 60_000 }, async () => {
    const perSender = 15;
    const { reader } = viem(0);
    const hashes = await Promise.all(
      developerAccounts.map(async (_account, index) => {
        const { writer, account } = viem(index);
        const first = await reader.getTransactionCount({ address: account.address });
        return Promise.all(
          Array.from({ length: perSender }, (_, step) =>
            writer.sendTransaction({
              to: addressOf((index + 1) % developerAccounts.length),
              value: 1n,
              nonce: first + step,
              gas: 21_000n,
            }),
          ),
        );
      }),
    );
    const receipts = await Promise.all(
      hashes.flat().map((hash) => reader.getTransactionReceipt({ hash })),
    );
    expect(receipts).toHaveLength(perSender * developerAccounts.length);
    expect(receipts.every(({ status }) => status === "success")).toBe(true);
    expect(new Set(hashes.flat()).size).toBe(receipts.length);
    expect(await rest("/api/blockchain/status")).toMatchObject({ pending: 0 });
  });

  it("sends for the developer accounts without a signature", async () => {
    const [from, to] = [addressOf(2), addressOf(3)];
    const { result } = await rpc("eth_sendTransaction", { from, to, value: "0x1" });
    const receipt = await rpc("eth_getTransactionReceipt", result);
    expect(receipt.result).toMatchObject({ status: "0x1", from: from.toLowerCase() });
    const stranger = await rpc("eth_sendTransaction", { from: `0x${"ab".repeat(20)}`, to });
    expect(stranger.error).toMatchObject({
      code: -32000,
      message: expect.stringContaining("unknown account"),
    });
  });

  it("answers batches in order, notifications not at all", async () => {
    const batch = [
      { jsonrpc: "2.0", id: "a", method: "eth_chainId" },
      { jsonrpc: "2.0", method: "eth_blockNumber" },
      { jsonrpc: "2.0", id: 7, method: "eth_nothing" },
      { id: 8 },
    ];
    expect(await raw(JSON.stringify(batch))).toMatchObject([
      { id: "a", result: "0x539" },
      { id: 7, error: { code: -32601 } },
      { id: 8, error: { code: -32600 } },
    ]);
  });

  it.each([
    ["text that is not JSON", "{", -32700],
    ["an empty batch", "[]", -32600],
    ["a number", "7", -32600],
    ["another version", '{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}', -32600],
    ["an unknown method", '{"jsonrpc":"2.0","id":1,"method":"eth_x"}', -32601],
    ["a name of the prototype", '{"jsonrpc":"2.0","id":1,"method":"toString"}', -32601],
    [
      "parameters that do not fit",
      '{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0x1"]}',
      -32602,
    ],
    [
      "a transaction that is none",
      '{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x00"]}',
      -32000,
    ],
  ])("answers %s with its code", async (_name, body, code) => {
    expect(await raw(body)).toMatchObject({ jsonrpc: "2.0", error: { code } });
  });

  it("says why a contract reverted", async () => {
    const { reader, writer } = viem(2);
    const deployed = await writer.deployContract({ abi: [], bytecode: refusingCode });
    const { contractAddress: to } = await reader.waitForTransactionReceipt({ hash: deployed });
    const abi = parseAbi(["error Error(string)"]);
    const data = encodeErrorResult({ abi, errorName: "Error", args: ["not today"] });
    for (const method of ["eth_call", "eth_estimateGas"]) {
      const { error } = await rpc(method, { to, data });
      expect(error).toEqual({ code: 3, message: "execution reverted: not today", data });
    }
  });

  it("stays alive and answers while an endless contract burns its gas or its time", async () => {
    const { reader, writer } = viem(2);
    const deployed = await writer.deployContract({ abi: [], bytecode: endlessCode });
    const { contractAddress: to } = await reader.waitForTransactionReceipt({ hash: deployed });
    const endless = rpc("eth_call", { to });
    for (let round = 0; round < 5; round += 1) {
      expect((await rpc("eth_chainId")).result).toBe("0x539");
    }
    const { error } = await endless;
    expect(error?.code).toBe(-32000);
    expect(error?.message).toMatch(/^out of gas$|timeout/);
    const state = await rest<{ threads: { id: string; restarts: number }[] }>("/api/platform");
    expect(state.threads.find(({ id }) => id === "blockchain")?.restarts).toBe(0);
  });

  it("gives wallets the fees they ask for", async () => {
    const { reader } = viem(0);
    const { baseFeePerGas, reward, gasUsedRatio } = await reader.getFeeHistory({
      blockCount: 4,
      rewardPercentiles: [25, 75],
    });
    expect(baseFeePerGas).toHaveLength(5);
    expect(reward).toHaveLength(4);
    expect(gasUsedRatio.every((ratio) => ratio >= 0 && ratio <= 1)).toBe(true);
    const { maxFeePerGas } = await reader.estimateFeesPerGas();
    expect(maxFeePerGas).toBeGreaterThan(baseFeePerGas.at(-1) ?? 0n);
  });
});
