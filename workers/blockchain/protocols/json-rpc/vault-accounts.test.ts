/** Accounts of the vault through viem, as a tool that leaves signing to the node uses them. */
import { randomBytes, randomUUID } from "node:crypto";
import {
  createPublicClient,
  createWalletClient,
  custom,
  defineChain,
  parseEther,
  recoverMessageAddress,
  recoverTypedDataAddress,
  type Address,
} from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { account } from "../../testing/laboratory.ts";
import { RpcLaboratory } from "../../testing/rpc.ts";
import { openWalletDatabase, VaultStore } from "../../wallets/vault-store.ts";
import { Wallets } from "../../wallets/wallets.ts";

const passphrase = "correct horse battery staple";
const privateKey = generatePrivateKey();
const owner = privateKeyToAddress(privateKey);
const cold: Address = "0x000000000000000000000000000000000000dEaD";
const alice = account(0).address as Address;

const rpc = new RpcLaboratory();
let wallets: Wallets;
const chain = defineChain({
  id: 1_337,
  name: "test",
  nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  rpcUrls: { default: { http: [] } },
});
const transport = custom(
  {
    async request({ method, params }: { method: string; params?: unknown[] }) {
      const { result, error } = await rpc.response(method, ...(params ?? []));
      if (error !== undefined) throw Object.assign(new Error(error.message), error);
      return result;
    },
  },
  { retryCount: 0 },
);
const wallet = createWalletClient({ chain, transport, account: owner });
const reader = createPublicClient({ chain, transport, pollingInterval: 20 });

beforeAll(async () => {
  const { parts } = await rpc.open();
  const { host } = rpc.lab;
  wallets = new Wallets({
    parts,
    store: new VaultStore(openWalletDatabase(null, 0)),
    persistent: false,
    host: {
      now: () => rpc.lab.nowSeconds * 1_000,
      randomBytes: (length) => randomBytes(length),
      newId: () => randomUUID(),
      after: (ms, act) => host.after(ms, act),
      note: () => {},
    },
    work: { n: 1_024, r: 8, p: 1 },
  });
  await wallets.create(passphrase);
  wallets.importKey({ name: "Key", privateKey });
  wallets.watch({ name: "Cold", address: cold });
  await wallets.send({ address: alice, to: owner, amount: "10", data: "0x" });
});
beforeEach(() => wallets.unlock(passphrase));
afterAll(async () => {
  wallets.close();
  await rpc.close();
});

const typed = {
  domain: { name: "Test", chainId: 1_337 },
  types: { Order: [{ name: "amount", type: "uint256" }] },
  primaryType: "Order",
  message: { amount: 2n ** 200n },
} as const;

it("lists the accounts that can sign: not those that are watched, nor those that are locked", async () => {
  const open = await wallet.getAddresses();
  expect(open).toContain(owner);
  expect(open).toContain(alice);
  expect(open).not.toContain(cold);
  wallets.lock();
  expect(await wallet.getAddresses()).not.toContain(owner);
  expect(await wallet.getAddresses()).toContain(alice);
});

it("sends transactions one after the other, beside those of the wallets' own route", async () => {
  const before = await reader.getTransactionCount({ address: owner });
  const send = () => wallet.sendTransaction({ to: cold, value: parseEther("0.5") });
  const byRoute = wallets.send({ address: owner, to: cold, amount: "0.25", data: "0x" });
  const hashes = [...(await Promise.all([send(), send(), send()])), (await byRoute).hash];
  const receipts = await Promise.all(
    hashes.map((hash) => reader.getTransactionReceipt({ hash: hash as `0x${string}` })),
  );
  expect(receipts.map(({ status, from }) => [status, from])).toEqual(
    receipts.map(() => ["success", owner.toLowerCase()]),
  );
  expect(await reader.getTransactionCount({ address: owner })).toBe(before + 4);
  expect(await reader.getBalance({ address: cold })).toBe(parseEther("1.75"));
});

it("signs messages and typed data that recover to the account", async () => {
  const text = "grüß dich";
  const signature = await wallet.signMessage({ message: text });
  expect(await recoverMessageAddress({ message: text, signature })).toBe(owner);
  const ofTyped = await wallet.signTypedData(typed);
  expect(await recoverTypedDataAddress({ ...typed, signature: ofTyped })).toBe(owner);
});

it.each([
  ["eth_sendTransaction", [{ from: owner, to: cold, value: "0x1", gas: "0x5208" }]],
  ["eth_signTransaction", [{ from: owner, to: cold, value: "0x1", gas: "0x5208" }]],
  ["eth_sign", [owner, "0x68656c6c6f"]],
  ["personal_sign", ["0x68656c6c6f", owner]],
  ["eth_signTypedData_v4", [owner, JSON.stringify({ ...typed, message: { amount: "1" } })]],
])("%s of a locked account is refused in go-ethereum's words", async (method, params) => {
  wallets.lock();
  expect((await rpc.response(method, ...params)).error).toEqual({
    code: -32_000,
    message: "authentication needed: password or unlock",
  });
  await wallets.unlock(passphrase);
  expect((await rpc.response(method, ...params)).error).toBeUndefined();
});

it("does not sign for a watched address, nor data that is not of its types", async () => {
  for (const [method, params] of [
    ["personal_sign", ["0x00", cold]],
    ["eth_sendTransaction", [{ from: cold, to: owner, gas: "0x5208" }]],
  ] as const) {
    const { error } = await rpc.response(method, ...params);
    expect(error?.code).toBe(-32_000);
    expect(error?.message).toMatch(/^unknown account/);
  }
  const wrong = { ...typed, message: { amount: "-1" } };
  const { error } = await rpc.response("eth_signTypedData_v4", owner, wrong);
  expect(error).toMatchObject({ code: -32_602 });
  expect(error?.message).toMatch(/^invalid typed data: /);
});
