/** One version at work: its batches, counts, latency, drift and shadows. */
import type { ServingStatistics } from "../contract-registry.ts";
import { RollingLatency } from "../core/serving/latency-histogram.ts";
import { ModelMonitor, type Reference } from "../core/serving/model-monitor.ts";
import { ShadowRecord } from "../core/serving/shadow-comparison.ts";
import type { BatchedResult, Batcher } from "./batcher.ts";
import type { TensorValue } from "./model-orders.ts";

export class ServedVersion {
  readonly batcher: Batcher;
  readonly monitor: ModelMonitor;
  readonly #total = new RollingLatency();
  readonly #queue = new RollingLatency();
  readonly #run = new RollingLatency();
  readonly #shadows = new Map<string, { version: number; record: ShadowRecord }>();
  #requests = 0;
  #failures = 0;
  #refused = 0;
  #rows = 0;

  constructor(batcher: Batcher, reference: Reference | null) {
    this.batcher = batcher;
    this.monitor = new ModelMonitor(reference);
  }

  /** @returns a reference that is complete with this request */
  answered(
    inputs: readonly TensorValue[],
    result: BatchedResult,
    totalMs: number,
    nowMs: number,
  ): Reference | null {
    this.#requests += 1;
    this.#rows += inputs[0]?.shape[0] ?? 1;
    this.#total.record(totalMs, nowMs);
    this.#queue.record(result.queueMs, nowMs);
    this.#run.record(result.runMs, nowMs);
    return this.monitor.observe(inputs, result.outputs);
  }

  failed(isRefusal: boolean): void {
    this.#requests += 1;
    if (isRefusal) this.#refused += 1;
    else this.#failures += 1;
  }

  /** Begins anew when the alias has another shadow now. */
  shadow(alias: string, version: number): ShadowRecord {
    const known = this.#shadows.get(alias);
    if (known?.version === version) return known.record;
    const record = new ShadowRecord();
    this.#shadows.set(alias, { version, record });
    return record;
  }

  shadows() {
    return [...this.#shadows].map(([alias, { version, record }]) => ({
      alias,
      version,
      ...record.view(),
    }));
  }

  statistics(nowMs: number): ServingStatistics {
    return {
      requests: this.#requests,
      failures: this.#failures,
      refused: this.#refused,
      rows: this.#rows,
      batches: this.batcher.batches,
      waiting: this.batcher.waiting,
      total: this.#total.all(),
      lastMinute: this.#total.lastMinute(nowMs),
      queue: this.#queue.all(),
      run: this.#run.all(),
    };
  }
}
