/** The database of blocks, transactions and state. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";

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

/** As `openDatabase`: in memory without a home, StartError when the file cannot be used. */
export function openChainDatabase(home: string | null, nowMs: number): DatabaseSync {
  const definition = {
    fileName: "chain.db",
    title: "chain's database",
    schemaVersion: 1,
    schema,
    synchronous: "NORMAL",
  } as const;
  return openDatabase(definition, home, nowMs);
}
