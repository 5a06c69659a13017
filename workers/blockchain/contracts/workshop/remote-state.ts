/** A state that begins as one of the chain's, read as far as it is needed, and is changed here alone. */
import type { Common } from "@ethereumjs/common";
import { SimpleStateManager } from "@ethereumjs/statemanager";
import { Account, type Address, bytesToHex, hexToBytes } from "@ethereumjs/util";
import type { ContractsChain, StateName } from "../contracts-chain.ts";

export class RemoteState extends SimpleStateManager {
  readonly #chain: ContractsChain;
  readonly #state: StateName;
  /** Accounts whose storage was emptied, so that nothing of it is fetched any more. */
  readonly #cleared = new Set<string>();

  constructor(common: Common, chain: ContractsChain, state: StateName) {
    super({ common });
    this.#chain = chain;
    this.#state = state;
  }

  override async getAccount(address: Address): Promise<Account | undefined> {
    const key = address.toString();
    if (!this.topAccountStack().has(key)) {
      const found = await this.#chain.account(this.#state, key);
      // What was true before the first checkpoint holds at each of them.
      for (const level of this.accountStack) {
        if (level.has(key)) continue;
        const account =
          found === null
            ? undefined
            : new Account(found.nonce, found.balance, undefined, found.codeHash);
        level.set(key, account);
      }
    }
    return super.getAccount(address);
  }

  override async getCode(address: Address): Promise<Uint8Array> {
    const key = address.toString();
    if (!this.topCodeStack().has(key)) {
      const code = await this.#chain.code(this.#state, key);
      for (const level of this.codeStack) if (!level.has(key)) level.set(key, code);
    }
    return super.getCode(address);
  }

  override async getStorage(address: Address, slot: Uint8Array): Promise<Uint8Array> {
    const account = address.toString();
    const key = `${account}_${bytesToHex(slot)}`;
    if (!this.topStorageStack().has(key) && !this.#cleared.has(account)) {
      const word = await this.#chain.storage(this.#state, account, bytesToHex(slot));
      for (const level of this.storageStack) if (!level.has(key)) level.set(key, word);
    }
    return super.getStorage(address, slot);
  }

  override async clearStorage(address: Address): Promise<void> {
    // Accounts are only created where nothing was, so that there is nothing to come back to.
    this.#cleared.add(address.toString());
    await super.clearStorage(address);
  }
}

export function wordOf(slot: bigint): Uint8Array {
  return hexToBytes(`0x${slot.toString(16).padStart(64, "0")}`);
}
