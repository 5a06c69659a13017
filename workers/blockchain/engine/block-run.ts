/**
 * The execution of one block (yellow paper, section 11): its transactions in order, and what it
 * commits to. Roots are computed once, and a transaction that cannot be included changes nothing.
 */
import type { Block } from "@ethereumjs/block";
import { isBlob4844Tx, type TypedTransaction } from "@ethereumjs/tx";
import { encodeReceipt, runTx, type VM } from "@ethereumjs/vm";
import type { MinedTransaction } from "../core/records.ts";
import type { RefusalReason } from "./entry.ts";
import { isStoreFailure } from "./failures.ts";
import { hexDigits } from "./state-reader.ts";
import { beginBlock, collectRequests, requestsHash, rewardBlock } from "./system-calls.ts";
import { listRoot } from "./trie/list-root.ts";
import type { WorldState } from "./world-state.ts";

export interface BlockTask {
  readonly vm: VM;
  readonly state: WorldState;
  /** The header with all that is known before; its transactions are not looked at. */
  readonly block: Block;
  readonly depositContract: string;
}

/** Why a transaction cannot be included. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

/** What the execution gave for the header. */
export interface Commitments {
  readonly gasUsed: bigint;
  readonly logsBloom: Uint8Array;
  readonly receiptTrie: Uint8Array;
  readonly blobGasUsed?: bigint;
  readonly requestsHash?: Uint8Array;
}

/** Room for the header and the lengths of the lists. */
const headerBytesMax = 2_048;

export class BlockRun {
  readonly #task: BlockTask;
  readonly transactions: MinedTransaction[] = [];
  readonly #receipts: Uint8Array[] = [];
  readonly #logsBloom = new Uint8Array(256);
  #gasUsed = 0n;
  #blobGasUsed = 0n;
  #bytes = headerBytesMax;

  constructor(task: BlockTask) {
    this.#task = task;
  }

  async begin(): Promise<void> {
    const { vm, block } = this.#task;
    await beginBlock(vm, block);
  }

