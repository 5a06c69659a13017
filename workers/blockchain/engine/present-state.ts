/** The newest state, with what is used often kept in memory. */
import { chainLimits } from "../limits.ts";
import { BoundedCache } from "./cache.ts";
import type { AccountState, StateChanges } from "./entry.ts";
import type { StateReader } from "./state-reader.ts";

/** As `StateReader`, of this thread. */
export interface LocalReader extends StateReader {
  account(address: string): AccountState | null;
  slot(address: string, slot: string): Uint8Array | null;
  slotsOf(address: string): readonly string[];
  code(hash: string): Uint8Array;
}

/** Stands for "null", which a cache cannot tell from "unknown". */
const absent = Symbol("absent");

export class PresentState implements LocalReader {
  readonly #below: LocalReader;
  readonly #accounts = new BoundedCache<AccountState | typeof absent>(
    chainLimits.stateCacheAccounts,
  );
  readonly #slots = new BoundedCache<Uint8Array | typeof absent>(chainLimits.stateCacheSlots);
  readonly #codes = new BoundedCache<Uint8Array>(chainLimits.stateCacheCodes);

  constructor(below: LocalReader) {
    this.#below = below;
  }

  account(address: string): AccountState | null {
    const known = this.#accounts.get(address);
    if (known !== undefined) return known === absent ? null : known;
    const account = this.#below.account(address);
    this.#accounts.set(address, account ?? absent);
    return account;
  }

  slot(address: string, slot: string): Uint8Array | null {
    const key = address + slot;
    const known = this.#slots.get(key);
    if (known !== undefined) return known === absent ? null : known;
    const value = this.#below.slot(address, slot);
    this.#slots.set(key, value ?? absent);
    return value;
  }

  slotsOf(address: string): readonly string[] {
    return this.#below.slotsOf(address);
  }

  code(hash: string): Uint8Array {
    const known = this.#codes.get(hash);
    if (known !== undefined) return known;
    const code = this.#below.code(hash);
    this.#codes.set(hash, code);
    return code;
  }

  /** Takes over what was stored. */
  settle({ accounts, slots, codes }: StateChanges): void {
    for (const [address, account] of accounts) this.#accounts.set(address, account ?? absent);
    for (const [key, value] of slots) this.#slots.set(key, value ?? absent);
    for (const [hash, code] of codes) this.#codes.set(hash, code);
  }
}
