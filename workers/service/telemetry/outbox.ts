/**
 * Spans and logs on their way to the integration thread: bounded queues, oldest dropped and
 * counted, sent in batches. Nothing is lost while the receiver restarts, within the bounds.
 */
import type { ActionRecord, LogRecord, SpanRecord } from "../records.ts";
import { telemetryLimits } from "../limits.ts";

export interface TelemetryBatch {
  readonly spans: SpanRecord[];
  readonly logs: LogRecord[];
  readonly dropped: number;
  /** For the audit log; left out where there are none. */
  readonly actions?: ActionRecord[];
  readonly actionsDropped?: number;
}

export class Outbox {
  #spans: SpanRecord[] = [];
  #logs: LogRecord[] = [];
  #actions: ActionRecord[] = [];
  #dropped = 0;
  #actionsDropped = 0;
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

  addAction(action: ActionRecord): void {
    this.#actionsDropped += pushBounded(this.#actions, action, telemetryLimits.actionsQueuedMax);
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
    while (arrived && this.#queued > 0) arrived = await this.#sendBatch();
    if (!arrived) this.#arm();
  }

  get #queued(): number {
    return this.#spans.length + this.#logs.length + this.#actions.length;
  }

  async #sendBatch(): Promise<boolean> {
    const spans = this.#spans.splice(0, telemetryLimits.batchSizeMax);
    const logs = this.#logs.splice(0, telemetryLimits.batchSizeMax);
    const actions = this.#actions.splice(0, telemetryLimits.batchSizeMax);
    const [dropped, actionsDropped] = [this.#dropped, this.#actionsDropped];
    this.#dropped = 0;
    this.#actionsDropped = 0;
    try {
      const audit = actions.length > 0 ? { actions, actionsDropped } : {};
      await this.#send({ spans, logs, dropped, ...audit });
      return true;
    } catch {
      // The receiver is away: keep the batch for the next try, within the bounds.
      this.#spans = [...spans, ...this.#spans];
      this.#logs = [...logs, ...this.#logs];
      this.#actions = [...actions, ...this.#actions];
      this.#actionsDropped +=
        actionsDropped + trim(this.#actions, telemetryLimits.actionsQueuedMax);
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
