/** What a node has to do later: any number of entries over one timer of the cluster. */
import type { Context } from "../../../../cluster/process.ts";

/** What it needs of a node. */
type Clock = Pick<Context<never, never>, "now" | "setTimer">;

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly act: () => void;
}

const timerName = "agenda";

export class Agenda {
  #entries: Entry[] = [];
  #order = 0;

  at(context: Clock, dueMs: number, act: () => void): void {
    this.#order += 1;
    this.#entries.push({ dueMs, order: this.#order, act });
    this.#entries.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    this.#set(context);
  }

  /** To be called when the node's timer fires. */
  run(context: Clock): void {
    // Timers fire on whole microseconds.
    const nowMs = context.now() + 0.001;
    while (this.#entries.length > 0 && this.#entries[0]!.dueMs <= nowMs)
      this.#entries.shift()!.act();
    this.#set(context);
  }

  #set(context: Clock): void {
    const [first] = this.#entries;
    if (first !== undefined) context.setTimer(timerName, Math.max(0, first.dueMs - context.now()));
  }
}
