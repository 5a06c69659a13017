/** Blockchain: hashes that the ledger keeps for others (decision 16). */
import { z } from "zod";
import { route } from "../service/contract.ts";

const base = "/api/blockchain/anchors";
const tags = ["Anchors"];

const hashSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "A hash is 0x and 64 hexadecimal digits")
  .describe("32 bytes; of what, its owner knows");
const subsystemSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/, "Lower-case letters, digits and dashes, at most 32");

const anchorSchema = z.object({
  hash: hashSchema,
  subsystem: z.string().describe("Who wrote it, by his own account"),
  label: z.string(),
  transactionHash: hashSchema,
  blockNumber: z.int(),
  blockHash: hashSchema,
  timestamp: z.int().describe("Of the block, in seconds since the Unix epoch"),
  by: z.string().describe("The account that sent the transaction"),
});
export type Anchor = z.infer<typeof anchorSchema>;

const digest = `0x${"ab".repeat(32)}`;

export const anchorsContract = {
  create: route
    .meta({
      role: "operator",
      examples: { digest: { hash: digest, subsystem: "notes", label: "Minutes of May" } },
    })
    .route({ method: "POST", path: base, tags, summary: "Write a hash into the ledger" })
    .input(
      z.strictObject({
        hash: hashSchema,
        subsystem: subsystemSchema,
        label: z.string().max(120).default(""),
      }),
    )
    .output(
      z.object({
        hash: hashSchema,
        transactionHash: hashSchema,
        blockNumber: z.int().nullable().describe("null: it waits for a block yet"),
        by: z.string(),
      }),
    ),
  list: route
    .route({ method: "GET", path: base, tags, summary: "Hashes in the ledger, newest first" })
    .input(
      z.strictObject({
        limit: z.coerce.number().int().min(1).max(100).default(25),
        before: z.coerce.number().int().min(0).optional().describe("`next` of the page before"),
        subsystem: subsystemSchema.optional(),
      }),
    )
    .output(z.object({ anchors: z.array(anchorSchema), next: z.int().nullable() })),
  verify: route
    .meta({ role: "viewer", examples: { digest: { hash: digest } } })
    .route({
      method: "POST",
      path: `${base}/verify`,
      tags,
      summary: "Where, when and by whom a hash was written into the ledger, or that it was not",
      description: "Read from the calldata of the transactions themselves, oldest first.",
    })
    .input(z.strictObject({ hash: hashSchema }))
    .output(
      z.object({
        hash: hashSchema,
        anchored: z.boolean(),
        anchors: z.array(anchorSchema),
        searched: z.int().describe("Anchors that were looked at"),
        complete: z.boolean().describe("False when there are older ones than are kept in mind"),
      }),
    ),
};
