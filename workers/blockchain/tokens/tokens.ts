/** Tokens of the chain: an index in memory that follows the head, and what contracts say of themselves. */
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import type { CallRunner } from "../calls/call-runner.ts";
import type { TokenTransfer, TokenView } from "../contract-tokens.ts";
import { blockchainProblem } from "../errors.ts";
import { labelOf } from "../handlers/accounts.ts";
import { checksumAddress } from "../handlers/views.ts";
import type { Chain } from "../node/chain.ts";
import type { ChainIndex } from "../store/chain-index.ts";
import type { LogPlace } from "../store/chain-rows.ts";
import { RpcError } from "../protocols/json-rpc/errors.ts";
import { tokenLimits } from "./limits.ts";
import { readText, readWhole } from "./metadata.ts";
import { holdersOf, readTransfer, type Token, TransferLedger } from "./transfer-ledger.ts";

/** keccak-256 of Transfer(address,address,uint256). */
const transferTopic = hexToBytes(
  "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
);
const selectors = {
  name: "0x06fdde03",
  symbol: "0x95d89b41",
  decimals: "0x313ce567",
  totalSupply: "0x18160ddd",
} as const;

type Metadata = Pick<TokenView, "name" | "symbol" | "decimals">;

const beginning: LogPlace = { block: -1, logIndex: -1 };

export class Tokens {
  readonly #chain: Chain;
  readonly #store: ChainIndex;
  readonly #simulator: CallRunner;
  #ledger = new TransferLedger();
  /** The last log that is in it, and the block up to which there is no other. */
  #read = beginning;
  #hash: Uint8Array | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #metadata = new Map<string, Metadata>();

  constructor(chain: Chain, store: ChainIndex, simulator: CallRunner) {
    this.#chain = chain;
    this.#store = store;
    this.#simulator = simulator;
  }

  async list({ limit, skip }: { readonly limit: number; readonly skip: number }) {
    const ledger = await this.#upToDate();
    const all = ledger.tokens();
    const tokens: TokenView[] = [];
    for (const token of all.slice(skip, skip + limit)) tokens.push(await this.#view(token));
    return { tokens, total: all.length, truncated: ledger.truncated };
  }

  /** @throws TOKEN_UNKNOWN */
  async token({ address }: { readonly address: string }): Promise<TokenView> {
    return this.#view(await this.#required(address));
  }

  /** @throws TOKEN_UNKNOWN */
  async holders(input: {
    readonly address: string;
    readonly limit: number;
    readonly skip: number;
  }) {
    const all = holdersOf(await this.#required(input.address));
    const page = all.slice(input.skip, input.skip + input.limit);
    return {
      holders: page.map(([holder, balance]) => {
        const address = checksum(holder);
        return { address, label: labelOf(address), balance: String(balance) };
      }),
      total: all.length,
    };
  }

  /** @throws TOKEN_UNKNOWN */
  async transfers(input: {
    readonly address: string;
    readonly limit: number;
    readonly before?: string | undefined;
  }): Promise<{ transfers: TokenTransfer[]; next: string | null }> {
    const { address, standard } = await this.#required(input.address);
    const [block = Number.MAX_SAFE_INTEGER, logIndex = 0] =
      input.before?.split("-").map(Number) ?? [];
    const rows = this.#store.logsBefore(
      { address: Buffer.from(address, "hex"), topic0: transferTopic },
      { block, logIndex },
      input.limit + 1,
    );
    const page = rows.slice(0, input.limit);
    const transfers = page.flatMap((row) => {
      const read = readTransfer(row);
      if (read === null || read.standard !== standard) return [];
      return {
        from: checksum(read.from),
        to: checksum(read.to),
        value: String(read.value),
        transactionHash: `0x${Buffer.from(row.transaction_hash).toString("hex")}`,
        blockNumber: row.block,
        timestamp: row.block_timestamp,
        logIndex: row.log_index,
      };
    });
    const last = page.at(-1);
    const isMore = rows.length > input.limit && last !== undefined;
    return { transfers, next: isMore ? `${last.block}-${last.log_index}` : null };
  }

  async #required(address: string): Promise<Token> {
    const token = (await this.#upToDate()).token(address.slice(2).toLowerCase());
    if (token !== undefined) return token;
    throw blockchainProblem("TOKEN_UNKNOWN", `${address} has logged no transfer of a token.`);
  }

  /** One after the other reads on; those who wait find it done. */
  #upToDate(): Promise<TransferLedger> {
    const done = this.#turn.then(() => this.#readOn());
    this.#turn = done.catch(() => {});
    return done;
  }

