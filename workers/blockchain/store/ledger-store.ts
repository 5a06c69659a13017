/** The database of one replica: an entry with all its effects in one transaction, and the reads. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { MinedBlock } from "../core/records.ts";
import type { AccountState, LedgerEntry, StateChanges } from "../engine/entry.ts";
import { StateDamaged } from "../engine/failures.ts";
import type { LocalReader } from "../engine/present-state.ts";
import { bytesOf, hexDigits } from "../engine/state-reader.ts";
import { ChainIndex } from "./chain-index.ts";
import type { BlockRow } from "./chain-rows.ts";
import { chainLimits } from "../limits.ts";
import { decodeStoredAccount, encodeStoredAccount } from "./stored-account.ts";

export interface Head {
  /** Of the newest entry; 0 before the first. */
  readonly sequence: number;
  readonly version: number;
  /** Of the present state, also where operations changed it after the newest block. */
  readonly stateRoot: Uint8Array;
}

export interface EntryRecord {
  readonly sequence: number;
  readonly entry: LedgerEntry;
}

/** What an entry does to the database. */
export interface Effects {
  readonly version: number;
  readonly stateRoot: Uint8Array;
  readonly changes: StateChanges;
  /** Trie nodes by their key; null: deleted. */
  readonly nodes: ReadonlyMap<string, Uint8Array | null>;
  readonly mined: MinedBlock | null;
  /** What comes after it is gone, before anything is written. */
  readonly revertedTo: { readonly version: number; readonly height: number } | null;
}

/** Lets others run when it is time; called again and again in long work. */
export type Pause = () => Promise<void>;

const rowsBetweenPauses = 128;

