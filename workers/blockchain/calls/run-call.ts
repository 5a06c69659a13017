/** Messages against a state that they do not change: eth_call, estimates, access lists. */
import type { Block } from "@ethereumjs/block";
import { Address, bytesToHex } from "@ethereumjs/util";
import { runTx } from "@ethereumjs/vm";
import { hexDigits } from "../engine/state-reader.ts";
import { WorldState } from "../engine/world-state.ts";
import { callLimits } from "../limits.ts";
import { RpcError, rpcCodes } from "../protocols/json-rpc/errors.ts";
import { executionFailure } from "./failures.ts";
import type { Machine, Machines } from "./machines.ts";
import { effectivePrice, type Fees, messageTransaction, offeredFee } from "./message-tx.ts";
import { overrideBlock, overrideState } from "./overrides.ts";
import type { AccessItem, CallMessage, CallPlace, Overrides } from "./requests.ts";

/** Estimates need not be exact to the unit; this is what go-ethereum allows itself. */
const estimateToleranceFraction = { numerator: 15n, denominator: 1_000n };
const callStipend = 2_300n;
/** EIP-7825. */
const transactionGasMax = 2n ** 24n;
/** Access lists cost gas themselves, which may change what is accessed. */
const accessListRoundsMax = 8;

/** @returns what the code returned. @throws RpcError */
export async function call(
  machines: Machines,
  place: CallPlace,
  message: CallMessage,
  overrides: Overrides | null,
): Promise<Uint8Array> {
  return inMachine(machines, place, overrides, async (machine, block) => {
    await requireFunds(machine.state, message, capped(message.gas));
    if (message.authorizationList !== undefined || message.blobVersionedHashes !== undefined) {
      const { failure, returned } = await attempt(machine, block, message, capped(message.gas));
      if (failure !== null) throw failure;
      return returned;
    }
    const { evm } = machine.vm;
    const caller = new Address(message.from);
    warm(machine, block, message);
    const baseFee = block.header.baseFeePerGas ?? 0n;
    requireFee(message, baseFee);
    const { execResult } = await evm.runCall({
      block,
      caller,
      origin: caller,
      ...(message.to !== null && { to: new Address(message.to) }),
      value: message.value,
      data: message.data,
      gasLimit: gasAfterIntrinsic(message, capped(message.gas)),
      gasPrice: effectivePrice(message, baseFee),
    });
    const { exceptionError, returnValue } = execResult;
    if (exceptionError !== undefined) throw executionFailure(exceptionError.error, returnValue);
    return returnValue;
  });
}

/** The least gas limit, to within 1.5 %, with which it succeeds as a transaction. @throws RpcError */
export async function estimateGas(
  machines: Machines,
  place: CallPlace,
  message: CallMessage,
  overrides: Overrides | null,
): Promise<bigint> {
  const most = await mostGas(machines, place, message, overrides);
  const tryWith = (gas: bigint) =>
    inMachine(machines, place, overrides, (machine, block) =>
      attempt(machine, block, message, gas),
    );
  const first = await tryWith(most);
  if (first.failure !== null) throw first.failure;
  let low = first.gasUsed - 1n;
  let high = most;
  // A call passes on 63 of 64 parts (EIP-150), so somewhat more than was used may be needed.
  let probe = ((first.gasUsed + first.gasRefund + callStipend) * 64n) / 63n;
  while (low + 1n < high) {
    const { numerator, denominator } = estimateToleranceFraction;
    if ((high - low) * denominator < high * numerator) break;
    if (probe >= high || probe <= low) probe = (low + high) / 2n;
    const { failure } = await tryWith(probe);
    if (failure === null) high = probe;
    else low = probe;
    probe = (low + high) / 2n;
  }
  // What was used is often already enough, and exact for plain transfers.
  const exact = await tryWith(first.gasUsed);
  return exact.failure === null ? first.gasUsed : high;
}

export interface AccessListResult {
  readonly accessList: readonly { readonly address: string; readonly storageKeys: string[] }[];
  readonly gasUsed: bigint;
  readonly error: string | null;
}

