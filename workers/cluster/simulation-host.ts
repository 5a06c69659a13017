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
  /** Called for each message sent, with the event of each copy that will arrive. */
  onSend?(
    from: NodeId,
    to: NodeId,
    message: Message,
    fate: Fate,
    copies: readonly SimulationEvent<Message, Stored>[],
  ): void;
  /** Receives the log; without it no line is composed. */
  log?(line: string): void;
}

export interface SimulationCounts {
  events: number;
  messagesSent: number;
  messagesDelivered: number;
  messagesLost: number;
  messagesBlocked: number;
  crashes: number;
}
