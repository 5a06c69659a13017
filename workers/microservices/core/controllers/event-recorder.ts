/**
 * Events as objects of the cluster: the same event again counts up, as client-go's correlator does,
 * and the oldest end when there are too many. They expire an hour after their last time
 * (kube-apiserver --event-ttl).
 */
import { eventLimits } from "../../limits.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { type KubeObject, type ObjectOf, timeText } from "../store/objects.ts";

export class EventRecorder {
  readonly #store: ObjectStore;
  readonly #component: string;
  /** By what happened to whom: the event's place in the store; oldest first. */
  readonly #places: Map<string, { namespace: string; name: string }>;

  /** Recorders of one store share what they know of its events by `shared`. */
  constructor(store: ObjectStore, component: string, shared?: EventRecorder) {
    this.#store = store;
    this.#component = component;
    this.#places = shared ? shared.#places : new Map();
  }

  /** The same store and memory under another component's name. */
  as(component: string): EventRecorder {
    return new EventRecorder(this.#store, component, this);
  }

  record(
    about: Pick<KubeObject, "apiVersion" | "kind" | "metadata">,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
  ): void {
    const { name, uid, namespace = "default", resourceVersion } = about.metadata;
    const mark = JSON.stringify([uid, reason, message, this.#component]);
    const at = timeText(this.#store.now);
    const place = this.#places.get(mark);
    const before = place && this.#store.get("events", place.namespace, place.name);
    if (before !== undefined) {
      this.#store.update<ObjectOf<"events">>({
        ...before,
        count: (before.count ?? 1) + 1,
        lastTimestamp: at,
      });
      return;
    }
    const home = this.#store.get("namespaces", undefined, namespace);
    if (home === undefined || home.metadata.deletionTimestamp !== undefined) return;
    this.#makeRoom();
    const made = this.#store.create({
      apiVersion: "v1",
      kind: "Event",
      metadata: { namespace, name: this.#nameOf(name) },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name,
        uid,
        resourceVersion,
        ...(about.metadata.namespace !== undefined && { namespace }),
      },
      type,
      reason,
      message: message.slice(0, eventLimits.messageLengthMax),
      source: { component: this.#component },
      reportingComponent: this.#component,
      reportingInstance: "",
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
    });
    this.#places.set(mark, { namespace, name: made.metadata.name });
  }

  /** Ends the events whose hour is over. Call it now and then. @returns whether some are left */
  expire(): boolean {
    const ends = this.#store.now - eventLimits.lifeMs;
    for (const event of this.#store.all("events")) {
      const last = Date.parse(event.lastTimestamp ?? event.metadata.creationTimestamp);
      if (last < ends) this.#end(event);
    }
    for (const [mark, { namespace, name }] of this.#places) {
      if (!this.#store.get("events", namespace, name)) this.#places.delete(mark);
    }
    return this.#store.countOf("events") > 0;
  }

  /** client-go's names: the object's, and nanoseconds in hexadecimal; here no two are the same. */
  #nameOf(about: string): string {
    const nanoseconds = BigInt(this.#store.now) * 1_000_000n;
    const unique = nanoseconds + BigInt(this.#store.revision % 1_000_000);
    return `${about}.${unique.toString(16)}`;
  }

  #makeRoom(): void {
    while (this.#store.countOf("events") >= eventLimits.eventsMax) {
      const [oldest] = this.#store.all("events");
      this.#end(oldest!);
    }
    for (const mark of this.#places.keys()) {
      if (this.#places.size < eventLimits.eventsMax) return;
      this.#places.delete(mark);
    }
  }

  #end({ metadata: { namespace, name } }: KubeObject): void {
    this.#store.delete("events", namespace, name);
  }
}
