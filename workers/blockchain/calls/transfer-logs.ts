/** Logs with one for each transfer of coins among them, as eth_simulateV1 shows on request. */
import type { EVMInterface, InterpreterStep } from "@ethereumjs/evm";
import { bigIntToBytes, bytesToBigInt, setLengthLeft } from "@ethereumjs/util";
import { keccak256 } from "../engine/keccak.ts";
import type { WorldState } from "../engine/world-state.ts";
import { MachineEvents, type CallEvent } from "./machine-events.ts";

export interface SeenLog {
  /** Its number in the block; those that were undone count, too. */
  readonly index: number;
  readonly address: Uint8Array;
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
}

/** In place of a contract (ERC-7528). */
const coins = Buffer.from("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "hex");
const transferTopic = keccak256(new TextEncoder().encode("Transfer(address,address,uint256)"));
const firstLog = 0xa0;
const lastLog = 0xa4;
const selfDestruct = 0xff;

export class TransferLogs {
  /** The number of the log that comes next. */
  next: number;
  readonly #state: WorldState;
  readonly #events: MachineEvents;
  /** Of the open calls, the outermost first. */
  readonly #open: SeenLog[][] = [[]];

  /** @param next the number of the first log */
  constructor(evm: EVMInterface, state: WorldState, next: number) {
    this.#state = state;
    this.next = next;
    this.#events = new MachineEvents(evm, {
      enter: (call) => this.#enter(call),
      leave: (failed) => this.#leave(failed),
      step: (step) => this.#step(step),
    });
  }

  get logs(): readonly SeenLog[] {
    return this.#open[0] ?? [];
  }

  stop(): void {
    this.#events.stop();
  }

  #enter({ kind, from, to, value }: CallEvent): void {
    this.#open.push([]);
    if (kind !== "DELEGATECALL" && value > 0n && to !== null) this.#transfer(from, to, value);
  }

  #leave(failed: boolean): void {
    const logs = this.#open.pop() ?? [];
    if (!failed) this.#open.at(-1)?.push(...logs);
  }

  async #step({ opcode, stack, memory, address }: InterpreterStep): Promise<void> {
    if (opcode.code >= firstLog && opcode.code <= lastLog) {
      const [offset = 0n, length = 0n, ...topics] = stack.toReversed();
      const [from, bytes] = [Number(offset), Number(length)];
      const data = new Uint8Array(bytes);
      data.set(memory.subarray(from, from + bytes));
      const words = topics.slice(0, opcode.code - firstLog);
      this.#add(address.bytes, words.map(wordOf), data);
    }
    if (opcode.code === selfDestruct) {
      const balance = (await this.#state.getAccount(address))?.balance ?? 0n;
      const heir = wordOf(stack.at(-1) ?? 0n).slice(12);
      if (balance > 0n) this.#transfer(address.bytes, heir, balance);
    }
  }

  #transfer(from: Uint8Array, to: Uint8Array, value: bigint): void {
    const topics = [transferTopic, wordOf(bytesToBigInt(from)), wordOf(bytesToBigInt(to))];
    this.#add(coins, topics, wordOf(value));
  }

  #add(address: Uint8Array, topics: readonly Uint8Array[], data: Uint8Array): void {
    this.#open.at(-1)?.push({ index: this.next, address, topics, data });
    this.next += 1;
  }
}

function wordOf(value: bigint): Uint8Array {
  return setLengthLeft(bigIntToBytes(value), 32);
}
