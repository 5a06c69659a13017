/** Reading a state, wherever it is: in a database of this thread, or beyond a message port. */
import { keccak256 } from "./keccak.ts";
import type { AccountState } from "./entry.ts";

/** At once where it can be; a promise where it is far. */
export type Soon<Value> = Value | Promise<Value>;

/** The state at one version. Addresses, slots and hashes are hexadecimal digits without 0x. */
export interface StateReader {
  account(address: string): Soon<AccountState | null>;
  /** 32 bytes; null: zero. */
  slot(address: string, slot: string): Soon<Uint8Array | null>;
  /** The slots of an account that are not zero. */
  slotsOf(address: string): Soon<readonly string[]>;
  /** @throws StateDamaged when no account ever had that code */
  code(hash: string): Soon<Uint8Array>;
}

/** Of an account without code (yellow paper, section 4.1). */
export const emptyCodeHash: Uint8Array = keccak256(new Uint8Array(0));

export function hexDigits(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** The bytes of hexadecimal digits. */
export function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

export function equalAccounts(one: AccountState | null, other: AccountState | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.nonce === other.nonce &&
    one.balance === other.balance &&
    equalBytes(one.codeHash, other.codeHash)
  );
}
