/** Opening the chain's database: never recreated silently, moved aside when damaged (decision 9). */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "../../service/thread-failure.ts";

const fileName = "chain.db";
const schemaVersion = 1;

const schema = `
  CREATE TABLE nodes (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE blocks (
    number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, rlp BLOB NOT NULL,
    transactions INTEGER NOT NULL, bytes INTEGER NOT NULL, timestamp INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE transactions (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, block INTEGER NOT NULL, position INTEGER NOT NULL,
    sender BLOB NOT NULL, recipient BLOB, contract BLOB, raw BLOB NOT NULL,
    value TEXT NOT NULL, data_bytes INTEGER NOT NULL, nonce INTEGER NOT NULL, success INTEGER NOT NULL,
    gas_used INTEGER NOT NULL, gas_cumulative INTEGER NOT NULL, gas_price TEXT NOT NULL,
    bloom BLOB NOT NULL
  ) STRICT;
  CREATE INDEX transactions_by_block ON transactions (block, position);
  CREATE INDEX transactions_by_sender ON transactions (sender);
  CREATE INDEX transactions_by_recipient ON transactions (recipient);
  CREATE INDEX transactions_by_contract ON transactions (contract) WHERE contract IS NOT NULL;
  CREATE TABLE logs (
    block INTEGER NOT NULL, position INTEGER NOT NULL, log_index INTEGER NOT NULL,
    transaction_hash BLOB NOT NULL, address BLOB NOT NULL,
    topic0 BLOB, topic1 BLOB, topic2 BLOB, topic3 BLOB, data BLOB NOT NULL,
    PRIMARY KEY (block, log_index)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX logs_by_address ON logs (address, block);
  CREATE TABLE accounts (
    id INTEGER PRIMARY KEY, address BLOB NOT NULL UNIQUE, transactions INTEGER NOT NULL,
    contract INTEGER NOT NULL
  ) STRICT;
`;

/** SQLite's result codes for a file that is not, or is no longer, a database. */
const damagedCodes = new Set([11, 26]);

/**
 * @param home null keeps everything in memory
 * @param nowMs names the file that a damaged database is moved to
 * @throws StartError DATABASE_DAMAGED after moving the file aside, DATABASE_NEWER, DATABASE_UNUSABLE
 */
export function openChainDatabase(home: string | null, nowMs: number): DatabaseSync {
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
        `The chain's database ${file} cannot be used (${(error as Error).message}). Check the folder's rights and free space, or choose another with --home DIR.`,
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
    `The chain's database ${file} is damaged (${cause.message}). It was moved to ${aside}; start again to begin a new chain.`,
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
        `The chain was written by a newer version of this program (schema ${version}). Update the program, or choose another folder with --home DIR.`,
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

function checkIntegrity(database: DatabaseSync): void {
  const row = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
  if (row.quick_check === "ok") return;
  throw Object.assign(new Error(row.quick_check.replaceAll(/\s+/g, " ")), { errcode: 11 });
}