  /** Runs a transaction and includes it; or says why not, and nothing has changed. */
  async add(tx: TypedTransaction, isImpersonated: boolean): Promise<Refusal | null> {
    const { vm, state, block } = this.#task;
    const refusal = await this.#check(tx);
    if (refusal !== null) return refusal;
    const sender = tx.getSenderAddress();
    state.originalStorageCache.clear();
    if (isImpersonated) state.passOffAsDelegated(sender);
    let result;
    try {
      result = await runTx(vm, { tx, block, blockGasUsed: this.#gasUsed });
    } catch (error) {
      if (isStoreFailure(error)) throw error;
      return refusalOf(error as Error);
    } finally {
      state.passOffAsDelegated(null);
    }
    const { execResult, receipt, totalGasSpent, amountSpent, createdAddress } = result;
    this.#gasUsed += totalGasSpent;
    this.#blobGasUsed += result.blobGasUsed ?? 0n;
    this.#bytes += tx.serialize().length;
    const logs = (execResult.logs ?? []).map(([address, topics, data]) => ({
      address,
      topics,
      data,
    }));
    if (logs.length > 0) {
      receipt.bitvector.forEach(
        (bits, at) => (this.#logsBloom[at] = (this.#logsBloom[at] ?? 0) | bits),
      );
    }
    this.#receipts.push(encodeReceipt(receipt, tx.type));
    this.transactions.push({
      tx,
      hash: tx.hash(),
      sender: sender.bytes,
      contract: tx.to === undefined ? (createdAddress?.bytes ?? null) : null,
      success: execResult.exceptionError === undefined,
      gasUsed: totalGasSpent,
      cumulativeGasUsed: this.#gasUsed,
      effectiveGasPrice: amountSpent / totalGasSpent,
      logs,
      logsBloom: receipt.bitvector,
      ...("stateRoot" in receipt && { stateRoot: receipt.stateRoot }),
    });
    return null;
  }

  /** Withdrawals, rewards and requests; then all that the header commits to but the state. */
  async finish(): Promise<Commitments> {
    const { vm, state, block, depositContract } = this.#task;
    await rewardBlock(vm, block);
    const requests = vm.common.isActivatedEIP(7685)
      ? await collectRequests(vm, this.transactions, depositContract)
      : null;
    await vm.evm.journal.cleanup();
    state.originalStorageCache.clear();
    return {
      gasUsed: this.#gasUsed,
      logsBloom: this.#logsBloom,
      receiptTrie: listRoot(this.#receipts),
      ...(vm.common.isActivatedEIP(4844) && { blobGasUsed: this.#blobGasUsed }),
      ...(requests !== null && { requestsHash: requestsHash(requests) }),
    };
  }

  /** What the library does not check, or in words that no client knows. */
  async #check(tx: TypedTransaction): Promise<Refusal | null> {
    const { vm, state, block } = this.#task;
    const { header } = block;
    if (tx.gasLimit > header.gasLimit - this.#gasUsed) {
      return refused(
        "gas limit",
        `gas limit reached: the block has ${header.gasLimit - this.#gasUsed} left, tx gas limit ${tx.gasLimit}`,
      );
    }
    if (isBlob4844Tx(tx) && vm.common.isActivatedEIP(4844)) {
      const { maxBlobGasPerBlock } = vm.common.getBlobGasSchedule();
      const blobGas = vm.common.param("blobGasPerBlob") * BigInt(tx.numBlobs());
      if (this.#blobGasUsed + blobGas > maxBlobGasPerBlock) {
        return refused(
          "gas limit",
          `blob gas limit reached: at most ${maxBlobGasPerBlock} a block`,
        );
      }
    }
    if (vm.common.isActivatedEIP(7934)) {
      const bytesMax = Number(vm.common.param("maxRlpBlockSize"));
      if (this.#bytes + tx.serialize().length > bytesMax) {
        return refused("gas limit", `block size limit reached: at most ${bytesMax} bytes`);
      }
    }
    const baseFee = header.baseFeePerGas;
    const offered = "maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice;
    if (baseFee !== undefined && offered < baseFee) {
      return refused(
        "fee too low",
        `max fee per gas less than block base fee: maxFeePerGas: ${offered}, baseFee: ${baseFee}`,
      );
    }
    let sender;
    try {
      sender = tx.getSenderAddress();
    } catch {
      return refused("malformed", "invalid sender: the signature does not recover");
    }
    const account = await state.getAccount(sender);
    const nonce = account?.nonce ?? 0n;
    if (tx.nonce < nonce) {
      return refused("nonce too low", `nonce too low: next nonce ${nonce}, tx nonce ${tx.nonce}`);
    }
    if (tx.nonce > nonce) {
      return refused("nonce too high", `nonce too high: next nonce ${nonce}, tx nonce ${tx.nonce}`);
    }
    const blobCost = isBlob4844Tx(tx)
      ? vm.common.param("blobGasPerBlob") * BigInt(tx.numBlobs()) * tx.maxFeePerBlobGas
      : 0n;
    const cost = tx.value + tx.gasLimit * offered + blobCost;
    const balance = account?.balance ?? 0n;
    if (balance < cost) {
      return refused(
        "insufficient funds",
        `insufficient funds for gas * price + value: address 0x${hexDigits(sender.bytes)} have ${balance} want ${cost}`,
      );
    }
    return null;
  }
}

function refused(reason: RefusalReason, message: string): Refusal {
  return { reason, message };
}

function refusalOf(error: Error): Refusal {
  const message = error.message.replace(/ \(vm hf=.*$/s, "");
  const intrinsic = /INTRINSIC_GAS_TOO_LOW: tx gas limit (\d+) .* of (\d+)/.exec(message);
  if (intrinsic !== null) {
    return refused(
      "intrinsic gas",
      `intrinsic gas too low: gas ${intrinsic[1]}, minimum needed ${intrinsic[2]}`,
    );
  }
  if (/EIP-3607/.test(message)) return refused("malformed", `sender not an eoa: ${message}`);
  if (/BlobGas/.test(message)) return refused("fee too low", message);
  if (/not activated|only valid with/.test(message)) return refused("unsupported", message);
  return refused("malformed", message);
}
