/**
 * The state as a machine sees and changes it (yellow paper, section 4.1), over a state that is only
 * read. Changes stay here until they are taken; checkpoints are places in a list of what to undo.
 */
import type { AccountFields, StateManagerInterface } from "@ethereumjs/common";
import { Account, type Address } from "@ethereumjs/util";
import type { AccountState, StateChanges } from "./entry.ts";
import { keccak256 } from "./keccak.ts";
import {
  emptyCodeHash,
  equalAccounts,
  equalBytes,
  hexDigits,
  type StateReader,
} from "./state-reader.ts";
import { emptyRoot } from "./trie/node.ts";

const nothing = new Uint8Array(0);
const delegation = Uint8Array.of(0xef, 0x01, 0x00);

export class WorldState implements StateManagerInterface {
  readonly #reader: StateReader;
  readonly #rootOf: (changes: StateChanges) => Uint8Array;
  readonly #accounts = new Map<string, AccountState | null>();
  /** By address and slot; words without leading zeros, zero is empty. */
  readonly #slots = new Map<string, Map<string, Uint8Array>>();
  readonly #codes = new Map<string, Uint8Array>();
  readonly #undo: (() => void)[] = [];
  readonly #checkpoints: number[] = [];
  /** What slots held when the transaction began, as far as it wrote to them (EIP-2200). */
  #original = new Map<string, Uint8Array>();
  #delegated: string | null = null;

