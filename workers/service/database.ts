/** SQLite files of a subsystem: never recreated silently, moved aside when damaged (decision 9). */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "./thread-failure.ts";

export interface DatabaseDefinition {
  readonly fileName: string;
  /** How sentences name it, e.g. "telemetry database". */
  readonly title: string;
  readonly schemaVersion: number;
  /** Statements that make the tables of a new file. */
  readonly schema: string;
  /** "FULL" survives a loss of power with every commit, "NORMAL" may lose the last ones. */
  readonly synchronous: "NORMAL" | "FULL";
  /** Whether without a home it may go to a private temporary file, which is gone when it closes. */
  readonly spills?: boolean;
}

/** SQLite's result codes for a file that is not, or is no longer, a database. */
const damagedCodes = new Set([11, 26]);

/**
 * @param home null keeps everything in memory, or in a temporary file
 * @param nowMs names the file that a damaged database is moved to
 * @throws StartError DATABASE_DAMAGED after moving the file aside, DATABASE_NEWER, DATABASE_UNUSABLE
 */
export function openDatabase(
  definition: DatabaseDefinition,
  home: string | null,
  nowMs: number,
): DatabaseSync {
  // SQLite's name for a temporary file is the empty one.
  if (home === null) {
    return prepare(definition, new DatabaseSync(definition.spills === true ? "" : ":memory:"));
  }
  const file = join(home, definition.fileName);
  try {
    mkdirSync(home, { recursive: true });
    return prepare(definition, new DatabaseSync(file));
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (!damagedCodes.has((error as { errcode?: number }).errcode ?? 0)) {
      throw new StartError(
        "DATABASE_UNUSABLE",
        `The ${definition.title} ${file} cannot be used (${(error as Error).message}). Check the folder's rights and free space, or choose another with --home DIR.`,
      );
    }
    throw movedAside(definition, file, nowMs, error as Error);
  }
}

/**
 * Moves a database that is of no more use away, so that a new one can take its place.
 * @param nowMs names the file that it is moved to
 * @returns that file's path
 */
export function setAside(home: string, fileName: string, nowMs: number): string {
  return renamed(join(home, fileName), nowMs);
}

function renamed(file: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-");
  const aside = `${file}.damaged-${stamp}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}

function movedAside(
  { title }: DatabaseDefinition,
  file: string,
  nowMs: number,
  cause: Error,
): StartError {
  const aside = renamed(file, nowMs);
  return new StartError(
    "DATABASE_DAMAGED",
    `The ${title} ${file} is damaged (${cause.message}). It was moved to ${aside}; start again to begin with an empty one.`,
  );
}

function prepare(definition: DatabaseDefinition, database: DatabaseSync): DatabaseSync {
  const { title, schemaVersion, schema, synchronous } = definition;
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    if (version > schemaVersion) {
      throw new StartError(
        "DATABASE_NEWER",
        `The ${title} was written by a newer version of this program (schema ${version}). Update the program, or choose another folder with --home DIR.`,
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

/** Damage inside a file shows when its pages are read, so they are read before it is relied on. */
function checkIntegrity(database: DatabaseSync): void {
  const row = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
  if (row.quick_check === "ok") return;
  throw Object.assign(new Error(row.quick_check.replaceAll(/\s+/g, " ")), { errcode: 11 });
}
