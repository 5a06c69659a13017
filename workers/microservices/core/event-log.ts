/** Kubernetes events: a repeated one is counted instead of listed again; the oldest go first. */
import type { ClusterEvent } from "../contract.ts";
import { clusterLimits } from "../limits.ts";

export class EventLog {
  readonly #events: ClusterEvent[] = [];
  #sequence = 0;
  #dropped = 0;

  get dropped(): number {
    return this.#dropped;
  }

  record(
    now: number,
    type: ClusterEvent["type"],
    object: string,
    reason: string,
    message: string,
  ): void {
    const at = this.#events.findIndex(
      (event) => event.object === object && event.reason === reason && event.message === message,
    );
    const before = at === -1 ? undefined : this.#events.splice(at, 1)[0];
    this.#sequence += 1;
    this.#events.push({
      sequence: this.#sequence,
      type,
      reason,
      object,
      message,
      count: (before?.count ?? 0) + 1,
      firstAt: before?.firstAt ?? now,
      lastAt: now,
    });
    if (this.#events.length > clusterLimits.eventsMax) {
      this.#events.shift();
      this.#dropped += 1;
    }
  }

  /** Newest first. */
  newest(limit: number, object?: string): ClusterEvent[] {
    const found: ClusterEvent[] = [];
    for (let at = this.#events.length - 1; at >= 0 && found.length < limit; at--) {
      const event = this.#events[at];
      if (event !== undefined && (object === undefined || event.object === object)) {
        found.push(event);
      }
    }
    return found;
  }
}
