/** Who can sign for which addresses, whatever keeps the keys. */
import type { TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { anchorAccount, developerAccounts, developerKey } from "../core/developer-accounts.ts";
import { typedDataHash, type TypedData } from "../wallets/typed-data.ts";

/** The keys are there, and cannot be used before the passphrase is given. */
export class SignerLocked extends Error {
  override readonly name = "SignerLocked";
}

export class SignerUnknown extends Error {
  override readonly name = "SignerUnknown";
}

/** All of them throw SignerLocked, and SignerUnknown for an address that they do not hold. */
export interface Signers {
  /** With their checksums; those of locked keys, too. */
  addresses(): readonly string[];
  /** Those that sign at once. */
  unlocked(): readonly string[];
  holds(address: string): boolean;
  sign(address: string, tx: TypedTransaction): Promise<TypedTransaction>;
  /** EIP-191, version 0x45: what `personal_sign` makes. 65 bytes in hexadecimal. */
  signMessage(address: string, message: Uint8Array): Promise<string>;
  /** EIP-712. @throws TypedDataInvalid */
  signTypedData(address: string, data: TypedData): Promise<string>;
}

/** Lends the key of an address for as long as `use` runs. */
type WithKey = <T>(address: string, use: (key: Uint8Array) => T) => Promise<T>;

/** @param isLocked whether none of the keys can be used now */
export function keySigners(
  addresses: () => readonly string[],
  withKey: WithKey,
  isLocked = () => false,
): Signers {
  return {
    addresses,
    unlocked: () => (isLocked() ? [] : addresses()),
    holds: (address) => addresses().includes(address),
    sign: (address, tx) => withKey(address, (key) => tx.sign(key)),
    signMessage: (address, message) =>
      withKey(address, (key) => signDigest(messageHash(message), key)),
    signTypedData(address, data) {
      const digest = typedDataHash(data);
      return withKey(address, (key) => signDigest(digest, key));
    },
  };
}

export const developerSigners: Signers = keySigners(
  () => developerAccounts.map(({ address }) => address),
  async (address, use) => {
    const account = developerAccounts.find((each) => each.address === address);
    if (account === undefined) throw new SignerUnknown(`${address} is no developer account.`);
    return use(developerKey(account.counter));
  },
);

/** Of the account that pays for anchors. */
export const anchorSigners: Signers = keySigners(
  () => [anchorAccount.address],
  async (address, use) => {
    if (address !== anchorAccount.address)
      throw new SignerUnknown(`${address} pays for no anchor.`);
    return use(developerKey(anchorAccount.counter));
  },
);

/** Those of several keepers; the first that holds an address signs. */
export function joinSigners(all: readonly Signers[]): Signers {
  const holder = (address: string): Signers => {
    const found = all.find((each) => each.holds(address));
    if (found === undefined) throw new SignerUnknown(`Nobody here holds the key of ${address}.`);
    return found;
  };
  return {
    addresses: () => all.flatMap((each) => each.addresses()),
    unlocked: () => all.flatMap((each) => each.unlocked()),
    holds: (address) => all.some((each) => each.holds(address)),
    sign: async (address, tx) => holder(address).sign(address, tx),
    signMessage: async (address, message) => holder(address).signMessage(address, message),
    signTypedData: async (address, data) => holder(address).signTypedData(address, data),
  };
}

/** keccak-256 of "\x19Ethereum Signed Message:\n", the length in bytes, and the message. */
function messageHash(message: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`\u0019Ethereum Signed Message:\n${message.length}`);
  return keccak_256(Buffer.concat([prefix, message]));
}

/** r, s and v of 27 or 28, as contracts expect them of ecrecover. */
function signDigest(digest: Uint8Array, key: Uint8Array): string {
  const [recovery = 0, ...rest] = secp256k1.sign(digest, key, {
    prehash: false,
    format: "recovered",
  });
  return bytesToHex(Uint8Array.from([...rest, recovery + 27]));
}
