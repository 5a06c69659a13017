/** One edge node: where it stands, what it can do, what waits at it and what it has done. */
import type { Capabilities, EdgeNode as EdgeNodeView, Position } from "../contract.ts";
import { edgeLimits } from "../limits.ts";
import { BusyTime } from "./busy-time.ts";
import { ResultCache } from "./result-cache.ts";

const bytesPerMiB = 1_048_576;
/** Weight of the newest value in moving averages. */
const newestWeight = 0.2;

export interface NodePlace extends Position {
  readonly place: string;
  readonly country: string | null;
}

/** What a node needs to know of a request that waits at it. */
export interface Waiting {
  readonly dataBytes: number;
}

export class EdgeNode<Job extends Waiting> {
  readonly id: string;
  readonly at: NodePlace;
  readonly capabilities: Capabilities;
  readonly queue: Job[] = [];
  readonly models = new Map<string, number>();
  readonly cache = new ResultCache();
  running = 0;
  completed = 0;
  rerouted = 0;
  receivedBytes = 0;
  sentBytes = 0;
  serviceMs: number | null = null;
  cacheHitMs: number | null = null;
  failed = false;
  since: number;
  readonly #busy = new BusyTime();
  #heldBytes = 0;

  constructor(id: string, at: NodePlace, capabilities: Capabilities, now: number) {
    this.id = id;
    this.at = at;
    this.capabilities = capabilities;
    this.since = now;
  }

  get isFull(): boolean {
    return this.queue.length >= edgeLimits.queueMax;
  }

  get memoryUsedBytes(): number {
    let bytes = this.cache.bytes + this.#heldBytes;
    for (const modelBytes of this.models.values()) bytes += modelBytes;
    return bytes;
  }

  hasRoomFor(bytes: number): boolean {
    return this.memoryUsedBytes + bytes <= this.capabilities.memory * bytesPerMiB;
  }

  enqueue(job: Job): void {
    this.queue.push(job);
    this.#heldBytes += job.dataBytes;
    this.receivedBytes += job.dataBytes;
  }

  /** The next request, if a worker of the node is free. */
  takeNext(): Job | undefined {
    if (this.failed || this.running >= this.capabilities.cpu) return undefined;
    const job = this.queue.shift();
    if (job !== undefined) this.running += 1;
    return job;
  }

  /** A request leaves the node, answered or not. */
  release(job: Job): void {
    this.running -= 1;
    this.#heldBytes -= job.dataBytes;
  }

  recordComputed(computeMs: number, resultBytes: number, now: number): void {
    this.completed += 1;
    this.sentBytes += resultBytes;
    this.serviceMs = movingAverage(this.serviceMs, computeMs);
    this.#busy.add(computeMs, now);
  }

  recordHit(dataBytes: number, lookupMs: number, resultBytes: number, now: number): void {
    this.completed += 1;
    this.receivedBytes += dataBytes;
    this.sentBytes += resultBytes;
    this.cacheHitMs = movingAverage(this.cacheHitMs, lookupMs);
    this.#busy.add(lookupMs, now);
  }

  /** @returns what had been waiting and must go elsewhere */
  takeDown(now: number): Job[] {
    this.failed = true;
    this.since = now;
    const waiting = this.queue.splice(0);
    for (const { dataBytes } of waiting) this.#heldBytes -= dataBytes;
    this.rerouted += waiting.length;
    this.cache.clear();
    this.models.clear();
    return waiting;
  }

  recover(now: number): void {
    this.failed = false;
    this.since = now;
  }

  view(now: number): EdgeNodeView {
    const { cache, capabilities } = this;
    return {
      id: this.id,
      ...this.at,
      state: this.failed ? "failed" : "healthy",
      since: this.since,
      capabilities,
      running: this.running,
      queued: this.queue.length,
      queueMax: edgeLimits.queueMax,
      completed: this.completed,
      rerouted: this.rerouted,
      serviceMs: this.serviceMs,
      cpuFraction: this.#busy.fraction(capabilities.cpu, now),
      memoryUsedBytes: this.memoryUsedBytes,
      receivedBytes: this.receivedBytes,
      sentBytes: this.sentBytes,
      models: [...this.models.keys()],
      cache: {
        hits: cache.hits,
        misses: cache.misses,
        expired: cache.expired,
        evicted: cache.evicted,
        entries: cache.entries,
        entriesMax: edgeLimits.cacheEntriesMax,
        bytes: cache.bytes,
        ttlMs: edgeLimits.cacheTtlMs,
        hitMs: this.cacheHitMs,
      },
    };
  }
}

function movingAverage(average: number | null, value: number): number {
  return average === null ? value : average + newestWeight * (value - average);
}
