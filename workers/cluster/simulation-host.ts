/** What decides a simulation, what it runs, and what it counts. */
import type { DiskMirror, DiskOptions } from "./disk.ts";
import type { SimulationEvent } from "./event.ts";
import type { Fate, NetworkOptions } from "./network.ts";
import type { NodeId, Process } from "./process.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  /** Clocks start within this many milliseconds of the true time, before or after. */
  readonly clockOffsetMaxMs: number;
}

/** What a simulation runs and who watches it. */
export interface SimulationHost<Message, Stored> {
  create(id: NodeId): Process<Message, Stored>;
  /** A store that outlives the run, for each node that has one. */
  mirror?(id: NodeId): DiskMirror<Stored> | null;
  /** One line of text for the log. */
  readonly describe: (message: Message) => string;
  /** Called after each event, with the node that handled it (0: an action on the cluster). */
  afterEvent?(node: NodeId): void;
  /** Called before an event is handled. */
  beforeEvent?(event: SimulationEvent<Message, Stored>): void;
  /**
   * Called for each copy of a message that is under way, with its number and when it will arrive, and
   * for each message that is not, with number 0 and no arrival.
   */
  onSend?(
    from: NodeId,
    to: NodeId,
    message: Message,
    fate: Fate,
    arriveAtMs: number | null,
    number: number,
  ): void;
  /** Called when a copy has arrived. "held": its node is paused, and it is delivered later. */
  onArrival?(number: number, outcome: Arrival): void;
  /** Receives the log; without it no line is composed. */
  log?(line: string): void;
}

export type Arrival = "delivered" | "held" | "blocked" | "node down";

export interface SimulationCounts {
  events: number;
  messagesSent: number;
  messagesDelivered: number;
  messagesLost: number;
  messagesBlocked: number;
  crashes: number;
}
