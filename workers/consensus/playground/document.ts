/**
 * A run as a document: everything that decides it. The same document always gives the same events.
 * Interventions are what somebody did to the cluster, at moments of its virtual time.
 */
import { z } from "zod";
import type { Algorithm } from "../algorithms.ts";
import {
  clientsMax,
  commandLengthMax,
  documentLengthMax,
  interventionsMax,
  runLengthMaxMs,
  sourceLengthMax,
} from "./limits.ts";

/** The fault schedules that a document can name. */
export const faultPresets = ["none", "crashes", "partitions", "storm"] as const;

const nodeId = z.int().min(1).max(64);
const chance = z.number().min(0).max(1);
const delayMs = z.number().min(0).max(10_000);
const at = { atMs: z.number().min(0).max(runLengthMaxMs) };
const onNode = { ...at, node: nodeId };

const networkSchema = z.strictObject({
  minMs: delayMs,
  meanMs: delayMs,
  maxMs: delayMs,
  lossChance: chance,
  duplicateChance: chance,
  replayChance: chance,
  fifo: z.boolean(),
});

const interventionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("crash"), ...onNode }),
  z.strictObject({ kind: z.literal("restart"), ...onNode }),
  z.strictObject({ kind: z.literal("pause"), ...onNode }),
  z.strictObject({ kind: z.literal("resume"), ...onNode }),
  z.strictObject({
    kind: z.literal("partition"),
    ...at,
    groups: z.array(z.array(nodeId).min(1).max(64)).min(1).max(64),
    oneWay: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("heal"), ...at }),
  z.strictObject({
    kind: z.literal("step-clock"),
    ...onNode,
    byMs: z.number().min(-60_000).max(60_000),
  }),
  z.strictObject({
    kind: z.literal("drift"),
    ...onNode,
    ppm: z.number().min(-500_000).max(500_000),
  }),
  z.strictObject({ kind: z.literal("corrupt-disk"), ...onNode }),
  z.strictObject({
    kind: z.literal("network"),
    ...at,
    lossChance: chance,
    minMs: delayMs,
    meanMs: delayMs,
    maxMs: delayMs,
  }),
  z.strictObject({ kind: z.literal("drop-message"), ...at, message: z.int().min(1) }),
  z.strictObject({
    kind: z.literal("delay-message"),
    ...at,
    message: z.int().min(1),
    byMs: z.number().min(0).max(60_000),
  }),
  z.strictObject({
    kind: z.literal("propose"),
    ...onNode,
    command: z.string().min(1).max(commandLengthMax),
  }),
  z.strictObject({ kind: z.literal("transfer"), ...onNode, target: nodeId }),
  z.strictObject({
    kind: z.literal("byzantine"),
    ...onNode,
    behaviour: z.string().min(1).max(60),
  }),
]);
export type Intervention = z.infer<typeof interventionSchema>;

const documentSchema = z.strictObject({
  version: z.literal(1),
  /** An algorithm of the laboratory by its id, or the source of one's own. */
  algorithm: z.union([
    z.strictObject({ id: z.string().min(1).max(60) }),
    z.strictObject({ source: z.string().min(1).max(sourceLengthMax) }),
  ]),
  nodes: z.int().min(1).max(64),
  clients: z.int().min(0).max(clientsMax),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  network: networkSchema,
  disk: z.strictObject({ syncMs: delayMs, lossChance: chance, tornChance: chance }),
  /** Clocks start within this much of the true time. */
  clockOffsetMaxMs: z.number().min(0).max(10_000),
  load: z.strictObject({
    /** Mean pause of a client between two operations. */
    pauseMs: z.number().min(1).max(60_000),
    timeoutMs: z.number().min(10).max(60_000),
    keys: z.int().min(1).max(20),
    operations: z.int().min(1).max(500),
  }),
  /** Faults by chance from the seed, on top of the interventions, until `untilMs`. */
  faults: z.strictObject({
    preset: z.enum(faultPresets),
    untilMs: z.number().min(0).max(runLengthMaxMs),
  }),
  interventions: z.array(interventionSchema).max(interventionsMax),
});
export type RunDocument = z.infer<typeof documentSchema>;

export const defaultDocument: RunDocument = {
  version: 1,
  algorithm: { id: "raft" },
  nodes: 5,
  clients: 3,
  seed: 1,
  network: {
    minMs: 5,
    meanMs: 12,
    maxMs: 60,
    lossChance: 0,
    duplicateChance: 0,
    replayChance: 0,
    fifo: false,
  },
  disk: { syncMs: 1, lossChance: 0.5, tornChance: 0.2 },
  clockOffsetMaxMs: 20,
  load: { pauseMs: 200, timeoutMs: 500, keys: 2, operations: 500 },
  faults: { preset: "none", untilMs: 0 },
  interventions: [],
};

