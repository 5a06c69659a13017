/** Every bound of the wallets. */
export const walletLimits = {
  walletsMax: 100,
  accountsPerWalletMax: 100,
  nameLengthMax: 80,
  passphraseLengthMin: 8,
  passphraseLengthMax: 1_024,
  /** Mnemonics that were shown and not yet confirmed. */
  draftsMax: 4,
  draftAgeMsMax: 600_000,
  /** Words of a new mnemonic that must be typed before it is stored. */
  wordsConfirmed: 2,
  pathDepthMax: 10,
  messageBytesMax: 65_536,
  typedDataBytesMax: 65_536,
  typedDataTypesMax: 100,
  callDataBytesMax: 131_072,
  keystoreBytesMax: 16_384,
} as const;

export const lockLimits = {
  idleMsDefault: 300_000,
  idleMsMin: 10_000,
  idleMsMax: 86_400_000,
} as const;

/** Passphrases that were wrong: a few are free, then each doubles the wait. */
export const attemptLimits = {
  freeMax: 5,
  waitMsFirst: 1_000,
  waitMsMax: 300_000,
  /** Derivations that wait for their turn: each takes its memory alone. */
  queuedMax: 8,
} as const;

/**
 * Work of one derivation. Scrypt (RFC 7914) needs 128 N r bytes; files of strangers name their own
 * parameters, so those that would take all memory or minutes are refused.
 */
export const kdfLimits = {
  /** Of the vault: 128 MiB and about half a second. */
  vaultN: 131_072,
  /** Of keystore files that are written: what go-ethereum calls standard. */
  keystoreN: 262_144,
  r: 8,
  p: 1,
  scryptMemoryBytesMax: 512 * 1024 * 1024,
  /** N r p, which the time grows with. */
  scryptWorkMax: 16_777_216,
  /** The same where it is computed in JavaScript: some five seconds. */
  slowScryptWorkMax: 4_194_304,
  pbkdf2RoundsMax: 2_000_000,
  saltBytesMax: 1_024,
} as const;
