/** The index of blocks, transactions, logs and accounts that an archive keeps beside the state. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { PaidGas } from "../core/priority-fees.ts";
import type { MinedBlock, MinedTransaction } from "../core/records.ts";
import type { StateChanges } from "../engine/entry.ts";
import { emptyCodeHash, equalBytes, hexDigits } from "../engine/state-reader.ts";
import type {
  AccountRow,
  BlockRow,
  LogFilter,
  LogPlace,
  LogRow,
  TransactionRow,
} from "./chain-rows.ts";

export const indexSchema = `
  CREATE TABLE transactions (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, block INTEGER NOT NULL, position INTEGER NOT NULL,
    sender BLOB NOT NULL, recipient BLOB, contract BLOB, raw BLOB NOT NULL,
    value TEXT NOT NULL, data_bytes INTEGER NOT NULL, nonce INTEGER NOT NULL, success INTEGER NOT NULL,
    gas_used INTEGER NOT NULL, gas_cumulative INTEGER NOT NULL, gas_price TEXT NOT NULL,
    bloom BLOB NOT NULL, state_root BLOB
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
    contract INTEGER NOT NULL, version INTEGER NOT NULL
  ) STRICT;
`;

/** Called after each row; mostly there is nothing to wait for. */
type MaybePause = () => Promise<void> | undefined;

const transactionsWithHash =
  "SELECT t.*, b.hash AS block_hash, b.timestamp AS block_timestamp FROM transactions t JOIN blocks b ON b.number = t.block";

const logsWithBlock =
  "SELECT l.*, b.hash AS block_hash, b.timestamp AS block_timestamp FROM logs l JOIN blocks b ON b.number = l.block";

