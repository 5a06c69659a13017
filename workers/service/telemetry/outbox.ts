/**
 * Spans and logs on their way to the integration thread: bounded queues, oldest dropped and
 * counted, sent in batches. Nothing is lost while the receiver restarts, within the bounds.
 */
import type { LogRecord, SpanRecord } from "../records.ts";
import { telemetryLimits } from "../limits.ts";

export interface TelemetryBatch {
  readonly spans: SpanRecord[];
  readonly logs: LogRecord[];
  readonly dropped: number;
}

export class Outbox {
  #spans: SpanRecord[] = [];
  #logs: LogRecord[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending = Promise.resolve();
  #send: (batch: TelemetryBatch) => Promise<void>;

  constructor(send: (batch: TelemetryBatch) => Promise<void>) {
    this.#send = send;
  }

  addSpan(span: SpanRecord): void {
    this.#dropped += pushBounded(this.#spans, span, telemetryLimits.spansQueuedMax);
    this.#arm();
  }

  addLog(log: LogRecord): void {
    this.#dropped += pushBounded(this.#logs, log, telemetryLimits.logsQueuedMax);
    this.#arm();
  }

  /** Sends what is queued, batch by batch; resolves when it has arrived or could not. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // One after the other, so that batches arrive in order.
    this.#sending = this.#sending.then(() => this.#sendAll());
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    let arrived = true;
    while (arrived && this.#spans.length + this.#logs.length > 0) arrived = await this.#sendBatch();
    if (!arrived) this.#arm();
  }

  async #sendBatch(): Promise<boolean> {
    const spans = this.#spans.splice(0, telemetryLimits.batchSizeMax);
    const logs = this.#logs.splice(0, telemetryLimits.batchSizeMax);
    const dropped = this.#dropped;
    this.#dropped = 0;
    try {
      await this.#send({ spans, logs, dropped });
      return true;
    } catch {
      // The receiver is away: keep the batch for the next try, within the bounds.
      this.#spans = [...spans, ...this.#spans];
      this.#logs = [...logs, ...this.#logs];
      this.#dropped += dropped + trim(this.#spans, telemetryLimits.spansQueuedMax);
      this.#dropped += trim(this.#logs, telemetryLimits.logsQueuedMax);
      return false;
    }
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => void this.flush(), telemetryLimits.flushIntervalMs);
  }
}

function pushBounded<T>(queue: T[], item: T, lengthMax: number): number {
  queue.push(item);
  return trim(queue, lengthMax);
}

function trim(queue: unknown[], lengthMax: number): number {
  const excess = Math.max(0, queue.length - lengthMax);
  if (excess > 0) queue.splice(0, excess);
  return excess;
}
