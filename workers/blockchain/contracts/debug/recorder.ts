/** Records what an EVM executes. It only listens: the run is the same without it. */
import type { EVM, EVMResult, InterpreterStep, Message } from "@ethereumjs/evm";
import { bytesToHex, setLengthLeft, bigIntToBytes } from "@ethereumjs/util";
import type { Hex } from "../artefact.ts";
import { traceLimits } from "../limits.ts";
import {
  type FrameKind,
  StepTable,
  type StorageAccess,
  type Trace,
  type TraceFrame,
  type TraceLog,
} from "./trace.ts";

const op = {
  keccak256: 0x20,
  calldataCopy: 0x37,
  codeCopy: 0x39,
  extCodeCopy: 0x3c,
  returnDataCopy: 0x3e,
  mstore: 0x52,
  mstore8: 0x53,
  sload: 0x54,
  sstore: 0x55,
  tload: 0x5c,
  tstore: 0x5d,
  mcopy: 0x5e,
  log0: 0xa0,
  log4: 0xa4,
  create: 0xf0,
  call: 0xf1,
  callCode: 0xf2,
  delegateCall: 0xf4,
  create2: 0xf5,
  staticCall: 0xfa,
} as const;

const kindsByOp: Readonly<Record<number, FrameKind>> = {
  [op.create]: "CREATE",
  [op.call]: "CALL",
  [op.callCode]: "CALLCODE",
  [op.delegateCall]: "DELEGATECALL",
  [op.create2]: "CREATE2",
  [op.staticCall]: "STATICCALL",
};

/** @returns offset and length of what the instruction will write into memory, or null */
function writtenMemory(code: number, stack: readonly bigint[]): [number, number] | null {
  const at = (fromTop: number) => Number(stack.at(-1 - fromTop) ?? 0n);
  switch (code) {
    case op.mstore:
      return [at(0), 32];
    case op.mstore8:
      return [at(0), 1];
    case op.calldataCopy:
    case op.codeCopy:
    case op.returnDataCopy:
    case op.mcopy:
      return [at(0), at(2)];
    case op.extCodeCopy:
      return [at(1), at(3)];
    case op.call:
    case op.callCode:
      return [at(5), at(6)];
    case op.delegateCall:
    case op.staticCall:
      return [at(4), at(5)];
    default:
      return null;
  }
}

interface OpenFrame {
  readonly frame: TraceFrame;
  /** What the step under way will have done when the frame's next step comes. */
  settle: ((next: InterpreterStep | null) => void) | null;
}

export interface Recording {
  /** Stops listening. */
  finish(): Trace;
}

export function record(evm: EVM): Recording {
  const recorder = new Recorder(evm);
  const follow = async (event: InterpreterStep, resume: (() => void) | undefined) => {
    try {
      await recorder.step(event);
    } catch (error) {
      recorder.giveUp(error as Error);
    }
    // The rest of the run is several times as fast when nobody listens.
    if (recorder.isFull) evm.events.off("step", step);
    resume?.();
  };
  // The machine waits for listeners that take two parameters.
  const step = (event: InterpreterStep, resume?: () => void) => void follow(event, resume);
  const before = (message: Message) => recorder.open(message);
  const after = (result: EVMResult) => recorder.close(result);
  evm.events.on("step", step);
  evm.events.on("beforeMessage", before);
  evm.events.on("afterMessage", after);
  return {
    finish() {
      evm.events.off("step", step);
      evm.events.off("beforeMessage", before);
      evm.events.off("afterMessage", after);
      return recorder.trace();
    },
  };
}

class Recorder {
  readonly #evm: EVM;
  readonly #steps = new StepTable();
  readonly #frames: TraceFrame[] = [];
  readonly #open: (OpenFrame | null)[] = [];
  readonly #storage: StorageAccess[] = [];
  readonly #logs: TraceLog[] = [];
  readonly #preimages = new Map<bigint, Uint8Array>();
  #memoryBytes = 0;
  #truncated: string | null = null;
  #failed = false;