  async #readOn(): Promise<TransferLedger> {
    const known = this.#read.block < 0 ? null : this.#store.block(this.#read.block);
    const isGone = this.#hash !== null && !sameBytes(known?.hash, this.#hash);
    // Blocks were taken back: what they logged cannot be told from the rest.
    if (isGone) {
      this.#ledger = new TransferLedger();
      this.#read = beginning;
    }
    // A step that is full may have ended within a block.
    let isFull = false;
    while (isFull || this.#read.block < this.#chain.height) {
      const from = this.#read;
      const upTo = Math.min(this.#chain.height, from.block + tokenLimits.blocksPerStep);
      const rows = this.#store.logsAfter(transferTopic, from, upTo, tokenLimits.logsPerStep);
      isFull = rows.length === tokenLimits.logsPerStep;
      for (const row of rows) {
        const transfer = readTransfer(row);
        if (transfer !== null) this.#ledger.add(transfer, row.block);
      }
      const last = rows.at(-1);
      this.#read =
        isFull && last !== undefined
          ? { block: last.block, logIndex: last.log_index }
          : { block: upTo, logIndex: Number.MAX_SAFE_INTEGER };
      await this.#chain.pacer.pause();
    }
    this.#hash = this.#store.block(this.#read.block)?.hash ?? null;
    return this.#ledger;
  }

  async #view(token: Token): Promise<TokenView> {
    const address = checksum(token.address);
    const { standard, transfers, firstBlock } = token;
    const supply = await this.#ask(token.address, selectors.totalSupply);
    const totalSupply = supply === null ? null : readWhole(supply);
    return {
      address,
      standard,
      ...(await this.#metadataOf(token)),
      totalSupply: totalSupply === null ? null : String(totalSupply),
      transfers,
      holders: holdersOf(token).length,
      firstBlock,
    };
  }

  /** It hardly ever changes, so it is asked for once. */
  async #metadataOf({ address, standard }: Token): Promise<Metadata> {
    const known = this.#metadata.get(address);
    if (known !== undefined) return known;
    const text = async (selector: PrefixedHexString) => {
      const answer = await this.#ask(address, selector);
      return answer === null ? null : readText(answer);
    };
    const answer = standard === "ERC-20" ? await this.#ask(address, selectors.decimals) : null;
    const decimals = answer === null ? null : readWhole(answer);
    const metadata = {
      name: await text(selectors.name),
      symbol: await text(selectors.symbol),
      decimals: decimals === null || decimals > 255n ? null : Number(decimals),
    };
    if (this.#metadata.size >= tokenLimits.metadataKept) {
      const [oldest] = this.#metadata.keys();
      if (oldest !== undefined) this.#metadata.delete(oldest);
    }
    this.#metadata.set(address, metadata);
    return metadata;
  }

  /** null: the contract does not answer, or not with this gas. */
  async #ask(address: string, data: PrefixedHexString): Promise<Uint8Array | null> {
    const message = {
      from: new Uint8Array(20),
      to: Buffer.from(address, "hex"),
      value: 0n,
      data: hexToBytes(data),
      gas: tokenLimits.callGas,
    };
    try {
      return await this.#simulator.call(message, this.#chain.headRow);
    } catch (error) {
      if (error instanceof RpcError) return null;
      throw error;
    }
  }
}

function sameBytes(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0;
}

function checksum(digits: string): string {
  return checksumAddress(Buffer.from(digits, "hex"));
}
