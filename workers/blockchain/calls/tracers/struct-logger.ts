/** Every step, with stack, memory and storage: the default trace. */
import type { InterpreterStep } from "@ethereumjs/evm";
import { bigIntToHex, bytesToHex, setLengthLeft } from "@ethereumjs/util";
import { hexDigits } from "../../engine/state-reader.ts";
import { callLimits } from "../../limits.ts";
import { RpcError, rpcCodes } from "../../protocols/json-rpc/errors.ts";
import { causeText } from "../failures.ts";
import type { CallEvent } from "../machine-events.ts";
import {
  type ExecutionEnd,
  flag,
  type MakeTracer,
  type TracedExecution,
  type Tracer,
} from "./tracer.ts";

interface Step {
  pc: number;
  op: string;
  gas: number;
  gasCost: number;
  depth: number;
  refund?: number;
  error?: string;
  stack?: string[];
  memory?: string[];
  storage?: Record<string, string>;
  returnData?: string;
}

const load = 0x54;
const store = 0x55;
const wordBytes = 32;
/** Of a step without stack and memory, in JSON. */
const stepLength = 80;
const wordLength = 70;

class StructLogger implements Tracer {
  readonly #execution: TracedExecution;
  readonly #stack: boolean;
  readonly #memory: boolean;
  readonly #storage: boolean;
  readonly #returnData: boolean;
  readonly #limit: number;
  readonly #steps: Step[] = [];
  /** What each contract's slots were seen to hold. */
  readonly #slots = new Map<string, Record<string, string>>();
  readonly #depths: (Step | null)[] = [];
  #returned: Uint8Array = new Uint8Array();
  #length = 0;

  constructor(config: Readonly<Record<string, unknown>>, execution: TracedExecution) {
    this.#execution = execution;
    this.#stack = !flag(config, "disableStack");
    this.#storage = !flag(config, "disableStorage");
    // Older clients switch it off, newer ones on.
    this.#memory = flag(config, "enableMemory") || config["disableMemory"] === false;
    this.#returnData = flag(config, "enableReturnData") || config["disableReturnData"] === false;
    this.#limit = typeof config["limit"] === "number" ? config["limit"] : 0;
  }

  enter({ gas, depth }: CallEvent): void {
    const last = this.#steps.at(-1) ?? null;
    this.#depths.push(depth === 0 ? null : last);
    // What is passed on counts as cost of the instruction.
    if (depth > 0 && last !== null && /CALL/.test(last.op)) last.gasCost += Number(gas);
  }

  leave(failed: boolean, result: Parameters<NonNullable<Tracer["leave"]>>[1]): void {
    this.#returned = result.execResult.returnValue;
    const { exceptionError } = result.execResult;
    this.#depths.pop();
    const last = this.#steps.at(-1);
    if (failed && last !== undefined && last.op !== "REVERT" && exceptionError !== undefined) {
      last.error ??= causeText(exceptionError.error);
    }
  }

  async step(event: InterpreterStep): Promise<void> {
    if (this.#limit > 0 && this.#steps.length >= this.#limit) return;
    const { opcode, stack, memory } = event;
    const step: Step = {
      pc: event.pc,
      op: opcode.name,
      gas: Number(event.gasLeft),
      gasCost: Number(opcode.dynamicFee ?? BigInt(opcode.fee)),
      depth: event.depth + 1,
    };
    if (event.gasRefund > 0n) step.refund = Number(event.gasRefund);
    if (this.#stack) step.stack = stack.map((word) => bigIntToHex(word));
    if (this.#memory && memory.length > 0) step.memory = wordsOf(memory);
    if (this.#storage) {
      const slots = await this.#slotsAfter(event);
      if (slots !== null) step.storage = slots;
    }
    if (this.#returnData && this.#returned.length > 0) step.returnData = bytesToHex(this.#returned);
    const words = (step.stack?.length ?? 0) + (step.memory?.length ?? 0);
    const slotCount = step.storage === undefined ? 0 : Object.keys(step.storage).length * 2;
    this.#length += stepLength + (words + slotCount) * wordLength;
    if (this.#length > callLimits.traceLengthMax) {
      throw new RpcError(
        rpcCodes.limitExceeded,
        `the trace is longer than ${callLimits.traceLengthMax} characters; give a limit, disableStack or another tracer`,
      );
    }
    this.#steps.push(step);
  }

  end({ gasUsed, failed, returned }: ExecutionEnd): unknown {
    return {
      gas: Number(gasUsed),
      failed,
      returnValue: bytesToHex(returned),
      structLogs: this.#steps,
    };
  }

  async #slotsAfter({ opcode, stack, address }: InterpreterStep) {
    if (opcode.code !== load && opcode.code !== store) return null;
    const slot = wordOf(stack.at(-1) ?? 0n);
    const owner = hexDigits(address.bytes);
    const known = this.#slots.get(owner) ?? {};
    const value =
      opcode.code === store
        ? wordOf(stack.at(-2) ?? 0n)
        : setLengthLeft(await this.#execution.state.getStorage(address, slot), wordBytes);
    const after = { ...known, [bytesToHex(slot)]: bytesToHex(value) };
    this.#slots.set(owner, after);
    return after;
  }
}

export const structLogger: MakeTracer = (config, execution) => new StructLogger(config, execution);

function wordOf(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * wordBytes, "0"), "hex");
}

function wordsOf(memory: Uint8Array): string[] {
  const words: string[] = [];
  for (let from = 0; from < memory.length; from += wordBytes) {
    words.push(bytesToHex(memory.subarray(from, from + wordBytes)));
  }
  return words;
}
