/** What decides a simulated run, what its nodes say to each other, and who keeps the books. */
import type { NodeId } from "../../../../cluster/process.ts";
import type { NetworkOptions, Replica, ReplicaState, Samples } from "../replica.ts";
import type { Piece } from "./collectives.ts";
import type { LinkProfile, TransportObserver, Wire } from "./transport.ts";

export type Strategy = "ring" | "tree" | "parameter-server" | "asynchronous" | "federated";

export interface SimulationPlan {
  readonly network: NetworkOptions;
  readonly seed: number;
  readonly strategy: Strategy;
  readonly workers: number;
  /** Further nodes that may join. */
  readonly spares: number;
  readonly batchSize: number;
  /** Of the tree; the others cut a batch into as many parts as there are workers. */
  readonly shards: number;
  /** Passes over the samples; rounds of federated averaging. */
  readonly epochs: number;
  readonly checkpointEverySteps: number;
  /** Synchronous parameter server: a step does not wait for so many of the slowest workers. */
  readonly backups: number;
  /** Asynchronous: how many steps a worker may be ahead of the slowest; null: any number. */
  readonly stalenessMax: number | null;
  readonly federated: FederatedPlan;
  readonly faults: FaultPlan;
  /** Of each worker, and of the server at the end: its link and its speed. */
  readonly places: readonly PlaceProfile[];
}

export interface FederatedPlan {
  /** Of the clients, in each round. */
  readonly fraction: number;
  readonly localEpochs: number;
  readonly localBatchSize: number;
  /** Dirichlet: small: clients see few classes; large: all alike. */
  readonly alpha: number;
}

export interface FaultPlan {
  /** Of the chance of faults; that of the plan when left out. */
  readonly seed?: number;
  readonly lossChance: number;
  /** Chance, per step of a worker, that it takes `stragglerFactor` times as long. */
  readonly stragglerChance: number;
  readonly stragglerFactor: number;
  /** Mean time between crashes of any node; 0: none but those asked for. */
  readonly crashEveryMs: number;
  readonly restartAfterMs: number;
  /** Whether the server may be struck too. */
  readonly crashServer: boolean;
}

export interface PlaceProfile extends LinkProfile {
  readonly name: string;
  /** Multiply-adds and the like, a thousand million a second. */
  readonly gflops: number;
}

export type Body =
  | {
      readonly kind: "world";
      readonly generation: number;
      readonly members: readonly NodeId[];
      readonly step: number;
      readonly state: ReplicaState | null;
    }
  | {
      readonly kind: "piece";
      readonly generation: number;
      readonly step: number;
      readonly piece: Piece;
    }
  | {
      readonly kind: "arrived";
      readonly generation: number;
      readonly step: number;
      readonly state: ReplicaState | null;
    }
  | { readonly kind: "continue"; readonly generation: number; readonly step: number }
  | { readonly kind: "dismissed" }
  | {
      readonly kind: "work";
      readonly generation: number;
      readonly step: number;
      readonly part: number;
      readonly parts: number;
      readonly parameters: Float32Array;
    }
  | {
      readonly kind: "push";
      readonly generation: number;
      readonly step: number;
      readonly part: number;
      /** Summed over `rows` samples. */
      readonly loss: number;
      readonly rows: number;
      readonly values: Float32Array;
    };

/** Small, sent without waiting for an answer, and repeated. */
export interface Beat {
  readonly kind: "beat";
  /** Differs after a crash. */
  readonly life: number;
  readonly generation: number;
}

export type Message = Wire<Body> | Beat;

/** What the server's disk holds: all that is needed to go on. */
export interface Stored {
  readonly generation: number;
  readonly step: number;
  readonly state: ReplicaState;
}

export const spanKinds = ["compute", "send", "wait", "down"] as const;
export type SpanKind = (typeof spanKinds)[number];

/** The world outside the nodes: what they have of it, and what is seen of them. */
export interface Bench extends TransportObserver {
  readonly plan: SimulationPlan;
  readonly data: Samples;
  readonly server: NodeId;
  readonly totalSteps: number;
  readonly perEpoch: number;
  /** Of each client of federated averaging: the samples that it holds. */
  readonly holdings: readonly Uint32Array[];
  latencyMaxMs(): number;
  place(node: NodeId): PlaceProfile;
  /** How long a worker takes for so many samples now, forwards and back. */
  computeMs(node: NodeId, rows: number): number;
  replica(node: NodeId): Replica;
  span(node: NodeId, step: number, kind: SpanKind, fromMs: number, toMs: number): void;
  /** A part of a step's loss, summed over `rows` samples. */
  loss(step: number, sum: number, rows: number): void;
  /** A step has been done; told by one node. */
  stepped(step: number): void;
  /** A worker's parameters after a step that ends an epoch. */
  epochEnded(node: NodeId, step: number, parameters: Float32Array): void;
  /** An update was computed from parameters that had been changed so often since. */
  stale(updates: number): void;
  /** A checkpoint is durable, and its workers are told. */
  saved(step: number): void;
  note(text: string): void;
}

export const controlBytes = 64;
export const beatMs = 50;
/** Without a sign of life for so long, a node is taken for dead. */
export const silenceMs = 400;

export function stateBytes(state: ReplicaState | null): number {
  if (state === null) return controlBytes;
  return controlBytes + 4 * (state.parameters.length + state.averages.length);
}
