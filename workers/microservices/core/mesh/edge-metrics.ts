/**
 * The golden signals of each edge of the graph, from a workload to a workload: totals since the edge was
 * first seen, and a ring of ten-second slots over the last quarter of an hour to look back at.
 */
import { edgeLimits } from "./limits.ts";
import { LatencyBuckets, type Quantiles } from "./latency-buckets.ts";

/** Why a request failed; null in an outcome: it did not. */
export const errorClasses = [
  "client",
  "server",
  "denied",
  "connection",
  "timeout",
  "overload",
  "injected",
  "cancelled",
] as const;
export type ErrorClass = (typeof errorClasses)[number];

/** A workload, as `NAMESPACE/NAME`. */
export interface EdgeEnds {
  readonly source: string;
  readonly destination: string;
}

export interface Outcome {
  readonly ms: number;
  readonly error: ErrorClass | null;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

interface Counts {
  readonly requests: number;
  readonly errors: Readonly<Partial<Record<ErrorClass, number>>>;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** New connections, those among them that resumed a session, and those that failed. */
  readonly handshakes: number;
  readonly resumptions: number;
  readonly handshakeFailures: number;
  /** What the destination's side refused, whoever asked. */
  readonly denials: number;
}

export interface EdgeView extends EdgeEnds, Counts, Quantiles {
  /** Milliseconds since 1970. */
  readonly lastAt: number;
}

export interface SlotView extends Counts, Quantiles {
  /** When the slot begins; it lasts `slotMs`. */
  readonly at: number;
}

class Tally {
  requests = 0;
  readonly errors = new Map<ErrorClass, number>();
  sentBytes = 0;
  receivedBytes = 0;
  handshakes = 0;
  resumptions = 0;
  handshakeFailures = 0;
  denials = 0;
  readonly latency = new LatencyBuckets();

  answered({ ms, error, sentBytes, receivedBytes }: Outcome): void {
    this.requests += 1;
    if (error !== null) this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
    this.sentBytes += sentBytes;
    this.receivedBytes += receivedBytes;
    this.latency.record(ms);
  }

  view(): Counts & Quantiles {
    const { errors, latency, ...counts } = this;
    return { ...counts, errors: Object.fromEntries(errors), ...latency.quantiles() };
  }
}

interface Edge extends EdgeEnds {
  lastAt: number;
  readonly total: Tally;
  /** By place in the ring; slots without traffic do not exist. */
  readonly slots: ({ readonly number: number; readonly tally: Tally } | undefined)[];
}

export class EdgeMetrics {
  readonly #now: () => number;
  readonly #edges = new Map<string, Edge>();
  #dropped = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Edges that were forgotten because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  answered(ends: EdgeEnds, outcome: Outcome): void {
    for (const tally of this.#tallies(ends)) tally.answered(outcome);
  }

  handshake(ends: EdgeEnds, how: "full" | "resumed" | "failed"): void {
    for (const tally of this.#tallies(ends)) {
      if (how === "failed") tally.handshakeFailures += 1;
      else tally.handshakes += 1;
      if (how === "resumed") tally.resumptions += 1;
    }
  }

  denied(ends: EdgeEnds): void {
    for (const tally of this.#tallies(ends)) tally.denials += 1;
  }

  /** The busiest come in no order; totals since each was first seen. */
  edges(): EdgeView[] {
    return [...this.#edges.values()].map(({ source, destination, lastAt, total }) => ({
      source,
      destination,
      lastAt,
      ...total.view(),
    }));
  }

  /** The slots of one edge that had traffic, oldest first. */
  history(ends: EdgeEnds): SlotView[] {
    const edge = this.#edges.get(keyOf(ends));
    const newest = Math.floor(this.#now() / edgeLimits.slotMs);
    return (edge?.slots ?? [])
      .filter((slot) => slot !== undefined && slot.number > newest - edgeLimits.slotsMax)
      .map((slot) => ({ at: slot!.number * edgeLimits.slotMs, ...slot!.tally.view() }))
      .toSorted((a, b) => a.at - b.at);
  }

  #tallies(ends: EdgeEnds): readonly [Tally, Tally] {
    const now = this.#now();
    const edge = this.#edge(ends);
    edge.lastAt = now;
    const number = Math.floor(now / edgeLimits.slotMs);
    const place = number % edgeLimits.slotsMax;
    let slot = edge.slots[place];
    if (slot?.number !== number) slot = edge.slots[place] = { number, tally: new Tally() };
    return [edge.total, slot.tally];
  }

  #edge(ends: EdgeEnds): Edge {
    const key = keyOf(ends);
    const known = this.#edges.get(key);
    if (known !== undefined) return known;
    if (this.#edges.size >= edgeLimits.edgesMax) this.#dropQuietest();
    const { source, destination } = ends;
    const edge: Edge = { source, destination, lastAt: 0, total: new Tally(), slots: [] };
    this.#edges.set(key, edge);
    return edge;
  }

  #dropQuietest(): void {
    let quietest: readonly [string, Edge] | undefined;
    for (const entry of this.#edges) {
      if (quietest === undefined || entry[1].lastAt < quietest[1].lastAt) quietest = entry;
    }
    if (quietest === undefined) return;
    this.#edges.delete(quietest[0]);
    this.#dropped += 1;
  }
}

function keyOf({ source, destination }: EdgeEnds): string {
  return `${source} ${destination}`;
}
