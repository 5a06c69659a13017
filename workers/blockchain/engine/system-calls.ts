/** What a block does by itself, before and after its transactions. */
import type { Block } from "@ethereumjs/block";
import { genRequestsRoot } from "@ethereumjs/block";
import {
  Account,
  Address,
  bigIntToBytes,
  CLRequest,
  CLRequestType,
  concatBytes,
  setLengthLeft,
} from "@ethereumjs/util";
import type { VM } from "@ethereumjs/vm";
import { hash } from "node:crypto";
import type { MinedTransaction } from "../core/records.ts";
import { keccak256 } from "./keccak.ts";
import { bytesOf, equalBytes, hexDigits } from "./state-reader.ts";
import { systemContracts } from "./system-contracts.ts";

const systemAddress = new Address(bytesOf("fffffffffffffffffffffffffffffffffffffffe"));
const beaconRoots = new Address(bytesOf("000f3df6d732807ef1319fb7b8bb8522d0beac02"));
const blockHashes = new Address(bytesOf("0000f90827f1c53a10cb7a02335b175320002935"));
const withdrawalRequests = new Address(bytesOf("00000961ef480eb55e80d19ad83579a64c007002"));
const consolidationRequests = new Address(bytesOf("0000bbddc7ce488642fb579f8b00f3a590007251"));

/** How many roots and hashes those contracts keep. */
const ringLength = 8_191n;

export async function beginBlock(vm: VM, { header }: Block): Promise<void> {
  const state = vm.stateManager;
  const { common } = vm;
  if (common.isActivatedEIP(4788) && (await state.getCodeSize(beaconRoots)) > 0) {
    const place = header.timestamp % ringLength;
    const root = header.parentBeaconBlockRoot ?? new Uint8Array(32);
    await state.putStorage(beaconRoots, slot(place), bigIntToBytes(header.timestamp));
    await state.putStorage(beaconRoots, slot(place + ringLength), root);
  }
  if (common.isActivatedEIP(2935) && (await state.getCodeSize(blockHashes)) > 0) {
    await state.putStorage(blockHashes, slot((header.number - 1n) % ringLength), header.parentHash);
  }
}

function slot(number: bigint): Uint8Array {
  return setLengthLeft(bigIntToBytes(number), 32);
}

/** Withdrawals (EIP-4895), and the rewards of proof of work (yellow paper, section 11.3). */
export async function rewardBlock(vm: VM, block: Block): Promise<void> {
  for (const { address, amount } of block.withdrawals ?? []) {
    await credit(vm, address, amount * weiPerGwei);
  }
  if (block.common.consensusType() === "pow") {
    const reward = vm.common.param("minerReward");
    const { uncleHeaders, header } = block;
    for (const { number, coinbase } of uncleHeaders) {
      await credit(vm, coinbase, ((8n + number - header.number) * reward) / 8n);
    }
    await credit(vm, header.coinbase, reward + (reward / 32n) * BigInt(uncleHeaders.length));
  }
  // Empties what was touched and has nothing (EIP-161).
  await vm.evm.journal.cleanup();
}

const weiPerGwei = 1_000_000_000n;

async function credit(vm: VM, address: Address, wei: bigint): Promise<void> {
  const account = (await vm.stateManager.getAccount(address)) ?? new Account();
  account.balance += wei;
  await vm.evm.journal.putAccount(address, account);
}

/** Requests to the consensus layer (EIP-7685): deposits, withdrawals, consolidations. */
export async function collectRequests(
  vm: VM,
  transactions: readonly MinedTransaction[],
  depositContract: string,
): Promise<CLRequest<CLRequestType>[]> {
  const deposits = transactions.flatMap(({ logs }) =>
    logs.filter(
      ({ address, topics }) =>
        hexDigits(address) === depositContract &&
        topics[0] !== undefined &&
        hexDigits(topics[0]) === depositTopic,
    ),
  );
  return [
    new CLRequest(CLRequestType.Deposit, concatBytes(...deposits.map(({ data }) => deposit(data)))),
    new CLRequest(CLRequestType.Withdrawal, await systemCall(vm, withdrawalRequests)),
    new CLRequest(CLRequestType.Consolidation, await systemCall(vm, consolidationRequests)),
  ];
}

export function requestsHash(requests: CLRequest<CLRequestType>[]): Uint8Array {
  return genRequestsRoot(requests, (bytes) => hash("sha256", bytes, "buffer"));
}

/** DepositEvent(bytes,bytes,bytes,bytes,bytes) of the deposit contract (EIP-6110). */
const depositTopic = "649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5";

/** Where the five fields begin in the event's data, after their length, and how long they are. */
const depositFields = [
  { at: 160, length: 48 },
  { at: 256, length: 32 },
  { at: 320, length: 8 },
  { at: 384, length: 96 },
  { at: 512, length: 8 },
];

function deposit(data: Uint8Array): Uint8Array {
  if (data.length !== 576) throw new Error("invalid deposit log: unsupported data layout");
  const word = (at: number) => Number(BigInt(`0x${hexDigits(data.subarray(at, at + 32))}`));
  return concatBytes(
    ...depositFields.map(({ at, length }, index) => {
      if (word(index * 32) !== at || word(at) !== length) {
        throw new Error("invalid deposit log: unsupported data layout");
      }
      return data.slice(at + 32, at + 32 + length);
    }),
  );
}

/**
 * Whether a contract of requests has nothing to do: no excess, no count, an empty queue (its first four
 * slots, EIP-7002 and EIP-7251). Then its system call returns nothing and writes zeros over zeros, in
 * a few hundred instructions, after every block.
 */
async function isIdle(vm: VM, contract: Address): Promise<boolean> {
  const account = await vm.stateManager.getAccount(contract);
  const known = idleCodes.get(hexDigits(contract.bytes));
  if (account === undefined || known === undefined) return false;
  if (!equalBytes(account.codeHash, known)) return false;
  for (const place of idleSlots) {
    const word = await vm.stateManager.getStorage(contract, place);
    if (word.some((byte) => byte !== 0)) return false;
  }
  return true;
}

const idleSlots = [0n, 1n, 2n, 3n].map((place) => slot(place));
const idleCodes = new Map(
  [withdrawalRequests, consolidationRequests].map(({ bytes }) => {
    const address = hexDigits(bytes);
    return [
      address,
      keccak256(bytesOf((systemContracts[`0x${address}`] ?? "").replace(/^0x/, ""))),
    ];
  }),
);

/** @returns what the contract returned; nothing where there is none */
async function systemCall(vm: VM, to: Address): Promise<Uint8Array> {
  const state = vm.stateManager;
  if ((await state.getCodeSize(to)) === 0 || (await isIdle(vm, to))) return new Uint8Array(0);
  const before = await state.getAccount(systemAddress);
  const { execResult } = await vm.evm.runCall({ caller: systemAddress, to, gasLimit: 30_000_000n });
  // The call counts as one of nobody.
  if (before === undefined) await state.deleteAccount(systemAddress);
  else await state.putAccount(systemAddress, before);
  return execResult.returnValue;
}
