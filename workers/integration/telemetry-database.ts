/** The database of traces and logs. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../service/database.ts";

const schema = `
  CREATE TABLE spans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_span_id TEXT,
    subsystem TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    start_ms REAL NOT NULL, duration_ms REAL NOT NULL,
    status TEXT NOT NULL, status_message TEXT, attributes TEXT NOT NULL
  ) STRICT;
  CREATE INDEX spans_by_trace ON spans (trace_id);
  CREATE TABLE logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL, level INTEGER NOT NULL, subsystem TEXT NOT NULL,
    message TEXT NOT NULL, trace_id TEXT, attributes TEXT NOT NULL
  ) STRICT;
  CREATE INDEX logs_by_trace ON logs (trace_id) WHERE trace_id IS NOT NULL;
  CREATE TABLE lifecycle (instance TEXT NOT NULL, sequence INTEGER NOT NULL,
    PRIMARY KEY (instance, sequence)) STRICT, WITHOUT ROWID;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
`;

/** As `openDatabase`: in memory without a home, StartError when the file cannot be used. */
export function openTelemetryDatabase(home: string | null, nowMs: number): DatabaseSync {
  const definition = {
    fileName: "telemetry.db",
    title: "telemetry database",
    schemaVersion: 1,
    schema,
    synchronous: "NORMAL",
  } as const;
  return openDatabase(definition, home, nowMs);
}
