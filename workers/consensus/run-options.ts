/** What decides a seeded run, and what of it is impossible. */
import { defaultDisk, type DiskOptions } from "../cluster/disk.ts";
import { type FaultOptions, noFaults } from "../cluster/fault-schedule.ts";
import { nodesMax } from "../cluster/limits.ts";
import { defaultNetwork, type NetworkOptions } from "../cluster/network.ts";
import type { NodeId } from "../cluster/process.ts";
import type { Algorithm } from "./algorithms.ts";
import { runEventsMax } from "./limits.ts";

export interface RunOptions {
  readonly seed: number;
  /** Nodes 1 to this are servers; the clients' numbers follow. */
  readonly nodes: number;
  readonly clients: number;
  /** Infinity: as long as the run lasts. */
  readonly operationsPerClient: number;
  /** Mean pause of a client between two operations. */
  readonly pauseMs: number;
  /** How long a client waits for one server before it asks another. */
  readonly requestTimeoutMs: number;
  readonly keys: number;
  /** Virtual time with faults; Infinity: it never ends, and nobody asks for liveness. */
  readonly safetyMs: number;
  /** Virtual time in which the healthy nodes must finish. */
  readonly livenessMs: number;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly faults: FaultOptions;
  readonly clockOffsetMaxMs: number;
  /** False: commands that clients repeat are carried out again. */
  readonly deduplicate: boolean;
  /** The nodes that lie, each with the name of its behaviour. */
  readonly byzantine: Readonly<Record<NodeId, string>>;
  /** Lets a run have more liars than the algorithm survives, or too few nodes, to see it fail. */
  readonly allowTooManyFaults: boolean;
  /** A run that takes longer than this is stopped. */
  readonly eventsMax: number;
}

export const defaultRun: RunOptions = {
  seed: 1,
  nodes: 5,
  clients: 3,
  operationsPerClient: 60,
  pauseMs: 120,
  requestTimeoutMs: 400,
  keys: 3,
  safetyMs: 10_000,
  livenessMs: 20_000,
  network: defaultNetwork,
  disk: defaultDisk,
  faults: noFaults,
  clockOffsetMaxMs: 100,
  deduplicate: true,
  byzantine: {},
  allowTooManyFaults: false,
  eventsMax: runEventsMax,
};

/** Options that make no sense together; the message says what would. */
export class RunOptionsError extends RangeError {
  override readonly name = "RunOptionsError";
}

type Limits = Pick<Algorithm, "title" | "nodes" | "tolerates" | "byzantine">;

export function checkRunOptions(options: RunOptions, algorithm: Limits): void {
  checkNumbers(options);
  const { nodes, allowTooManyFaults } = options;
  const { min, max } = algorithm.nodes;
  if (nodes > max || (nodes < min && !allowTooManyFaults)) {
    throw new RunOptionsError(`${algorithm.title} runs with ${min} to ${max} nodes, not ${nodes}`);
  }
  checkLiars(options, algorithm);
}

function checkNumbers(options: RunOptions): void {
  const { nodes, clients, seed } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new RunOptionsError(`the seed must be an integer within ±(2^53 - 1), not ${seed}`);
  }
  if (!Number.isInteger(nodes) || nodes < 1) {
    throw new RunOptionsError(`a group has at least one node, not ${nodes}`);
  }
  if (!Number.isInteger(clients) || clients < 0 || nodes + clients > nodesMax) {
    throw new RunOptionsError(`${nodes} nodes leave room for 0 to ${nodesMax - nodes} clients`);
  }
  if (!Number.isInteger(options.keys) || options.keys < 1) {
    throw new RunOptionsError(`the store needs at least one key, not ${options.keys}`);
  }
  for (const name of ["pauseMs", "requestTimeoutMs", "safetyMs", "livenessMs"] as const) {
    if (!(options[name] >= 0)) {
      throw new RunOptionsError(`${name} must be 0 or more milliseconds, not ${options[name]}`);
    }
  }
}

function checkLiars({ nodes, byzantine, allowTooManyFaults }: RunOptions, algorithm: Limits): void {
  const liars = Object.entries(byzantine);
  const known = Object.keys(algorithm.byzantine);
  for (const [id, behaviour] of liars) {
    if (!(Number(id) >= 1 && Number(id) <= nodes)) {
      throw new RunOptionsError(`node ${id} cannot lie: the nodes are 1 to ${nodes}`);
    }
    if (known.length === 0) {
      throw new RunOptionsError(
        `${algorithm.title} assumes that no node lies, so it has no Byzantine behaviours; try pbft`,
      );
    }
    if (!known.includes(behaviour)) {
      throw new RunOptionsError(
        `${algorithm.title} has no behaviour "${behaviour}", but ${known.join(", ")}`,
      );
    }
  }
  const most = algorithm.tolerates(nodes);
  if (liars.length > most && !allowTooManyFaults) {
    throw new RunOptionsError(
      `${algorithm.title} with ${nodes} nodes survives ${most} that lie, not ${liars.length}; ask for too many faults to see it fail`,
    );
  }
}
