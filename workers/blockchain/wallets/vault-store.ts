/**
 * The database of wallets. Names, kinds, paths and addresses are readable without the passphrase,
 * so that balances show while it is locked; everything that leads to a key is sealed.
 */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";
import type { Attempts } from "./attempts.ts";
import type { ScryptWork } from "./sealing.ts";

const schema = `
  CREATE TABLE vault (
    id INTEGER PRIMARY KEY CHECK (id = 0), salt BLOB NOT NULL,
    n INTEGER NOT NULL, r INTEGER NOT NULL, p INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL, created_at INTEGER NOT NULL, idle_ms INTEGER NOT NULL,
    failures INTEGER NOT NULL, not_before INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE wallets (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, created_at INTEGER NOT NULL,
    sealed BLOB
  ) STRICT;
  CREATE TABLE accounts (
    address TEXT PRIMARY KEY, wallet TEXT NOT NULL REFERENCES wallets (id) ON DELETE CASCADE,
    path TEXT, position INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX accounts_by_wallet ON accounts (wallet, position);
`;

export type WalletKind = "hd" | "key" | "watch";

export interface VaultRow {
  readonly salt: Uint8Array;
  readonly work: ScryptWork;
  readonly wrappedKey: Uint8Array;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly idleMs: number;
  readonly attempts: Attempts;
}

export interface WalletRow {
  readonly id: string;
  readonly kind: WalletKind;
  readonly name: string;
  readonly createdAt: number;
  /** null: watch-only. */
  readonly sealed: Uint8Array | null;
}

export interface AccountRow {
  /** With the checksum of EIP-55. */
  readonly address: string;
  readonly wallet: string;
  /** null: an imported key, or watch-only. */
  readonly path: string | null;
  /** Its place in the wallet, from 0. */
  readonly position: number;
}

/** As `openDatabase`: in memory without a home, StartError when the file cannot be used. */
export function openWalletDatabase(home: string | null, nowMs: number): DatabaseSync {
  const database = openDatabase(
    {
      fileName: "wallets.db",
      title: "database of wallets",
      schemaVersion: 1,
      schema,
      synchronous: "FULL",
    },
    home,
    nowMs,
  );
  // What is removed is overwritten, and not only left to be used again.
  database.exec("PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON");
  return database;
}

export class VaultStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  vault(): VaultRow | null {
    const row = this.#database.prepare("SELECT * FROM vault").get() as
      | (Record<"n" | "r" | "p" | "created_at" | "idle_ms" | "failures" | "not_before", number> &
          Record<"salt" | "wrapped_key", Uint8Array>)
      | undefined;
    if (row === undefined) return null;
    return {
      salt: row.salt,
      work: { n: row.n, r: row.r, p: row.p },
      wrappedKey: row.wrapped_key,
      createdAt: row.created_at,
      idleMs: row.idle_ms,
      attempts: { failures: row.failures, notBefore: row.not_before },
    };
  }

  /** Takes the place of the one before, if there is one. */
  setVault({ salt, work, wrappedKey, createdAt, idleMs, attempts }: VaultRow): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO vault VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        salt,
        work.n,
        work.r,
        work.p,
        wrappedKey,
        createdAt,
        idleMs,
        attempts.failures,
        attempts.notBefore,
      );
    this.#fold();
  }

  setAttempts({ failures, notBefore }: Attempts): void {
    this.#database
      .prepare("UPDATE vault SET failures = ?, not_before = ?")
      .run(failures, notBefore);
  }

  setIdleMs(idleMs: number): void {
    this.#database.prepare("UPDATE vault SET idle_ms = ?").run(idleMs);
  }

  /** Every wallet and the vault itself. */
  forget(): void {
    this.#database.exec(
      "BEGIN; DELETE FROM accounts; DELETE FROM wallets; DELETE FROM vault; COMMIT",
    );
    this.#fold();
  }

  wallets(): WalletRow[] {
    return this.#database
      .prepare("SELECT *, created_at AS createdAt FROM wallets ORDER BY created_at, id")
      .all() as unknown as WalletRow[];
  }

  wallet(id: string): WalletRow | null {
    const found = this.#database
      .prepare("SELECT *, created_at AS createdAt FROM wallets WHERE id = ?")
      .get(id);
    return (found as WalletRow | undefined) ?? null;
  }

  /** A wallet with its first account, or neither. */
  addWallet(
    { id, kind, name, createdAt, sealed }: WalletRow,
    account: Omit<AccountRow, "wallet">,
  ): void {
    this.#database.exec("BEGIN");
    try {
      this.#database
        .prepare("INSERT INTO wallets VALUES (?, ?, ?, ?, ?)")
        .run(id, kind, name, createdAt, sealed);
      this.addAccount({ ...account, wallet: id });
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  rename(id: string, name: string): void {
    this.#database.prepare("UPDATE wallets SET name = ? WHERE id = ?").run(name, id);
  }

  removeWallet(id: string): void {
    this.#database.prepare("DELETE FROM wallets WHERE id = ?").run(id);
    this.#fold();
  }

  addAccount({ address, wallet, path, position }: AccountRow): void {
    this.#database
      .prepare("INSERT INTO accounts VALUES (?, ?, ?, ?)")
      .run(address, wallet, path, position);
  }

  account(address: string): AccountRow | null {
    const found = this.#database.prepare("SELECT * FROM accounts WHERE address = ?").get(address);
    return (found as AccountRow | undefined) ?? null;
  }

  /** Of one wallet, or of all. */
  accounts(wallet?: string): AccountRow[] {
    const found =
      wallet === undefined
        ? this.#database.prepare("SELECT * FROM accounts ORDER BY wallet, position").all()
        : this.#database
            .prepare("SELECT * FROM accounts WHERE wallet = ? ORDER BY position")
            .all(wallet);
    return found as unknown as AccountRow[];
  }

  /** Of all wallets but those that only watch. */
  addressesWithKeys(): string[] {
    const found = this.#database
      .prepare(
        `SELECT accounts.address FROM accounts JOIN wallets ON wallets.id = accounts.wallet
         WHERE wallets.kind <> 'watch' ORDER BY wallets.created_at, wallets.id, accounts.position`,
      )
      .all();
    return found.map(({ address }) => String(address));
  }

  /** Old pages leave the log of the database, too. */
  #fold(): void {
    this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  close(): void {
    this.#database.close();
  }
}
