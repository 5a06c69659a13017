/** Reading the telemetry store: pages of traces and logs, newest first. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { z } from "zod";
import {
  logLevels,
  type LogRecord,
  type RecordAttributes,
  type SpanRecord,
} from "../service/records.ts";
import type { integrationContract, logsInputSchema, tracesInputSchema } from "./contract.ts";
import { storeLimits } from "./limits.ts";

type Outputs = InferContractRouterOutputs<typeof integrationContract>;
type TraceSummary = Outputs["traces"]["list"]["traces"][number];

/**
 * A trace's place is its newest span's row: traces that are still growing come first. A page looks
 * at a bounded number of rows, so that a filter that matches nothing stays cheap.
 */
export function listTraces(
  database: DatabaseSync,
  input: z.output<typeof tracesInputSchema>,
): Outputs["traces"]["list"] {
  const { limit, before, subsystem, status, minDurationMs } = input;
  const rows = database
    .prepare(
      `WITH scanned AS (
         SELECT id, trace_id FROM spans WHERE id < ?1 ORDER BY id DESC LIMIT ?2),
       places AS (
         SELECT trace_id, max(id) AS place FROM scanned GROUP BY trace_id),
       latest AS (
         SELECT p.trace_id, p.place FROM places p
         WHERE NOT EXISTS (SELECT 1 FROM spans s WHERE s.trace_id = p.trace_id AND s.id >= ?1)),
       summaries AS (
         SELECT l.trace_id AS traceId, l.place,
           min(s.start_ms) AS startTimeMs,
           max(s.start_ms + s.duration_ms) - min(s.start_ms) AS durationMs,
           count(*) AS spans, sum(s.status = 'error') AS errors,
           group_concat(DISTINCT s.subsystem) AS subsystems
         FROM latest l JOIN spans s ON s.trace_id = l.trace_id GROUP BY l.trace_id)
       SELECT * FROM summaries
       WHERE (?3 IS NULL OR ',' || subsystems || ',' LIKE '%,' || ?3 || ',%')
         AND (?4 IS NULL OR (errors > 0) = (?4 = 'error'))
         AND durationMs >= ?5
       ORDER BY place DESC LIMIT ?6`,
    )
    .all(
      before ?? Number.MAX_SAFE_INTEGER,
      storeLimits.spansScannedMax,
      subsystem ?? null,
      status ?? null,
      minDurationMs ?? 0,
      limit,
    ) as unknown as (Omit<TraceSummary, "subsystems" | "name" | "subsystem"> & {
    subsystems: string;
    place: number;
  })[];
  const traces = rows.map(({ traceId, startTimeMs, durationMs, spans, errors, subsystems }) => ({
    traceId,
    ...rootOf(database, traceId),
    subsystems: subsystems.split(",").toSorted() as TraceSummary["subsystems"],
    startTimeMs,
    durationMs,
    spans,
    errors,
  }));
  const last = rows.length === limit ? rows.at(-1)?.place : undefined;
  return { traces, next: last ?? endOfScan(database, before) };
}

/** Where the next page goes on when this one looked at as many rows as it may; null at the end. */
function endOfScan(database: DatabaseSync, before: number | undefined): number | null {
  const row = database
    .prepare("SELECT id FROM spans WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?")
    .get(before ?? Number.MAX_SAFE_INTEGER, storeLimits.spansScannedMax - 1);
  return row === undefined ? null : (row["id"] as number);
}

/** The span that began the trace; while it has not ended, the earliest stored one. */
function rootOf(database: DatabaseSync, traceId: string): Pick<TraceSummary, "name" | "subsystem"> {
  return database
    .prepare(
      `SELECT name, subsystem FROM spans WHERE trace_id = ?
       ORDER BY parent_span_id IS NOT NULL, start_ms LIMIT 1`,
    )
    .get(traceId) as unknown as Pick<TraceSummary, "name" | "subsystem">;
}

export function traceSpans(database: DatabaseSync, traceId: string): SpanRecord[] {
  const rows = database
    .prepare(
      `SELECT trace_id AS traceId, span_id AS spanId, parent_span_id AS parentSpanId, subsystem,
         name, kind, start_ms AS startTimeMs, duration_ms AS durationMs, status,
         status_message AS statusMessage, attributes
       FROM spans WHERE trace_id = ? ORDER BY start_ms, id LIMIT ?`,
    )
    .all(traceId, storeLimits.spansPerTraceMax);
  return rows.map((row) => ({ ...row, attributes: parsed(row["attributes"]) }) as SpanRecord);
}

export function listLogs(
  database: DatabaseSync,
  input: z.output<typeof logsInputSchema>,
): Outputs["logs"] {
  const { limit, before, after, subsystem, level, query, traceId } = input;
  const conditions = ["id < ?"];
  const values: SQLInputValue[] = [before ?? Number.MAX_SAFE_INTEGER];
  const require = (condition: string, value: SQLInputValue) => {
    conditions.push(condition);
    values.push(value);
  };
  if (after !== undefined) require("id > ?", after);
  if (subsystem !== undefined) require("subsystem = ?", subsystem);
  if (level !== undefined) require("level >= ?", logLevels.indexOf(level));
  if (traceId !== undefined) require("trace_id = ?", traceId);
  if (query !== undefined) require("instr(lower(message), lower(?)) > 0", query);
  const rows = database
    .prepare(
      `SELECT id, at, level, subsystem, message, trace_id AS traceId, attributes
       FROM logs WHERE ${conditions.join(" AND ")} ORDER BY id DESC LIMIT ?`,
    )
    .all(...values, limit);
  const logs = rows.map(
    (row) =>
      ({
        ...row,
        level: logLevels[row["level"] as number],
        attributes: parsed(row["attributes"]),
      }) as LogRecord & { id: number },
  );
  return { logs, next: logs.length === limit ? (logs.at(-1)?.id ?? null) : null };
}

function parsed(text: unknown): RecordAttributes {
  return JSON.parse(String(text)) as RecordAttributes;
}