  constructor(evm: EVM) {
    this.#evm = evm;
  }

  /** The run must go on whatever becomes of its recording. */
  giveUp(error: Error): void {
    this.#failed = true;
    this.#truncate(error.message);
  }

  trace(): Trace {
    return {
      steps: this.#steps,
      frames: this.#frames,
      storage: this.#storage,
      logs: this.#logs,
      preimages: this.#preimages,
      truncated: this.#truncated,
    };
  }

  open(message: Message): void {
    if (this.#frames.length >= traceLimits.framesMax) {
      this.#truncate(`more than ${traceLimits.framesMax} calls`);
      this.#open.push(null);
      return;
    }
    const parent = this.#open.at(-1)?.frame ?? null;
    const callStep = parent?.lastStep ?? null;
    const isCreation = message.to === undefined;
    const kind =
      callStep === null
        ? isCreation
          ? "CREATE"
          : "CALL"
        : (kindsByOp[this.#steps.op(callStep)] ?? "CALL");
    const frame: TraceFrame = {
      index: this.#frames.length,
      parent: parent?.index ?? null,
      callStep,
      depth: message.depth,
      kind,
      address: hexOf(message.to?.bytes),
      codeAddress: isCreation ? null : hexOf(message.codeAddress.bytes),
      caller: bytesToHex(message.caller.bytes),
      value: message.value,
      input: message.data.slice(),
      code: isCreation ? message.data.slice() : new Uint8Array(),
      isPrecompile: typeof message.code === "function",
      gasLimit: Number(message.gasLimit),
      firstStep: null,
      lastStep: null,
      endStep: -1,
      output: new Uint8Array(),
      error: null,
      gasUsed: 0,
    };
    this.#frames.push(frame);
    this.#open.push({ frame, settle: null });
  }

  close(result: EVMResult): void {
    const open = this.#open.pop();
    if (open === undefined || open === null) return;
    open.settle?.(null);
    const { frame } = open;
    const { execResult, createdAddress } = result;
    frame.endStep = this.#steps.length;
    frame.output = execResult.returnValue.slice();
    frame.error = execResult.exceptionError?.error ?? null;
    frame.gasUsed = Number(execResult.executionGasUsed);
    if (createdAddress !== undefined) frame.address = hexOf(createdAddress.bytes);
    this.#steps.closeFrame(frame.index);
  }

  async step(event: InterpreterStep): Promise<void> {
    const open = this.#open.at(-1);
    if (open === undefined || open === null) return;
    const { settle } = open;
    open.settle = null;
    settle?.(event);
    if (this.isFull) return;
    const { frame } = open;
    const step = this.#steps.length;
    if (frame.firstStep === null) await this.#begin(frame, event);
    frame.lastStep = step;
    const code = event.opcode.code ?? 0;
    this.#steps.append({
      pc: event.pc,
      op: code,
      frame: frame.index,
      gasLeft: Number(event.gasLeft),
      memoryWords: Number(event.memoryWordCount),
      stack: event.stack,
    });
    await this.#watch(open, event, code, step);
  }

