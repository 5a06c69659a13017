/** What happened among the validators, for people: the newest, bounded. */
import type { NodeId } from "../../cluster/process.ts";
import type { validatorEventKinds } from "../contract-validators.ts";
import { validatorLimits } from "./limits.ts";

type ValidatorEventKind = (typeof validatorEventKinds)[number];

export interface ValidatorEvent {
  /** Rises by one. */
  readonly id: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly kind: ValidatorEventKind;
  /** null: all of them. */
  readonly validator: NodeId | null;
  readonly text: string;
}

export class ValidatorEvents {
  readonly #now: () => number;
  #events: ValidatorEvent[] = [];
  #newest = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(kind: ValidatorEventKind, text: string, validator: NodeId | null = null): void {
    this.#newest += 1;
    this.#events.push({ id: this.#newest, at: this.#now(), kind, validator, text });
    if (this.#events.length > validatorLimits.eventsKeptMax) this.#events.shift();
  }

  /** Newest first. */
  newest(limit: number): readonly ValidatorEvent[] {
    return this.#events.slice(-limit).toReversed();
  }
}
