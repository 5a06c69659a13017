/** Consensus: the API of the group that runs live in the integration thread. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";

/** Nodes of a live group: an odd number, so that one more node never buys nothing. */
export const groupNodesMax = 5;
/** Characters of one command, an object counted as its JSON. */
export const commandLengthMax = 16_384;
/** Commands of one batch. */
export const batchLengthMax = 1_000;

/** Characters of a custom algorithm. */
export const sourceLengthMax = 64 * 1024;

const nodeIdSchema = z.int().min(1).max(groupNodesMax);

const nodeRoles = ["follower", "pre-candidate", "candidate", "leader"] as const;
const nodeStates = ["up", "crashed", "failed"] as const;
const entryKinds = ["command", "session", "noop", "configuration"] as const;
const healths = ["healthy", "degraded", "failed"] as const;

const tailEntrySchema = z.object({
  index: z.int(),
  term: z.int(),
  kind: z.enum(entryKinds),
});

const nodeSchema = z.object({
  id: nodeIdSchema,
  state: z.enum(nodeStates).describe("failed: its process was stopped for good"),
  reason: z.string().nullable().describe("Why it failed or takes no part"),
  role: z.enum(nodeRoles).nullable().describe("null while it is not up"),
  term: z.int(),
  votedFor: z.int().nullable().describe("Whom it voted for in its term"),
  leader: z.int().nullable().describe("Whom it follows"),
  votes: z.array(z.int()).describe("As a candidate: who granted it a vote so far"),
  commitIndex: z.int(),
  lastIndex: z.int(),
  firstIndex: z.int().describe("Entries before it are in the snapshot alone"),
  matchIndex: z
    .int()
    .nullable()
    .describe("How far the leader knows its log to agree; null without a leader"),
  reachable: z.array(z.int()).describe("Nodes it exchanges messages with, itself not among them"),
  starts: z.int().describe("1, and one more for each restart"),
  fingerprint: z
    .string()
    .nullable()
    .describe("Hash of all commands applied so far, in order: equal where equally much is applied"),
  applied: z.int().describe("Commands applied by its state machine"),
  tail: z.array(tailEntrySchema).describe("The end of its log"),
});
export type ConsensusNode = z.infer<typeof nodeSchema>;

export const consensusStatusSchema = z.object({
  at: z.number().describe("Milliseconds since the Unix epoch"),
  health: z.enum(healths),
  verdict: z.string(),
  resting: z
    .boolean()
    .describe("Everything is agreed on: no heartbeats until something is proposed or broken"),
  algorithm: z.literal("raft"),
  leader: z
    .int()
    .nullable()
    .describe("The leader of the highest term that has a majority behind it"),
  term: z.int(),
  commitIndex: z.int().describe("The highest index that a node knows to be committed"),
  quorum: z.int().describe("How many nodes make a majority"),
  quorumReached: z.boolean().describe("Whether so many nodes are up and reach each other"),
  nodes: z.array(nodeSchema),
  partition: z.array(z.array(z.int())).nullable().describe("Groups that are cut from each other"),
  faults: z.object({ lossChance: z.number(), delayMeanMs: z.number() }),
  timing: z.object({
    heartbeatMs: z.number(),
    electionTimeoutMinMs: z.number(),
    electionTimeoutMaxMs: z.number(),
  }),
  storage: z.object({
    kind: z.enum(["memory", "sqlite"]),
    detail: z.string().describe("What survives, and what does not"),
  }),
  experiment: z
    .object({ since: z.number(), faults: z.array(z.string()) })
    .nullable()
    .describe("Faults that are in force now; null: none"),
  proposals: z.object({
    waiting: z.int(),
    committed: z.int(),
    failed: z.int().describe("Ended without being known to be committed"),
    retries: z.int().describe("Sent again; sessions make each take effect once"),
    lastMs: z.number().nullable().describe("From proposal to answer, the last one committed"),
  }),
  elections: z.int().describe("Leaders elected since the group started"),
  lastFailoverMs: z
    .number()
    .nullable()
    .describe("From the loss of the last leader to its successor's election"),
  messages: z.object({ sent: z.int(), lost: z.int(), blocked: z.int() }),
  eventsNewest: z.int().describe("Number of the newest event"),
});
export type ConsensusStatus = z.infer<typeof consensusStatusSchema>;

