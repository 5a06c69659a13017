/** eth_simulateV1: blocks of messages on top of a block, which nobody keeps. */
import { Block, type BlockHeader } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { createWithdrawal } from "@ethereumjs/util";
import type { TypedTransaction } from "@ethereumjs/tx";
import { Address, bytesToHex } from "@ethereumjs/util";
import { encodeReceipt, runTx } from "@ethereumjs/vm";
import type { MinedTransaction } from "../core/records.ts";
import { makeHeader, nextBaseFee, transactionsRoot } from "../engine/header.ts";
import { beginBlock, collectRequests, requestsHash, rewardBlock } from "../engine/system-calls.ts";
import { listRoot } from "../engine/trie/list-root.ts";
import { WorldState } from "../engine/world-state.ts";
import { RLP } from "@ethereumjs/rlp";
import { callLimits } from "../limits.ts";
import { RpcError, simulationCodes } from "../protocols/json-rpc/errors.ts";
import { formatBlock, formatTransaction, quantityHex } from "../protocols/json-rpc/format.ts";
import { causeText, executionFailure } from "./failures.ts";
import type { CallPacer, Machine, Machines } from "./machines.ts";
import { messageTransaction, offeredFee } from "./message-tx.ts";
import { fieldsOf, overrideState } from "./overrides.ts";
import { checkRefusal, orderedBlocks, type PlannedBlock } from "./simulation-plan.ts";
import type { CallMessage, CallPlace, Simulation } from "./requests.ts";
import { TransferLogs, type SeenLog } from "./transfer-logs.ts";

/** @throws RpcError */
export async function simulate(
  machines: Machines,
  place: CallPlace,
  simulation: Simulation,
): Promise<readonly object[]> {
  const base = await machines.blockAt(place);
  const planned = orderedBlocks(base.header, simulation.blocks);
  const pacer = machines.newPacer();
  pacer.begin();
  const run = new SimulationRun(machines, place, simulation, base, pacer);
  const results: object[] = [];
  for (const block of planned) {
    pacer.isDue();
    results.push(await run.add(block));
  }
  return results;
}

interface CallResult {
  readonly returnData: string;
  readonly logs: readonly SeenLog[];
  readonly gasUsed: bigint;
  readonly maxUsedGas: bigint;
  readonly failure: RpcError | null;
}

class SimulationRun {
  readonly #machines: Machines;
  readonly #place: CallPlace;
  readonly #options: Simulation;
  readonly #pacer: CallPacer;
  readonly #state: WorldState;
  readonly #hashes = new Map<number, Uint8Array>();
  #parent: BlockHeader;
  /** In the block that is under way. */
  #nextLog = 0;
  /** Of all blocks together. */
  #gasLeft = callLimits.gasMax;

  constructor(
    machines: Machines,
    place: CallPlace,
    options: Simulation,
    base: Block,
    pacer: CallPacer,
  ) {
    this.#machines = machines;
    this.#place = place;
    this.#options = options;
    this.#pacer = pacer;
    this.#state = new WorldState(machines.reader(place.version));
    this.#parent = base.header;
    this.#hashes.set(Number(base.header.number), base.header.hash());
  }

  async add(planned: PlannedBlock): Promise<object> {
    this.#nextLog = 0;
    const common = this.#parent.common.copy();
    common.setHardforkBy({ blockNumber: planned.number, timestamp: planned.time });
    const fields = this.#fields(planned, common);
    const header = makeHeader(fields, common);
    const { blobBaseFee } = planned.overrides;
    const machine = await this.#machines.fresh(this.#state, common, this.#pacer, (number) =>
      this.#blockHash(number),
    );
    await overrideState(planned.state, this.#state, machine.vm);
    const withdrawals = (planned.overrides.withdrawals ?? []).map((each) =>
      createWithdrawal({ ...each, address: bytesToHex(each.address) }),
    );
    const options = { common, freeze: false };
    const open = new Block(
      header,
      [],
      [],
      common.isActivatedEIP(4895) ? withdrawals : undefined,
      options,
    );
    if (blobBaseFee !== undefined) open.header.getBlobGasPrice = () => blobBaseFee;
    await beginBlock(machine.vm, open);
    const transactions: TypedTransaction[] = [];
    const calls: CallResult[] = [];
    const mined: MinedTransaction[] = [];
    for (const message of planned.calls) {
      const gasUsed = mined.at(-1)?.cumulativeGasUsed ?? 0n;
      const done = await this.#call(machine, open, message, gasUsed);
      transactions.push(done.tx);
      calls.push(done.result);
      mined.push(done.mined);
    }
    await rewardBlock(machine.vm, open);
    const requests = common.isActivatedEIP(7685)
      ? await collectRequests(
          machine.vm,
          mined.filter(({ success }) => success),
          this.#machines.genesis.depositContract,
        )
      : null;
    await machine.vm.evm.journal.cleanup();
    this.#state.originalStorageCache.clear();
    const changes = await this.#state.changes();
    const stateRoot = await this.#machines.archive.call("rootWith", this.#place.version, changes);
    const blobGas = transactions.reduce((sum, tx) => sum + blobGasOf(tx, common), 0n);
    const complete = makeHeader(
      {
        ...fields,
        stateRoot,
        gasUsed: mined.at(-1)?.cumulativeGasUsed ?? 0n,
        transactionsTrie: transactionsRoot({ transactions }),
        receiptTrie: listRoot(mined.map((each) => receiptOf(each))),
        logsBloom: bloomOf(mined),
        ...(common.isActivatedEIP(4895) && {
          withdrawalsRoot: listRoot(withdrawals.map((one) => RLP.encode(one.raw()))),
        }),
        ...(common.isActivatedEIP(4844) && { blobGasUsed: blobGas }),
        ...(requests !== null && { requestsHash: requestsHash(requests) }),
      },
      common,
    );
    const block = new Block(complete, transactions, [], open.withdrawals, options);
    this.#parent = complete;
    this.#hashes.set(Number(complete.number), complete.hash());
    return this.#shown(block, calls);
  }

