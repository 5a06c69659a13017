/** Words for a key: BIP-39 with the English list. */
import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";

const derive = promisify(pbkdf2);
const known = new Set(wordlist);
const lengths = [12, 15, 18, 21, 24];

export class MnemonicInvalid extends Error {
  override readonly name = "MnemonicInvalid";
}

/** @param entropy 16 bytes for 12 words, 32 bytes for 24 (BIP-39, Generating the mnemonic) */
export function mnemonicOf(entropy: Uint8Array): string {
  return entropyToMnemonic(entropy, wordlist);
}

/**
 * The entropy that words stand for. Errors name places and never words, as they may be logged.
 * @throws MnemonicInvalid
 */
export function entropyOf(mnemonic: string): Uint8Array {
  const words = mnemonic.normalize("NFKD").trim().toLowerCase().split(/\s+/);
  if (!lengths.includes(words.length)) {
    throw new MnemonicInvalid(
      `There are ${words.length} words; a mnemonic has ${lengths.join(", ")}.`,
    );
  }
  const unknown = words.flatMap((word, index) => (known.has(word) ? [] : [index + 1]));
  if (unknown.length > 0) {
    const places =
      unknown.length === 1 ? `Word ${unknown[0]} is` : `Words ${unknown.join(", ")} are`;
    throw new MnemonicInvalid(`${places} not in the English list of BIP-39.`);
  }
  try {
    return mnemonicToEntropy(words.join(" "), wordlist);
  } catch {
    throw new MnemonicInvalid(
      "Each word is in the list, but the checksum does not hold: a word is another one, or two changed places.",
    );
  }
}

/**
 * The seed of BIP-32 (BIP-39, From mnemonic to seed).
 * @param passphrase the optional extra one of BIP-39; any is valid, and leads to other keys
 * @returns 64 bytes
 */
export async function seedOf(entropy: Uint8Array, passphrase = ""): Promise<Uint8Array> {
  const salt = `mnemonic${passphrase}`.normalize("NFKD");
  return derive(mnemonicOf(entropy).normalize("NFKD"), salt, 2_048, 64, "sha512");
}