/** What a message accesses, as EIP-2930 lists it. @throws RpcError */
export async function accessListOf(
  machines: Machines,
  place: CallPlace,
  message: CallMessage,
  overrides: Overrides | null,
): Promise<AccessListResult> {
  let list: readonly AccessItem[] = message.accessList ?? [];
  for (let round = 1; ; round += 1) {
    const current: CallMessage = { ...message, accessList: list };
    const { reported, gasUsed, failure } = await inMachine(
      machines,
      place,
      overrides,
      async (machine, block) => {
        await requireFunds(machine.state, message, capped(message.gas));
        return attempt(machine, block, current, gasForTransaction(capped(message.gas), block));
      },
    );
    const found = textOf(reported);
    if (found === textOf(list) || round === accessListRoundsMax) {
      const accessList = reported.map(({ address, storageKeys }) => ({
        address: bytesToHex(address),
        storageKeys: storageKeys.map((key) => bytesToHex(key)),
      }));
      return { accessList, gasUsed, error: failure?.message ?? null };
    }
    list = reported;
  }
}

function textOf(list: readonly AccessItem[]): string {
  const items = list.map(
    ({ address, storageKeys }) =>
      `${hexDigits(address)}:${storageKeys.map(hexDigits).toSorted().join(",")}`,
  );
  return items.toSorted().join(" ");
}

/** A machine of its own where it has to be changed, else one of those that are kept. */
async function inMachine<T>(
  machines: Machines,
  place: CallPlace,
  overrides: Overrides | null,
  work: (machine: Machine, block: Block) => Promise<T>,
): Promise<T> {
  const block = await machines.blockAt(place);
  if (overrides === null) {
    return machines.run(place.version, block, (machine) => work(machine, block));
  }
  const state = new WorldState(machines.reader(place.version));
  const pacer = machines.newPacer();
  pacer.begin();
  const machine = await machines.fresh(state, block.common.copy(), pacer);
  if (overrides.state !== undefined) await overrideState(overrides.state, state, machine.vm);
  const changed = overrides.block === undefined ? block : overrideBlock(block, overrides.block);
  return work(machine, changed);
}

async function mostGas(
  machines: Machines,
  place: CallPlace,
  message: CallMessage,
  overrides: Overrides | null,
): Promise<bigint> {
  return inMachine(machines, place, overrides, async ({ state }, block) => {
    const most = gasForTransaction(capped(message.gas), block);
    const balance = (await state.getAccount(new Address(message.from)))?.balance ?? 0n;
    if (balance < message.value) throw new RpcError(rpcCodes.server, notEnough);
    const fee = offeredFee(message);
    if (fee === 0n) return most;
    const affordable = (balance - message.value) / fee;
    return affordable < most ? affordable : most;
  });
}

interface Attempt {
  readonly gasUsed: bigint;
  readonly gasRefund: bigint;
  readonly failure: RpcError | null;
  readonly returned: Uint8Array;
  readonly reported: readonly AccessItem[];
}

