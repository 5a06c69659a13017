/** One node of a simulated cluster: its process, clock, disk and timers through crashes and pauses. */
import type { Clock } from "./clock.ts";
import type { Disk } from "./disk.ts";
import type { SimulationEvent } from "./event.ts";
import type { Context, NodeId, Process } from "./process.ts";
import type { Timers } from "./timers.ts";

export const nodeStates = ["up", "paused", "crashed", "failed"] as const;
export type NodeState = (typeof nodeStates)[number];

/** Why a process was stopped for good. */
export interface ProcessFailure {
  readonly node: NodeId;
  /** The number of the event that it was handling. */
  readonly event: number;
  readonly reason: string;
}

export interface SimulatedNode<Message, Stored> {
  readonly id: NodeId;
  readonly clock: Clock;
  readonly disk: Disk<Stored>;
  readonly timers: Timers;
  readonly context: Context<Message, Stored>;
  process: Process<Message, Stored>;
  state: NodeState;
  /** Counts starts, so that events of an earlier life are known. */
  life: number;
  /** What arrived while the node was paused. */
  held: SimulationEvent<Message, Stored>[];
  /** Messages sent while handling the present event. */
  sentInEvent: number;
}
