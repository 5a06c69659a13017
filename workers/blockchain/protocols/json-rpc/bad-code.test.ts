/** Code that is too large, loops without end, nonces with a gap, and blocks that nobody asks for. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account, endlessCode } from "../../testing/laboratory.ts";
import { RpcLaboratory } from "../../testing/rpc.ts";

/** EIP-170. */
const codeBytesMax = 24_576;
/** EIP-3860. */
const initCodeBytesMax = 2 * codeBytesMax;
/** The most that one transaction may take (EIP-7825) is far above what these need. */
const gas = "0xe00000";
const [alice, bob, carol] = [account(0), account(1), account(2)];

const rpc = new RpcLaboratory();
beforeAll(async () => {
  await rpc.open();
});
afterAll(() => rpc.close());

/** Deploys so many zeros as code: PUSH3 length, PUSH0, RETURN. */
const deploying = (bytes: number) => `0x62${bytes.toString(16).padStart(6, "0")}5ff3`;
const quantity = (value: number) => `0x${value.toString(16)}`;
const receiptOf = (hash: string) =>
  rpc.ask<{ status: string; gasUsed: string; contractAddress: string | null }>(
    "eth_getTransactionReceipt",
    hash,
  );

describe("code", () => {
  it("of 24,576 bytes is deployed, and one byte more is not (EIP-170)", async () => {
    const send = (bytes: number) =>
      rpc.ask<string>("eth_sendTransaction", { from: alice.address, data: deploying(bytes), gas });
    const fitting = await receiptOf(await send(codeBytesMax));
    expect(fitting.status).toBe("0x1");
    const code = await rpc.ask<string>("eth_getCode", fitting.contractAddress, "latest");
    expect((code.length - 2) / 2).toBe(codeBytesMax);
    const larger = await receiptOf(await send(codeBytesMax + 1));
    expect(larger).toMatchObject({ status: "0x0", gasUsed: gas });
    const { error } = await rpc.response("eth_estimateGas", {
      from: alice.address,
      data: deploying(codeBytesMax + 1),
    });
    expect(error?.message).toMatch(/max code size exceeded/);
  });

  it("of a deployment is refused above 49,152 bytes, before a block (EIP-3860)", async () => {
    const initCode = (bytes: number) => `0x${"00".repeat(bytes)}`;
    const message = (bytes: number) => ({ from: bob.address, data: initCode(bytes), gas });
    expect(
      (await receiptOf(await rpc.ask("eth_sendTransaction", message(initCodeBytesMax)))).status,
    ).toBe("0x1");
    const before = await rpc.ask("eth_blockNumber");
    for (const method of ["eth_sendTransaction", "eth_call", "eth_estimateGas"]) {
      const { error } = await rpc.response(method, message(initCodeBytesMax + 1));
      expect([method, error?.message]).toEqual([
        method,
        expect.stringMatching(/initcode|init code/i),
      ]);
    }
    expect(await rpc.ask("eth_blockNumber")).toBe(before);
  });
});

describe("a loop without end", () => {
  it("ends with its gas in a call and in a transaction, and the chain goes on", async () => {
    const deployed = await rpc.ask<string>("eth_sendTransaction", {
      from: carol.address,
      data: endlessCode,
      gas,
    });
    const { contractAddress: to } = await receiptOf(deployed);
    const call = await rpc.response("eth_call", { to, gas: "0x100000" });
    expect(call.error).toMatchObject({ code: -32_000, message: "out of gas" });
    const estimate = await rpc.response("eth_estimateGas", { from: carol.address, to });
    expect(estimate.error?.code).toBe(-32_000);
    const sent = await rpc.ask<string>("eth_sendTransaction", {
      from: carol.address,
      to,
      gas: "0x100000",
    });
    expect(await receiptOf(sent)).toMatchObject({ status: "0x0", gasUsed: "0x100000" });
    const after = { from: carol.address, to: alice.address, value: "0x1" };
    expect((await receiptOf(await rpc.ask("eth_sendTransaction", after))).status).toBe("0x1");
  });
});

describe("what waits", () => {
  it("behind a missing nonce is queued, shown, and refused when the nonce does not come", async () => {
    const from = account(5).address;
    const ahead = { from, to: alice.address, value: "0x1", gas: "0x5208", nonce: "0x3" };
    const hash = await rpc.ask<string>("eth_sendTransaction", ahead);
    type Content = { queued: Record<string, Record<string, unknown>> };
    const queued = async () =>
      Object.keys((await rpc.ask<Content>("txpool_content")).queued).length;
    expect(await queued()).toBe(1);
    await expect.poll(queued, { timeout: 5_000 }).toBe(0);
    const { refused } = rpc.ledger.mempool.pending({ limit: 10 });
    expect(refused).toMatchObject([{ hash, nonce: 3, reason: "nonce gap" }]);
    expect(quantity(0)).toBe(await rpc.ask("eth_getTransactionCount", from, "latest"));
  });

  it("for a block that nobody asks for is told so, and mined once somebody does", async () => {
    const { ledger } = rpc;
    ledger.chain.setMining({ kind: "manual" });
    const [from, to] = [account(6).address, account(7).address];
    const transfer = ledger.transfer({ from, to, amount: "1", type: "transfer" });
    await expect(transfer).rejects.toMatchObject({ code: "BLOCK_LATE", status: 504 });
    await ledger.mempool.mine();
    ledger.chain.setMining({ kind: "auto" });
    expect(ledger.account(to).balance).toBe("10001");
  });
});
