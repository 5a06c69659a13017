/** One node of a simulated cluster: its process, clock, disk and timers through crashes and pauses. */
import type { Clock } from "./clock.ts";
import type { Disk } from "./disk.ts";
import type { SimulationEvent } from "./event.ts";
import type { Context, NodeId, Process } from "./process.ts";
import type { Timers } from "./timers.ts";

/** A crashed node may be restarted; a failed one was stopped for what its process did. */
type NodeState = "up" | "paused" | "crashed" | "failed";

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
  /** null until the first life begins. */
  process: Process<Message, Stored> | null;
  state: NodeState;
  /** Counts starts, so that events of an earlier life are known. */
  life: number;
  /** What arrived while the node was paused. */
  held: SimulationEvent<Message, Stored>[];
  /** Messages sent while handling the present event. */
  sentInEvent: number;
}
