/** Opening the telemetry database: never recreated silently, moved aside when damaged. */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "../service/thread-failure.ts";

const fileName = "telemetry.db";
const schemaVersion = 1;

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

/** SQLite's result codes for a file that is not, or is no longer, a database. */
const damagedCodes = new Set([11, 26]);

/**
 * @param home null keeps everything in memory
 * @param nowMs names the file that a damaged database is moved to
 * @throws StartError DATABASE_DAMAGED after moving the file aside, DATABASE_NEWER, DATABASE_UNUSABLE
 */
export function openTelemetryDatabase(home: string | null, nowMs: number): DatabaseSync {
  if (home === null) return prepare(new DatabaseSync(":memory:"));
  const file = join(home, fileName);
  try {
    mkdirSync(home, { recursive: true });
    return prepare(new DatabaseSync(file));
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (!damagedCodes.has((error as { errcode?: number }).errcode ?? 0)) {
      throw new StartError(
        "DATABASE_UNUSABLE",
        `The telemetry database ${file} cannot be used (${(error as Error).message}). Check the folder's rights and free space, or choose another with --home DIR.`,
      );
    }
    throw movedAside(file, nowMs, error as Error);
  }
}

function movedAside(file: string, nowMs: number, cause: Error): StartError {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-");
  const aside = `${file}.damaged-${stamp}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return new StartError(
    "DATABASE_DAMAGED",
    `The telemetry database ${file} is damaged (${cause.message}). It was moved to ${aside}; start again to begin with an empty one.`,
  );
}

function prepare(database: DatabaseSync): DatabaseSync {
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    if (version > schemaVersion) {
      throw new StartError(
        "DATABASE_NEWER",
        `The telemetry database was written by a newer version of this program (schema ${version}). Update the program, or choose another folder with --home DIR.`,
      );
    }
    if (version === 0) {
      database.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
    } else {
      checkIntegrity(database);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Reads every table's pages once after an unclean end; a clean one left no write-ahead log. */
function checkIntegrity(database: DatabaseSync): void {
  const row = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
  if (row.quick_check === "ok") return;
  throw Object.assign(new Error(row.quick_check.replaceAll(/\s+/g, " ")), { errcode: 11 });
}
