/** Who used the gas of the last blocks. */
import { RLP } from "@ethereumjs/rlp";
import { bytesToHex } from "@ethereumjs/util";
import { type ChainGas, gasContractsMax, gasMethodsMax } from "../contract-mempool.ts";
import { GasUseSum } from "../core/gas-use.ts";
import { mempoolLimits } from "../limits.ts";
import type { Chain } from "../node/chain.ts";
import type { TransactionRow } from "../store/chain-rows.ts";
import type { ChainIndex } from "../store/chain-index.ts";
import { checksumAddress } from "./views.ts";

export class Gas {
  readonly #chain: Chain;
  readonly #store: ChainIndex;

  constructor(chain: Chain, store: ChainIndex) {
    this.#chain = chain;
    this.#store = store;
  }

  async use({ blocks }: { readonly blocks: number }): Promise<ChainGas> {
    const toBlock = this.#chain.height;
    const least = Math.max(0, toBlock + 1 - blocks);
    const sum = new GasUseSum();
    let fromBlock = toBlock + 1;
    let count = 0;
    // Whole blocks only, so that shares are those of the blocks that are named.
    while (fromBlock > least) {
      const row = this.#store.block(fromBlock - 1);
      if (row === undefined) break;
      if (count > 0 && count + row.transactions > mempoolLimits.gasTransactionsMax) break;
      await this.#addBlock(sum, row.number);
      count += row.transactions;
      fromBlock = row.number;
      await this.#chain.pacer.pause();
    }
    const { contracts, ...rest } = sum.most(gasContractsMax, gasMethodsMax);
    return {
      fromBlock,
      toBlock,
      ...rest,
      contracts: contracts.map((contract) => ({
        ...contract,
        address: checksumAddress(Buffer.from(contract.address.slice(2), "hex")),
        methods: [...contract.methods],
      })),
    };
  }

  async #addBlock(sum: GasUseSum, number: number): Promise<void> {
    let page: readonly TransactionRow[];
    let after = -1;
    do {
      page = this.#store.transactionsOfBlockAfter(number, after, mempoolLimits.gasPage);
      for (const row of page) {
        const { recipient, contract, data_bytes: dataBytes } = row;
        after = row.position;
        const target = recipient ?? contract;
        if (target === null) continue;
        const address = bytesToHex(target);
        const isContract = this.#isContract(address);
        const kind = recipient === null ? "deployment" : isContract ? "call" : "transfer";
        sum.add({
          address,
          kind,
          data: kind === "call" && dataBytes > 0 ? callDataOf(row.raw) : "0x",
          gasUsed: row.gas_used,
          failed: row.success !== 1,
        });
      }
      await this.#chain.pacer.pause();
    } while (page.length === mempoolLimits.gasPage);
  }

  /** Now: one that has destroyed itself counts as an account. */
  #isContract(address: string): boolean {
    return (this.#store.account(Buffer.from(address.slice(2), "hex"))?.contract ?? 0) !== 0;
  }
}

/** Of an encoded transaction: EIP-2718 envelopes carry their type before the list of fields. */
function callDataOf(raw: Uint8Array): string {
  const type = (raw[0] ?? 0) < 0x80 ? raw[0] : 0;
  const fields = RLP.decode(type === 0 ? raw : raw.subarray(1));
  const data = (fields as Uint8Array[])[dataField(type ?? 0)];
  return data === undefined ? "0x" : bytesToHex(data);
}

/** Where the data stands: legacy, EIP-2930, and EIP-1559 with those built on it. */
function dataField(type: number): number {
  return type === 0 ? 5 : type === 1 ? 6 : 7;
}
