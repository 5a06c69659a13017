/** The blockchain's problems, by code. */
import { problemsOf, type ErrorCatalogue } from "../service/errors.ts";

export const blockchainErrors = {
  ACCOUNT_UNKNOWN: {
    status: 404,
    title: "No known account begins so",
    remedy:
      "Give the whole address, or the first digits of one that GET /api/blockchain/accounts lists.",
  },
  ACCOUNT_AMBIGUOUS: {
    status: 409,
    title: "Several accounts begin so",
    remedy: "Give more digits of the address that is meant.",
  },
  KEY_NOT_HELD: {
    status: 403,
    title: "The ledger cannot sign for this account",
    remedy:
      "Send from a developer account, or sign the transaction yourself and send it with eth_sendRawTransaction.",
  },
  AMOUNT_INVALID: {
    status: 400,
    title: "Not an amount of coins",
    remedy:
      "Give a positive decimal with at most 18 digits after the point, as a string where it has more than 15 digits.",
  },
  BALANCE_TOO_SMALL: {
    status: 409,
    title: "Balance too small",
    remedy: "Send less, or fill the account up first; nothing was changed.",
  },
  TRANSACTION_REFUSED: {
    status: 409,
    title: "Transaction not accepted",
    remedy: "Correct what the detail names and send it again; nothing was changed.",
  },
  BLOCK_LATE: {
    status: 504,
    title: "Accepted, and in no block yet",
    remedy:
      "Ask for a block with POST /api/blockchain/mine, or look for the hash later; do not send it again.",
  },
  POOL_FULL: {
    status: 503,
    title: "Too many transactions wait",
    remedy: "Wait for the next blocks, then send again.",
  },
  BLOCK_UNKNOWN: {
    status: 404,
    title: "No such block",
    remedy:
      "Ask for a number up to the height, or for latest; GET /api/blockchain/blocks lists them.",
  },
  TRANSACTION_UNKNOWN: {
    status: 404,
    title: "No such transaction",
    remedy:
      "Check the hash; only mined transactions are listed by GET /api/blockchain/transactions.",
  },
  TOKEN_UNKNOWN: {
    status: 404,
    title: "No such token",
    remedy: "GET /api/blockchain/tokens lists the contracts that logged transfers.",
  },
  VALIDATOR_UNKNOWN: {
    status: 404,
    title: "No such validator",
    remedy: "GET /api/blockchain/validators lists them.",
  },
  VALIDATOR_STATE_CONFLICT: {
    status: 409,
    title: "Not possible in the validator's present state",
    remedy: "Crash a validator that is up, restart one that is crashed.",
  },
  VALIDATORS_PARTITION_INVALID: {
    status: 422,
    title: "Not a partition of the validators",
    remedy: "Name each validator at most once, and leave at least one outside the first group.",
  },
  LEDGER_UNAVAILABLE: {
    status: 503,
    title: "The ledger cannot be opened",
    remedy: "Correct what the detail names, and restart the blockchain thread.",
  },
  LEDGER_UNDECIDED: {
    status: 503,
    title: "The validators have not agreed in time",
    remedy:
      "See GET /api/blockchain/validators: restart or heal the validators, then look whether it took effect.",
  },
  SOURCES_REFUSED: {
    status: 400,
    title: "Sources not taken",
    remedy: "Correct what the detail names; nothing was compiled.",
  },
  COMPILE_TOO_LONG: {
    status: 504,
    title: "The work on a contract took too long",
    remedy: "Give fewer or smaller sources, or trace less; nothing was changed.",
  },
  COMPILATION_UNKNOWN: {
    status: 404,
    title: "No such compilation or contract",
    remedy: "Compile the sources again; GET /api/blockchain/contracts/compilations lists them.",
  },
  SOURCES_HAVE_ERRORS: {
    status: 409,
    title: "The sources have errors",
    remedy: "Correct the errors that the compile told, and compile again.",
  },
  WORKSPACE_UNKNOWN: {
    status: 404,
    title: "No such workspace or version",
    remedy:
      "GET /api/blockchain/contracts/workspaces lists them; only the newest versions are kept.",
  },
  WORKSPACE_REFUSED: {
    status: 409,
    title: "Not stored",
    remedy: "Choose another name, or delete what is no longer needed.",
  },
  ARGUMENTS_INVALID: {
    status: 400,
    title: "Arguments do not fit the contract",
    remedy: "Correct the argument that the detail names; the contract's abi tells the types.",
  },
  DEBUG_SESSION_UNKNOWN: {
    status: 404,
    title: "No such debug session",
    remedy:
      "Open it again: sessions end when others are opened, or when nobody used them for long.",
  },
  NOTHING_TO_DEBUG: {
    status: 409,
    title: "There is nothing to debug",
    remedy: "Choose a transaction that called a contract, and a step that the session has.",
  },
  VAULT_MISSING: {
    status: 409,
    title: "There is no vault for keys yet",
    remedy: "Make one with POST /api/blockchain/wallets/vault and a passphrase.",
  },
  VAULT_EXISTS: {
    status: 409,
    title: "There is a vault already",
    remedy: "Unlock it; where its passphrase is lost, destroy it first.",
  },
  VAULT_LOCKED: {
    status: 423,
    title: "The wallets are locked",
    remedy: "Unlock them with POST /api/blockchain/wallets/vault/unlock, then ask again.",
  },
  PASSPHRASE_WRONG: {
    status: 403,
    title: "Wrong passphrase",
    remedy: "Try again; after a few wrong ones each costs a longer wait.",
  },
  PASSPHRASE_LIMITED: {
    status: 429,
    title: "Too many wrong passphrases",
    remedy: "Wait as long as the detail says; nothing is tried before.",
  },
  WALLET_UNKNOWN: {
    status: 404,
    title: "No such wallet or account",
    remedy: "GET /api/blockchain/wallets lists them.",
  },
  WALLET_REFUSED: {
    status: 409,
    title: "Not added",
    remedy: "Correct what the detail names; nothing was changed.",
  },
  WALLET_WITHOUT_KEY: {
    status: 409,
    title: "The wallet has no such key",
    remedy: "Import the mnemonic or the key, or choose another wallet.",
  },
  MNEMONIC_INVALID: {
    status: 400,
    title: "Not a mnemonic",
    remedy: "Compare the words with those that were written down; the detail counts from 1.",
  },
  MNEMONIC_UNCONFIRMED: {
    status: 409,
    title: "The mnemonic was not stored",
    remedy: "Give the words that were asked for, or generate another mnemonic.",
  },
  KEY_INVALID: {
    status: 400,
    title: "Not a private key",
    remedy: "Give 64 hexadecimal digits between 1 and the order of the curve.",
  },
  KEYSTORE_REFUSED: {
    status: 400,
    title: "Keystore file not taken",
    remedy: "Check the file and its password; files of version 3 with scrypt or pbkdf2 are read.",
  },
  TYPED_DATA_INVALID: {
    status: 400,
    title: "Not typed data",
    remedy: "Correct the field that the detail names (EIP-712).",
  },
} as const satisfies ErrorCatalogue;

export const blockchainProblem = problemsOf(blockchainErrors);
