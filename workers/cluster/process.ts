/**
 * A deterministic process: the one shape of every distributed algorithm here. It gets its time,
 * chance, transport and storage from the context, so that the same code runs in simulation and live.
 * The same events in the same order with the same seed always do the same.
 */
import type { Random } from "./random.ts";

/** Nodes are numbered from 1. */
export type NodeId = number;

export interface Process<Message, Stored> {
  /** The first event of each life: after creation, and again on a new instance after a crash. */
  onStart(context: Context<Message, Stored>): void;
  /** Messages may be lost, late, repeated and out of order; they are never altered. */
  onMessage(context: Context<Message, Stored>, from: NodeId, message: Message): void;
  onTimer(context: Context<Message, Stored>, name: string): void;
  /** Everything that was written before `storage.sync()` returned this number is durable. */
  onSynced(context: Context<Message, Stored>, sync: number): void;
}

export interface Context<Message, Stored> {
  readonly id: NodeId;
  readonly random: Random;
  readonly storage: Storage<Stored>;
  /** The node's own clock in milliseconds. It may differ from other nodes' clocks and drift. */
  now(): number;
  /** A message must not be changed after it was sent. Sending to oneself goes through the network. */
  send(to: NodeId, message: Message): void;
  /** Starts a timer of this name, in place of one that is running. */
  setTimer(name: string, delayMs: number): void;
  cancelTimer(name: string): void;
  /** Adds a remark to the event's line in the log. */
  note(text: string): void;
}

/**
 * A journal of records. Writing is buffered: only what a finished sync covers survives a crash for
 * certain; each later record may survive, vanish or be torn.
 */
export interface Storage<Stored> {
  /** What the disk holds at the start of a life. */
  read(): Journal<Stored>;
  append(record: Stored): void;
  /** Swaps the whole journal for these records, all or nothing (write aside, sync, rename). */
  replace(records: readonly Stored[]): void;
  /** Asks for durability of all writes so far; `onSynced` reports the returned number. */
  sync(): number;
}

export interface Journal<Stored> {
  /** A record whose checksum does not match reads as null. */
  readonly records: readonly (Stored | null)[];
  /**
   * How many records were durable, kept apart from them as the identifiers of Alagappan et al.
   * (FAST 2018) are: damage before this mark is a broken disk, damage after it only a torn write.
   */
  readonly durableCount: number;
}
