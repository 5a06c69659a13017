/** Blockchain: its REST API. Ethereum JSON-RPC is served beside it, at POST / of this port. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";
import { contractRoutes } from "./contract-contracts.ts";
import { mempoolContract } from "./contract-mempool.ts";
import { anchorsContract } from "./contract-anchors.ts";
import { tokensContract } from "./contract-tokens.ts";
import { validatorsContract } from "./contract-validators.ts";
import { walletsContract } from "./contract-wallets.ts";

// Others see one contract, whatever it is made of.
export { decodedAtOnceMax } from "./contract-contracts.ts";
export {
  type ChainFees,
  type ChainGas,
  type ContractGas,
  miningModes,
  type MiningView,
  type PendingTransaction,
  type RefusedPending,
} from "./contract-mempool.ts";
export type { TokenTransfer, TokenView } from "./contract-tokens.ts";
export type { ValidatorsStatus, ValidatorView } from "./contract-validators.ts";
export {
  type VaultView,
  type WalletTransaction,
  walletTransactionSchema,
  type WalletTypedData,
  walletTypedDataSchema,
  type WalletView,
} from "./contract-wallets.ts";

export const chainId = 1337;
export const coinSymbol = "ETH";
export const pageSizeMax = 100;
/** Blocks that one event of the live stream carries at most; a slower reader skips older ones. */
export const streamedBlocksMax = 20;

const pageLimitSchema = z.coerce.number().int().min(1).max(pageSizeMax).default(25);
const cursorSchema = z.coerce.number().int().min(0);

const hashSchema = z.string().regex(/^0x[0-9a-f]{64}$/);
const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .describe("20 bytes in hexadecimal, with the mixed-case checksum of EIP-55");
const hexSchema = z.string().regex(/^0x[0-9a-f]*$/);
const coinSchema = z.string().describe(`Exact decimal amount in ${coinSymbol}`);
const weiSchema = z.string().describe("Whole number of wei (10^-18 of the coin), in decimal");
const gasSchema = z.string().describe("Units of gas, in decimal");

export const accountReferenceSchema = z
  .string()
  .regex(
    /^0x[0-9a-fA-F]{1,40}(\.\.\.|…)?$/,
    "An account is an address such as 0x and 40 hexadecimal digits, or the first digits of one",
  )
  .describe("An address, or its first digits where one known account begins so: 0x123...");

const transactionHashSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "A transaction hash is 0x and 64 hexadecimal digits");

const blockReferenceSchema = z
  .string()
  .regex(
    /^(latest|0|[1-9]\d{0,14}|0x[0-9a-fA-F]{64})$/,
    "A block is named by its number, its hash (0x and 64 hexadecimal digits) or latest",
  );

export const transferInputSchema = z.strictObject({
  from: accountReferenceSchema,
  to: accountReferenceSchema,
  amount: z
    .union([
      z.number().positive(),
      z.string().regex(/^\d{1,30}(\.\d{1,18})?$/, "Digits, with at most 18 after the point"),
    ])
    .describe(`In whole units of the coin (${coinSymbol}); a string where a number is not exact`),
  type: z.literal("transfer"),
});
export type TransferInput = z.infer<typeof transferInputSchema>;

export const transferExamples = {
  "the documented line": { from: "0x123...", to: "0x456...", amount: 100, type: "transfer" },
  "a fraction": {
    from: "0x456...",
    to: "0x123...",
    amount: "0.000000000000000001",
    type: "transfer",
  },
};

const blockSchema = z.object({
  number: z.int(),
  hash: hashSchema,
  parentHash: hashSchema,
  timestamp: z.int().describe("Whole seconds since the Unix epoch; strictly rising"),
  transactions: z.int(),
  gasUsed: gasSchema,
  gasLimit: gasSchema,
  baseFeePerGas: weiSchema,
  feeRecipient: addressSchema,
  stateRoot: hashSchema,
  transactionsRoot: hashSchema,
  receiptsRoot: hashSchema,
  sizeBytes: z.int(),
});
export type BlockSummary = z.infer<typeof blockSchema>;

const transactionSchema = z.object({
  hash: hashSchema,
  blockNumber: z.int(),
  blockHash: hashSchema,
  index: z.int().describe("Its place in the block"),
  timestamp: z.int().describe("Of its block, in seconds since the Unix epoch"),
  from: addressSchema,
  to: addressSchema.nullable().describe("null: the transaction creates a contract"),
  contractAddress: addressSchema.nullable(),
  amount: coinSchema,
  kind: z.enum(["transfer", "call", "deployment"]),
  status: z.enum(["success", "reverted"]),
  gasUsed: gasSchema,
  fee: coinSchema,
  nonce: z.int(),
});
export type TransactionSummary = z.infer<typeof transactionSchema>;

const logSchema = z.object({
  address: addressSchema,
  topics: z.array(hashSchema),
  data: hexSchema,
  logIndex: z.int(),
});

const transactionDetailSchema = transactionSchema.extend({
  envelope: z.enum(["legacy", "access list", "fee market", "set code"]),
  gasLimit: gasSchema,
  maxFeePerGas: weiSchema.nullable(),
  maxPriorityFeePerGas: weiSchema.nullable(),
  effectiveGasPrice: weiSchema,
  cumulativeGasUsed: gasSchema,
  input: hexSchema,
  confirmations: z.int().describe("Blocks on top of its own, itself included"),
  logs: z.array(logSchema),
});
export type TransactionDetail = z.infer<typeof transactionDetailSchema>;

