/** What can happen in a simulation. */
import type { Queued } from "./event-queue.ts";
import type { Context, NodeId } from "./process.ts";
import type { Timer } from "./timers.ts";

export type EventKind = "start" | "message" | "timer" | "synced" | "action";

/** One shape for all kinds, which keeps the queue fast. */
export interface SimulationEvent<Message, Stored> extends Queued {
  readonly kind: EventKind;
  /** 0 for an action on the cluster as a whole. */
  readonly node: NodeId;
  /** The life of the node that the event belongs to; others ignore it. */
  readonly life: number;
  readonly from: NodeId;
  readonly message: Message | null;
  readonly timer: Timer | null;
  /** The number of a sync, or of a copy of a message. */
  readonly sync: number;
  readonly action: Action<Message, Stored> | null;
}

/** The life of events that any life of their node accepts. */
export const anyLife = -1;
/** The life of messages that waited at a paused node and are no longer in the network. */
export const heldLife = -2;

export interface Action<Message, Stored> {
  readonly label: string;
  /** Runs with the node's context; null when the action is on the cluster as a whole. */
  readonly run: (context: Context<Message, Stored> | null) => void;
}

export interface EventParts<Message, Stored> {
  readonly from?: NodeId;
  readonly message?: Message;
  readonly timer?: Timer;
  readonly sync?: number;
  readonly action?: Action<Message, Stored>;
}

export function createEvent<Message, Stored>(
  atUs: number,
  kind: EventKind,
  node: NodeId,
  life: number,
  parts: EventParts<Message, Stored>,
): SimulationEvent<Message, Stored> {
  return {
    kind,
    atUs,
    order: 0,
    node,
    life,
    from: parts.from ?? 0,
    message: parts.message ?? null,
    timer: parts.timer ?? null,
    sync: parts.sync ?? 0,
    action: parts.action ?? null,
  };
}

/** Everything but the line's number, time and remarks. */
export function describeEvent<Message, Stored>(
  event: SimulationEvent<Message, Stored>,
  describe: (message: Message) => string,
): string {
  switch (event.kind) {
    case "start":
      return `${event.node} start`;
    case "message":
      return `${event.from}->${event.node} ${event.message === null ? "" : describe(event.message)}`;
    case "timer":
      return `${event.node} timer ${event.timer?.name}`;
    case "synced":
      return `${event.node} synced ${event.sync}`;
    default:
      return event.node === 0 ? `* ${event.action?.label}` : `${event.node} ${event.action?.label}`;
  }
}
