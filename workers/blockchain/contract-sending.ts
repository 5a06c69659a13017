/** Blockchain: transactions of the workshop, for pages that no JSON-RPC port is open to. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { contractAddressSchema, contractTags, hexDataSchema } from "./contract-debug.ts";
import { base } from "./contract-workspaces.ts";

const developer = "0x123c12f1c201836818aB99575aA9CEb15b7BCf53";

export const sendRoutes = {
  sendTransaction: route
    .meta({
      role: "operator",
      examples: { deployment: { from: developer, to: null, data: "0x6001600c60003960016000f300" } },
    })
    .route({
      method: "POST",
      path: `${base}/transactions`,
      tags: contractTags,
      summary: "Send data from a developer account, and wait for the block",
      description: "As eth_sendTransaction: without gas, a call that would fail is not sent.",
    })
    .input(
      z.strictObject({
        from: contractAddressSchema,
        to: contractAddressSchema.nullable().describe("null deploys the data"),
        data: hexDataSchema.default("0x"),
        value: z
          .string()
          .regex(/^\d{1,78}$/, "A whole number in decimal")
          .default("0")
          .describe("Wei"),
        gas: z.int().min(21_000).max(30_000_000).optional().describe("Estimated when left out"),
      }),
    )
    .output(
      z.object({
        hash: z.string(),
        status: z.enum(["success", "reverted"]),
        contractAddress: z.string().nullable(),
        blockNumber: z.int(),
        gasUsed: z.string(),
      }),
    ),
};
