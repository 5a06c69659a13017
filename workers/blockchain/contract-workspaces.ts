/** Blockchain: workspaces, where sources of contracts are kept. */
import { z } from "zod";
import { route } from "../service/contract.ts";
import { contractTags as tags } from "./contract-debug.ts";

export const base = "/api/blockchain/contracts";

export const sourcesSchema = z
  .record(z.string().min(1).max(256), z.string().max(1_000_000))
  .describe("Contents by path, such as src/Token.sol");
export const settingsSchema = z.strictObject({
  optimizer: z
    .strictObject({
      enabled: z.boolean(),
      runs: z.int().min(0).max(4_294_967_295).default(200),
    })
    .default({ enabled: false, runs: 200 }),
  evmVersion: z
    .enum(["london", "paris", "shanghai", "cancun", "prague", "osaka"])
    .default("prague"),
  viaIR: z.boolean().default(false).describe("Local variables cannot be debugged then"),
});
const usualSettings = {
  optimizer: { enabled: false, runs: 200 },
  evmVersion: "prague" as const,
  viaIR: false,
};
export const settingsInput = settingsSchema.default(usualSettings);

const workspaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.int().describe("Of the newest content, from 1"),
  createdAt: z.number().describe("Milliseconds since the Unix epoch"),
  savedAt: z.number(),
});
const workspaceContentSchema = workspaceSchema.extend({
  shown: z.int().describe("The version of these sources"),
  versions: z.array(z.object({ version: z.int(), savedAt: z.number() })),
  sources: sourcesSchema,
  settings: settingsSchema,
});

/** The sources of examples. */
export const counter = {
  "Counter.sol":
    "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\ncontract Counter { uint256 public count; function up() external { count++; } }",
};

export const workspaceRoutes = {
  workspaces: route
    .route({ method: "GET", path: `${base}/workspaces`, tags, summary: "Workspaces" })
    .input(z.strictObject({}))
    .output(z.object({ workspaces: z.array(workspaceSchema) })),
  createWorkspace: route
    .meta({ role: "operator", examples: { counter: { name: "Counter", sources: counter } } })
    .route({
      method: "POST",
      path: `${base}/workspaces`,
      tags,
      summary: "Make a workspace",
    })
    .input(
      z.strictObject({
        name: z.string().trim().min(1).max(80),
        sources: sourcesSchema,
        settings: settingsInput,
      }),
    )
    .output(workspaceSchema),
  workspace: route
    .route({
      method: "GET",
      path: `${base}/workspaces/{id}`,
      tags,
      summary: "A workspace with its files, of the newest or an older version",
    })
    .input(z.strictObject({ id: z.uuid(), version: z.coerce.number().int().min(1).optional() }))
    .output(workspaceContentSchema),
  saveWorkspace: route
    .meta({ role: "operator" })
    .route({
      method: "PUT",
      path: `${base}/workspaces/{id}`,
      tags,
      summary: "Save a new version of a workspace",
    })
    .input(
      z.strictObject({
        id: z.uuid(),
        name: z.string().trim().min(1).max(80).optional().describe("A new one, to rename it"),
        sources: sourcesSchema,
        settings: settingsInput,
      }),
    )
    .output(workspaceSchema),
  deleteWorkspace: route
    .meta({ role: "operator" })
    .route({
      method: "DELETE",
      path: `${base}/workspaces/{id}`,
      tags,
      summary: "Delete a workspace with all its versions",
    })
    .input(z.strictObject({ id: z.uuid() }))
    .output(z.object({ id: z.string() })),
};
