/** The chain on disk: a block, its receipts and its state in one transaction, and the reads. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { ChainStorage, MinedBlock, MinedTransaction } from "../core/records.ts";

export interface BlockRow {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly rlp: Uint8Array;
  readonly transactions: number;
  readonly bytes: number;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
}

export interface TransactionRow {
  readonly id: number;
  readonly hash: Uint8Array;
  readonly block: number;
  readonly position: number;
  readonly sender: Uint8Array;
  readonly recipient: Uint8Array | null;
  readonly contract: Uint8Array | null;
  readonly raw: Uint8Array;
  /** Wei, in decimal. */
  readonly value: string;
  readonly data_bytes: number;
  readonly nonce: number;
  readonly success: number;
  readonly gas_used: number;
  readonly gas_cumulative: number;
  readonly gas_price: string;
  readonly bloom: Uint8Array;
  readonly block_hash: Uint8Array;
  readonly block_timestamp: number;
}

export interface LogRow {
  readonly block: number;
  readonly position: number;
  readonly log_index: number;
  readonly transaction_hash: Uint8Array;
  readonly address: Uint8Array;
  readonly topic0: Uint8Array | null;
  readonly topic1: Uint8Array | null;
  readonly topic2: Uint8Array | null;
  readonly topic3: Uint8Array | null;
  readonly data: Uint8Array;
  readonly block_hash: Uint8Array;
  readonly block_timestamp: number;
}

export interface AccountRow {
  readonly id: number;
  readonly address: Uint8Array;
  readonly transactions: number;
  readonly contract: number;
}

export interface LogFilter {
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Any of these; all when empty. */
  readonly addresses: readonly Uint8Array[];
  /** For each place: any of these; all when empty. */
  readonly topics: readonly (readonly Uint8Array[])[];
  readonly limit: number;
}

const transactionsWithHash =
  "SELECT t.*, b.hash AS block_hash, b.timestamp AS block_timestamp FROM transactions t JOIN blocks b ON b.number = t.block";

