/** Every bound of the index of tokens. */
export const tokenLimits = {
  tokensMax: 1_000,
  /** Balances of all tokens together. */
  balancesMax: 200_000,
  /** Transfers that one step of the index reads, and blocks that it looks through. */
  logsPerStep: 500,
  blocksPerStep: 2_000,
  /** For name, symbol, decimals and supply: a contract may do anything when it is asked. */
  callGas: 200_000n,
  textBytesMax: 200,
  metadataKept: 1_000,
} as const;