/** As a transaction, which costs what a transaction does. */
async function attempt(
  { vm, state }: Machine,
  block: Block,
  message: CallMessage,
  gasLimit: bigint,
): Promise<Attempt> {
  const baseFee = block.header.baseFeePerGas ?? 0n;
  const maxFeePerGas = offeredFee(message) === 0n ? baseFee : offeredFee(message);
  const tip = message.gasPrice ?? message.maxPriorityFeePerGas ?? 0n;
  const fees: Fees = {
    gasLimit,
    maxFeePerGas,
    maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas,
  };
  let result;
  try {
    const tx = messageTransaction(message, fees, vm.common);
    state.passOffAsDelegated(tx.getSenderAddress());
    result = await runTx(vm, {
      tx,
      block,
      skipBalance: true,
      skipNonce: true,
      skipBlockGasLimitValidation: true,
      reportAccessList: true,
    });
  } catch (error) {
    // Below the intrinsic gas the transaction could not even start.
    if (error instanceof RpcError) throw error;
    const reason = (error as Error).message.replace(/ \(vm hf=.*$/s, "");
    const nothing = { returned: new Uint8Array(), reported: [] };
    const failure = new RpcError(rpcCodes.server, reason);
    return { gasUsed: 0n, gasRefund: 0n, failure, ...nothing };
  } finally {
    state.passOffAsDelegated(null);
    state.reset();
    vm.evm.journal.cleanJournal();
  }
  const { exceptionError, returnValue } = result.execResult;
  return {
    gasUsed: result.totalGasSpent,
    gasRefund: result.gasRefund,
    failure:
      exceptionError === undefined ? null : executionFailure(exceptionError.error, returnValue),
    returned: returnValue,
    reported: (result.accessList ?? []).map(({ address, storageKeys }) => ({
      address: Buffer.from(address.slice(2), "hex"),
      storageKeys: storageKeys.map((key) => Buffer.from(key.slice(2), "hex")),
    })),
  };
}

/** As a transaction would find it (EIP-2929, EIP-3651). */
function warm({ vm }: Machine, { header }: Block, { from, to, accessList }: CallMessage): void {
  const { journal, precompiles } = vm.evm;
  for (const address of precompiles.keys()) journal.addAlwaysWarmAddress(address);
  journal.addAlwaysWarmAddress(hexDigits(from));
  if (to !== null) journal.addAlwaysWarmAddress(hexDigits(to));
  journal.addAlwaysWarmAddress(hexDigits(header.coinbase.bytes));
  for (const { address, storageKeys } of accessList ?? []) {
    journal.addAlwaysWarmAddress(hexDigits(address));
    for (const key of storageKeys) {
      journal.addAlwaysWarmSlot(hexDigits(address), hexDigits(key));
    }
  }
}

const gasOf = { transaction: 21_000n, creation: 32_000n, zeroByte: 4n, byte: 16n, initWord: 2n };

/** @throws RpcError when not even that is covered */
function gasAfterIntrinsic({ to, data, accessList = [] }: CallMessage, gas: bigint): bigint {
  let zeros = 0;
  for (const byte of data) if (byte === 0) zeros += 1;
  let intrinsic = gasOf.transaction + BigInt(zeros) * gasOf.zeroByte;
  intrinsic += BigInt(data.length - zeros) * gasOf.byte;
  if (to === null) {
    intrinsic += gasOf.creation + BigInt(Math.ceil(data.length / 32)) * gasOf.initWord;
  }
  // EIP-2930.
  for (const { storageKeys } of accessList)
    intrinsic += 2_400n + 1_900n * BigInt(storageKeys.length);
  if (gas >= intrinsic) return gas - intrinsic;
  const text = `intrinsic gas too low: have ${gas}, want ${intrinsic}`;
  throw new RpcError(rpcCodes.server, text);
}

const notEnough = "insufficient funds for transfer";

async function requireFunds(state: WorldState, message: CallMessage, gas: bigint): Promise<void> {
  const fees = offeredFee(message) * gas;
  if (message.value + fees === 0n) return;
  const balance = (await state.getAccount(new Address(message.from)))?.balance ?? 0n;
  if (balance >= message.value + fees) return;
  const text =
    fees === 0n
      ? notEnough
      : `insufficient funds for gas * price + value: address ${bytesToHex(message.from)} have ${balance} want ${message.value + fees}`;
  throw new RpcError(rpcCodes.server, text);
}

function requireFee(message: CallMessage, baseFee: bigint): void {
  const offered = offeredFee(message);
  if (offered === 0n || offered >= baseFee) return;
  const text = `max fee per gas less than block base fee: address ${bytesToHex(message.from)}, maxFeePerGas: ${offered}, baseFee: ${baseFee}`;
  throw new RpcError(rpcCodes.server, text);
}

function capped(gas: bigint | undefined): bigint {
  const most = callLimits.gasMax;
  return gas === undefined || gas > most ? most : gas;
}

/** A transaction may be limited to less than a call. */
function gasForTransaction(gas: bigint, { common }: Block): bigint {
  return common.isActivatedEIP(7825) && gas > transactionGasMax ? transactionGasMax : gas;
}
