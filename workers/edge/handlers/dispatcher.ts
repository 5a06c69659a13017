/** Sends tasks to nodes, runs what waits in their queues, and moves work away from lost nodes. */
import type { EdgeResult, Position } from "../contract.ts";
import type { EdgeNode } from "../core/edge-node.ts";
import type { Fleet } from "../core/fleet.ts";
import { cacheKey } from "../core/result-cache.ts";
import { type Ranking, rankNodes } from "../core/routing.ts";
import { edgeProblem } from "../errors.ts";
import type { EdgeHost } from "./host.ts";
import type { Task } from "./task.ts";

export interface Job {
  readonly task: Task;
  readonly from: Position;
  readonly cacheKey: string | null;
  readonly dataBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly arrivedMs: number;
  /** The choice that brought it to the node where it is. */
  ranking: Ranking<Job>;
  readonly settle: PromiseWithResolvers<Finished>;
}

export interface Finished {
  readonly node: EdgeNode<Job>;
  readonly ranking: Ranking<Job>;
  readonly cache: "hit" | "miss" | "bypassed";
  readonly queueMs: number;
  readonly computeMs: number;
  readonly result: EdgeResult;
}

const bytesPerNumber = 8;

export class Dispatcher {
  readonly #fleet: Fleet<Job>;
  readonly #host: EdgeHost;
  /** Ends when the last task that was started is done. */
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(fleet: Fleet<Job>, host: EdgeHost) {
    this.#fleet = fleet;
    this.#host = host;
  }

  /** Resolves when a node has answered. */
  dispatch(
    task: Task,
    from: Position,
    options: { readonly useCache: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<Finished> {
    const dataBytes = task.data.length * bytesPerNumber;
    const ranking = this.#rank(task, from, dataBytes);
    const node = ranking.ranked[0]!.node;
    const key = options.useCache ? cacheKey(task.cacheSubject, task.data) : null;
    if (key !== null) {
      const began = this.#host.monotonicMs();
      const result = node.cache.get(key, this.#host.now());
      if (result !== undefined) {
        const computeMs = this.#host.monotonicMs() - began;
        node.recordHit(dataBytes, computeMs, jsonBytes(result), this.#host.now());
        return Promise.resolve({ node, ranking, cache: "hit", queueMs: 0, computeMs, result });
      }
    }
    const job: Job = {
      task,
      from,
      cacheKey: key,
      dataBytes,
      signal: options.signal,
      arrivedMs: this.#host.monotonicMs(),
      ranking,
      settle: Promise.withResolvers<Finished>(),
    };
    this.#send(job, node);
    return job.settle.promise;
  }

  /** @returns how many requests went to other nodes */
  evacuate(node: EdgeNode<Job>): number {
    // What is in work notices by itself, at its next turn.
    const { running } = node;
    const waiting = node.takeDown(this.#host.now());
    for (const job of waiting) this.#resend(job);
    return waiting.length + running;
  }

  #rank(task: Task, from: Position, dataBytes: number): Ranking<Job> {
    const ranking = rankNodes(this.#fleet.nodes, from, dataBytes + (task.model?.bytes ?? 0));
    if (ranking.ranked.length > 0) return ranking;
    const [first] = ranking.excluded;
    const why =
      first === undefined
        ? "There is no node."
        : `None of ${ranking.excluded.length} nodes can: ${first.node} is out because of: ${first.reason}.`;
    throw edgeProblem("EDGE_NO_NODE", why);
  }

  #resend(job: Job): void {
    try {
      job.ranking = this.#rank(job.task, job.from, job.dataBytes);
      this.#send(job, job.ranking.ranked[0]!.node);
    } catch (error) {
      job.settle.reject(error);
    }
  }

  #send(job: Job, node: EdgeNode<Job>): void {
    node.enqueue(job);
    this.#startNext(node);
  }

  /** As many as the node has workers for. */
  #startNext(node: EdgeNode<Job>): void {
    for (let job = node.takeNext(); job !== undefined; job = node.takeNext()) {
      const started = job;
      // All nodes share one thread: each task gets a turn of its event loop to itself.
      this.#lastTurn = this.#lastTurn
        .then(() => this.#host.breathe())
        .then(() => this.#run(started, node));
    }
  }

  #run(job: Job, node: EdgeNode<Job>): void {
    node.release(job);
    if (node.failed) {
      node.rerouted += 1;
      this.#resend(job);
      return;
    }
    try {
      job.signal?.throwIfAborted();
      job.settle.resolve(this.#compute(job, node));
    } catch (error) {
      job.settle.reject(error);
    }
    this.#startNext(node);
  }

  #compute(job: Job, node: EdgeNode<Job>): Finished {
    const { task, ranking } = job;
    if (task.model !== null) node.models.set(task.model.name, task.model.bytes);
    const began = this.#host.monotonicMs();
    const result = task.compute();
    const computeMs = this.#host.monotonicMs() - began;
    const bytes = jsonBytes(result);
    const now = this.#host.now();
    node.recordComputed(computeMs, bytes, now);
    if (job.cacheKey !== null) node.cache.set(job.cacheKey, result, bytes, now);
    const cache = job.cacheKey === null ? "bypassed" : "miss";
    return { node, ranking, cache, queueMs: began - job.arrivedMs, computeMs, result };
  }
}

function jsonBytes(result: EdgeResult): number {
  return Buffer.byteLength(JSON.stringify(result));
}
