/** The tree of calls. */
import type { EVMResult, InterpreterStep } from "@ethereumjs/evm";
import { Address, bytesToHex } from "@ethereumjs/util";
import { revertReason } from "../../protocols/json-rpc/revert-reason.ts";
import { quantityHex } from "../../protocols/json-rpc/format.ts";
import { causeText } from "../failures.ts";
import type { CallEvent, CallKind } from "../machine-events.ts";
import {
  type ExecutionEnd,
  flag,
  type MakeTracer,
  type TracedExecution,
  type Tracer,
} from "./tracer.ts";

export interface CallFrame {
  type: CallKind;
  from: string;
  to?: string;
  value?: string;
  gas: string;
  gasUsed: string;
  input: string;
  output?: string;
  error?: string;
  revertReason?: string;
  calls?: CallFrame[];
  logs?: { address: string; topics: string[]; data: string; position: string }[];
}

const firstLog = 0xa0;
const lastLog = 0xa4;
const selfDestruct = 0xff;

class CallTracer implements Tracer {
  readonly #execution: TracedExecution;
  readonly #withLog: boolean;
  readonly #onlyTopCall: boolean;
  readonly #open: CallFrame[] = [];
  #top: CallFrame | null = null;

  constructor(config: Readonly<Record<string, unknown>>, execution: TracedExecution) {
    this.#execution = execution;
    this.#withLog = flag(config, "withLog");
    this.#onlyTopCall = flag(config, "onlyTopCall");
  }

  enter({ kind, from, to, value, gas, input, depth }: CallEvent): void {
    const isTop = depth === 0;
    const frame: CallFrame = {
      type: kind,
      from: bytesToHex(from),
      ...(to !== null && { to: bytesToHex(to) }),
      ...(kind !== "STATICCALL" && { value: quantityHex(value) }),
      gas: quantityHex(isTop ? this.#execution.tx.gasLimit : gas),
      gasUsed: "0x0",
      input: bytesToHex(input),
    };
    this.#open.push(frame);
    if (isTop) this.#top = frame;
    else if (!this.#onlyTopCall) (this.#parent().calls ??= []).push(frame);
  }

  leave(_failed: boolean, { execResult, createdAddress }: EVMResult): void {
    const frame = this.#open.pop();
    if (frame === undefined) return;
    frame.gasUsed = quantityHex(execResult.executionGasUsed);
    if (createdAddress !== undefined) frame.to = createdAddress.toString();
    const { exceptionError, returnValue } = execResult;
    if (
      returnValue.length > 0 &&
      (exceptionError === undefined || exceptionError.error === "revert")
    )
      frame.output = bytesToHex(returnValue);
    if (exceptionError === undefined) return;
    frame.error = causeText(exceptionError.error);
    dropLogs(frame);
    if (frame.type === "CREATE" || frame.type === "CREATE2") delete frame.to;
    const reason = exceptionError.error === "revert" ? revertReason(returnValue) : null;
    if (reason !== null) frame.revertReason = reason;
  }

  async step({ opcode, stack, memory, address }: InterpreterStep): Promise<void> {
    const frame = this.#open.at(-1);
    if (frame === undefined || (this.#onlyTopCall && this.#open.length > 1)) return;
    if (this.#withLog && opcode.code >= firstLog && opcode.code <= lastLog) {
      const [offset = 0n, length = 0n, ...topics] = stack.toReversed();
      const data = new Uint8Array(Number(length));
      data.set(memory.subarray(Number(offset), Number(offset + length)));
      (frame.logs ??= []).push({
        address: address.toString(),
        topics: topics
          .slice(0, opcode.code - firstLog)
          .map((topic) => `0x${topic.toString(16).padStart(64, "0")}`),
        data: bytesToHex(data),
        position: quantityHex(frame.calls?.length ?? 0),
      });
    }
    if (opcode.code === selfDestruct && !this.#onlyTopCall) {
      const heir = (stack.at(-1) ?? 0n).toString(16).padStart(64, "0").slice(24);
      const account = await this.#execution.state.getAccount(new Address(address.bytes));
      (frame.calls ??= []).push({
        type: "SELFDESTRUCT",
        from: address.toString(),
        to: `0x${heir}`,
        value: quantityHex(account?.balance ?? 0n),
        gas: "0x0",
        gasUsed: "0x0",
        input: "0x",
      });
    }
  }

  end({ gasUsed }: ExecutionEnd): unknown {
    if (this.#top === null) return null;
    return { ...this.#top, gasUsed: quantityHex(gasUsed) };
  }

  #parent(): CallFrame {
    const parent = this.#open.at(-2);
    if (parent === undefined) throw new Error("A call within a call has one around it.");
    return parent;
  }
}

/** What fails emits nothing, nor do its calls. */
function dropLogs(frame: CallFrame): void {
  delete frame.logs;
  for (const each of frame.calls ?? []) dropLogs(each);
}

export const callTracer: MakeTracer = (config, execution) => new CallTracer(config, execution);