export class ChainIndex {
  readonly #database: DatabaseSync;
  readonly #addTransaction: StatementSync;
  readonly #addLog: StatementSync;
  readonly #countAccount: StatementSync;
  readonly #listAccount: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#addTransaction = database.prepare(
      "INSERT INTO transactions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#addLog = database.prepare("INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#countAccount = database.prepare(
      `INSERT INTO accounts VALUES (NULL, ?, 1, ?, ?)
       ON CONFLICT (address) DO UPDATE SET transactions = transactions + 1`,
    );
    this.#listAccount = database.prepare(
      `INSERT INTO accounts VALUES (NULL, ?, 0, ?, ?)
       ON CONFLICT (address) DO UPDATE SET contract = max(contract, excluded.contract)`,
    );
  }

  block(reference: number | Uint8Array): BlockRow | undefined {
    const found =
      typeof reference === "number"
        ? row(this.#database, "SELECT * FROM blocks WHERE number = ?", reference)
        : row(this.#database, "SELECT * FROM blocks WHERE hash = ?", reference);
    return found as BlockRow | undefined;
  }

  /** Newest first, numbers below `before`. */
  blocks(before: number, limit: number): BlockRow[] {
    return rows(
      this.#database,
      "SELECT * FROM blocks WHERE number < ? ORDER BY number DESC LIMIT ?",
      before,
      limit,
    );
  }

  transaction(hash: Uint8Array): TransactionRow | undefined {
    const found = row(this.#database, `${transactionsWithHash} WHERE t.hash = ?`, hash);
    return found as TransactionRow | undefined;
  }

  transactionOf(sender: Uint8Array, nonce: bigint): TransactionRow | undefined {
    return row(
      this.#database,
      `${transactionsWithHash} WHERE t.sender = ? AND t.nonce = ?`,
      sender,
      nonce,
    ) as TransactionRow | undefined;
  }

  /** The transaction that created a contract; one that another contract created has none. */
  creationOf(contract: Uint8Array): TransactionRow | undefined {
    return row(
      this.#database,
      `${transactionsWithHash} WHERE t.contract = ? ORDER BY t.id LIMIT 1`,
      contract,
    ) as TransactionRow | undefined;
  }

  /** Of an account: newest first below a block (null: all), or oldest first above one. */
  transactionsAround(
    account: Uint8Array,
    range: { readonly below: number | null } | { readonly above: number },
    limit: number,
  ): TransactionRow[] {
    const [bound, condition, order] =
      "below" in range
        ? [range.below ?? Number.MAX_SAFE_INTEGER, "t.block < ?", "DESC"]
        : [range.above, "t.block > ?", "ASC"];
    return rows(
      this.#database,
      `${transactionsWithHash} WHERE ${condition} AND (t.sender = ? OR t.recipient = ? OR t.contract = ?)
       ORDER BY t.id ${order} LIMIT ?`,
      bound,
      account,
      account,
      account,
      limit,
    );
  }

  transactionsOfBlock(number: number): TransactionRow[] {
    return rows(
      this.#database,
      `${transactionsWithHash} WHERE t.block = ? ORDER BY t.position`,
      number,
    );
  }

  /** A page of them, behind a position; -1: from the beginning. */
  transactionsOfBlockAfter(number: number, position: number, limit: number): TransactionRow[] {
    return rows(
      this.#database,
      `${transactionsWithHash} WHERE t.block = ? AND t.position > ? ORDER BY t.position LIMIT ?`,
      number,
      position,
      limit,
    );
  }

  /** What each transaction of a block used and paid, in their order. */
  paidGasOf(block: number): PaidGas[] {
    return rows<{ readonly gas_used: number; readonly gas_price: string }>(
      this.#database,
      "SELECT gas_used, gas_price FROM transactions WHERE block = ? ORDER BY position",
      block,
    ).map(({ gas_used: gas, gas_price: price }) => ({ gas: BigInt(gas), price: BigInt(price) }));
  }

  /** Newest first, ids below `before`. */
  transactions(before: number, limit: number, account?: Uint8Array): TransactionRow[] {
    if (account === undefined) {
      return rows(
        this.#database,
        `${transactionsWithHash} WHERE t.id < ? ORDER BY t.id DESC LIMIT ?`,
        before,
        limit,
      );
    }
    return rows(
      this.#database,
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
    return rows(
      this.#database,
      `${logsWithBlock}
       WHERE ${conditions.join(" AND ")} ORDER BY l.block, l.log_index LIMIT ?`,
      ...values,
      filter.limit,
    );
  }

  /** With an event, oldest first, behind a log and up to a block. */
  logsAfter(topic0: Uint8Array, after: LogPlace, toBlock: number, limit: number): LogRow[] {
    return rows(
      this.#database,
      `${logsWithBlock} WHERE (l.block, l.log_index) > (?, ?) AND l.block <= ? AND l.topic0 = ?
       ORDER BY l.block, l.log_index LIMIT ?`,
      after.block,
      after.logIndex,
      toBlock,
      topic0,
      limit,
    );
  }

  /** Of a contract with an event, newest first, before a log. */
  logsBefore(
    { address, topic0 }: { readonly address: Uint8Array; readonly topic0: Uint8Array },
    before: LogPlace,
    limit: number,
  ): LogRow[] {
    return rows(
      this.#database,
      `${logsWithBlock} WHERE l.address = ? AND l.topic0 = ? AND (l.block, l.log_index) < (?, ?)
       ORDER BY l.block DESC, l.log_index DESC LIMIT ?`,
      address,
      topic0,
      before.block,
      before.logIndex,
      limit,
    );
  }

  logsOfTransaction(block: number, position: number): LogRow[] {
    return rows(
      this.#database,
      `${logsWithBlock}
       WHERE l.block = ? AND l.position = ? ORDER BY l.log_index`,
      block,
      position,
    );
  }

  account(address: Uint8Array): AccountRow | undefined {
    const found = row(this.#database, "SELECT * FROM accounts WHERE address = ?", address);
    return found as AccountRow | undefined;
  }

  /** By age, ids above `after`. */
  accounts(after: number, limit: number): AccountRow[] {
    return rows(
      this.#database,
      "SELECT * FROM accounts WHERE id > ? ORDER BY id LIMIT ?",
      after,
      limit,
    );
  }

  /** Addresses that begin with the digits; the candidates of an abbreviation. */
  accountsBeginning(digits: string, limit: number): Uint8Array[] {
    const low = Buffer.from(digits.padEnd(40, "0"), "hex");
    const high = Buffer.from(digits.padEnd(40, "f"), "hex");
    return rows<AccountRow>(
      this.#database,
      "SELECT * FROM accounts WHERE address BETWEEN ? AND ? ORDER BY address LIMIT ?",
      low,
      high,
      limit,
    ).map(({ address }) => address);
  }

  totals(): { transactions: number; accounts: number } {
    return row(
      this.#database,
      `SELECT (SELECT coalesce(max(id), 0) FROM transactions) AS transactions,
              (SELECT coalesce(max(id), 0) FROM accounts) AS accounts`,
    ) as { transactions: number; accounts: number };
  }

  /** Within the transaction that writes the block and its state. */
  async add(
    mined: MinedBlock | null,
    { accounts }: StateChanges,
    version: number,
    pause: MaybePause,
  ): Promise<void> {
    let logIndex = 0;
    for (const [position, transaction] of (mined?.transactions ?? []).entries()) {
      const number = Number(mined?.block.header.number);
      this.#add(transaction, number, position, version);
      for (const { address, topics, data } of transaction.logs) {
        const words = [0, 1, 2, 3].map((index) => topics[index] ?? null);
        this.#addLog.run(number, position, logIndex, transaction.hash, address, ...words, data);
        logIndex += 1;
        await pause();
      }
      await pause();
    }
    for (const [address, account] of accounts) {
      if (account === null) continue;
      const contract = equalBytes(account.codeHash, emptyCodeHash) ? 0 : 1;
      this.#listAccount.run(Buffer.from(address, "hex"), contract, version);
      await pause();
    }
  }

  /** Takes out what came after a block and a version, within a transaction of the database. */
  async revert(height: number, version: number, pause: MaybePause): Promise<void> {
    const gone = this.#database.prepare(
      "SELECT sender, recipient, contract FROM transactions WHERE block > ?",
    );
    const discount = this.#database.prepare(
      "UPDATE accounts SET transactions = transactions - 1 WHERE address = ?",
    );
    for (const transaction of gone.all(height) as unknown as TransactionRow[]) {
      for (const address of parties(transaction)) discount.run(address);
      await pause();
    }
    for (const table of ["transactions", "logs"]) {
      const drop = this.#database.prepare(`DELETE FROM ${table} WHERE block = ?`);
      const [last] = rows<BlockRow>(this.#database, "SELECT max(number) AS number FROM blocks");
      for (let block = height + 1; block <= (last?.number ?? 0); block += 1) {
        drop.run(block);
        await pause();
      }
    }
    this.#database.prepare("DELETE FROM accounts WHERE version > ?").run(version);
  }

  #add(mined: MinedTransaction, block: number, position: number, version: number): void {
    const { tx, hash, sender, contract } = mined;
    const recipient = tx.to?.bytes ?? null;
    this.#addTransaction.run(
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
      mined.stateRoot ?? null,
    );
    for (const address of parties({ sender, recipient, contract })) {
      this.#countAccount.run(address, address === contract ? 1 : 0, version);
    }
  }
}

/** Whom a transaction concerns, each once. */
function parties({
  sender,
  recipient,
  contract,
}: Pick<TransactionRow, "sender" | "recipient" | "contract">): Iterable<Uint8Array> {
  const touched = new Map([[hexDigits(sender), sender]]);
  const other = recipient ?? contract;
  if (other !== null) touched.set(hexDigits(other), other);
  return touched.values();
}

function row(database: DatabaseSync, sql: string, ...values: SQLInputValue[]): unknown {
  return database.prepare(sql).get(...values);
}

function rows<Row>(database: DatabaseSync, sql: string, ...values: SQLInputValue[]): Row[] {
  return database.prepare(sql).all(...values) as Row[];
}
