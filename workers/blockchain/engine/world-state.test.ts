/** The journal against a model that copies everything at each checkpoint. */
import { Account, Address, setLengthLeft } from "@ethereumjs/util";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { AccountState } from "./entry.ts";
import { bytesOf, emptyCodeHash, hexDigits, type StateReader } from "./state-reader.ts";
import { WorldState } from "./world-state.ts";

const addressDigits = ["aa", "bb"].map((digits) => digits.repeat(20));
const slots = [0, 1, 2].map((slot) => slot.toString(16).padStart(64, "0"));

interface Model {
  readonly balances: Map<string, bigint>;
  /** By address and slot; zero is left out. */
  readonly words: Map<string, number>;
}

const stored: Model = {
  balances: new Map([[addressDigits[0] ?? "", 5n]]),
  words: new Map([
    [`${addressDigits[0]}${slots[0]}`, 7],
    [`${addressDigits[0]}${slots[1]}`, 8],
  ]),
};

const wordOf = (value: number) => setLengthLeft(Uint8Array.of(value), 32);
const accountOf = (balance: bigint): AccountState => ({
  nonce: 0n,
  balance,
  codeHash: emptyCodeHash,
});

const reader: StateReader = {
  account(address) {
    const balance = stored.balances.get(address);
    return balance === undefined ? null : accountOf(balance);
  },
  slot(address, slot) {
    const value = stored.words.get(address + slot);
    return value === undefined ? null : wordOf(value);
  },
  slotsOf: (address) => slots.filter((slot) => stored.words.has(address + slot)),
  code: () => new Uint8Array(0),
};

const step = fc.record({
  does: fc.constantFrom(
    "word",
    "word",
    "word",
    "balance",
    "delete",
    "clear",
    "open",
    "keep",
    "undo",
  ),
  of: fc.nat(1),
  slot: fc.nat(2),
  value: fc.nat(3),
});

function copyOf({ balances, words }: Model): Model {
  return { balances: new Map(balances), words: new Map(words) };
}

function clear({ words }: Model, address: string): void {
  for (const slot of slots) words.delete(address + slot);
}

it("reads what was written, undone or kept, at any depth", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      const state = new WorldState(reader);
      let model = copyOf(stored);
      const depths: Model[] = [];
      await state.checkpoint();
      for (const { does, of, slot, value } of steps) {
        const digits = addressDigits[of] ?? "";
        const address = new Address(bytesOf(digits));
        const place = digits + (slots[slot] ?? "");
        if (does === "word" && model.balances.has(digits)) {
          await state.putStorage(address, bytesOf(place.slice(40)), Uint8Array.of(0, value));
          if (value === 0) model.words.delete(place);
          else model.words.set(place, value);
        } else if (does === "balance") {
          await state.putAccount(address, new Account(0n, BigInt(value)));
          model.balances.set(digits, BigInt(value));
        } else if (does === "delete") {
          await state.deleteAccount(address);
          model.balances.delete(digits);
          clear(model, digits);
        } else if (does === "clear") {
          await state.clearStorage(address);
          clear(model, digits);
        } else if (does === "open") {
          await state.checkpoint();
          depths.push(copyOf(model));
        } else if (does === "keep" && depths.length > 0) {
          await state.commit();
          depths.pop();
        } else if (does === "undo" && depths.length > 0) {
          await state.revert();
          model = depths.pop() ?? model;
        }
        await compare(state, model);
      }
      const { accounts, slots: changed } = await state.changes();
      const after = copyOf(stored);
      for (const [key, account] of accounts) {
        if (account === null) after.balances.delete(key);
        else after.balances.set(key, account.balance);
      }
      for (const [key, word] of changed) {
        if (word === null) after.words.delete(key);
        else after.words.set(key, word[31] ?? 0);
      }
      expect(after).toEqual(model);
      // Only what differs is told.
      for (const [key, account] of accounts) {
        expect(account?.balance).not.toBe(stored.balances.get(key));
      }
      for (const [key, word] of changed) expect(word?.[31]).not.toBe(stored.words.get(key));
    }),
    { numRuns: 300 },
  );
});

async function compare(state: WorldState, { balances, words }: Model): Promise<void> {
  for (const digits of addressDigits) {
    const address = new Address(bytesOf(digits));
    expect((await state.getAccount(address))?.balance).toBe(balances.get(digits));
    for (const slot of slots) {
      const value = await state.getStorage(address, bytesOf(slot));
      const expected = words.get(digits + slot);
      expect(hexDigits(value)).toBe(
        expected === undefined ? "" : hexDigits(Uint8Array.of(expected)),
      );
    }
  }
}
