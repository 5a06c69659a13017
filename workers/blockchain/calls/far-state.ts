/**
 * States of the archive, seen from the thread of calls. What is read of the newest state is kept,
 * with the version since which it holds; each change of the chain is told, so that it stays right.
 */
import type { ChildCalls } from "../../service/child-calls.ts";
import { BoundedCache } from "../engine/cache.ts";
import type { AccountState, StateChanges } from "../engine/entry.ts";
import type { Soon, StateReader } from "../engine/state-reader.ts";
import { chainLimits } from "../limits.ts";
import type { ArchiveApi } from "./requests.ts";

export type FarArchive = ChildCalls<{ [Name in keyof ArchiveApi]: ArchiveApi[Name] }>;

interface Known<Value> {
  /** The version since which it is so, up to the newest. */
  readonly since: number;
  readonly value: Value;
}

export class FarState {
  readonly #archive: FarArchive;
  readonly #accounts = new BoundedCache<Known<AccountState | null>>(chainLimits.stateCacheAccounts);
  readonly #slots = new BoundedCache<Known<Uint8Array | null>>(chainLimits.stateCacheSlots);
  readonly #codes = new BoundedCache<Uint8Array>(chainLimits.stateCacheCodes);
  #newest: number;

  constructor(archive: FarArchive, newest: number) {
    this.#archive = archive;
    this.#newest = newest;
  }

  /** The chain's state has changed, and is of that version now. */
  settle(version: number, { accounts, slots, codes }: StateChanges): void {
    for (const [address, value] of accounts) this.#accounts.set(address, { since: version, value });
    for (const [place, value] of slots) this.#slots.set(place, { since: version, value });
    for (const [hash, code] of codes) this.#codes.set(hash, code);
    this.#newest = version;
  }

  /** For one call: what it has read of an old state it does not ask for again. */
  reader(version: number): StateReader {
    const accounts = new Map<string, AccountState | null>();
    const slots = new Map<string, Uint8Array | null>();
    return {
      account: (address) =>
        this.#read(version, address, this.#accounts, accounts, () =>
          this.#archive.call("account", version, address),
        ),
      slot: (address, slot) =>
        this.#read(version, address + slot, this.#slots, slots, () =>
          this.#archive.call("slot", version, address, slot),
        ),
      slotsOf: (address) => this.#archive.call("slotsOf", version, address),
      code: (hash) => this.#codes.get(hash) ?? this.#fetchCode(hash),
    };
  }

  #read<Value>(
    version: number,
    key: string,
    shared: BoundedCache<Known<Value>>,
    own: Map<string, Value>,
    fetch: () => Promise<Value>,
  ): Soon<Value> {
    const known = shared.get(key);
    if (known !== undefined && known.since <= version) return known.value;
    const read = own.get(key);
    if (read !== undefined) return read;
    return fetch().then((value) => {
      // Meanwhile it may have changed again.
      if (version === this.#newest) shared.set(key, { since: version, value });
      else own.set(key, value);
      return value;
    });
  }

  async #fetchCode(hash: string): Promise<Uint8Array> {
    const code = await this.#archive.call("code", hash);
    this.#codes.set(hash, code);
    return code;
  }
}
