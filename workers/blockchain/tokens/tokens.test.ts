/** Tokens against a model: random transfers of contracts that log whatever they are told. */
import { createAddressFromString, createContractAddress } from "@ethereumjs/util";
import fc from "fast-check";
import { id, zeroPadValue, toBeHex, getAddress } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CallRunner } from "../calls/call-runner.ts";
import { Wallet } from "../handlers/wallet.ts";
import type { Chain } from "../node/chain.ts";
import { Developer } from "../node/developer.ts";
import { account, Laboratory } from "../testing/laboratory.ts";
import { tokenLimits } from "./limits.ts";
import { readText, readWhole } from "./metadata.ts";
import { Tokens } from "./tokens.ts";
import { TransferLedger } from "./transfer-ledger.ts";

const topic = id("Transfer(address,address,uint256)").slice(2);
/** Log from, to and the third word of the input: as data (ERC-20), or as a topic (ERC-721). */
const asData = `602060405f376020355f357f${topic}60205fa300`;
const asTopic = `6040356020355f357f${topic}5f5fa400`;

function deploying(code: string): `0x${string}` {
  const length = (code.length / 2).toString(16).padStart(2, "0");
  return `0x60${length}80600a5f395ff300${code}`;
}

const alice = account(0);
const holders = [1, 2, 3, 4].map((index) => account(index).address);
const nobody = `0x${"0".repeat(40)}`;
const word = (value: string) => zeroPadValue(value, 32).slice(2);

let lab: Laboratory;
let chain: Chain;
let wallet: Wallet;
let simulator: CallRunner;
let tokens: Tokens;
let nonce: bigint;

beforeEach(async () => {
  lab = new Laboratory();
  chain = await lab.open();
  wallet = new Wallet(chain);
  simulator = new CallRunner(chain, null, (ms, act) => lab.host.after(ms, act));
  tokens = new Tokens(chain, chain.index, simulator);
  nonce = 0n;
});
afterEach(async () => {
  await simulator.stop();
  await lab.close();
});

async function send(to: string | null, data: `0x${string}`) {
  const fees = wallet.suggestedFees();
  nonce += 1n;
  return wallet.send({ from: alice.address, to, value: 0n, data, gasLimit: 300_000n, ...fees });
}
async function deploy(code: string): Promise<string> {
  const at = createContractAddress(createAddressFromString(alice.address), nonce);
  await send(null, deploying(code));
  return getAddress(at.toString());
}
const log = (token: string, from: string, to: string, value: bigint) =>
  send(token, `0x${word(from)}${word(to)}${word(toBeHex(value))}`);

const page = { limit: 100, skip: 0 };

it("sums the balances of random transfers as a model does, and pages them all", async () => {
  const coin = await deploy(asData);
  const model = new Map<string, bigint>();
  const party = fc.constantFrom(nobody, ...holders);
  const transfers = fc.sample(
    fc.record({ from: party, to: party, value: fc.bigInt({ min: 0n, max: 10n ** 30n }) }),
    { numRuns: 40, seed: 7 },
  );
  for (const { from, to, value } of transfers) {
    await log(coin, from, to, value);
    model.set(from, (model.get(from) ?? 0n) - value);
    model.set(to, (model.get(to) ?? 0n) + value);
  }
  model.delete(nobody);
  const expected = [...model]
    .filter(([, balance]) => balance > 0n)
    .toSorted(([, one], [, other]) => (one < other ? 1 : -1));
  const { holders: found, total } = await tokens.holders({ address: coin, ...page });
  expect(found.map(({ address, balance }) => [address, BigInt(balance)])).toEqual(expected);
  expect(total).toBe(expected.length);
  expect(found.every(({ label }) => label !== null)).toBe(true);

  const paged: string[] = [];
  let before: string | undefined;
  do {
    const { transfers: some, next } = await tokens.transfers({ address: coin, limit: 7, before });
    paged.push(...some.map(({ from, to, value }) => `${from} ${to} ${value}`));
    before = next ?? undefined;
  } while (before !== undefined);
  expect(paged.toReversed()).toEqual(
    transfers.map(({ from, to, value }) => `${getAddress(from)} ${getAddress(to)} ${value}`),
  );
});

