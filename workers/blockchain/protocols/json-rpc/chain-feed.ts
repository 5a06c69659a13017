/** What happens on the chain, for subscriptions and filters. */
import { hexDigits } from "../../engine/state-reader.ts";
import type { PoolEntry } from "../../core/pool.ts";
import type { MinedBlock } from "../../core/records.ts";
import { rpcLimits } from "../../limits.ts";
import type { Chain } from "../../node/chain.ts";
import { topicsOf } from "../../handlers/views.ts";
import type { ChainIndex } from "../../store/chain-index.ts";
import type { LogRow } from "../../store/chain-rows.ts";
import { formatHeader, formatLog, formatTransaction } from "./format.ts";
import type { LogQuery } from "./params.ts";

export type Interest =
  | { readonly kind: "heads" }
  | { readonly kind: "logs"; readonly query: LogQuery }
  | { readonly kind: "pending"; readonly full: boolean };

interface Subscriber {
  readonly interest: Interest;
  readonly deliver: (event: unknown) => void;
}

export class ChainFeed {
  readonly #store: ChainIndex;
  readonly #subscribers = new Set<Subscriber>();
  /** Of the newest blocks: a block that is reverted is in no index any more. */
  readonly #logs = new Map<number, readonly LogRow[]>();

  constructor(chain: Chain, store: ChainIndex) {
    this.#store = store;
    chain.onBlock((mined) => this.#onBlock(mined));
    chain.onRevert((height) => this.#onRevert(height));
    chain.onPending((entry) => this.#onPending(entry));
  }

  /** @returns how to end it */
  subscribe(interest: Interest, deliver: (event: unknown) => void): () => void {
    const subscriber = { interest, deliver };
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  #onBlock({ block, transactions }: MinedBlock): void {
    const number = Number(block.header.number);
    const hasLogs = transactions.some(({ logs }) => logs.length > 0);
    const everything = { addresses: [], topics: [], limit: Number.MAX_SAFE_INTEGER };
    const logs = hasLogs
      ? this.#store.logs({ fromBlock: number, toBlock: number, ...everything })
      : [];
    if (hasLogs) this.#logs.set(number, logs);
    for (const old of this.#logs.keys()) {
      if (old > number - rpcLimits.revertibleBlocksMax) break;
      this.#logs.delete(old);
    }
    let header: Record<string, unknown> | null = null;
    for (const { interest, deliver } of this.#subscribers) {
      if (interest.kind === "heads") deliver((header ??= formatHeader(block)));
    }
    this.#deliverLogs(logs, false);
  }

  #onRevert(height: number): void {
    for (const [number, logs] of [...this.#logs].toReversed()) {
      if (number <= height) continue;
      this.#logs.delete(number);
      this.#deliverLogs(logs.toReversed(), true);
    }
  }

  #onPending({ tx, hash, sender }: PoolEntry): void {
    let whole: Record<string, unknown> | null = null;
    for (const { interest, deliver } of this.#subscribers) {
      if (interest.kind !== "pending") continue;
      if (!interest.full) {
        deliver(hash);
        continue;
      }
      const [id, from] = [hash, sender].map((hex) => Buffer.from(hex.slice(2), "hex"));
      if (id === undefined || from === undefined) continue;
      deliver((whole ??= formatTransaction(tx, { hash: id, sender: from, mined: null })));
    }
  }

  #deliverLogs(logs: readonly LogRow[], removed: boolean): void {
    if (logs.length === 0) return;
    for (const { interest, deliver } of this.#subscribers) {
      if (interest.kind !== "logs") continue;
      for (const log of logs) {
        if (this.#wants(interest.query, log)) deliver(formatLog(log, removed));
      }
    }
  }

  #wants({ address, topics, fromBlock, toBlock }: LogQuery, log: LogRow): boolean {
    const isOf = (wanted: readonly Uint8Array[], value: Uint8Array) =>
      wanted.length === 0 || wanted.some((each) => hexDigits(each) === hexDigits(value));
    if (!isOf(address ?? [], log.address)) return false;
    // Tags mean what comes; a number may leave some out.
    if (typeof fromBlock === "bigint" && BigInt(log.block) < fromBlock) return false;
    if (typeof toBlock === "bigint" && BigInt(log.block) > toBlock) return false;
    const own = topicsOf(log);
    return (topics ?? []).every((wanted, place) => {
      const value = own[place];
      return value !== undefined && isOf(wanted, value);
    });
  }
}
