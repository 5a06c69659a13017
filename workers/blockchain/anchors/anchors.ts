/** Writing hashes into the ledger, and finding them there again. */
import { bytesToHex, hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import type { Anchor } from "../contract-anchors.ts";
import { anchorAccount } from "../core/developer-accounts.ts";
import { TransactionRefused } from "../core/refusal.ts";
import { type After, minedSoon } from "../handlers/block-wait.ts";
import { refusalProblem, requireBalance, type TransferParts } from "../handlers/transfer.ts";
import { checksumAddress, decodeTransaction } from "../handlers/views.ts";
import { anchorLimits } from "../limits.ts";
import type { TransactionRow } from "../store/chain-rows.ts";
import { anchorAddress, type AnchorData, decodeAnchor, encodeAnchor } from "./anchor-data.ts";

/** What counts is when a hash was there, not who paid. */
const sender = anchorAccount.address;

interface Known {
  /** Of its row. */
  readonly id: number;
  readonly transactionHash: Uint8Array;
  readonly hash: string;
  readonly subsystem: string;
}

export class Anchors {
  readonly #parts: TransferParts;
  readonly #after: After;
  /** By rising id: where to look, and no more; what is told is read from the chain each time. */
  #known: Known[] = [];
  /** Of the newest transaction to the address that was looked at. */
  #seen = 0;
  #complete = true;
  #turn: Promise<void> = Promise.resolve();

  /** @param parts whose wallet signs for the account of anchors */
  constructor(parts: TransferParts, after: After) {
    this.#parts = parts;
    this.#after = after;
    parts.chain.onRevert(() => {
      this.#turn = this.#turn.then(() => this.#restart());
    });
  }

  /** @throws BALANCE_TOO_SMALL, TRANSACTION_REFUSED, POOL_FULL */
  async create(input: { hash: string; subsystem: string; label: string }) {
    const { wallet } = this.#parts;
    const hash = input.hash.toLowerCase();
    const data = encodeAnchor({ ...input, hash: hexToBytes(hash as PrefixedHexString) });
    const request = {
      from: sender,
      to: checksumAddress(anchorAddress),
      value: 0n,
      data: bytesToHex(data),
      gasLimit: anchorLimits.gasBase + anchorLimits.gasPerByte * BigInt(data.length),
      ...wallet.suggestedFees(),
    };
    requireBalance(request, this.#parts);
    try {
      const { hash: transactionHash, mined } = await wallet.admit(request);
      const block = await minedSoon(mined, this.#after);
      return { hash, transactionHash, blockNumber: block?.blockNumber ?? null, by: sender };
    } catch (error) {
      throw error instanceof TransactionRefused ? refusalProblem(error) : error;
    }
  }

  async list(page: {
    limit: number;
    before?: number | undefined;
    subsystem?: string | undefined;
  }): Promise<{ anchors: Anchor[]; next: number | null }> {
    await this.#catchUp();
    const { limit, before = Infinity, subsystem } = page;
    const matching = this.#known.filter(
      (known) => known.id < before && (subsystem ?? known.subsystem) === known.subsystem,
    );
    const shown = matching.slice(-limit).toReversed();
    const last = shown.at(-1);
    const next = matching.length > limit && last !== undefined ? last.id : null;
    return { anchors: await this.#read(shown), next };
  }

  async verify(reference: string) {
    await this.#catchUp();
    const hash = reference.toLowerCase();
    const found = this.#known
      .filter((known) => known.hash === hash)
      .slice(0, anchorLimits.anchorsOfHashMax);
    const anchors = (await this.#read(found)).filter((anchor) => anchor.hash === hash);
    return {
      hash,
      anchored: anchors.length > 0,
      anchors,
      searched: this.#known.length,
      complete: this.#complete,
    };
  }

  async #read(known: readonly Known[]): Promise<Anchor[]> {
    const { chain, store } = this.#parts;
    const anchors: Anchor[] = [];
    for (const { transactionHash } of known) {
      const row = store.transaction(transactionHash);
      const data = row === undefined ? null : this.#decoded(row);
      if (row !== undefined && data !== null) anchors.push(anchorView(row, data));
      await chain.pacer.pause();
    }
    return anchors;
  }

  /** Null for what failed, or holds no anchor. */
  #decoded(row: TransactionRow): AnchorData | null {
    if (row.success !== 1 || row.recipient === null) return null;
    if (!Buffer.from(anchorAddress).equals(row.recipient)) return null;
    return decodeAnchor(decodeTransaction(row, this.#parts.chain.common).data);
  }

  #restart(): void {
    this.#known = [];
    this.#seen = 0;
    this.#complete = true;
  }

  #catchUp(): Promise<void> {
    const caughtUp = this.#turn.then(() => this.#advance());
    this.#turn = caughtUp.catch(() => {});
    return caughtUp;
  }

  /** Takes up what came since, newest first until the newest that is known. */
  async #advance(): Promise<void> {
    const { chain, store } = this.#parts;
    const { keptMax, pageRows } = anchorLimits;
    const fresh: Known[] = [];
    let newest = this.#seen;
    let before = Number.MAX_SAFE_INTEGER;
    for (let looked = 0; ;) {
      const rows = store
        .transactions(before, pageRows, anchorAddress)
        .filter(({ id }) => id > this.#seen);
      for (const row of rows) {
        const data = this.#decoded(row);
        newest = Math.max(newest, row.id);
        before = row.id;
        if (data !== null) fresh.push(knownOf(row, data));
        await chain.pacer.pause();
      }
      looked += rows.length;
      if (rows.length < pageRows) break;
      if (looked >= keptMax) {
        this.#complete = false;
        break;
      }
    }
    this.#seen = newest;
    this.#known.push(...fresh.toReversed());
    if (this.#known.length <= keptMax) return;
    this.#complete = false;
    this.#known.splice(0, this.#known.length - keptMax);
  }
}

function knownOf({ id, hash }: TransactionRow, data: AnchorData): Known {
  return { id, transactionHash: hash, hash: bytesToHex(data.hash), subsystem: data.subsystem };
}

function anchorView(row: TransactionRow, { hash, subsystem, label }: AnchorData): Anchor {
  return {
    hash: bytesToHex(hash),
    subsystem,
    label,
    transactionHash: bytesToHex(row.hash),
    blockNumber: row.block,
    blockHash: bytesToHex(row.block_hash),
    timestamp: row.block_timestamp,
    by: checksumAddress(row.sender),
  };
}