export const eventKinds = [
  "election",
  "vote",
  "leader",
  "step-down",
  "commit",
  "snapshot",
  "crash",
  "restart",
  "failure",
  "partition",
  "heal",
  "faults",
] as const;

const eventSchema = z.object({
  id: z.int(),
  at: z.number(),
  kind: z.enum(eventKinds),
  node: z.int().nullable().describe("null: the group as a whole"),
  term: z.int().nullable(),
  index: z.int().nullable(),
  text: z.string(),
});
export type ConsensusEvent = z.infer<typeof eventSchema>;

const entrySchema = tailEntrySchema.extend({
  command: z.string().nullable().describe("null: an entry of the algorithm's own"),
  session: z.int().nullable(),
  sequence: z.int().nullable().describe("A command sent again carries the same number"),
  committed: z.boolean(),
});
export type ConsensusEntry = z.infer<typeof entrySchema>;

const commandSchema = z
  .union([
    z.string().min(1).max(commandLengthMax),
    z
      .record(z.string().max(256), z.unknown())
      .refine(
        (value) => JSON.stringify(value).length <= commandLengthMax,
        `At most ${commandLengthMax} characters as JSON`,
      ),
  ])
  .describe("Text, or an object, which is agreed on as JSON");
const timeoutSchema = z.int().min(50).max(10_000).default(3_000);

export const proposeInputSchema = z.strictObject({
  command: commandSchema,
  timeoutMs: timeoutSchema,
});

export const batchInputSchema = z.strictObject({
  commands: z.array(commandSchema).min(1).max(batchLengthMax),
  timeoutMs: timeoutSchema,
});

export const partitionInputSchema = z.strictObject({
  groups: z
    .array(z.array(nodeIdSchema).min(1).max(groupNodesMax))
    .min(1)
    .max(groupNodesMax)
    .describe("Nodes of one group reach each other; those not named form one more group"),
});

export const faultsInputSchema = z.strictObject({
  lossChance: z.number().min(0).max(0.9).describe("Chance that a message is lost"),
  delayMeanMs: z.number().min(0.2).max(200).describe("Mean time of a message under way"),
});

const nodeInputSchema = z.strictObject({ id: z.coerce.number().int().min(1).max(99) });
const limitSchema = z.coerce.number().int().min(1).max(500).default(100);
const cursorSchema = z.coerce.number().int().min(1).optional();
const tags = ["Consensus"];

