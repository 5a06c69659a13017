/** The database of the Solidity workshop. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../../service/database.ts";

const schema = `
  CREATE TABLE workspaces (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, saved_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE versions (
    workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    version INTEGER NOT NULL, sources TEXT NOT NULL, settings TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE compilations (
    id TEXT PRIMARY KEY, summary TEXT NOT NULL, data TEXT NOT NULL, compiled_at INTEGER NOT NULL,
    used INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE deployments (
    chain INTEGER NOT NULL, address TEXT NOT NULL, compilation TEXT NOT NULL, contract TEXT NOT NULL,
    arguments TEXT NOT NULL, transaction_hash TEXT, match TEXT NOT NULL, noted_at INTEGER NOT NULL,
    PRIMARY KEY (chain, address)
  ) STRICT, WITHOUT ROWID;
`;

/** As `openDatabase`: in memory without a home, StartError when the file cannot be used. */
export function openWorkshopDatabase(home: string | null, nowMs: number): DatabaseSync {
  return openDatabase(
    {
      fileName: "contracts.db",
      title: "database of contracts",
      schemaVersion: 1,
      schema,
      synchronous: "NORMAL",
    },
    home,
    nowMs,
  );
}
