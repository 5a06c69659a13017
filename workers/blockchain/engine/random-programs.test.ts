/**
 * Random programs, run by the engine and again by the library over its own state: storage that is
 * written, cleared and reverted, contracts that create, call and destroy themselves.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { replay } from "../testing/library-replay.ts";
import { blockOf, openReplica } from "../testing/replicas.ts";
import { addressOf, contractOf, signed } from "../testing/transactions.ts";
import type { Hex } from "./entry.ts";
import { developerGenesis, readGenesis, type Genesis } from "./genesis.ts";

const byte = (value: number) => value.toString(16).padStart(2, "0");
const push = (value: number) => `60${byte(value)}`;
const small = fc.nat(3);

/** Pieces of code that leave the stack as they find it. */
const storing = fc.tuple(small, small).map(([slot, value]) => `${push(value)}${push(slot)}55`);
const loading = small.map((slot) => `${push(slot)}5450`);
const copying = fc.tuple(small, small).map(([from, to]) => `${push(from)}54${push(to)}55`);
const transient = fc.tuple(small, small).map(([slot, value]) => `${push(value)}${push(slot)}5d`);
const logging = small.map((topic) => `${push(topic)}${push(32)}5fa1`);
/** Calls a contract or account with one value, without input. */
const calling = fc
  .tuple(fc.constantFrom("f1", "f2", "f4", "fa"), fc.nat(7), small, fc.nat(1))
  .map(([operation, target, gas, value]) => {
    const hasValue = operation === "f1" || operation === "f2";
    const address = target < 4 ? contractOf(target, 0n) : addressOf(target % 4);
    const gasGiven = `62${(20_000 * (gas + 1)).toString(16).padStart(6, "0")}`;
    return `5f5f5f5f${hasValue ? push(value) : ""}73${address.slice(2)}${gasGiven}${operation}50`;
  });
const destroying = small.map((to) => `73${addressOf(to).slice(2)}ff`);
const ending = fc.constantFrom("5f5ffd", "00", "fe", "5f5ff3");
const balances = small.map((of) => `73${addressOf(of).slice(2)}3147505a50`);

const simple = fc.oneof(storing, storing, loading, copying, transient, logging, calling, balances);
const piece = fc.oneof(
  { weight: 12, arbitrary: simple },
  { weight: 1, arbitrary: destroying },
  { weight: 1, arbitrary: ending },
);
const code = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(""));

/** Code that is written to memory and given to CREATE or CREATE2 as what it runs to begin with. */
const creating = fc.tuple(code, fc.boolean()).map(([init, isSecond]) => {
  const bytes = init.match(/../g) ?? [];
  const stores = bytes.map((one, at) => `60${one}61${at.toString(16).padStart(4, "0")}53`).join("");
  const length = `61${bytes.length.toString(16).padStart(4, "0")}`;
  return `${stores}${isSecond ? "5f" : ""}${length}5f5f${isSecond ? "f5" : "f0"}50`;
});
const program = fc
  .array(fc.oneof({ weight: 5, arbitrary: piece }, { weight: 1, arbitrary: creating }), {
    minLength: 1,
    maxLength: 10,
  })
  .map((pieces) => pieces.join(""));

/** Init code that stores something, then returns the program. */
function deployment(body: string): Hex {
  const first = `${push(1)}${push(2)}55`;
  const length = (body.length / 2).toString(16).padStart(4, "0");
  const begins = (first.length / 2 + 12).toString(16).padStart(4, "0");
  return `0x${first}61${length}8061${begins}5f395ff300${body}`;
}

const contracts = new Set([0, 1, 2, 3].map((from) => contractOf(from, 0n).slice(2)));
const isOfContract = (place: string) => contracts.has(place.slice(0, 40));

const shanghai = readGenesis({
  config: {
    chainId: 1337,
    ...Object.fromEntries(
      ["homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg"]
        .concat(["istanbul", "berlin", "london", "mergeNetsplit"])
        .map((name) => [`${name}Block`, 0]),
    ),
    shanghaiTime: 0,
  },
  gasLimit: 30_000_000,
  alloc: Object.fromEntries(
    [0, 1, 2, 3].map((index) => [addressOf(index), { balance: String(10n ** 22n) }]),
  ),
});

it.each<[string, Genesis]>([
  ["Osaka", developerGenesis()],
  ["Shanghai, where contracts vanish with their storage", shanghai],
])("come to the same under the rules of %s", { timeout: 120_000 }, async (_name, genesis) => {
  const seen = { calls: 0, succeeded: 0, stored: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(program, program, program, program),
      fc.array(fc.tuple(small, small), { minLength: 1, maxLength: 8 }),
      async (programs, calls) => {
        const { replica, store } = await openReplica(genesis);
        const creations = programs.map((body, from) =>
          signed(from, { data: deployment(body), gasLimit: 3_000_000n }),
        );
        const first = await replica.apply(1, blockOf(creations));
        expect(first.refused).toEqual([]);
        const nonces = [1n, 1n, 1n, 1n];
        const made = calls.map(([from, to]) => {
          const nonce = nonces[from] ?? 0n;
          nonces[from] = nonce + 1n;
          return signed(from, { to: contractOf(to, 0n), gasLimit: 500_000n, nonce });
        });
        const places = new Set(first.changes.slots.keys());
        // Some meet what the same block did before them, some what was stored.
        for (const [index, some] of [made.slice(0, 4), made.slice(4)].entries()) {
          const { refused, outcome, changes } = await replica.apply(index + 2, blockOf(some));
          expect(refused).toEqual([]);
          if (outcome.kind !== "block") continue;
          seen.calls += some.length;
          seen.succeeded += outcome.mined.transactions.filter(({ success }) => success).length;
          seen.stored += [...changes.slots.keys()].some(isOfContract) ? 1 : 0;
          for (const place of changes.slots.keys()) places.add(place);
        }
        for (const place of places) {
          const [address, slot] = [place.slice(0, 40), place.slice(40)];
          // Who is not there has nothing stored.
          if (store.reader().account(address) !== null) continue;
          expect(store.reader().slot(address, slot)).toBeNull();
        }
        await replay(replica, store, genesis);
        store.close();
      },
    ),
    { numRuns: 60 },
  );
  // The programs do something, and not all of them fail.
  expect(seen.succeeded).toBeGreaterThan(seen.calls / 8);
  expect(seen.stored).toBeGreaterThan(seen.calls / 30);
});
