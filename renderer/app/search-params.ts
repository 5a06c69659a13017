/** The search parameters of each page. The address is the state, so anything odd falls back. */
import { z } from "zod";
import { searchItemsMax, searchIterationsMax } from "../../workers/quantum/contract.ts";
import { subsystemIdSchema } from "../../workers/service/contract.ts";

export const windows = { "1m": 60_000, "5m": 300_000, "15m": 900_000 } as const;

export const overviewSearch = z.object({
  window: z.enum(["1m", "5m", "15m"]).optional().catch(undefined),
  view: z.enum(["graph", "list"]).optional().catch(undefined),
});

export const componentsSearch = z.object({
  thread: subsystemIdSchema.optional().catch(undefined),
  filter: z.string().max(200).optional().catch(undefined),
});

export const quantumSearch = z.object({
  items: z.array(z.string().max(256)).min(1).max(searchItemsMax).optional().catch(undefined),
  target: z.string().max(256).optional().catch(undefined),
  iterations: z.int().min(0).max(searchIterationsMax).optional().catch(undefined),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional()
    .catch(undefined),
});
export type QuantumSearchParams = z.infer<typeof quantumSearch>;

export const consoleSearch = z.object({
  op: z.string().max(100).optional().catch(undefined),
  example: z.string().max(100).optional().catch(undefined),
});

export const docsSearch = z.object({
  problem: z.string().max(100).optional().catch(undefined),
  op: z.string().max(100).optional().catch(undefined),
  query: z.string().max(100).optional().catch(undefined),
});
