/**
 * The funded developer accounts. WARNING: their keys follow from this file, so everybody has them.
 * Never send coins of another chain to these addresses.
 *
 * A key is keccak-256 of the text "@DEMO developer account N". For Alice and Bob, N is the smallest
 * number whose address begins with 0x123 and 0x456, so that the abbreviations of the documentation
 * name them; developer-accounts.test.ts holds the search. The others are simply the first six.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";

export interface DeveloperAccount {
  readonly label: string;
  readonly counter: number;
  /** With the mixed-case checksum of EIP-55. */
  readonly address: string;
}

export const developerAccounts: readonly DeveloperAccount[] = [
  { label: "Alice", counter: 1091, address: "0x123c12f1c201836818aB99575aA9CEb15b7BCf53" },
  { label: "Bob", counter: 9, address: "0x456E2D754aB4B713f83bd478D91f0D539C894E85" },
  { label: "Carol", counter: 0, address: "0x2a382B8F77cd1834c70B580Db3072b75F5Bc7129" },
  { label: "Dave", counter: 1, address: "0xdbB554ae5DDCB7cCb60671a1366cfffd1D532B47" },
  { label: "Erin", counter: 2, address: "0x96af55F7856bb83d7F4aB479d30F88A3E8109cba" },
  { label: "Frank", counter: 3, address: "0x127105Ee39347b184f095Fe012e4b166Be4F6567" },
  { label: "Grace", counter: 4, address: "0xd8Aca06019e9f42D662B8Cd657194d10253a476D" },
  { label: "Heidi", counter: 5, address: "0xc9683dfed9Aa447DCb0B9C749159D17467847037" },
];

/** Receives the fees of every block. Its key is made as the others are; it starts without coins. */
export const feeRecipient: DeveloperAccount = {
  label: "Fee recipient",
  counter: 6,
  address: "0x8EE030556e0595E917eaf22655293Ac408F502e3",
};

/** Pays for anchors, which so disturb nobody's nonces. Its key is made as the others are. */
export const anchorAccount: DeveloperAccount = {
  label: "Anchors",
  counter: 7,
  address: "0xA6B09f797fA4Bb9c7E3F66b42e1Fa0cF1Ae5c279",
};

export const genesisCoins = 10_000n;

/** The private key, 32 bytes. */
export function developerKey(counter: number): Uint8Array {
  return keccak_256(new TextEncoder().encode(`@DEMO developer account ${counter}`));
}
