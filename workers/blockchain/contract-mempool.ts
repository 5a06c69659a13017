/** What waits for a block, what the next block costs, and when blocks are made. */
import { z } from "zod";
import { route } from "../service/contract.ts";

export const pendingShownMax = 500;
export const feeBlocksMax = 200;
export const gasBlocksMax = 5_000;
export const gasContractsMax = 25;
export const gasMethodsMax = 10;
export const intervalSecondsMax = 3_600;
export const miningModes = ["auto", "interval", "manual"] as const;

const tags = ["Mempool"];
const hashSchema = z.string().regex(/^0x[0-9a-f]{64}$/);
const addressSchema = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const weiSchema = z.string().describe("Whole number of wei (10^-18 of the coin), in decimal");
const atSchema = z.number().describe("Milliseconds since the Unix epoch");
const secondsSchema = z.int().min(1).max(intervalSecondsMax);

const pendingSchema = z.object({
  hash: hashSchema,
  from: addressSchema,
  to: addressSchema.nullable().describe("null: the transaction creates a contract"),
  nonce: z.int(),
  amount: z.string().describe("Exact decimal amount of coins"),
  maxFeePerGas: weiSchema,
  gasLimit: z.string(),
  missingNonce: z
    .int()
    .nullable()
    .describe("The nonce of this sender that has to come first; null: it waits for the next block"),
  since: atSchema,
});
export type PendingTransaction = z.infer<typeof pendingSchema>;

const refusedSchema = z.object({
  hash: hashSchema,
  from: addressSchema,
  nonce: z.int(),
  at: atSchema,
  reason: z.string(),
  text: z.string().describe("As the standard clients word it"),
});
export type RefusedPending = z.infer<typeof refusedSchema>;

const miningSchema = z.object({
  mode: z
    .enum(miningModes)
    .describe("auto: as soon as a transaction waits; interval: every so often; manual: when told"),
  seconds: z.int().nullable().describe("Between blocks of the mode interval"),
});
export type MiningView = z.infer<typeof miningSchema>;

const feeBlockSchema = z.object({
  number: z.int(),
  timestamp: z.int().describe("Whole seconds since the Unix epoch"),
  baseFeePerGas: weiSchema,
  gasUsedRatio: z.number().describe("Of the block's gas limit"),
  transactions: z.int(),
  priorityFeePerGas: z
    .object({ p10: weiSchema, p50: weiSchema, p90: weiSchema })
    .nullable()
    .describe("Paid above the base fee, percentiles weighted by gas; null: an empty block"),
});

const gasSumSchema = z.object({ transactions: z.int(), gasUsed: z.number() });
const methodGasSchema = z.object({
  selector: z
    .string()
    .nullable()
    .describe("The first four bytes of the call data; null: it is shorter"),
  transactions: z.int(),
  failed: z.int(),
  gasUsed: z.number(),
  gasMin: z.number(),
  gasMax: z.number(),
  sample: z.string().describe("Call data of one of them, for POST /api/contracts/decode"),
});
const contractGasSchema = z.object({
  address: addressSchema,
  transactions: z.int(),
  failed: z.int().describe("Reverted, or out of gas"),
  gasUsed: z.number().describe("Of whole transactions that called or created it"),
  methods: z.array(methodGasSchema).describe(`Most gas first, at most ${gasMethodsMax}`),
});
export type ContractGas = z.infer<typeof contractGasSchema>;

const gasSchema = z.object({
  fromBlock: z.int(),
  toBlock: z.int().describe("Fewer blocks than asked for where those are full"),
  transactions: z.int(),
  gasUsed: z.number(),
  byKind: z.object({ transfer: gasSumSchema, call: gasSumSchema, deployment: gasSumSchema }),
  contracts: z
    .array(contractGasSchema)
    .describe(`Most gas first, at most ${gasContractsMax}; plain transfers are not among them`),
});
export type ChainGas = z.infer<typeof gasSchema>;

const feesSchema = z.object({
  nextBaseFeePerGas: weiSchema,
  gasPrice: weiSchema.describe("What a legacy transaction should offer for the next block"),
  suggested: z.object({ maxFeePerGas: weiSchema, maxPriorityFeePerGas: weiSchema }),
  blocks: z.array(feeBlockSchema).describe("The newest ones, oldest first"),
});
export type ChainFees = z.infer<typeof feesSchema>;

export const mempoolContract = {
  pending: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/blockchain/pending",
      tags,
      summary: "Accepted transactions that wait for their block, and those lately refused",
    })
    .input(
      z.strictObject({
        limit: z.coerce.number().int().min(1).max(pendingShownMax).default(100),
      }),
    )
    .output(
      z.object({
        total: z.int().describe("All that wait, shown or not"),
        transactions: z.array(pendingSchema).describe("In order of arrival"),
        refused: z
          .array(refusedSchema)
          .describe("Accepted, and refused when their block was made; the newest first"),
        mining: miningSchema,
      }),
    ),
  fees: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/blockchain/fees",
      tags,
      summary: "Base fee and fullness of the last blocks, and what to offer for the next",
    })
    .input(
      z.strictObject({
        blocks: z.coerce.number().int().min(1).max(feeBlocksMax).default(60),
      }),
    )
    .output(feesSchema),
  gas: route
    .meta({ role: "viewer", cacheMs: 1_000 })
    .route({
      method: "GET",
      path: "/api/blockchain/gas",
      tags,
      summary: "Who used the gas of the last blocks: kinds, contracts and their methods",
    })
    .input(
      z.strictObject({
        blocks: z.coerce.number().int().min(1).max(gasBlocksMax).default(1_000),
      }),
    )
    .output(gasSchema),
  mining: route
    .meta({
      role: "operator",
      examples: {
        "as soon as something waits": { mode: "auto" },
        "every 12 seconds": { mode: "interval", seconds: 12 },
        "when told": { mode: "manual" },
      },
    })
    .route({
      method: "POST",
      path: "/api/blockchain/mining",
      tags,
      summary: "Set when blocks are made: at once, at an interval, or when told",
    })
    .input(
      z
        .strictObject({
          mode: z.enum(miningModes),
          seconds: secondsSchema.optional().describe("Between blocks; of the mode interval alone"),
        })
        .refine(
          ({ mode, seconds }) => (mode === "interval") === (seconds !== undefined),
          "The mode interval needs seconds, and no other mode takes them",
        ),
    )
    .output(miningSchema),
  mine: route
    .meta({ role: "operator", examples: { "one block": {} } })
    .route({
      method: "POST",
      path: "/api/blockchain/mine",
      tags,
      summary: "Make a block now of what waits; an empty one where nothing does",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        number: z.int(),
        hash: hashSchema,
        transactions: z.int(),
      }),
    ),
};
