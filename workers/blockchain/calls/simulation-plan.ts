/** The order of simulated blocks, and what keeps their messages from being executed. */
import type { BlockHeader } from "@ethereumjs/block";
import type { TypedTransaction } from "@ethereumjs/tx";
import type { Account } from "@ethereumjs/util";
import { callLimits } from "../limits.ts";
import { RpcError, simulationCodes } from "../protocols/json-rpc/errors.ts";
import type { BlockOverrides, CallMessage, SimulatedBlock, StateOverrides } from "./requests.ts";

export interface PlannedBlock {
  readonly number: bigint;
  readonly time: bigint;
  readonly overrides: BlockOverrides;
  readonly state: StateOverrides;
  readonly calls: readonly CallMessage[];
}

/** Between blocks whose time is not given. */
const slotSeconds = 12n;

/** Fills gaps with empty blocks. @throws RpcError when numbers or times do not rise */
export function orderedBlocks(
  base: BlockHeader,
  blocks: readonly SimulatedBlock[],
): readonly PlannedBlock[] {
  const planned: PlannedBlock[] = [];
  let { number, timestamp: time } = base;
  for (const { blockOverrides = {}, stateOverrides = {}, calls } of blocks) {
    const wanted = blockOverrides.number ?? number + 1n;
    if (wanted <= number) {
      const text = `block numbers must be in order: ${wanted} <= ${number}`;
      throw new RpcError(simulationCodes.blockOrder, text);
    }
    if (wanted - base.number > BigInt(callLimits.simulatedBlocksMax)) {
      throw new RpcError(simulationCodes.tooManyBlocks, "too many blocks");
    }
    while (number + 1n < wanted) {
      number += 1n;
      time += slotSeconds;
      planned.push({ number, time, overrides: {}, state: {}, calls: [] });
    }
    const wantedTime = blockOverrides.time ?? time + slotSeconds;
    if (wantedTime <= time) {
      const text = `block timestamps must be in order: ${wantedTime} <= ${time}`;
      throw new RpcError(simulationCodes.timestampOrder, text);
    }
    number = wanted;
    time = wantedTime;
    planned.push({ number, time, overrides: blockOverrides, state: stateOverrides, calls });
  }
  return planned;
}

interface Candidate {
  readonly tx: TypedTransaction;
  readonly account: Account | null;
  /** 0x and digits. */
  readonly sender: string;
}

/** @throws RpcError */
export function checkRefusal(
  { tx, account, sender }: Candidate,
  baseFee: bigint,
  validation: boolean,
): void {
  const next = account?.nonce ?? 0n;
  const offered = "maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice;
  if (validation && tx.nonce < next) {
    const text = `nonce too low: address ${sender}, tx: ${tx.nonce} state: ${next}`;
    throw new RpcError(simulationCodes.nonceTooLow, text);
  }
  if (validation && tx.nonce > next) {
    const text = `nonce too high: address ${sender}, tx: ${tx.nonce} state: ${next}`;
    throw new RpcError(simulationCodes.nonceTooHigh, text);
  }
  if ((validation || offered > 0n) && offered < baseFee) {
    const text = `max fee per gas less than block base fee: address ${sender}, maxFeePerGas: ${offered}, baseFee: ${baseFee}`;
    throw new RpcError(simulationCodes.feeTooLow, text);
  }
  const cost = tx.value + tx.gasLimit * offered;
  const balance = account?.balance ?? 0n;
  if (balance < cost) {
    const text = `insufficient funds for gas * price + value: address ${sender} have ${balance} want ${cost}`;
    throw new RpcError(simulationCodes.insufficientFunds, text);
  }
  const intrinsic = tx.getIntrinsicGas();
  if (tx.gasLimit < intrinsic) {
    const text = `intrinsic gas too low: have ${tx.gasLimit}, want ${intrinsic}`;
    throw new RpcError(simulationCodes.intrinsicGas, text);
  }
}
