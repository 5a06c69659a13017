/** Traces and logs in SQLite, in bounded tables: the oldest rows go and are counted. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LifecycleEvent } from "../service/contract.ts";
import { logLevels, type LogRecord, type SpanRecord } from "../service/records.ts";
import { storeLimits } from "./limits.ts";

export interface TelemetryCounts {
  readonly spans: number;
  readonly spansMax: number;
  readonly logs: number;
  readonly logsMax: number;
  readonly dropped: number;
}

export class TelemetryStore {
  readonly database: DatabaseSync;
  readonly #limits: { readonly spansMax: number; readonly logsMax: number };
  readonly #insertSpan: StatementSync;
  readonly #insertLog: StatementSync;
  readonly #insertLifecycle: StatementSync;
  #spans: number;
  #logs: number;
  #dropped: number;

  constructor(database: DatabaseSync, limits: { spansMax: number; logsMax: number } = storeLimits) {
    this.database = database;
    this.#limits = limits;
    this.#insertSpan = database.prepare(
      `INSERT INTO spans (trace_id, span_id, parent_span_id, subsystem, name, kind, start_ms,
         duration_ms, status, status_message, attributes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertLog = database.prepare(
      `INSERT INTO logs (at, level, subsystem, message, trace_id, attributes)
         VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#insertLifecycle = database.prepare(
      "INSERT OR IGNORE INTO lifecycle (instance, sequence) VALUES (?, ?)",
    );
    this.#spans = this.#count("spans");
    this.#logs = this.#count("logs");
    const row = database.prepare("SELECT value FROM counters WHERE name = 'dropped'").get();
    this.#dropped = Number(row?.["value"] ?? 0);
  }

  /** One transaction: a batch is stored whole or not at all. */
  add(spans: readonly SpanRecord[], logs: readonly LogRecord[], droppedBefore: number): void {
    this.#transaction(() => {
      for (const span of spans) this.#addSpan(span);
      for (const log of logs) this.#addLog(log);
      this.#drop(droppedBefore);
      this.#trim();
    });
  }

  /** Starts, exits and restarts become log lines, each once however often they are told. */
  addLifecycle(instance: string, events: readonly LifecycleEvent[]): void {
    if (events.length === 0) return;
    this.#transaction(() => {
      for (const { sequence, at, level, thread, message } of events) {
        if (this.#insertLifecycle.run(instance, sequence).changes === 0) continue;
        const attributes = { source: "supervisor" };
        this.#addLog({ at, level, subsystem: thread, message, traceId: null, attributes });
      }
      this.database
        .prepare("DELETE FROM lifecycle WHERE instance <> ? OR sequence < ?")
        .run(instance, (events.at(-1)?.sequence ?? 0) - this.#limits.logsMax);
      this.#trim();
    });
  }

  counts(): TelemetryCounts {
    return {
      spans: this.#spans,
      spansMax: this.#limits.spansMax,
      logs: this.#logs,
      logsMax: this.#limits.logsMax,
      dropped: this.#dropped,
    };
  }

  close(): void {
    this.database.close();
  }

  #addSpan(span: SpanRecord): void {
    this.#insertSpan.run(
      span.traceId,
      span.spanId,
      span.parentSpanId,
      span.subsystem,
      span.name,
      span.kind,
      span.startTimeMs,
      span.durationMs,
      span.status,
      span.statusMessage,
      JSON.stringify(span.attributes),
    );
    this.#spans += 1;
  }

  #addLog({ at, level, subsystem, message, traceId, attributes }: LogRecord): void {
    const rank = logLevels.indexOf(level);
    this.#insertLog.run(at, rank, subsystem, message, traceId, JSON.stringify(attributes));
    this.#logs += 1;
  }

  #trim(): void {
    const spans = this.#trimTable("spans", this.#spans, this.#limits.spansMax);
    const logs = this.#trimTable("logs", this.#logs, this.#limits.logsMax);
    this.#spans -= spans;
    this.#logs -= logs;
    this.#drop(spans + logs);
  }

  /** Deletes in steps of the slack, so that a full table does not pay for every insert. */
  #trimTable(table: "spans" | "logs", rows: number, rowsMax: number): number {
    const slack = Math.min(storeLimits.trimSlackRows, rowsMax);
    if (rows <= rowsMax) return 0;
    const excess = Math.min(rows, rows - rowsMax + slack);
    const result = this.database
      .prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} ORDER BY id LIMIT ?)`)
      .run(excess);
    return Number(result.changes);
  }

  #drop(count: number): void {
    if (count === 0) return;
    this.#dropped += count;
    this.database
      .prepare(
        `INSERT INTO counters (name, value) VALUES ('dropped', ?1)
           ON CONFLICT (name) DO UPDATE SET value = ?1`,
      )
      .run(this.#dropped);
  }

  #count(table: "spans" | "logs"): number {
    return Number(this.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"] ?? 0);
  }

  #transaction(work: () => void): void {
    const before = { spans: this.#spans, logs: this.#logs, dropped: this.#dropped };
    this.database.exec("BEGIN");
    try {
      work();
      this.database.exec("COMMIT");
    } catch (error) {
      this.database.exec("ROLLBACK");
      ({ spans: this.#spans, logs: this.#logs, dropped: this.#dropped } = before);
      throw error;
    }
  }
}
