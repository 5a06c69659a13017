/** Tokens and balances as the sum of Transfer events. No clock and no I/O: logs are put in. */
import type { LogRow } from "../store/chain-rows.ts";
import { tokenLimits } from "./limits.ts";

export type Standard = "ERC-20" | "ERC-721";

export interface Transfer {
  /** 40 hexadecimal digits, as the others. */
  readonly token: string;
  readonly standard: Standard;
  readonly from: string;
  readonly to: string;
  /** The amount, or the number of the token. */
  readonly value: bigint;
}

export interface Token {
  readonly address: string;
  readonly standard: Standard;
  readonly firstBlock: number;
  transfers: number;
  /** Of ERC-721 how many. Whoever has none is not in it. */
  readonly balances: Map<string, bigint>;
}

const nobody = "0".repeat(40);
const wordBytes = 32;

const digits = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
/** An address in a topic has twelve zeros before it. */
const addressOf = (topic: Uint8Array) => digits(topic.subarray(12));
const numberOf = (word: Uint8Array) => BigInt(`0x${digits(word)}`);

/**
 * Reads a log whose topic 0 is that of Transfer(address,address,uint256). ERC-721 indexes the third
 * parameter, ERC-20 does not. null: it has the event's name and another shape.
 */
export function readTransfer(log: LogRow): Transfer | null {
  const { topic1, topic2, topic3, data } = log;
  if (topic1 === null || topic2 === null) return null;
  const parties = { token: digits(log.address), from: addressOf(topic1), to: addressOf(topic2) };
  if (topic3 === null) {
    if (data.length !== wordBytes) return null;
    return { ...parties, standard: "ERC-20", value: numberOf(data) };
  }
  if (data.length !== 0) return null;
  return { ...parties, standard: "ERC-721", value: numberOf(topic3) };
}

export class TransferLedger {
  readonly #tokens = new Map<string, Token>();
  #balances = 0;
  /** Which bound left something out. */
  #truncated: string | null = null;

  get truncated(): string | null {
    return this.#truncated;
  }

  add(transfer: Transfer, block: number): void {
    const token = this.#token(transfer, block);
    // Another shape under the same address is no transfer of this token.
    if (token === null || token.standard !== transfer.standard) return;
    token.transfers += 1;
    const amount = transfer.standard === "ERC-20" ? transfer.value : 1n;
    this.#change(token, transfer.from, -amount);
    this.#change(token, transfer.to, amount);
  }

  /** The most used first. */
  tokens(): Token[] {
    return [...this.#tokens.values()].toSorted((a, b) => b.transfers - a.transfers);
  }

  /** @param address 40 hexadecimal digits */
  token(address: string): Token | undefined {
    return this.#tokens.get(address);
  }

  #token({ token: address, standard }: Transfer, firstBlock: number): Token | null {
    const known = this.#tokens.get(address);
    if (known !== undefined) return known;
    if (this.#tokens.size >= tokenLimits.tokensMax) {
      this.#truncated = `More than ${tokenLimits.tokensMax} tokens; later ones are left out.`;
      return null;
    }
    const token = { address, standard, firstBlock, transfers: 0, balances: new Map() };
    this.#tokens.set(address, token);
    return token;
  }

  #change({ balances }: Token, holder: string, by: bigint): void {
    if (holder === nobody || by === 0n) return;
    const before = balances.get(holder);
    const after = (before ?? 0n) + by;
    if (after === 0n) {
      balances.delete(holder);
      this.#balances -= 1;
    } else if (before === undefined && this.#balances >= tokenLimits.balancesMax) {
      this.#truncated = `More than ${tokenLimits.balancesMax} balances; later holders are left out.`;
    } else {
      if (before === undefined) this.#balances += 1;
      balances.set(holder, after);
    }
  }
}

/** Who holds something, the largest first. */
export function holdersOf({ balances }: Token): (readonly [holder: string, balance: bigint])[] {
  return [...balances]
    .filter(([, balance]) => balance > 0n)
    .toSorted(([, one], [, other]) => (one < other ? 1 : one > other ? -1 : 0));
}
