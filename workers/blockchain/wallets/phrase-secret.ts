/** How a mnemonic is kept: as bytes that can be overwritten, which text cannot. */
import { mnemonicOf } from "./mnemonic.ts";

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