  async #blockHash(number: number): Promise<Uint8Array> {
    return this.#hashes.get(number) ?? (await this.#machines.blockHash(number));
  }

  #fields({ number, time, overrides }: PlannedBlock, common: Common) {
    const parent = this.#parent;
    const { validation } = this.#options;
    const baseFee =
      overrides.baseFeePerGas ?? (validation ? nextBaseFee(parent, number, common) : 0n);
    return {
      number,
      parentHash: parent.hash(),
      timestamp: time,
      coinbase: new Address(overrides.feeRecipient ?? parent.coinbase.bytes),
      gasLimit: overrides.gasLimit ?? parent.gasLimit,
      mixHash: overrides.prevRandao ?? new Uint8Array(32),
      ...(common.isActivatedEIP(1559) && { baseFeePerGas: baseFee }),
      ...(common.isActivatedEIP(4844) && {
        excessBlobGas: parent.calcNextExcessBlobGas(common),
        parentBeaconBlockRoot: overrides.beaconRoot ?? new Uint8Array(32),
      }),
    };
  }

  async #call(machine: Machine, block: Block, message: CallMessage, gasBefore: bigint) {
    const { vm } = machine;
    const { header } = block;
    const sender = new Address(message.from);
    const account = await this.#state.getAccount(sender);
    const remaining = header.gasLimit - gasBefore;
    const wanted = message.gas ?? remaining;
    if (wanted > remaining) {
      const text = `block gas limit reached: remaining: ${remaining}, required: ${wanted}`;
      throw new RpcError(simulationCodes.blockGasLimit, text);
    }
    const gasLimit = wanted < this.#gasLeft ? wanted : this.#gasLeft;
    const nonce = message.nonce ?? account?.nonce ?? 0n;
    const { validation, traceTransfers } = this.#options;
    const fee = offeredFee(message);
    const tip = message.gasPrice ?? message.maxPriorityFeePerGas ?? 0n;
    const tx = messageTransaction(
      { ...message, nonce },
      { gasLimit, maxFeePerGas: fee, maxPriorityFeePerGas: tip },
      vm.common,
    );
    checkRefusal(
      { tx, account: account ?? null, sender: bytesToHex(message.from) },
      header.baseFeePerGas ?? 0n,
      validation,
    );
    // Without validation a message that offers nothing pays nothing, whatever the base fee is.
    const free = !validation && fee === 0n ? withoutFee(block) : block;
    const transfers = traceTransfers ? new TransferLogs(vm.evm, this.#state, this.#nextLog) : null;
    let result;
    try {
      this.#state.originalStorageCache.clear();
      this.#state.passOffAsDelegated(sender);
      result = await runTx(vm, {
        tx,
        block: free,
        skipNonce: true,
        skipBlockGasLimitValidation: true,
        blockGasUsed: gasBefore,
      });
    } catch (error) {
      if (error instanceof RpcError) throw error;
      throw simulationError(error as Error);
    } finally {
      this.#state.passOffAsDelegated(null);
      transfers?.stop();
      this.#nextLog = transfers?.next ?? this.#nextLog;
    }
    const { execResult, receipt, totalGasSpent, gasRefund } = result;
    this.#gasLeft -= totalGasSpent;
    const logs = (execResult.logs ?? []).map(([address, topics, data]) => ({
      address,
      topics,
      data,
    }));
    const { exceptionError, returnValue } = execResult;
    const mined: MinedTransaction = {
      tx,
      hash: tx.hash(),
      sender: sender.bytes,
      contract: null,
      success: exceptionError === undefined,
      gasUsed: totalGasSpent,
      cumulativeGasUsed: gasBefore + totalGasSpent,
      effectiveGasPrice: 0n,
      logs,
      logsBloom: receipt.bitvector,
      ...("stateRoot" in receipt && { stateRoot: receipt.stateRoot }),
    };
    const shownResult: CallResult = {
      // What a refusal says is in the error.
      returnData: mined.success ? bytesToHex(returnValue) : "0x",
      logs: mined.success ? (transfers?.logs ?? this.#numbered(logs)) : [],
      gasUsed: totalGasSpent,
      maxUsedGas: totalGasSpent + gasRefund,
      failure: exceptionError === undefined ? null : failureOf(exceptionError.error, returnValue),
    };
    return { tx, result: shownResult, mined };
  }

  #numbered(logs: readonly Omit<SeenLog, "index">[]): readonly SeenLog[] {
    return logs.map((log) => ({ ...log, index: this.#nextLog++ }));
  }

  #shown(block: Block, calls: readonly CallResult[]): object {
    const { header, transactions } = block;
    const hash = header.hash();
    const shownTransactions = transactions.map((tx, position) =>
      this.#options.returnFullTransactions
        ? formatTransaction(tx, {
            hash: tx.hash(),
            sender: tx.getSenderAddress().bytes,
            mined: {
              block: Number(header.number),
              blockHash: hash,
              timestamp: Number(header.timestamp),
              position,
              gasPrice: priceOf(tx, header.baseFeePerGas ?? 0n),
            },
          })
        : bytesToHex(tx.hash()),
    );
    const shownCalls = calls.map(
      ({ returnData, logs, gasUsed, maxUsedGas, failure }, position) => ({
        returnData,
        logs: logs.map(({ index, address, topics, data }) => ({
          address: bytesToHex(address),
          topics: topics.map((topic) => bytesToHex(topic)),
          data: bytesToHex(data),
          blockNumber: quantityHex(header.number),
          transactionHash: bytesToHex(transactions[position]?.hash() ?? new Uint8Array(32)),
          transactionIndex: quantityHex(position),
          blockHash: bytesToHex(hash),
          blockTimestamp: quantityHex(header.timestamp),
          logIndex: quantityHex(index),
          removed: false,
        })),
        gasUsed: quantityHex(gasUsed),
        maxUsedGas: quantityHex(maxUsedGas),
        status: failure === null ? "0x1" : "0x0",
        ...(failure !== null && {
          error: {
            message: failure.message,
            code: failure.code,
            ...(failure.data !== undefined && { data: failure.data }),
          },
        }),
      }),
    );
    const bytes = block.serialize().length;
    return { ...formatBlock(block, bytes, shownTransactions), calls: shownCalls };
  }
}

function priceOf(tx: TypedTransaction, baseFee: bigint): bigint {
  if (!("maxFeePerGas" in tx)) return tx.gasPrice;
  const wanted = baseFee + tx.maxPriorityFeePerGas;
  return wanted < tx.maxFeePerGas ? wanted : tx.maxFeePerGas;
}

function withoutFee(block: Block): Block {
  if ((block.header.baseFeePerGas ?? 0n) === 0n) return block;
  const { common, header } = block;
  const free = makeHeader({ ...fieldsOf(header), baseFeePerGas: 0n }, common);
  return new Block(free, [], [], block.withdrawals, { common, freeze: false });
}

function blobGasOf(tx: TypedTransaction, common: Common): bigint {
  return "numBlobs" in tx ? common.param("blobGasPerBlob") * BigInt(tx.numBlobs()) : 0n;
}

function receiptOf({
  tx,
  success,
  cumulativeGasUsed,
  logs,
  logsBloom,
  stateRoot,
}: MinedTransaction) {
  const common = {
    cumulativeBlockGasUsed: cumulativeGasUsed,
    bitvector: logsBloom,
    logs: logs.map(({ address, topics, data }): [Uint8Array, Uint8Array[], Uint8Array] => [
      address,
      [...topics],
      data,
    ]),
  };
  const status = success ? (1 as const) : (0 as const);
  return encodeReceipt(
    stateRoot === undefined ? { ...common, status } : { ...common, stateRoot },
    tx.type,
  );
}

function bloomOf(mined: readonly MinedTransaction[]): Uint8Array {
  const bloom = new Uint8Array(256);
  for (const { logsBloom } of mined) {
    logsBloom.forEach((bits, at) => (bloom[at] = (bloom[at] ?? 0) | bits));
  }
  return bloom;
}

function failureOf(cause: string, data: Uint8Array): RpcError {
  const failure = executionFailure(cause, data);
  return cause === "revert" ? failure : new RpcError(simulationCodes.vm, causeText(cause));
}

function simulationError({ message }: Error): RpcError {
  const text = message.replace(/ \(vm hf=.*$/s, "");
  if (/INTRINSIC_GAS/.test(text)) return new RpcError(simulationCodes.intrinsicGas, text);
  if (/initcode/i.test(text)) return new RpcError(simulationCodes.initCodeSize, text);
  return new RpcError(simulationCodes.vm, text);
}
