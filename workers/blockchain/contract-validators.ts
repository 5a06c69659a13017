/** The validators of the ledger: who leads, who lags, and the faults that can be put upon them. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route, validatorCounts } from "../service/contract.ts";

const tags = ["Validators"];
const idSchema = z.int().min(1).max(validatorCounts.max);

const validatorSchema = z.object({
  id: z.int(),
  state: z.enum(["up", "crashed"]),
  reason: z.string().nullable().describe("Why it has stopped by itself"),
  role: z.string().nullable().describe("In the algorithm's words; null: it is down"),
  term: z.int().nullable().describe("Raft's term or PBFT's view that it is in"),
  follows: z.int().nullable().describe("Whom it takes for the leader"),
  height: z.int().nullable().describe("Of its own chain; null: its ledger is not open"),
  headHash: z.string().nullable(),
  stateRoot: z
    .string()
    .nullable()
    .describe("Of its own state, with changes after its newest block"),
  entriesApplied: z
    .int()
    .nullable()
    .describe("Number of the last agreed entry that it carried out"),
  lag: z.int().describe("Agreed entries that it knows of and has yet to carry out"),
  agrees: z
    .boolean()
    .nullable()
    .describe(
      "Whether its chain and state were those of this node at the same entry; null: too far behind to tell",
    ),
  reachable: z.array(z.int()).describe("Validators that it exchanges messages with"),
});
export type ValidatorView = z.infer<typeof validatorSchema>;

export const validatorEventKinds = [
  "leader",
  "crash",
  "restart",
  "partition",
  "faults",
  "heal",
  "failure",
  "caught up",
  "divergence",
] as const;

const eventSchema = z.object({
  id: z.int(),
  at: z.number().describe("Milliseconds since the Unix epoch"),
  kind: z.enum(validatorEventKinds),
  validator: z.int().nullable().describe("null: all of them"),
  text: z.string(),
});

export const validatorsStatusSchema = z.object({
  at: z.number().describe("Milliseconds since the Unix epoch"),
  health: z.enum(["healthy", "degraded", "failed"]),
  verdict: z.string(),
  consensus: z.enum(["raft", "pbft"]),
  quorum: z.int().describe("How many validators must reach each other for a block to come"),
  quorumReached: z.boolean(),
  tolerates: z.int().describe("How many of them may be down or cut off"),
  leader: z.int().nullable(),
  resting: z
    .boolean()
    .describe("Everything is agreed on: no heartbeats until something is asked for"),
  height: z.int(),
  headHash: z.string(),
  validators: z.array(validatorSchema),
  partition: z.array(z.array(z.int())).nullable().describe("Groups that are cut from each other"),
  links: z.object({ lossChance: z.number(), delayMeanMs: z.number() }),
  faults: z.array(z.string()).describe("What is broken on purpose, in words"),
  pending: z.int().describe("Accepted transactions that wait for their block"),
  elections: z.int(),
  lastFailoverMs: z
    .number()
    .nullable()
    .describe("From the loss of the last leader to its successor's election"),
  messages: z.object({ sent: z.int(), lost: z.int(), blocked: z.int() }),
  events: z.array(eventSchema).describe("The newest first"),
});
export type ValidatorsStatus = z.infer<typeof validatorsStatusSchema>;

const nodeInputSchema = z.strictObject({
  id: z.coerce.number().int().min(1).max(validatorCounts.max),
});

export const validatorsContract = {
  status: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/blockchain/validators",
      tags,
      summary: "Verdict over the validators, and each one's height, head and role",
    })
    .input(z.strictObject({}))
    .output(validatorsStatusSchema),
  watch: route
    .route({
      method: "GET",
      path: "/api/blockchain/validators/watch",
      tags,
      summary: "The same whenever it changes, at most four times a second, as server-sent events",
    })
    .input(z.strictObject({}))
    .output(eventIterator(validatorsStatusSchema)),
  crash: route
    .meta({ role: "operator", examples: { "validator 2": { id: 2 } } })
    .route({
      method: "POST",
      path: "/api/blockchain/validators/{id}/crash",
      tags,
      summary: "Cut a validator's power: its memory is gone, its disk stays",
    })
    .input(nodeInputSchema)
    .output(validatorsStatusSchema),
  restart: route
    .meta({ role: "operator", examples: { "validator 2": { id: 2 } } })
    .route({
      method: "POST",
      path: "/api/blockchain/validators/{id}/restart",
      tags,
      summary: "Start a crashed validator from its disk",
    })
    .input(nodeInputSchema)
    .output(validatorsStatusSchema),
  partition: route
    .meta({ role: "operator", examples: { "one alone": { groups: [[1]] } } })
    .route({
      method: "POST",
      path: "/api/blockchain/validators/partition",
      tags,
      summary: "Cut the network between groups of validators",
    })
    .input(
      z.strictObject({
        groups: z
          .array(z.array(idSchema).min(1).max(validatorCounts.max))
          .min(1)
          .max(validatorCounts.max)
          .describe("Those of one group reach each other; those not named form one more group"),
      }),
    )
    .output(validatorsStatusSchema),
  links: route
    .meta({ role: "operator", examples: { lossy: { lossChance: 0.2, delayMeanMs: 5 } } })
    .route({
      method: "POST",
      path: "/api/blockchain/validators/links",
      tags,
      summary: "Set loss and delay of the network between the validators",
    })
    .input(
      z.strictObject({
        lossChance: z.number().min(0).max(0.9).describe("Chance that a message is lost"),
        delayMeanMs: z.number().min(0).max(200).describe("Mean time of a message under way"),
      }),
    )
    .output(validatorsStatusSchema),
  heal: route
    .meta({ role: "operator", examples: { everything: {} } })
    .route({
      method: "POST",
      path: "/api/blockchain/validators/heal",
      tags,
      summary: "End every fault: network whole and lossless, crashed validators restarted",
    })
    .input(z.strictObject({}))
    .output(validatorsStatusSchema),
};
