/** Block 0 of the developer chain, and of files as go-ethereum takes them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { developerAccounts, genesisCoins } from "../core/developer-accounts.ts";
import { openReplica, openStore } from "../testing/replicas.ts";
import { developerGenesis, readGenesis } from "./genesis.ts";
import { hexDigits } from "./state-reader.ts";

const file = join(import.meta.dirname, "../../../../shared/data/execution-apis/genesis.json");

const small = {
  config: { chainId: 7, homesteadBlock: 0 },
  difficulty: "0x1",
  gasLimit: "4700000",
  nonce: "0x42",
  alloc: {
    [`0x${"AB".repeat(20)}`]: {
      balance: "1000",
      nonce: 3,
      storage: { "0x1": "0x2", "0x2": "0x0" },
    },
    ["cd".repeat(20)]: { code: "0x00" },
  },
};

it("gives the developer accounts their coins, and the newest rules", async () => {
  const genesis = developerGenesis();
  expect([genesis.common.chainId(), genesis.common.hardfork()]).toEqual([1337n, "osaka"]);
  const { replica, store } = await openReplica(genesis);
  for (const { address } of developerAccounts) {
    expect(replica.present.account(address.slice(2).toLowerCase())).toMatchObject({
      nonce: 0n,
      balance: genesisCoins * 10n ** 18n,
    });
  }
  expect(replica.stateRoot).toEqual(genesis.block.header.stateRoot);
  store.close();
});

it.skipIf(!existsSync(file))("has the hash that go-ethereum computes", () => {
  const genesis = readGenesis(JSON.parse(readFileSync(file, "utf8")));
  // The parent of the first block in chain.rlp.
  const chain = readFileSync(join(file, "../chain.rlp"));
  expect(chain.includes(Buffer.from(genesis.block.hash()))).toBe(true);
});

it("reads numbers in both notations, and leaves zero slots out", () => {
  const { changes, block } = readGenesis(small);
  expect(changes.accounts.get("ab".repeat(20))).toMatchObject({ balance: 1_000n, nonce: 3n });
  expect([...changes.slots.keys()]).toEqual([`${"ab".repeat(20)}${"1".padStart(64, "0")}`]);
  expect(changes.codes.size).toBe(1);
  expect([block.header.gasLimit, hexDigits(block.header.nonce)]).toEqual([
    4_700_000n,
    "0000000000000042",
  ]);
});

it.each([
  ["no rules", { ...small, config: undefined }, /config/],
  [
    "a balance in words",
    { ...small, alloc: { ["ab".repeat(20)]: { balance: "much" } } },
    /balance/,
  ],
  ["an address that is too short", { ...small, alloc: { "0xab": {} } }, /0xab|alloc/],
  ["a schedule of an unknown fork", withSchedule("nowhere"), /nowhere/],
])("refuses a file with %s", (_name, content, message) => {
  expect(() => readGenesis(content)).toThrow(message);
});

function withSchedule(fork: string) {
  const blobSchedule = { [fork]: { target: 1, max: 2, baseFeeUpdateFraction: 3 } };
  return { ...small, config: { ...small.config, blobSchedule } };
}

it("does not open a chain over another block 0", async () => {
  const store = openStore();
  await openReplica(developerGenesis(), store);
  await expect(openReplica(readGenesis(small), store)).rejects.toThrow(/another block 0/);
  store.close();
});
