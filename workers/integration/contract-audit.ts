/** Integration: the audit log of what operators did, and its proofs (decision 16). */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { actionSchema } from "../service/records.ts";

const tags = ["Audit"];
const hashSchema = z.string().regex(/^0x[0-9a-f]{64}$/);
const entrySchema = actionSchema.extend({ sequence: z.int().describe("Counts from 1") });
export type AuditEntry = z.infer<typeof entrySchema>;

const anchorSchema = z.object({
  first: z.int(),
  last: z.int(),
  root: hashSchema.describe("Merkle tree hash of these entries (RFC 6962, section 2.1)"),
  transactionHash: hashSchema,
});

export const auditContract = {
  list: route
    .route({ method: "GET", path: "/api/audit", tags, summary: "What operators did, newest first" })
    .input(
      z.strictObject({
        limit: z.coerce.number().int().min(1).max(500).default(100),
        before: z.coerce.number().int().min(0).optional().describe("`next` of the page before"),
      }),
    )
    .output(
      z.object({
        log: z.string().describe("Names this log on the ledger"),
        entries: z.array(entrySchema),
        next: z.int().nullable(),
        anchoredTo: z.int().describe("The newest entry under a root on the ledger; 0: none"),
        trimmed: z.int().describe("Oldest entries that were deleted to stay within the limit"),
        lost: z.int().describe("Actions that never arrived here"),
      }),
    ),
  proof: route
    .meta({ role: "viewer", examples: { first: { sequence: 1 } } })
    .route({
      method: "GET",
      path: "/api/audit/{sequence}/proof",
      tags,
      summary: "That an entry is under a root on the ledger: its audit path (RFC 6962, 2.1.1)",
    })
    .input(z.strictObject({ sequence: z.coerce.number().int().min(1) }))
    .output(
      z.object({
        entry: entrySchema,
        leafInput: z.string().describe("What is hashed behind a zero byte"),
        leafHash: hashSchema,
        path: z.array(hashSchema),
        index: z.int().describe("Of the leaf in the tree, from 0"),
        size: z.int().describe("Leaves of the tree"),
        anchor: anchorSchema,
      }),
    ),
  verify: route
    .route({
      method: "GET",
      path: "/api/audit/verification",
      tags,
      summary: "Compare every kept entry with the roots on the ledger",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        verdict: z.enum(["intact", "tampered", "unanchored"]),
        text: z.string(),
        entries: z.int(),
        anchorsChecked: z.int(),
        unanchored: z.int().describe("Newest entries that no root covers yet"),
        different: z
          .object({
            first: z.int(),
            last: z.int().describe("The same where a single entry is known to differ"),
            reason: z.string(),
          })
          .nullable(),
      }),
    ),
  anchor: route
    .meta({ role: "operator", examples: { now: {} } })
    .route({
      method: "POST",
      path: "/api/audit/anchor",
      tags,
      summary: "Write the root of the newest entries into the ledger now",
    })
    .input(z.strictObject({}))
    .output(z.object({ anchor: anchorSchema.nullable().describe("null: nothing is new") })),
};
