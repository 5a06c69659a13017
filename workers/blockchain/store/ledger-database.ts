/** The database of one replica: entries, blocks, the state in versions, and the present trie. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";
import { indexSchema } from "./chain-index.ts";

/**
 * Of accounts and slots every version is kept that differs from the one before; the state at a
 * version is the newest that is not above it. Of the trie's nodes only the present ones are kept.
 */
const schema = `
  CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 0), sequence INTEGER NOT NULL, version INTEGER NOT NULL,
    state_root BLOB NOT NULL
  ) STRICT;
  CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_by_id ON entries (id);
  CREATE TABLE versions (
    version INTEGER PRIMARY KEY, accounts BLOB NOT NULL, slots BLOB NOT NULL
  ) STRICT;
  CREATE TABLE account_versions (
    address BLOB NOT NULL, version INTEGER NOT NULL, value BLOB,
    PRIMARY KEY (address, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE slot_versions (
    place BLOB NOT NULL, version INTEGER NOT NULL, value BLOB,
    PRIMARY KEY (place, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE codes (hash BLOB PRIMARY KEY, code BLOB NOT NULL) STRICT;
  CREATE TABLE trie_nodes (key TEXT PRIMARY KEY, node BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE blocks (
    number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, rlp BLOB NOT NULL,
    transactions INTEGER NOT NULL, bytes INTEGER NOT NULL, timestamp INTEGER NOT NULL,
    version INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX blocks_by_version ON blocks (version);
`;

/**
 * "plain" is what a validator needs; "archive" adds the index of transactions, logs and accounts
 * that the explorer and JSON-RPC read.
 */
export type Profile = "plain" | "archive";

/**
 * @param name tells the databases of one folder apart, e.g. "validator-1"
 * @param home null: a private temporary file, which is gone with the process
 * @throws StartError DATABASE_DAMAGED after moving the file aside, DATABASE_NEWER, DATABASE_UNUSABLE
 */
export function openLedgerDatabase(
  name: string,
  profile: Profile,
  home: string | null,
  nowMs: number,
): DatabaseSync {
  return openDatabase(
    {
      fileName: `${name}.db`,
      title: `${name}'s database`,
      schemaVersion: 1,
      schema: profile === "archive" ? schema + indexSchema : schema,
      synchronous: "NORMAL",
      spills: true,
    },
    home,
    nowMs,
  );
}
