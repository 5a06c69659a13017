/** Ends events whose hour is over (kube-apiserver --event-ttl). */
import { housekeepingLimits } from "../../limits.ts";
import type { Change } from "../store/change-log.ts";
import type { Budget, Controller } from "./controller.ts";
import type { EventRecorder } from "./event-recorder.ts";

export class EventExpiry implements Controller {
  readonly name = "event-expiry";
  readonly #events: EventRecorder;
  #nextAt = Number.POSITIVE_INFINITY;

  constructor(events: EventRecorder) {
    this.#events = events;
  }

  observe({ type, resource, object }: Change): void {
    if (resource !== "events" || type === "DELETED") return;
    const at =
      Date.parse(object.metadata.creationTimestamp) + housekeepingLimits.eventExpiryEveryMs;
    this.#nextAt = Math.min(this.#nextAt, at);
  }

  step(now: number, budget: Budget): void {
    if (now < this.#nextAt || !budget.take()) return;
    const left = this.#events.expire();
    this.#nextAt = left ? now + housekeepingLimits.eventExpiryEveryMs : Number.POSITIVE_INFINITY;
  }

  dueAt(): number {
    return this.#nextAt;
  }
}