export class ChainStore implements ChainStorage {
  readonly #database: DatabaseSync;
  readonly #node;
  readonly #blockHash;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#node = database.prepare("SELECT value FROM nodes WHERE key = ?");
    this.#blockHash = database.prepare("SELECT hash FROM blocks WHERE number = ?");
  }

  headRlp(): Uint8Array | undefined {
    const row = this.#row("SELECT * FROM blocks ORDER BY number DESC LIMIT 1");
    return (row as BlockRow | undefined)?.rlp;
  }

  blockHash(number: number): Uint8Array | undefined {
    return (this.#blockHash.get(number) as { hash: Uint8Array } | undefined)?.hash;
  }

  stateNode(key: string): Uint8Array | undefined {
    return (this.#node.get(Buffer.from(key, "hex")) as { value: Uint8Array } | undefined)?.value;
  }

  append(
    mined: MinedBlock,
    nodes: ReadonlyMap<string, Uint8Array>,
    accounts: readonly Uint8Array[] = [],
  ): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const addNode = this.#database.prepare("INSERT OR IGNORE INTO nodes VALUES (?, ?)");
      for (const [key, value] of nodes) addNode.run(Buffer.from(key, "hex"), value);
      this.#addBlock(mined);
      for (const address of accounts) {
        this.#database.prepare("INSERT INTO accounts VALUES (NULL, ?, 0, 0)").run(address);
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  block(reference: number | Uint8Array): BlockRow | undefined {
    const row =
      typeof reference === "number"
        ? this.#row("SELECT * FROM blocks WHERE number = ?", reference)
        : this.#row("SELECT * FROM blocks WHERE hash = ?", reference);
    return row as BlockRow | undefined;
  }

  /** Newest first, numbers below `before`. */
  blocks(before: number, limit: number): BlockRow[] {
    return this.#rows(
      "SELECT * FROM blocks WHERE number < ? ORDER BY number DESC LIMIT ?",
      before,
      limit,
    );
  }

  transaction(hash: Uint8Array): TransactionRow | undefined {
    const row = this.#row(`${transactionsWithHash} WHERE t.hash = ?`, hash);
    return row as TransactionRow | undefined;
  }

  transactionsOfBlock(number: number): TransactionRow[] {
    return this.#rows(`${transactionsWithHash} WHERE t.block = ? ORDER BY t.position`, number);
  }

  /** Newest first, ids below `before`. */
  transactions(before: number, limit: number, account?: Uint8Array): TransactionRow[] {
    if (account === undefined) {
      return this.#rows(
        `${transactionsWithHash} WHERE t.id < ? ORDER BY t.id DESC LIMIT ?`,
        before,
        limit,
      );
    }
    return this.#rows(
      `${transactionsWithHash} WHERE t.id < ? AND (t.sender = ? OR t.recipient = ? OR t.contract = ?)
       ORDER BY t.id DESC LIMIT ?`,
      before,
      account,
      account,
      account,
      limit,
    );
  }

  logs(filter: LogFilter): LogRow[] {
    const conditions = ["l.block BETWEEN ? AND ?"];
    const values: SQLInputValue[] = [filter.fromBlock, filter.toBlock];
    const columns = ["address", "topic0", "topic1", "topic2", "topic3"];
    [filter.addresses, ...filter.topics].forEach((wanted, index) => {
      if (wanted.length === 0) return;
      conditions.push(`l.${columns[index]} IN (${wanted.map(() => "?").join(", ")})`);
      values.push(...wanted);
    });
    // A filter of three places wants three topics at least, also where it takes any in the last.
    const last = filter.topics.length - 1;
    if (last >= 0) conditions.push(`l.topic${last} IS NOT NULL`);
    return this.#rows(
      `SELECT l.*, b.hash AS block_hash, b.timestamp AS block_timestamp FROM logs l JOIN blocks b ON b.number = l.block
       WHERE ${conditions.join(" AND ")} ORDER BY l.block, l.log_index LIMIT ?`,
      ...values,
      filter.limit,
    );
  }

  logsOfTransaction(block: number, position: number): LogRow[] {
    return this.#rows(
      `SELECT l.*, b.hash AS block_hash, b.timestamp AS block_timestamp FROM logs l JOIN blocks b ON b.number = l.block
       WHERE l.block = ? AND l.position = ? ORDER BY l.log_index`,
      block,
      position,
    );
  }

  account(address: Uint8Array): AccountRow | undefined {
    const row = this.#row("SELECT * FROM accounts WHERE address = ?", address);
    return row as AccountRow | undefined;
  }

  /** By age, ids above `after`. */
  accounts(after: number, limit: number): AccountRow[] {
    return this.#rows("SELECT * FROM accounts WHERE id > ? ORDER BY id LIMIT ?", after, limit);
  }

  /** Addresses that begin with the digits; the candidates of an abbreviation. */
  accountsBeginning(digits: string, limit: number): Uint8Array[] {
    const low = Buffer.from(digits.padEnd(40, "0"), "hex");
    const high = Buffer.from(digits.padEnd(40, "f"), "hex");
    return this.#rows<AccountRow>(
      "SELECT * FROM accounts WHERE address BETWEEN ? AND ? ORDER BY address LIMIT ?",
      low,
      high,
      limit,
    ).map(({ address }) => address);
  }

  totals(): { transactions: number; accounts: number } {
    return this.#row(
      `SELECT (SELECT coalesce(max(id), 0) FROM transactions) AS transactions,
              (SELECT coalesce(max(id), 0) FROM accounts) AS accounts`,
    ) as { transactions: number; accounts: number };
  }

  close(): void {
    this.#database.close();
  }

  #addBlock({ block, transactions }: MinedBlock): void {
    const rlp = block.serialize();
    const number = Number(block.header.number);
    this.#database
      .prepare("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?)")
      .run(number, block.hash(), rlp, transactions.length, rlp.length, block.header.timestamp);
    let logIndex = 0;
    transactions.forEach((transaction, position) => {
      this.#addTransaction(transaction, number, position);
      for (const { address, topics, data } of transaction.logs) {
        this.#database
          .prepare("INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
          .run(
            number,
            position,
            logIndex,
            transaction.hash,
            address,
            topics[0] ?? null,
            topics[1] ?? null,
            topics[2] ?? null,
            topics[3] ?? null,
            data,
          );
        logIndex += 1;
      }
    });
  }

  #addTransaction(mined: MinedTransaction, block: number, position: number): void {
    const { tx, hash, sender, contract } = mined;
    const recipient = tx.to?.bytes ?? null;
    this.#database
      .prepare(
        `INSERT INTO transactions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        hash,
        block,
        position,
        sender,
        recipient,
        contract,
        tx.serialize(),
        String(tx.value),
        tx.data.length,
        tx.nonce,
        mined.success ? 1 : 0,
        mined.gasUsed,
        mined.cumulativeGasUsed,
        String(mined.effectiveGasPrice),
        mined.logsBloom,
      );
    const touched = new Map([[hex(sender), sender]]);
    const other = recipient ?? contract;
    if (other !== null) touched.set(hex(other), other);
    for (const address of touched.values()) {
      this.#database
        .prepare(
          `INSERT INTO accounts VALUES (NULL, ?, 1, ?)
           ON CONFLICT (address) DO UPDATE SET transactions = transactions + 1`,
        )
        .run(address, address === contract ? 1 : 0);
    }
  }

  #row(sql: string, ...values: SQLInputValue[]): unknown {
    return this.#database.prepare(sql).get(...values);
  }

  #rows<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#database.prepare(sql).all(...values) as Row[];
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