  readonly originalStorageCache = {
    get: async (address: Address, key: Uint8Array): Promise<Uint8Array> =>
      this.#original.get(hexDigits(address.bytes) + hexDigits(key)) ??
      (await this.getStorage(address, key)),
    clear: (): void => {
      if (this.#original.size > 0) this.#original = new Map();
    },
  };

  /**
   * @param reader what was before
   * @param rootOf the root of that state with changes made; only receipts before Byzantium ask
   */
  constructor(
    reader: StateReader,
    rootOf: (changes: StateChanges) => Uint8Array = () => {
      throw new Error("This state has no root.");
    },
  ) {
    this.#reader = reader;
    this.#rootOf = rootOf;
  }

  async getAccount(address: Address): Promise<Account | undefined> {
    const state = await this.#account(hexDigits(address.bytes));
    if (state === null) return undefined;
    return new Account(state.nonce, state.balance, emptyRoot, state.codeHash);
  }

  putAccount(address: Address, account?: Account): Promise<void> {
    if (account === undefined) return this.deleteAccount(address);
    const { nonce, balance, codeHash } = account;
    this.#setAccount(hexDigits(address.bytes), { nonce, balance, codeHash });
    return Promise.resolve();
  }

  async deleteAccount(address: Address): Promise<void> {
    await this.clearStorage(address);
    this.#setAccount(hexDigits(address.bytes), null);
  }

  async modifyAccountFields(address: Address, fields: AccountFields): Promise<void> {
    const account = (await this.getAccount(address)) ?? new Account();
    Object.assign(account, fields);
    await this.putAccount(address, account);
  }

  async putCode(address: Address, value: Uint8Array): Promise<void> {
    const codeHash = value.length === 0 ? emptyCodeHash : keccak256(value);
    // Code is never taken back: it is found by its hash, and nobody asks for one that is not used.
    if (value.length > 0) this.#codes.set(hexDigits(codeHash), value);
    const key = hexDigits(address.bytes);
    const account = (await this.#account(key)) ?? { nonce: 0n, balance: 0n };
    this.#setAccount(key, { nonce: account.nonce, balance: account.balance, codeHash });
  }

  async getCode(address: Address): Promise<Uint8Array> {
    const account = await this.#account(hexDigits(address.bytes));
    if (account === null || equalBytes(account.codeHash, emptyCodeHash)) return nothing;
    if (this.#delegated === hexDigits(address.bytes)) {
      this.#delegated = null;
      return delegation;
    }
    const hash = hexDigits(account.codeHash);
    return this.#codes.get(hash) ?? (await this.#reader.code(hash));
  }

  async getCodeSize(address: Address): Promise<number> {
    return (await this.getCode(address)).length;
  }

  async getStorage(address: Address, key: Uint8Array): Promise<Uint8Array> {
    return this.#slot(hexDigits(address.bytes), hexDigits(key));
  }

  async putStorage(address: Address, key: Uint8Array, value: Uint8Array): Promise<void> {
    const account = hexDigits(address.bytes);
    const slot = hexDigits(key);
    const before = await this.#slot(account, slot);
    if (!this.#original.has(account + slot)) this.#original.set(account + slot, before);
    this.#setSlot(account, slot, withoutLeadingZeros(value));
  }

  async clearStorage(address: Address): Promise<void> {
    const account = hexDigits(address.bytes);
    for (const slot of this.#slots.get(account)?.keys() ?? [])
      this.#setSlot(account, slot, nothing);
    // Whoever was not there has nothing stored.
    if ((await this.#reader.account(account)) === null) return;
    for (const slot of await this.#reader.slotsOf(account)) this.#setSlot(account, slot, nothing);
  }

  /**
   * A contract sends no transactions (EIP-3607), unless its code delegates (EIP-7702). Who is
   * impersonated passes: the first look at its code, which is that check, sees a delegation.
   */
  passOffAsDelegated(address: Address | null): void {
    this.#delegated = address === null ? null : hexDigits(address.bytes);
  }

  checkpoint(): Promise<void> {
    this.#checkpoints.push(this.#undo.length);
    return Promise.resolve();
  }

  commit(): Promise<void> {
    this.#leaveCheckpoint();
    if (this.#checkpoints.length === 0) this.#undo.length = 0;
    return Promise.resolve();
  }

  revert(): Promise<void> {
    const length = this.#leaveCheckpoint();
    while (this.#undo.length > length) this.#undo.pop()?.();
    return Promise.resolve();
  }

  async getStateRoot(): Promise<Uint8Array> {
    return this.#rootOf(await this.changes());
  }

  setStateRoot(): Promise<void> {
    return Promise.reject(new Error("A state is chosen by its version."));
  }

  hasStateRoot(): Promise<boolean> {
    return Promise.resolve(false);
  }

  clearCaches(): void {}

  /** Another state over the same, without the changes made here. */
  shallowCopy(): WorldState {
    return new WorldState(this.#reader, this.#rootOf);
  }

  /** The same with the changes made so far; later ones do not show in it. */
  snapshot(): WorldState {
    const copy = this.shallowCopy();
    for (const [address, account] of this.#accounts) copy.#accounts.set(address, account);
    for (const [address, words] of this.#slots) copy.#slots.set(address, new Map(words));
    for (const [hash, code] of this.#codes) copy.#codes.set(hash, code);
    return copy;
  }

  /** What differs from the state below. */
  async changes(): Promise<StateChanges> {
    const accounts = new Map<string, AccountState | null>();
    const codes = new Map<string, Uint8Array>();
    for (const [address, account] of this.#accounts) {
      if (equalAccounts(account, await this.#reader.account(address))) continue;
      accounts.set(address, account);
      const hash = account === null ? "" : hexDigits(account.codeHash);
      const code = this.#codes.get(hash);
      if (code !== undefined) codes.set(hash, code);
    }
    const slots = new Map<string, Uint8Array | null>();
    for (const [address, words] of this.#slots) {
      for (const [slot, word] of words) {
        const before = await this.#reader.slot(address, slot);
        const after = word.length === 0 ? null : wordOf(word);
        const same =
          before === null || after === null ? before === after : equalBytes(before, after);
        if (!same) slots.set(address + slot, after);
      }
    }
    return { accounts, slots, codes };
  }

  /** Forgets the changes: they were taken over by the state below, or are not wanted. */
  reset(): void {
    this.#accounts.clear();
    this.#slots.clear();
    this.#codes.clear();
    this.#undo.length = 0;
    this.#checkpoints.length = 0;
    this.#original = new Map();
  }

  #account(address: string): AccountState | null | Promise<AccountState | null> {
    const changed = this.#accounts.get(address);
    return changed === undefined ? this.#reader.account(address) : changed;
  }

  #setAccount(address: string, after: AccountState | null): void {
    const before = this.#accounts.get(address);
    this.#accounts.set(address, after);
    if (this.#checkpoints.length === 0) return;
    this.#undo.push(() => {
      if (before === undefined) this.#accounts.delete(address);
      else this.#accounts.set(address, before);
    });
  }

  async #slot(address: string, slot: string): Promise<Uint8Array> {
    const changed = this.#slots.get(address)?.get(slot);
    if (changed !== undefined) return changed;
    const word = await this.#reader.slot(address, slot);
    return word === null ? nothing : withoutLeadingZeros(word);
  }

  #setSlot(address: string, slot: string, after: Uint8Array): void {
    let words = this.#slots.get(address);
    if (words === undefined) {
      words = new Map();
      this.#slots.set(address, words);
    }
    const before = words.get(slot);
    words.set(slot, after);
    if (this.#checkpoints.length === 0) return;
    this.#undo.push(() => {
      if (before === undefined) words.delete(slot);
      else words.set(slot, before);
    });
  }

  #leaveCheckpoint(): number {
    const length = this.#checkpoints.pop();
    if (length === undefined) throw new Error("There is no checkpoint to leave.");
    return length;
  }
}

function withoutLeadingZeros(word: Uint8Array): Uint8Array {
  let zeros = 0;
  while (zeros < word.length && word[zeros] === 0) zeros += 1;
  return zeros === 0 ? word : word.slice(zeros);
}

function wordOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 32) return bytes;
  const word = new Uint8Array(32);
  word.set(bytes, 32 - bytes.length);
  return word;
}