it("tells ERC-721 by what is indexed, and counts tokens instead of amounts", async () => {
  const coin = await deploy(asData);
  const collection = await deploy(asTopic);
  const [one = "", other = ""] = holders;
  await log(coin, nobody, one, 5n);
  for (const number of [7n, 900n]) await log(collection, nobody, one, number);
  await log(collection, one, other, 900n);
  const { tokens: found, truncated } = await tokens.list(page);
  expect(found).toMatchObject([
    { address: collection, standard: "ERC-721", transfers: 3, holders: 2, name: null },
    { address: coin, standard: "ERC-20", transfers: 1, holders: 1, decimals: null },
  ]);
  expect(truncated).toBeNull();
  const { holders: of } = await tokens.holders({ address: collection, ...page });
  expect(of.map(({ balance }) => balance)).toEqual(["1", "1"]);
});

it("forgets what was logged in blocks that were taken back, also behind others of that height", async () => {
  const developer = new Developer(chain);
  const coin = await deploy(asData);
  const [one = "", other = ""] = holders;
  await log(coin, nobody, one, 5n);
  const snapshot = developer.snapshot();
  await log(coin, one, other, 5n);
  const { holders: before } = await tokens.holders({ address: coin, ...page });
  expect(before.map(({ address }) => address)).toEqual([other]);
  expect(await developer.revert(snapshot)).toBe(true);
  await log(coin, nobody, one, 1n);
  const { holders: after } = await tokens.holders({ address: coin, ...page });
  expect(after).toMatchObject([{ address: one, balance: "6" }]);
  expect((await tokens.token({ address: coin })).transfers).toBe(2);
});

it("knows no token where nothing was transferred", async () => {
  await expect(tokens.token({ address: alice.address })).rejects.toMatchObject({
    code: "TOKEN_UNKNOWN",
  });
});

describe("bounds", () => {
  it("leave later tokens out, and say so", () => {
    const ledger = new TransferLedger();
    for (let index = 0; index <= tokenLimits.tokensMax; index += 1) {
      const token = index.toString(16).padStart(40, "0");
      ledger.add({ token, standard: "ERC-20", from: token, to: token, value: 1n }, 1);
    }
    expect(ledger.tokens()).toHaveLength(tokenLimits.tokensMax);
    expect(ledger.truncated).toMatch(/^More than 1000 tokens/);
  });
});

describe("what contracts answer", () => {
  const encoded = (text: string) => {
    const bytes = Buffer.from(text);
    const rest = Buffer.alloc(Math.ceil(bytes.length / 32) * 32);
    bytes.copy(rest);
    const head = `${word("0x20")}${word(toBeHex(bytes.length))}`;
    return Buffer.concat([Buffer.from(head, "hex"), rest]);
  };

  it.each([
    ["a string", encoded("Tether"), "Tether"],
    ["bytes32, as the first tokens", Buffer.from("MKR".padEnd(32, "\0")), "MKR"],
    ["control characters", encoded("a\u202e\nb"), "ab"],
    ["nothing", Buffer.alloc(0), null],
    ["a length beyond its end", Buffer.from(`${word("0x20")}${word("0xff")}`, "hex"), null],
    ["an offset beyond its end", Buffer.from(word("0xffffffff").repeat(2), "hex"), null],
  ])("%s", (_name, answer, text) => {
    expect(readText(answer)).toBe(text);
  });

  it("reads whole numbers of 32 bytes alone", () => {
    expect(readWhole(Buffer.from(word("0x12"), "hex"))).toBe(18n);
    expect(readWhole(Buffer.alloc(31))).toBeNull();
  });
});
