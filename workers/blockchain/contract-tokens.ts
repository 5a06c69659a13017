/** Blockchain: tokens, found by the Transfer events that ERC-20 and ERC-721 share. */
import { z } from "zod";
import { route } from "../service/contract.ts";

const base = "/api/blockchain/tokens";
const tags = ["Tokens"];

const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "An address is 0x and 40 hexadecimal digits");
const limitSchema = z.coerce.number().int().min(1).max(100).default(25);
const skipSchema = z.coerce.number().int().min(0).max(1_000_000).default(0);
const wholeSchema = z.string().describe("A whole number in decimal, in the smallest unit");

const tokenSchema = z.object({
  address: addressSchema,
  standard: z.enum(["ERC-20", "ERC-721"]),
  name: z.string().nullable().describe("As the contract tells it; null: it tells none"),
  symbol: z.string().nullable(),
  decimals: z.int().nullable(),
  totalSupply: wholeSchema.nullable(),
  transfers: z.int(),
  holders: z.int().describe("By its Transfer events"),
  firstBlock: z.int(),
});
export type TokenView = z.infer<typeof tokenSchema>;

const transferSchema = z.object({
  from: addressSchema,
  to: addressSchema,
  value: wholeSchema.describe("The amount; of ERC-721 the number of the token"),
  transactionHash: z.string(),
  blockNumber: z.int(),
  timestamp: z.int().describe("Of its block, in seconds since the Unix epoch"),
  logIndex: z.int(),
});
export type TokenTransfer = z.infer<typeof transferSchema>;

const example = { token: { address: `0x${"12".repeat(20)}` } };
const one = { address: addressSchema };

export const tokensContract = {
  list: route
    .route({
      method: "GET",
      path: base,
      tags,
      summary: "Contracts that logged transfers of tokens, the most used first",
    })
    .input(z.strictObject({ limit: limitSchema, skip: skipSchema }))
    .output(
      z.object({
        tokens: z.array(tokenSchema),
        total: z.int(),
        truncated: z
          .string()
          .nullable()
          .describe("Which bound left tokens or holders out; null: all are counted"),
      }),
    ),
  token: route
    .meta({ role: "viewer", examples: example })
    .route({ method: "GET", path: `${base}/{address}`, tags, summary: "One token" })
    .input(z.strictObject(one))
    .output(tokenSchema),
  holders: route
    .meta({ role: "viewer", examples: example })
    .route({
      method: "GET",
      path: `${base}/{address}/holders`,
      tags,
      summary: "Who holds how much, the largest first",
      description:
        "Balances are sums of the token's Transfer events; a token that changes them otherwise tells others itself.",
    })
    .input(z.strictObject({ ...one, limit: limitSchema, skip: skipSchema }))
    .output(
      z.object({
        holders: z.array(
          z.object({ address: addressSchema, label: z.string().nullable(), balance: wholeSchema }),
        ),
        total: z.int(),
      }),
    ),
  transfers: route
    .meta({ role: "viewer", examples: example })
    .route({
      method: "GET",
      path: `${base}/{address}/transfers`,
      tags,
      summary: "Transfers of a token, newest first",
    })
    .input(
      z.strictObject({
        ...one,
        limit: limitSchema,
        before: z
          .string()
          .regex(/^\d{1,15}-\d{1,9}$/)
          .optional()
          .describe("`next` of the page before"),
      }),
    )
    .output(z.object({ transfers: z.array(transferSchema), next: z.string().nullable() })),
};
