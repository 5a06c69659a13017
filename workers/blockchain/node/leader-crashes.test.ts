/** Transactions of eight senders while leaders crash: none may be lost, none may come twice. */
import { createAddressFromString } from "@ethereumjs/util";
import { afterEach, expect, it } from "vitest";
import { developerAccounts } from "../core/developer-accounts.ts";
import { Laboratory } from "../testing/laboratory.ts";
import type { Chain } from "./chain.ts";

const lab = new Laboratory();
afterEach(() => lab.close());

const senders = developerAccounts.slice(0, 8);
const recipient = createAddressFromString(`0x${"7".repeat(40)}`);

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};

async function sendAll(chain: Chain, each: number): Promise<Set<string>> {
  const hashes = new Set<string>();
  await Promise.all(
    senders.map(async (from) => {
      for (let nonce = 0n; nonce < each; nonce += 1n) {
        const tx = lab.signed(chain, from, { to: recipient, value: 1n, nonce });
        const { transaction } = await chain.submit(tx);
        hashes.add(Buffer.from(transaction.hash).toString("hex"));
      }
    }),
  );
  return hashes;
}

/** Crashes whoever leads, and starts it again when another does. */
async function crashLeader({ validators }: Chain): Promise<number> {
  await until(() => validators.leader !== null);
  const leader = validators.leader as number;
  validators.crash(leader);
  await until(() => validators.leader !== null && validators.leader !== leader);
  validators.restart(leader);
  return leader;
}

it.each([
  { consensus: "raft" as const, validators: 3, each: 625 },
  { consensus: "pbft" as const, validators: 4, each: 60 },
])(
  "mines all transactions once while leaders of $consensus crash",
  async ({ consensus, validators, each }) => {
    const chain = await lab.open({ consensus, validators });
    const total = each * senders.length;
    const mined = () => chain.counters.transactions;
    const sending = sendAll(chain, each);
    await until(() => mined() > total / 4);
    const first = await crashLeader(chain);
    await until(() => mined() > total / 2);
    const second = await crashLeader(chain);
    expect(second).not.toBe(first);
    const hashes = await sending;
    expect(hashes.size).toBe(total);
    expect(chain.index.totals().transactions).toBe(total);
    expect(chain.present.account("7".repeat(40))?.balance).toBe(BigInt(total));
    for (const { address } of senders) expect(chain.nonceOf(address)).toBe(BigInt(each));
    // Every validator, also those that were down, comes to the same chain and state.
    const { ids, places } = chain.validators;
    await until(() => ids.every((id) => places.get(id)?.height === chain.height));
    for (const id of ids) {
      const place = places.get(id);
      expect(place && chain.agreesWith(place)).toBe(true);
    }
    expect(new Set(ids.map((id) => places.get(id)?.headHash)).size).toBe(1);
  },
  240_000,
);