const accountSchema = z.object({
  address: addressSchema,
  label: z.string().nullable(),
  kind: z.enum(["developer", "external", "contract"]),
  balance: coinSchema,
  balanceWei: weiSchema,
  nonce: z.int(),
  codeBytes: z.int(),
  transactions: z.int().describe("Transactions that it sent or received"),
});
export type AccountSummary = z.infer<typeof accountSchema>;

const statusSchema = z.object({
  status: z.enum(["healthy", "degraded"]),
  verdict: z.string(),
  chainId: z.int(),
  coin: z.string(),
  hardfork: z.string(),
  persistent: z.boolean().describe("False when the chain lives in memory alone"),
  height: z.int(),
  head: blockSchema,
  transactionsTotal: z.int(),
  accountsTotal: z.int(),
  pending: z.int().describe("Accepted transactions that wait for their block"),
  nextBaseFeePerGas: weiSchema,
  gasPrice: weiSchema.describe("What a legacy transaction should offer for the next block"),
  clockAheadSeconds: z
    .int()
    .describe("How far the head's timestamp runs ahead of the clock after many quick blocks"),
  sinceStart: z.object({
    blocks: z.int(),
    transactions: z.int(),
    refused: z.int(),
    gasUsed: gasSchema,
    miningMs: z.number().describe("Time spent in building blocks"),
    lastBlockMs: z.number().nullable(),
  }),
});
export type ChainStatus = z.infer<typeof statusSchema>;

export const transferOutputSchema = z.object({
  hash: hashSchema,
  blockNumber: z.int(),
  blockHash: hashSchema,
  timestamp: z.int(),
  from: addressSchema,
  to: addressSchema,
  amount: coinSchema,
  type: z.literal("transfer"),
  status: z.enum(["success", "reverted"]),
  gasUsed: gasSchema,
  effectiveGasPrice: weiSchema,
  fee: coinSchema,
  nonce: z.int(),
  confirmations: z.int(),
  balances: z.object({ from: coinSchema, to: coinSchema }).describe("At the transaction's block"),
});
export type TransferOutput = z.infer<typeof transferOutputSchema>;

const page = { limit: pageLimitSchema, before: cursorSchema.optional() };
const accountExamples = { abbreviation: { address: "0x123..." } };

export const blockchainContract = {
  validators: validatorsContract,
  mempool: mempoolContract,
  wallets: walletsContract,
  anchors: anchorsContract,
  tokens: tokensContract,
  status: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/blockchain/status",
      tags: ["Blockchain"],
      summary: "Verdict, head, fees and totals of the chain",
    })
    .input(z.strictObject({}))
    .output(statusSchema),
  watch: route
    .route({
      method: "GET",
      path: "/api/blockchain/watch",
      tags: ["Blockchain"],
      summary: "The status with each new block, as server-sent events",
      description: `Each event carries the blocks since the one before, newest first, at most ${streamedBlocksMax}; skipped counts those that did not fit.`,
    })
    .input(z.strictObject({}))
    .output(
      eventIterator(
        z.object({ status: statusSchema, blocks: z.array(blockSchema), skipped: z.int() }),
      ),
    ),
  accounts: route
    .route({
      method: "GET",
      path: "/api/blockchain/accounts",
      tags: ["Blockchain"],
      summary: "Known accounts with their balances: developer accounts first, then by age",
    })
    .input(z.strictObject({ limit: pageLimitSchema, after: cursorSchema.optional() }))
    .output(z.object({ accounts: z.array(accountSchema), next: z.int().nullable() })),
  account: route
    .meta({ role: "viewer", examples: accountExamples })
    .route({
      method: "GET",
      path: "/api/blockchain/accounts/{address}",
      tags: ["Blockchain"],
      summary: "One account, by its address or an unambiguous abbreviation",
    })
    .input(z.strictObject({ address: accountReferenceSchema }))
    .output(accountSchema),
  blocks: route
    .route({
      method: "GET",
      path: "/api/blockchain/blocks",
      tags: ["Blockchain"],
      summary: "Blocks, newest first",
    })
    .input(z.strictObject(page))
    .output(z.object({ blocks: z.array(blockSchema), next: z.int().nullable() })),
  block: route
    .meta({ role: "viewer", examples: { genesis: { block: "0" } } })
    .route({
      method: "GET",
      path: "/api/blockchain/blocks/{block}",
      tags: ["Blockchain"],
      summary: "One block with its transactions, by number, hash or latest",
    })
    .input(z.strictObject({ block: blockReferenceSchema }))
    .output(blockSchema.extend({ transactionList: z.array(transactionSchema) })),
  transactions: route
    .route({
      method: "GET",
      path: "/api/blockchain/transactions",
      tags: ["Blockchain"],
      summary: "Mined transactions, newest first, of all accounts or of one",
    })
    .input(z.strictObject({ ...page, account: accountReferenceSchema.optional() }))
    .output(z.object({ transactions: z.array(transactionSchema), next: z.int().nullable() })),
  transaction: route
    .meta({
      role: "viewer",
      examples: { hash: { hash: `0x${"ab".repeat(32)}` } },
    })
    .route({
      method: "GET",
      path: "/api/blockchain/transactions/{hash}",
      tags: ["Blockchain"],
      summary: "One transaction with its receipt",
    })
    .input(z.strictObject({ hash: transactionHashSchema }))
    .output(transactionDetailSchema),
  transfer: route
    .meta({ role: "operator", examples: transferExamples })
    .route({
      method: "POST",
      path: "/api/blockchain/transactions",
      tags: ["Blockchain"],
      summary: "Send coins from a developer account and wait for the block",
    })
    .input(transferInputSchema)
    .output(transferOutputSchema),
  ...contractRoutes,
};
