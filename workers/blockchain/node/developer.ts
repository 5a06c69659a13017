/**
 * What developers do to the chain beyond sending: snapshots, reorganisations, changed accounts. All
 * of it goes through the validators, so that they stay alike.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { TransactionRefused } from "../core/refusal.ts";
import type { Applied, EntryTransaction, Hex, StateOperation } from "../engine/entry.ts";
import { emptyCodeHash, equalBytes, hexDigits } from "../engine/state-reader.ts";
import { chainLimits, developerLimits } from "../limits.ts";
import type { Chain } from "./chain.ts";
import type { Mining } from "./mining.ts";

type MiningSettings = Pick<
  Mining,
  | "mode"
  | "clockOffsetSeconds"
  | "nextTimestamp"
  | "timestampIntervalSeconds"
  | "feeRecipient"
  | "gasLimit"
  | "nextBaseFee"
  | "nextPrevRandao"
>;

interface Snapshot {
  readonly version: number;
  readonly mining: MiningSettings;
}

/** Something that cannot be done, and why. */
export class DeveloperError extends Error {
  override readonly name = "DeveloperError";
}

const dumpSchema = z.object({
  accounts: z.record(
    z.string().regex(/^0x[0-9a-fA-F]{40}$/),
    z.object({
      nonce: z.union([z.number(), z.string()]).default(0),
      balance: z.string().default("0x0"),
      code: z
        .string()
        .regex(/^0x([0-9a-fA-F]{2})*$/)
        .default("0x"),
      storage: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

export class Developer {
  readonly #chain: Chain;
  readonly #initial: MiningSettings;
  readonly #snapshots = new Map<string, Snapshot>();
  #newest = 0;

  constructor(chain: Chain) {
    this.#chain = chain;
    this.#initial = settingsOf(chain.mining);
  }

  /** @returns its name, a quantity */
  snapshot(): Hex {
    this.#newest += 1;
    const name: Hex = `0x${this.#newest.toString(16)}`;
    this.#snapshots.set(name, {
      version: this.#chain.version,
      mining: settingsOf(this.#chain.mining),
    });
    if (this.#snapshots.size > developerLimits.snapshotsMax) {
      const [oldest] = this.#snapshots.keys();
      if (oldest !== undefined) this.#snapshots.delete(oldest);
    }
    return name;
  }

  /** Goes back; that snapshot and later ones are used up. @returns whether there is such a one */
  async revert(name: string): Promise<boolean> {
    const snapshot = this.#snapshots.get(name);
    if (snapshot === undefined) return false;
    for (const later of this.#snapshots.keys()) {
      if (BigInt(later) >= BigInt(name)) this.#snapshots.delete(later);
    }
    await this.#goBack(snapshot.version);
    this.#restore(snapshot.mining);
    return true;
  }

  /** Back to block 0 and the settings of the start. */
  async reset(): Promise<void> {
    this.#snapshots.clear();
    this.dropAll();
    await this.#goBack(0);
    this.#restore(this.#initial);
  }

  /** Takes the newest blocks away. @throws DeveloperError where there are not so many */
  async rollback(depth: number): Promise<void> {
    const { height, store } = this.#chain;
    const row = depth > height ? undefined : store.block(height - depth);
    if (row === undefined) {
      throw new DeveloperError(`the chain has ${height} blocks; ${depth} cannot be taken away`);
    }
    await this.#goBack(row.version);
  }

  /** Puts other blocks in the place of the newest ones. @param given transactions by their block */
  async reorganise(
    depth: number,
    given: ReadonlyMap<number, readonly EntryTransaction[]>,
  ): Promise<void> {
    const chain = this.#chain;
    const { mode } = chain.mining;
    // Nothing else may come between.
    chain.setMining({ kind: "manual" });
    try {
      await this.rollback(depth);
      for (let index = 0; index < depth; index += 1) {
        const entry = chain.mining.entry(chain.head, given.get(index) ?? [], true);
        requireDone(await chain.change(entry));
      }
    } finally {
      chain.setMining(mode);
    }
  }

  async operate(operations: readonly StateOperation[]): Promise<void> {
    requireDone(await this.#chain.change({ kind: "operation", operations }));
  }

  /** @param intervalSeconds between their timestamps; null: as the clock goes */
  async mine(count: number, intervalSeconds: number | null): Promise<void> {
    const { mining } = this.#chain;
    for (let mined = 0; mined < count; mined += 1) {
      if (mined > 0 && intervalSeconds !== null) {
        mining.nextTimestamp = Number(this.#chain.head.header.timestamp) + intervalSeconds;
      }
      requireDone(await this.#chain.mine());
      await this.#chain.pacer.pause();
    }
  }

  drop(hash: string): boolean {
    const entry = this.#chain.pool.get(hash);
    if (entry === undefined) return false;
    this.#chain.room.drop(entry, new TransactionRefused("stopped", "dropped by a developer"));
    return true;
  }

  /** @param sender lower-case address; undefined: those of everybody */
  dropAll(sender?: string): void {
    const { pool } = this.#chain;
    for (const { hash } of sender === undefined ? pool.entries() : pool.of(sender)) this.drop(hash);
  }

  /** All accounts, as Anvil writes them: JSON, compressed. @throws DeveloperError: too many */
  async dump(): Promise<Hex> {
    const { store, version, pacer } = this.#chain;
    const reader = store.reader(version);
    const accounts: Record<string, object> = {};
    let count = 0;
    for (let after = ""; ;) {
      const addresses = store.addresses(version, after, developerLimits.accountsAtOnce);
      const last = addresses.at(-1);
      if (last === undefined) break;
      for (const address of addresses) {
        const account = reader.account(address);
        if (account === null) continue;
        count += 1;
        const storage: Record<string, string> = {};
        for (const slot of reader.slotsOf(address)) {
          count += 1;
          storage[`0x${slot}`] = `0x${hexDigits(reader.slot(address, slot) ?? new Uint8Array(32))}`;
        }
        const hasCode = !equalBytes(account.codeHash, emptyCodeHash);
        accounts[`0x${address}`] = {
          nonce: Number(account.nonce),
          balance: `0x${account.balance.toString(16)}`,
          code: hasCode ? `0x${hexDigits(reader.code(hexDigits(account.codeHash)))}` : "0x",
          storage,
        };
        if (count > developerLimits.dumpedMax) {
          throw new DeveloperError(`the state has more than ${developerLimits.dumpedMax} places`);
        }
        await pacer.pause();
      }
      after = last;
    }
    return `0x${gzipSync(JSON.stringify({ accounts })).toString("hex")}`;
  }

  /** Puts accounts of a dump over those that are there. @throws DeveloperError: it is none */
  async load(dump: Uint8Array): Promise<void> {
    const { accounts } = readDump(dump);
    let batch: StateOperation[] = [];
    let length = 0;
    const flush = async () => {
      if (batch.length > 0) await this.operate(batch);
      batch = [];
      length = 0;
    };
    for (const operation of operationsOf(accounts)) {
      const added = JSON.stringify(operation).length;
      if (length + added > chainLimits.entryLengthMax / 2) await flush();
      batch.push(operation);
      length += added;
      await this.#chain.pacer.pause();
    }
    await flush();
  }

  async #goBack(version: number): Promise<void> {
    requireDone(await this.#chain.change({ kind: "revert", version }));
  }

  #restore({ mode, ...settings }: MiningSettings): void {
    Object.assign(this.#chain.mining, settings);
    this.#chain.setMining(mode);
  }
}

function settingsOf(mining: Mining): MiningSettings {
  const { mode, clockOffsetSeconds, nextTimestamp, timestampIntervalSeconds } = mining;
  const { feeRecipient, gasLimit, nextBaseFee, nextPrevRandao } = mining;
  return {
    mode,
    clockOffsetSeconds,
    nextTimestamp,
    timestampIntervalSeconds,
    feeRecipient,
    gasLimit,
    nextBaseFee,
    nextPrevRandao,
  };
}

function requireDone({ outcome }: Applied): void {
  if (outcome.kind === "nothing") throw new DeveloperError(outcome.why);
}

function readDump(dump: Uint8Array) {
  try {
    const isCompressed = dump[0] === 0x1f && dump[1] === 0x8b;
    const maxOutputLength = developerLimits.dumpBytesMax;
    const text = isCompressed ? gunzipSync(dump, { maxOutputLength }) : Buffer.from(dump);
    return dumpSchema.parse(JSON.parse(text.toString("utf8")));
  } catch (error) {
    throw new DeveloperError(`not a dump of a state: ${(error as Error).message.slice(0, 200)}`);
  }
}

function* operationsOf(
  accounts: z.output<typeof dumpSchema>["accounts"],
): Iterable<StateOperation> {
  for (const [key, { nonce, balance, code, storage }] of Object.entries(accounts)) {
    const address = key.toLowerCase() as Hex;
    yield { type: "set balance", address, balance: String(BigInt(balance)) };
    yield { type: "set nonce", address, nonce: String(BigInt(nonce)) };
    if (code !== "0x") yield { type: "set code", address, code: code as Hex };
    for (const [slot, value] of Object.entries(storage)) {
      yield { type: "set storage", address, slot: slot as Hex, value: value as Hex };
    }
  }
}