export const consensusContract = {
  status: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/consensus/status",
      tags,
      summary: "Verdict over the Raft group, and each node's role, term, log and votes",
    })
    .input(z.strictObject({}))
    .output(consensusStatusSchema),
  log: route
    .route({
      method: "GET",
      path: "/api/consensus/log",
      tags,
      summary: "The log of one node, newest entry first",
      description: "Of the leader unless a node is named. Older entries than shown are compacted.",
    })
    .input(
      z.strictObject({
        node: z.coerce.number().int().min(1).max(99).optional(),
        limit: limitSchema,
        before: cursorSchema.describe("`next` of the page before"),
      }),
    )
    .output(
      z.object({
        node: z.int(),
        firstIndex: z.int(),
        lastIndex: z.int(),
        commitIndex: z.int(),
        entries: z.array(entrySchema),
        next: z.int().nullable(),
      }),
    ),
  events: route
    .route({
      method: "GET",
      path: "/api/consensus/events",
      tags,
      summary: "Elections, votes, commits and faults, newest first",
    })
    .input(z.strictObject({ limit: limitSchema, before: cursorSchema }))
    .output(
      z.object({
        events: z.array(eventSchema),
        next: z.int().nullable(),
        dropped: z.int().describe("Older events that are no longer kept"),
      }),
    ),
  propose: route
    .meta({
      role: "operator",
      examples: {
        text: { command: "set colour blue" },
        object: { command: { op: "put", key: "colour", value: "blue" } },
      },
    })
    .route({
      method: "POST",
      path: "/api/consensus/propose",
      tags,
      summary: "Agree on a command, and wait until it is committed",
      description: "A command takes effect once, however often it had to be sent.",
    })
    .input(proposeInputSchema)
    .output(
      z.object({
        term: z.int(),
        index: z.int().describe("Its place in the agreed log"),
        leader: z.int().nullable(),
        committedAfterMs: z.number(),
        attempts: z.int().describe("How often it was sent"),
      }),
    ),
  proposeBatch: route
    .meta({
      role: "operator",
      examples: { "two commands": { commands: ["set colour blue", "set size 4"] } },
    })
    .route({
      method: "POST",
      path: "/api/consensus/propose-batch",
      tags,
      summary: "Agree on many commands at once, and wait until all are committed",
      description:
        "Each command has an entry of its own and takes effect once; others may come between them.",
    })
    .input(batchInputSchema)
    .output(
      z.object({
        places: z
          .array(z.object({ term: z.int(), index: z.int() }))
          .describe("Of each command, in the order given: its place in the agreed log"),
        committedAfterMs: z.number(),
      }),
    ),
  crash: route
    .meta({ role: "operator", examples: { "node 2": { id: 2 } } })
    .route({
      method: "POST",
      path: "/api/consensus/nodes/{id}/crash",
      tags,
      summary: "Cut a node's power: its memory is gone, its disk stays",
    })
    .input(nodeInputSchema)
    .output(consensusStatusSchema),
  restart: route
    .meta({ role: "operator", examples: { "node 2": { id: 2 } } })
    .route({
      method: "POST",
      path: "/api/consensus/nodes/{id}/restart",
      tags,
      summary: "Start a crashed node from its disk",
    })
    .input(nodeInputSchema)
    .output(consensusStatusSchema),
  partition: route
    .meta({ role: "operator", examples: { "one alone": { groups: [[1]] } } })
    .route({
      method: "POST",
      path: "/api/consensus/partition",
      tags,
      summary: "Cut the network between groups of nodes",
    })
    .input(partitionInputSchema)
    .output(consensusStatusSchema),
  faults: route
    .meta({ role: "operator", examples: { lossy: { lossChance: 0.2, delayMeanMs: 5 } } })
    .route({
      method: "POST",
      path: "/api/consensus/faults",
      tags,
      summary: "Set loss and delay of the network between the nodes",
    })
    .input(faultsInputSchema)
    .output(consensusStatusSchema),
  heal: route
    .meta({ role: "operator", examples: { everything: {} } })
    .route({
      method: "POST",
      path: "/api/consensus/heal",
      tags,
      summary: "End every fault: network whole and lossless, crashed nodes restarted",
    })
    .input(z.strictObject({}))
    .output(consensusStatusSchema),
  compile: route
    .meta({
      role: "viewer",
      examples: { "a class": { source: "export default class Mine { term: number = 1; }" } },
    })
    .route({
      method: "POST",
      path: "/api/consensus/compile",
      tags,
      summary: "Strip the types from a custom algorithm, for the consensus playground",
      description: "Nothing is run here; the lines and columns of the source stay where they are.",
    })
    .input(z.strictObject({ source: z.string().min(1).max(sourceLengthMax) }))
    .output(z.object({ javascript: z.string() })),
  watch: route
    .route({
      method: "GET",
      path: "/api/consensus/watch",
      tags,
      summary: "Status whenever it changes, at most four a second, as server-sent events",
      description:
        "`events` are those since the message before, at most 100; the first has the newest.",
    })
    .input(z.strictObject({}))
    .output(
      eventIterator(z.object({ status: consensusStatusSchema, events: z.array(eventSchema) })),
    ),
};