/** What is wrong with a document, and where; the sentence is for people. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}

/** Reads a run file. @throws DocumentError naming the line, or the field, that is wrong. */
export function parseDocument(text: string): RunDocument {
  if (text.length > documentLengthMax) {
    throw new DocumentError(
      `The run file has ${text.length} characters; at most ${documentLengthMax} are read.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DocumentError(`The run file is damaged at ${placeOf(error, text)}.`);
  }
  return checkDocument(value);
}

export function checkDocument(value: unknown): RunDocument {
  const { success, data, error } = documentSchema.safeParse(value);
  if (!success) {
    const issue = error.issues[0];
    const field = issue?.path.join(".") || "the document";
    throw new DocumentError(`The run file is refused: ${field}: ${issue?.message ?? "is wrong"}.`);
  }
  const { minMs, meanMs, maxMs } = data.network;
  if (!(minMs <= meanMs && meanMs <= maxMs)) {
    throw new DocumentError("The run file is refused: network: needs minMs <= meanMs <= maxMs.");
  }
  for (const [place, intervention] of data.interventions.entries()) {
    checkIntervention(data, intervention, `interventions.${place}`);
  }
  return { ...data, interventions: data.interventions.toSorted((a, b) => a.atMs - b.atMs) };
}

/** @throws DocumentError when the algorithm cannot run with so many nodes, or cannot lie that way. */
export function checkAgainst(document: RunDocument, algorithm: Algorithm): void {
  const { min, max } = algorithm.nodes;
  if (document.nodes < min || document.nodes > max) {
    throw new DocumentError(
      `${algorithm.title} runs with ${min} to ${max} nodes here, not ${document.nodes}.`,
    );
  }
  for (const [place, intervention] of document.interventions.entries()) {
    if (intervention.kind !== "byzantine") continue;
    if (algorithm.byzantine[intervention.behaviour] === undefined) {
      throw new DocumentError(
        `interventions.${place}.behaviour: ${algorithm.title} has no "${intervention.behaviour}" behaviour.`,
      );
    }
  }
}

function checkIntervention(document: RunDocument, intervention: Intervention, path: string): void {
  const named = new Set<number>();
  if ("node" in intervention) named.add(intervention.node);
  if (intervention.kind === "transfer") named.add(intervention.target);
  if (intervention.kind === "partition") {
    const all = intervention.groups.flat();
    if (new Set(all).size !== all.length) {
      throw new DocumentError(`The run file is refused: ${path}.groups: a node is in two groups.`);
    }
    for (const id of all) named.add(id);
  }
  for (const id of named) {
    if (id > document.nodes) {
      throw new DocumentError(
        `The run file is refused: ${path}: there is no node ${id} among ${document.nodes}.`,
      );
    }
  }
}

/** V8 names the position in one of two ways, and at the end of the text not at all. */
function placeOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : "";
  const named = /line (\d+) column (\d+)/.exec(message);
  if (named) return `line ${named[1]}, column ${named[2]}`;
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  const before = text.slice(0, position).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The document with one more intervention, in its place by time. */
export function intervene(document: RunDocument, intervention: Intervention): RunDocument {
  return checkDocument({
    ...document,
    interventions: [...document.interventions, intervention],
  });
}

/** What was done up to a moment: where another course may begin. */
export function forkAt(document: RunDocument, atMs: number): RunDocument {
  return {
    ...document,
    interventions: document.interventions.filter((intervention) => intervention.atMs <= atMs),
  };
}

/** Takes back the intervention that is last in time. */
export function undo(document: RunDocument): RunDocument {
  return { ...document, interventions: document.interventions.slice(0, -1) };
}

/** One line for marks, logs and lists. */
export function describeIntervention(intervention: Intervention): string {
  switch (intervention.kind) {
    case "partition": {
      const groups = intervention.groups.map((group) => group.join(" ")).join(" | ");
      return intervention.oneWay ? `cut what ${groups} sends` : `cut off ${groups}`;
    }
    case "heal":
      return "heal the network";
    case "step-clock":
      return `step the clock of node ${intervention.node} by ${intervention.byMs} ms`;
    case "drift":
      return `let the clock of node ${intervention.node} drift by ${intervention.ppm} ppm`;
    case "corrupt-disk":
      return `corrupt the disk of node ${intervention.node}`;
    case "network":
      return `network loses ${Math.round(intervention.lossChance * 100)} %, takes ${intervention.meanMs} ms`;
    case "drop-message":
      return `drop message ${intervention.message}`;
    case "delay-message":
      return `delay message ${intervention.message} by ${intervention.byMs} ms`;
    case "propose":
      return `propose "${intervention.command}" to node ${intervention.node}`;
    case "transfer":
      return `transfer leadership from node ${intervention.node} to node ${intervention.target}`;
    case "byzantine":
      return `turn node ${intervention.node} Byzantine: ${intervention.behaviour}`;
    default:
      return `${intervention.kind} node ${intervention.node}`;
  }
}