export class LedgerStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Trie nodes that are not stored yet; null: nothing is held. */
  #held: Map<string, Uint8Array | null> | null = null;
  /** Of the newest state that is wholly written. */
  #version: number;
  /** Of an archive; null in the plain profile. */
  readonly index: ChainIndex | null;

  constructor(database: DatabaseSync) {
    this.#database = database;
    const indexed = database
      .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'transactions'")
      .get();
    this.index = indexed === undefined ? null : new ChainIndex(database);
    this.#version = this.head()?.version ?? 0;
  }

  /** undefined: nothing was written yet. */
  head(): Head | undefined {
    const row = this.#prepared("SELECT * FROM head").get() as
      | { sequence: number; version: number; state_root: Uint8Array }
      | undefined;
    return row && { sequence: row.sequence, version: row.version, stateRoot: row.state_root };
  }

  /**
   * Writes an entry with its effects, wholly or not at all. One write has to end before the next;
   * what is read meanwhile is the state before, unless it is being reverted.
   * @param record null for block 0, which no entry made
   * @param effects null: it does nothing, and is only remembered
   */
  async write(
    record: EntryRecord | null,
    effects: Effects | null,
    before: Head,
    pause: Pause,
  ): Promise<void> {
    const held = this.#held;
    this.#database.exec(held === null ? "BEGIN IMMEDIATE" : "SAVEPOINT entry");
    try {
      if (effects !== null) await this.#writeEffects(effects, pause);
      const { sequence } = record ?? before;
      const { version, stateRoot } = effects ?? before;
      if (record !== null) {
        this.#prepared("INSERT INTO entries VALUES (?, ?, ?, ?)").run(
          sequence,
          record.entry.id,
          version,
          JSON.stringify(record.entry),
        );
      }
      this.#prepared("INSERT OR REPLACE INTO head VALUES (0, ?, ?, ?)").run(
        sequence,
        version,
        stateRoot,
      );
      this.#database.exec(held === null ? "COMMIT" : "RELEASE entry");
      this.#version = version;
      if (held === null) return;
      for (const [key, node] of effects?.nodes ?? []) held.set(key, node);
      if (held.size > chainLimits.heldNodesMax) this.#storeHeld();
    } catch (error) {
      if (this.#database.isTransaction) {
        this.#database.exec(held === null ? "ROLLBACK" : "ROLLBACK TO entry; RELEASE entry");
      }
      throw error;
    }
  }

  /**
   * Entries written from now on are stored together, when they are released: one commit, and each trie
   * node once. Until then they are read as if they were stored, and a crash loses all of them.
   */
  hold(): void {
    if (this.#held !== null) return;
    this.#database.exec("BEGIN IMMEDIATE");
    this.#held = new Map();
  }

  /** Stores what was held. @throws Error when the database cannot be written; then it is all gone */
  release(): void {
    if (this.#held === null) return;
    try {
      this.#storeHeld();
    } finally {
      this.#held = null;
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    }
  }

  /** Stores what is held, and holds on. */
  #storeHeld(): void {
    const held = this.#held ?? new Map<string, Uint8Array | null>();
    for (const [key, node] of held) this.#putNode(key, node);
    held.clear();
    this.#database.exec("COMMIT; BEGIN IMMEDIATE");
  }

  /** The sequence of the entry with that id, when it was applied. */
  sequenceOf(id: string): number | undefined {
    const row = this.#prepared("SELECT sequence FROM entries WHERE id = ?").get(id);
    return (row as { sequence: number } | undefined)?.sequence;
  }

  /** In order, from a sequence on. */
  entries(from: number, limit: number): EntryRecord[] {
    const rows = this.#prepared(
      "SELECT sequence, content FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?",
    ).all(from, limit) as { sequence: number; content: string }[];
    return rows.map(({ sequence, content }) => ({
      sequence,
      entry: JSON.parse(content) as LedgerEntry,
    }));
  }

  headBlock(): BlockRow | undefined {
    return this.#prepared("SELECT * FROM blocks ORDER BY number DESC LIMIT 1").get() as
      | BlockRow
      | undefined;
  }

  block(reference: number | Uint8Array): BlockRow | undefined {
    const statement =
      typeof reference === "number"
        ? this.#prepared("SELECT * FROM blocks WHERE number = ?")
        : this.#prepared("SELECT * FROM blocks WHERE hash = ?");
    return statement.get(reference) as BlockRow | undefined;
  }

  blockHash(number: number): Uint8Array | undefined {
    const row = this.#prepared("SELECT hash FROM blocks WHERE number = ?").get(number);
    return (row as { hash: Uint8Array } | undefined)?.hash;
  }

  /** The newest block that was there at a version of the state. */
  blockAtVersion(version: number): BlockRow | undefined {
    return this.#prepared(
      "SELECT * FROM blocks WHERE version <= ? ORDER BY version DESC LIMIT 1",
    ).get(version) as BlockRow | undefined;
  }

  /** Whether the state ever had that version, and it was not reverted. */
  hasVersion(version: number): boolean {
    return this.#prepared("SELECT 1 FROM versions WHERE version = ?").get(version) !== undefined;
  }

  trieNodeCount(): number {
    const row = this.#prepared("SELECT count(*) AS count FROM trie_nodes").get();
    return (row as { count: number }).count;
  }

  trieNode(key: string): Uint8Array | undefined {
    const held = this.#held?.get(key);
    if (held !== undefined) return held ?? undefined;
    const row = this.#prepared("SELECT node FROM trie_nodes WHERE key = ?").get(key);
    return (row as { node: Uint8Array } | undefined)?.node;
  }

  /** The state at a version; without one, the newest. */
  reader(version?: number): LocalReader {
    return {
      account: (address) => this.#account(address, version ?? this.#version),
      slot: (address, slot) =>
        this.#slot(Buffer.from(address + slot, "hex"), version ?? this.#version),
      slotsOf: (address) => this.#slotsOf(address, version ?? this.#version),
      code: (hash) => this.#code(hash),
    };
  }

  /** Addresses of accounts that exist at a version, in their order, above one. */
  addresses(version: number, after: string, limit: number): string[] {
    // Where there is a max(), SQLite takes the other columns from the row that has it.
    const rows = this.#prepared(
      `SELECT address, value, max(version) FROM account_versions WHERE address > ? AND version <= ?
       GROUP BY address HAVING value IS NOT NULL ORDER BY address LIMIT ?`,
    ).all(Buffer.from(after, "hex"), version, limit) as { address: Uint8Array }[];
    return rows.map(({ address }) => hexDigits(address));
  }

  /** What has to change to get from the newest state back to that of a version. */
  async changesBackTo(version: number, pause: Pause): Promise<StateChanges> {
    const rows = this.#prepared("SELECT accounts, slots FROM versions WHERE version > ?").all(
      version,
    ) as { accounts: Uint8Array; slots: Uint8Array }[];
    const accounts = new Map<string, AccountState | null>();
    const slots = new Map<string, Uint8Array | null>();
    const paced = new Paced(pause);
    for (const row of rows) {
      for (const address of parts(row.accounts, 20)) {
        accounts.set(address, this.#account(address, version));
        await paced.row();
      }
      for (const place of parts(row.slots, 52)) {
        slots.set(place, this.#slot(Buffer.from(place, "hex"), version));
        await paced.row();
      }
    }
    return { accounts, slots, codes: new Map() };
  }

  /** Makes sure that what was written survives a loss of power. */
  flush(): void {
    this.release();
    this.#database.exec("PRAGMA wal_checkpoint(FULL)");
  }

  close(): void {
    this.release();
    this.#database.close();
  }

  async #writeEffects(effects: Effects, pause: Pause): Promise<void> {
    const { version, changes, nodes, mined, revertedTo } = effects;
    const paced = new Paced(pause);
    if (revertedTo !== null) await this.#revert(revertedTo, changes, paced);
    // After a revert the versions below hold everything again.
    const { accounts, slots } = revertedTo === null ? changes : noChanges;
    this.#prepared("INSERT INTO versions VALUES (?, ?, ?)").run(
      version,
      Buffer.from([...accounts.keys()].join(""), "hex"),
      Buffer.from([...slots.keys()].join(""), "hex"),
    );
    const addAccount = this.#prepared("INSERT INTO account_versions VALUES (?, ?, ?)");
    for (const [address, account] of accounts) {
      const value = account === null ? null : encodeStoredAccount(account);
      addAccount.run(Buffer.from(address, "hex"), version, value);
      await paced.row();
    }
    const addSlot = this.#prepared("INSERT INTO slot_versions VALUES (?, ?, ?)");
    for (const [place, value] of slots) {
      addSlot.run(Buffer.from(place, "hex"), version, value);
      await paced.row();
    }
    const addCode = this.#prepared("INSERT OR IGNORE INTO codes VALUES (?, ?)");
    for (const [hash, code] of changes.codes) addCode.run(Buffer.from(hash, "hex"), code);
    await this.#writeNodes(nodes, paced);
    if (mined !== null) this.#addBlock(mined, version);
    await this.index?.add(mined, { ...changes, accounts }, version, () => paced.row());
  }

  async #writeNodes(nodes: Effects["nodes"], paced: Paced): Promise<void> {
    if (this.#held !== null) return;
    for (const [key, node] of nodes) {
      this.#putNode(key, node);
      await paced.row();
    }
  }

  #putNode(key: string, node: Uint8Array | null): void {
    if (node === null) this.#prepared("DELETE FROM trie_nodes WHERE key = ?").run(key);
    else this.#prepared("INSERT OR REPLACE INTO trie_nodes VALUES (?, ?)").run(key, node);
  }

  #addBlock({ block, transactions }: MinedBlock, version: number): void {
    const rlp = block.serialize();
    const { number, timestamp } = block.header;
    this.#prepared("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)").run(
      number,
      block.hash(),
      rlp,
      transactions.length,
      rlp.length,
      timestamp,
      version,
    );
  }

  async #revert(
    { version, height }: { readonly version: number; readonly height: number },
    { accounts, slots }: StateChanges,
    paced: Paced,
  ): Promise<void> {
    await this.index?.revert(height, version, () => paced.row());
    const dropAccount = this.#prepared(
      "DELETE FROM account_versions WHERE address = ? AND version > ?",
    );
    const dropSlot = this.#prepared("DELETE FROM slot_versions WHERE place = ? AND version > ?");
    for (const address of accounts.keys()) {
      dropAccount.run(Buffer.from(address, "hex"), version);
      await paced.row();
    }
    for (const place of slots.keys()) {
      dropSlot.run(Buffer.from(place, "hex"), version);
      await paced.row();
    }
    this.#prepared("DELETE FROM versions WHERE version > ?").run(version);
    this.#prepared("DELETE FROM blocks WHERE number > ?").run(height);
  }

  #account(address: string, version: number): AccountState | null {
    const row = this.#prepared(
      "SELECT value FROM account_versions WHERE address = ? AND version <= ? ORDER BY version DESC LIMIT 1",
    ).get(Buffer.from(address, "hex"), version) as { value: Uint8Array | null } | undefined;
    const value = row?.value ?? null;
    return value === null ? null : decodeStoredAccount(value);
  }

  #slot(place: Uint8Array, version: number): Uint8Array | null {
    const row = this.#prepared(
      "SELECT value FROM slot_versions WHERE place = ? AND version <= ? ORDER BY version DESC LIMIT 1",
    ).get(place, version) as { value: Uint8Array | null } | undefined;
    return row?.value ?? null;
  }

  #slotsOf(address: string, version: number): string[] {
    const rows = this.#prepared(
      "SELECT DISTINCT place FROM slot_versions WHERE place BETWEEN ? AND ? AND version <= ?",
    ).all(
      Buffer.from(address + "0".repeat(64), "hex"),
      Buffer.from(address + "f".repeat(64), "hex"),
      version,
    ) as { place: Uint8Array }[];
    return rows
      .filter(({ place }) => this.#slot(place, version) !== null)
      .map(({ place }) => hexDigits(place).slice(40));
  }

  #code(hash: string): Uint8Array {
    const row = this.#prepared("SELECT code FROM codes WHERE hash = ?").get(bytesOf(hash));
    if (row === undefined) throw new StateDamaged(`There is no code with the hash 0x${hash}.`);
    return (row as { code: Uint8Array }).code;
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Pauses after so many rows; small writes never do. */
class Paced {
  readonly #pause: Pause;
  #rows = 0;

  constructor(pause: Pause) {
    this.#pause = pause;
  }

  row(): Promise<void> | undefined {
    this.#rows += 1;
    return this.#rows % rowsBetweenPauses === 0 ? this.#pause() : undefined;
  }
}

const noChanges: StateChanges = { accounts: new Map(), slots: new Map(), codes: new Map() };

/** The parts of a length that a text of bytes is made of, as hexadecimal digits. */
function parts(bytes: Uint8Array, length: number): string[] {
  return Array.from({ length: bytes.length / length }, (_, index) =>
    hexDigits(bytes.subarray(index * length, (index + 1) * length)),
  );
}
