/** The developers' namespaces, and traces of what they did. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account, notebookCode, refusingCode } from "../../testing/laboratory.ts";
import { RpcLaboratory } from "../../testing/rpc.ts";

const rpc = new RpcLaboratory();
const alice = account(0).address.toLowerCase();
const bob = account(1).address.toLowerCase();
const stranger = "0x00000000000000000000000000000000c0ffee00";

beforeAll(async () => {
  await rpc.open();
});
afterAll(() => rpc.close());

const number = (text: unknown) => Number(text);

async function deploy(code: string): Promise<string> {
  const hash = await rpc.ask("eth_sendTransaction", { from: alice, data: code });
  const receipt = await rpc.ask<{ contractAddress: string }>("eth_getTransactionReceipt", hash);
  return receipt.contractAddress;
}

describe("snapshots", () => {
  it("go back with blocks, state and clock, once", async () => {
    const height = await rpc.ask("eth_blockNumber");
    const balance = await rpc.ask("eth_getBalance", bob, "latest");
    const name = await rpc.ask("evm_snapshot");
    await rpc.ask("evm_increaseTime", 3_600);
    await rpc.ask("eth_sendTransaction", { from: alice, to: bob, value: "0x1" });
    await rpc.ask("anvil_setBalance", bob, "0x5");
    expect(await rpc.ask("eth_getBalance", bob, "latest")).toBe("0x5");
    expect(await rpc.ask("evm_revert", name)).toBe(true);
    expect(await rpc.ask("eth_blockNumber")).toBe(height);
    expect(await rpc.ask("eth_getBalance", bob, "latest")).toBe(balance);
    await rpc.ask("evm_mine");
    const { timestamp } = await rpc.ask<{ timestamp: string }>("eth_getBlockByNumber", "latest");
    expect(number(timestamp)).toBeLessThan(rpc.lab.nowSeconds + 600);
    expect(await rpc.ask("evm_revert", name)).toBe(false);
  });
});

describe("time", () => {
  it("is set for the next block, increased, and kept at intervals", async () => {
    const at = rpc.lab.nowSeconds + 10_000;
    await rpc.ask("evm_setNextBlockTimestamp", at);
    await rpc.ask("evm_mine");
    const stamp = async () =>
      number((await rpc.ask<{ timestamp: string }>("eth_getBlockByNumber", "latest")).timestamp);
    expect(await stamp()).toBe(at);
    await rpc.ask("hardhat_mine", "0x3", "0x3c");
    expect(await stamp()).toBeGreaterThanOrEqual(at + 120);
    expect(await rpc.response("evm_setNextBlockTimestamp", 5)).toMatchObject({
      error: { code: -32602 },
    });
    await rpc.ask("anvil_setBlockTimestampInterval", 7);
    const before = await stamp();
    await rpc.ask("anvil_mine", 2);
    expect(await stamp()).toBe(before + 14);
    expect(await rpc.ask("anvil_removeBlockTimestampInterval")).toBe(true);
  });
});

describe("accounts", () => {
  it("are changed in every field", async () => {
    await rpc.ask("hardhat_setNonce", stranger, "0x7");
    await rpc.ask("hardhat_setCode", stranger, "0x602a5f5260205ff3");
    await rpc.ask("hardhat_setStorageAt", stranger, "0x1", `0x${"0".repeat(63)}9`);
    await rpc.ask("anvil_addBalance", stranger, "0x3");
    expect(await rpc.ask("eth_getAccountInfo", stranger, "latest")).toEqual({
      balance: "0x3",
      nonce: "0x7",
      code: "0x602a5f5260205ff3",
    });
    expect(await rpc.ask("eth_getStorageAt", stranger, "0x1", "latest")).toMatch(/9$/);
    expect(number(await rpc.ask("eth_call", { to: stranger }))).toBe(42);
  });

  it("send without a key while they are impersonated", async () => {
    const from = "0x00000000000000000000000000000000deadbeef";
    await rpc.ask("anvil_setBalance", from, "0xde0b6b3a7640000");
    const request = { from, to: bob, value: "0x1" };
    expect(await rpc.response("eth_sendTransaction", request)).toMatchObject({
      error: { code: -32000, message: expect.stringContaining("unknown account") },
    });
    await rpc.ask("hardhat_impersonateAccount", from);
    const hash = await rpc.ask("eth_sendTransaction", request);
    expect(await rpc.ask("eth_getTransactionReceipt", hash)).toMatchObject({ from, status: "0x1" });
    const trace = await rpc.ask("debug_traceTransaction", hash, { tracer: "callTracer" });
    expect(trace).toMatchObject({ type: "CALL", from, to: bob, value: "0x1", gasUsed: "0x5208" });
    await rpc.ask("hardhat_stopImpersonatingAccount", from);
    expect(await rpc.response("eth_sendTransaction", request)).toHaveProperty("error");
  });

  it("are dumped and loaded", async () => {
    const dump = await rpc.ask<string>("anvil_dumpState");
    const name = await rpc.ask("anvil_snapshot");
    await rpc.ask("anvil_setBalance", stranger, "0x0");
    await rpc.ask("anvil_loadState", dump);
    expect(await rpc.ask("eth_getBalance", stranger, "latest")).toBe("0x3");
    await rpc.ask("anvil_revert", name);
  });
});

describe("reorganisations", () => {
  it("put other blocks in the place of the newest, and take blocks away", async () => {
    await rpc.ask("anvil_mine", 3);
    const before = await rpc.ask<{ hash: string }>("eth_getBlockByNumber", "latest");
    const height = await rpc.ask("eth_blockNumber");
    await rpc.ask("anvil_reorg", 2, [[{ from: alice, to: bob, value: "0x9" }, 0]]);
    expect(await rpc.ask("eth_blockNumber")).toBe(height);
    const after = await rpc.ask<{ hash: string }>("eth_getBlockByNumber", "latest");
    expect(after.hash).not.toBe(before.hash);
    expect(await rpc.ask("eth_getBlockByHash", before.hash)).toBeNull();
    await rpc.ask("anvil_rollback", 2);
    expect(number(await rpc.ask("eth_blockNumber"))).toBe(number(height) - 2);
    expect(await rpc.response("anvil_rollback", 9_999)).toHaveProperty("error.code", -32000);
  });

  it("say clearly what this chain cannot do", async () => {
    for (const method of ["anvil_setChainId", "anvil_setRpcUrl", "anvil_impersonateSignature"]) {
      expect(await rpc.response(method, "0x1")).toHaveProperty("error.code", -32602);
    }
    const forked = { forking: { jsonRpcUrl: "http://localhost:1" } };
    expect(await rpc.response("hardhat_reset", forked)).toHaveProperty("error.code", -32602);
  });
});

describe("manual mining", () => {
  it("lets transactions wait, be seen, be dropped and be mined", async () => {
    await rpc.ask("evm_setAutomine", false);
    const first = await rpc.ask("eth_sendTransaction", { from: alice, to: bob, value: "0x1" });
    await rpc.ask("eth_sendTransaction", { from: bob, to: alice, value: "0x1" });
    expect(await rpc.ask("txpool_status")).toEqual({ pending: "0x2", queued: "0x0" });
    expect(await rpc.ask("anvil_dropTransaction", first)).toBe(first);
    await rpc.ask("evm_mine");
    expect(await rpc.ask("eth_getTransactionReceipt", first)).toBeNull();
    expect(await rpc.ask("eth_getBlockTransactionCountByNumber", "latest")).toBe("0x1");
    await rpc.ask("evm_setAutomine", true);
  });
});

describe("traces", () => {
  it("show the tree of calls with logs, and the state before and after", async () => {
    const notebook = await deploy(notebookCode);
    const call = { from: alice, to: notebook, data: `0x${"0".repeat(62)}2a` };
    const hash = await rpc.ask("eth_sendTransaction", call);
    const trace = await rpc.ask("debug_traceTransaction", hash, {
      tracer: "muxTracer",
      tracerConfig: {
        callTracer: { withLog: true },
        prestateTracer: { diffMode: true },
        "4byteTracer": {},
        noopTracer: {},
      },
    });
    const slot = `0x${"0".repeat(64)}`;
    expect(trace).toMatchObject({
      callTracer: { to: notebook, logs: [{ address: notebook, position: "0x0" }] },
      prestateTracer: {
        post: { [notebook]: { storage: { [slot]: `0x${"0".repeat(62)}2a` } } },
      },
      "4byteTracer": { "0x00000000-28": 1 },
      noopTracer: {},
    });
  });

  it("tell a refusal with its data", async () => {
    const refusing = await deploy(refusingCode);
    const trace = await rpc.ask(
      "debug_traceCall",
      { from: alice, to: refusing, data: "0xc0de" },
      "latest",
      { tracer: "callTracer" },
    );
    expect(trace).toMatchObject({ error: "execution reverted", output: "0xc0de" });
    expect(await rpc.response("debug_traceCall", {}, "latest", { tracer: "no" })).toHaveProperty(
      "error.code",
      -32602,
    );
  });
});

describe("Otterscan and flat traces", () => {
  it("show a transaction, its calls and the accounts' histories", async () => {
    const notebook = await deploy(notebookCode);
    const hash = await rpc.ask("eth_sendTransaction", { from: bob, to: notebook, data: "0x01" });
    expect(await rpc.ask("ots_traceTransaction", hash)).toMatchObject([
      { type: "CALL", depth: 0, from: bob, to: notebook },
    ]);
    expect(await rpc.ask("ots_getTransactionError", hash)).toBe("0x");
    expect(await rpc.ask("ots_getInternalOperations", hash)).toEqual([]);
    expect(await rpc.ask("ots_hasCode", notebook, "latest")).toBe(true);
    expect(await rpc.ask("ots_getContractCreator", notebook)).toMatchObject({ creator: alice });
    expect(await rpc.ask("ots_searchTransactionsBefore", notebook, 0, 1)).toMatchObject({
      txs: [{ hash }],
      firstPage: true,
      lastPage: false,
    });
    expect(await rpc.ask("ots_getBlockDetails", "latest")).toMatchObject({
      block: { transactionCount: 1 },
    });
    expect(await rpc.ask("trace_transaction", hash)).toMatchObject([
      { type: "call", action: { from: bob, to: notebook }, traceAddress: [], subtraces: 0 },
    ]);
    expect(await rpc.ask("trace_filter", { fromBlock: "latest", toAddress: [alice] })).toEqual([]);
  });
});

describe("filters", () => {
  it("tell of logs, and of those that are gone with their block", async () => {
    const notebook = await deploy(notebookCode);
    const filter = await rpc.ask("eth_newFilter", { address: notebook });
    const snapshot = await rpc.ask("evm_snapshot");
    await rpc.ask("eth_sendTransaction", { from: bob, to: notebook, data: "0x07" });
    expect(await rpc.ask("eth_getFilterChanges", filter)).toMatchObject([{ removed: false }]);
    await rpc.ask("evm_revert", snapshot);
    expect(await rpc.ask("eth_getFilterChanges", filter)).toMatchObject([{ removed: true }]);
    expect(await rpc.ask("eth_uninstallFilter", filter)).toBe(true);
    expect(await rpc.response("eth_getFilterChanges", filter)).toHaveProperty("error.code", -32000);
  });
});

describe("overrides", () => {
  it("change state and block for one call", async () => {
    // NUMBER, then slot 0, in two words.
    const code = "0x435f525f5460205260405ff3";
    const overrides = {
      [stranger]: { code, stateDiff: { [`0x${"0".repeat(64)}`]: `0x${"0".repeat(63)}5` } },
    };
    const answer = await rpc.ask<string>("eth_call", { to: stranger }, "latest", overrides, {
      number: "0x1234",
    });
    expect(answer).toBe(`0x${"1234".padStart(64, "0")}${"5".padStart(64, "0")}`);
  });
});
