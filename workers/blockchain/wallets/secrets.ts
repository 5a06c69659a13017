/** Secrets of wallets as they are sealed: bytes that can be overwritten, which text cannot. */
import { addressOf, keyAt } from "./derivation.ts";
import { mnemonicOf } from "./mnemonic.ts";
import type { AccountRow, WalletKind } from "./vault-store.ts";

export interface PhraseSecret {
  /** 16 to 32 bytes, as BIP-39 has them. */
  readonly entropy: Uint8Array;
  /** 64 bytes. */
  readonly seed: Uint8Array;
  /** Whether the seed is also of an extra passphrase, which is not kept. */
  readonly extraPassphrase: boolean;
}

const seedBytes = 64;

/** One byte of flags, the seed, the entropy. */
export function writePhrase({ entropy, seed, extraPassphrase }: PhraseSecret): Uint8Array {
  if (seed.length !== seedBytes) throw new RangeError("A seed has 64 bytes.");
  return Uint8Array.from([extraPassphrase ? 1 : 0, ...seed, ...entropy]);
}

/** Views of the same bytes: they are overwritten with them. */
export function readPhrase(secret: Uint8Array): PhraseSecret {
  return {
    extraPassphrase: secret[0] === 1,
    seed: secret.subarray(1, 1 + seedBytes),
    entropy: secret.subarray(1 + seedBytes),
  };
}

export function phraseOf({ entropy, extraPassphrase }: PhraseSecret): {
  mnemonic: string;
  extraPassphrase: boolean;
} {
  return { mnemonic: mnemonicOf(entropy), extraPassphrase };
}

/** Runs `use` with the private key of an account, and overwrites the key. */
export function lend<T>(account: AccountRow, secret: Uint8Array, use: (key: Uint8Array) => T): T {
  const key =
    account.path === null ? Uint8Array.from(secret) : keyAt(readPhrase(secret).seed, account.path);
  try {
    // The table of addresses is not sealed: a changed one must not sign in another's name.
    if (addressOf(key) !== account.address) {
      throw new Error(`The key of ${account.address} leads to another address.`);
    }
    return use(key);
  } finally {
    key.fill(0);
  }
}

/** What a sealed secret belongs to. */
export function contextOf(id: string, kind: WalletKind): string {
  return `wallet ${id} ${kind}`;
}
