/** States and blocks that are taken to be other than they are, for the time of a call. */
import { Block, type BlockHeader, createBlockHeader, type HeaderData } from "@ethereumjs/block";
import type { VM } from "@ethereumjs/vm";
import { Account, Address, bytesToHex, hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import { RpcError, simulationCodes } from "../protocols/json-rpc/errors.ts";
import type { WorldState } from "../engine/world-state.ts";
import type { AccountOverride, BlockOverrides, StateOverrides } from "./requests.ts";

/**
 * @param vm one that nobody else uses, where precompiles are moved
 * @throws RpcError
 */
export async function overrideState(
  overrides: StateOverrides,
  state: WorldState,
  vm: VM,
): Promise<void> {
  const addresses = new Set(Object.keys(overrides).map((each) => each.toLowerCase()));
  for (const [place, override] of Object.entries(overrides)) {
    movePrecompile(place.toLowerCase(), override, addresses, vm);
    await overrideAccount(new Address(hexToBytes(place as PrefixedHexString)), override, state);
  }
}

async function overrideAccount(
  address: Address,
  { balance, nonce, code, state: whole, stateDiff }: AccountOverride,
  state: WorldState,
): Promise<void> {
  if (balance !== undefined || nonce !== undefined) {
    const account = (await state.getAccount(address)) ?? new Account();
    account.balance = balance ?? account.balance;
    account.nonce = nonce ?? account.nonce;
    await state.putAccount(address, account);
  }
  if (code !== undefined) await state.putCode(address, code);
  if (whole !== undefined && stateDiff !== undefined) {
    const text = `account ${address.toString()} has both 'state' and 'stateDiff'`;
    throw new RpcError(simulationCodes.invalidParams, text);
  }
  if (whole !== undefined) await state.clearStorage(address);
  for (const [slot, value] of Object.entries(whole ?? stateDiff ?? {})) {
    await state.putStorage(address, hexToBytes(slot as PrefixedHexString), value);
  }
  // Storage belongs to an account, even to one that has nothing else.
  if ((whole ?? stateDiff) !== undefined && (await state.getAccount(address)) === undefined) {
    await state.putAccount(address, new Account());
  }
}

/** What is overridden is a precompile no more; it may work at another address. */
function movePrecompile(
  place: string,
  { movePrecompileToAddress: target }: AccountOverride,
  overridden: ReadonlySet<string>,
  vm: VM,
): void {
  const { precompiles } = vm.evm;
  const digits = place.slice(2);
  const precompile = precompiles.get(digits);
  if (target !== undefined) {
    if (precompile === undefined) {
      const text = `account ${place} is not a precompile`;
      throw new RpcError(simulationCodes.notPrecompile, text);
    }
    const to = bytesToHex(target);
    if (overridden.has(to)) {
      throw new RpcError(simulationCodes.moveTaken, `account ${to} is already overridden`);
    }
    precompiles.set(to.slice(2), precompile);
  }
  if (precompile !== undefined) precompiles.delete(digits);
}

/** What a header is made of again. */
export function fieldsOf(header: BlockHeader): HeaderData {
  const { parentHash, uncleHash, coinbase, stateRoot, transactionsTrie, receiptTrie } = header;
  const { logsBloom, difficulty, number, gasLimit, gasUsed, timestamp, extraData } = header;
  const { mixHash, nonce, baseFeePerGas, withdrawalsRoot, blobGasUsed, excessBlobGas } = header;
  const { parentBeaconBlockRoot, requestsHash } = header;
  return {
    ...own({ parentHash, uncleHash, coinbase, stateRoot, transactionsTrie, receiptTrie }),
    ...own({ logsBloom, difficulty, number, gasLimit, gasUsed, timestamp, extraData }),
    ...own({ mixHash, nonce, baseFeePerGas, withdrawalsRoot, blobGasUsed, excessBlobGas }),
    ...own({ parentBeaconBlockRoot, requestsHash }),
  };
}

/** Without what only later forks have. */
function own(fields: Readonly<Record<string, unknown>>): HeaderData {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function overrideBlock(block: Block, overrides: BlockOverrides): Block {
  const { header, common } = block;
  const changed = createBlockHeader(
    {
      ...fieldsOf(header),
      ...(overrides.number !== undefined && { number: overrides.number }),
      ...(overrides.time !== undefined && { timestamp: overrides.time }),
      ...(overrides.gasLimit !== undefined && { gasLimit: overrides.gasLimit }),
      ...(overrides.feeRecipient !== undefined && {
        coinbase: new Address(overrides.feeRecipient),
      }),
      ...(overrides.prevRandao !== undefined && { mixHash: overrides.prevRandao }),
      ...(overrides.difficulty !== undefined && { difficulty: overrides.difficulty }),
      ...(overrides.baseFeePerGas !== undefined && { baseFeePerGas: overrides.baseFeePerGas }),
    },
    { common, freeze: false },
  );
  const { blobBaseFee } = overrides;
  if (blobBaseFee !== undefined) changed.getBlobGasPrice = () => blobBaseFee;
  return new Block(changed, [], [], undefined, { common, freeze: false });
}