  async #begin(frame: TraceFrame, event: InterpreterStep): Promise<void> {
    frame.firstStep = this.#steps.length;
    frame.address ??= bytesToHex(event.address.bytes);
    if (frame.codeAddress === null) return;
    frame.code = await event.stateManager.getCode(event.codeAddress);
  }

  /** Notes what the instruction is about to do beyond the stack. */
  async #watch(open: OpenFrame, event: InterpreterStep, code: number, step: number): Promise<void> {
    const { stack } = event;
    const written = writtenMemory(code, stack);
    if (written !== null) {
      const [offset, length] = written;
      open.settle = (next) => this.#noteMemory(open.frame, next, offset, length);
    } else if (code === op.keccak256) {
      open.settle = (next) => this.#notePreimage(next, stack);
    } else if (code === op.sload || code === op.sstore || code === op.tload || code === op.tstore) {
      await this.#noteStorage(open.frame, event, code, step);
    } else if (code >= op.log0 && code <= op.log4) {
      open.settle = (next) => this.#noteLog(open.frame, event, next, step);
    }
  }

  #noteMemory(
    frame: TraceFrame,
    next: InterpreterStep | null,
    offset: number,
    length: number,
  ): void {
    if (next === null || length === 0 || this.isFull) return;
    const bytes = next.memory.slice(offset, offset + length);
    this.#memoryBytes += bytes.length;
    this.#steps.writeMemory(frame.index, { step: this.#steps.length, offset, bytes });
  }

  #notePreimage(next: InterpreterStep | null, stack: readonly bigint[]): void {
    const [offset, length] = [Number(stack.at(-1)), Number(stack.at(-2))];
    const hash = next?.stack.at(-1);
    if (next === null || hash === undefined || length > traceLimits.preimageBytesMax) return;
    if (this.#preimages.size >= traceLimits.preimagesMax) {
      this.#truncate(`more than ${traceLimits.preimagesMax} different hashes`);
      return;
    }
    const bytes = new Uint8Array(length);
    bytes.set(next.memory.subarray(offset, offset + length));
    this.#preimages.set(hash, bytes);
  }

  async #noteStorage(
    { index, address }: TraceFrame,
    event: InterpreterStep,
    code: number,
    step: number,
  ): Promise<void> {
    const slot = event.stack.at(-1);
    if (slot === undefined || address === null) return;
    if (this.#storage.length >= traceLimits.storageAccessesMax) {
      this.#truncate(`more than ${traceLimits.storageAccessesMax} accesses to storage`);
      return;
    }
    const isTransient = code === op.tload || code === op.tstore;
    const key = setLengthLeft(bigIntToBytes(slot), 32);
    const word = isTransient
      ? this.#evm.transientStorage.get(event.address, key)
      : await event.stateManager.getStorage(event.address, key);
    const before = word.length === 0 ? 0n : BigInt(bytesToHex(word));
    const isWrite = code === op.sstore || code === op.tstore;
    const after = isWrite ? (event.stack.at(-2) ?? 0n) : before;
    this.#storage.push({ step, frame: index, address, slot, before, after, isWrite, isTransient });
  }

  #noteLog(
    { index, address }: TraceFrame,
    { stack, opcode }: InterpreterStep,
    next: InterpreterStep | null,
    step: number,
  ): void {
    if (next === null || address === null) return;
    const [offset, length] = [Number(stack.at(-1)), Number(stack.at(-2))];
    const count = (opcode.code ?? op.log0) - op.log0;
    const topics = stack
      .slice(stack.length - 2 - count, stack.length - 2)
      .toReversed()
      .map((topic): Hex => `0x${topic.toString(16).padStart(64, "0")}`);
    const data = new Uint8Array(length);
    data.set(next.memory.subarray(offset, offset + length));
    this.#logs.push({ step, frame: index, address, topics, data });
  }

  /** Whether further steps would not be recorded; the trace then says why. */
  get isFull(): boolean {
    const { stepsMax, stackValuesMax, memoryBytesMax } = traceLimits;
    if (this.#failed) return true;
    if (this.#steps.length >= stepsMax) this.#truncate(`more than ${stepsMax} steps`);
    else if (this.#steps.valuesHeld >= stackValuesMax) this.#truncate("stacks too large to keep");
    else if (this.#memoryBytes >= memoryBytesMax) this.#truncate("memory too large to keep");
    else return false;
    return true;
  }

  #truncate(why: string): void {
    this.#truncated ??= why;
  }
}

function hexOf(bytes: Uint8Array | undefined): Hex | null {
  return bytes === undefined ? null : bytesToHex(bytes);
}
