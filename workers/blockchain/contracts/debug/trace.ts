/**
 * A recorded execution. Stacks and memories are kept as differences, so that a long trace stays
 * small; any step's stack and memory can be put together again.
 */
import { traceLimits } from "../limits.ts";
import type { Hex } from "../artefact.ts";

export type FrameKind = "CALL" | "CALLCODE" | "DELEGATECALL" | "STATICCALL" | "CREATE" | "CREATE2";

/** A message: the transaction's own, or one that code sent. */
export interface TraceFrame {
  readonly index: number;
  readonly parent: number | null;
  /** The step that sent it; null for the first. */
  readonly callStep: number | null;
  readonly depth: number;
  readonly kind: FrameKind;
  /** Whose storage and balance it works on. */
  address: Hex | null;
  /** Whose code it runs. */
  readonly codeAddress: Hex | null;
  readonly caller: Hex;
  readonly value: bigint;
  readonly input: Uint8Array;
  /** For a creation the code that deploys, with the arguments behind it. */
  code: Uint8Array;
  readonly isPrecompile: boolean;
  readonly gasLimit: number;
  firstStep: number | null;
  lastStep: number | null;
  /** The step at which the sender goes on; the trace's length for the first frame. */
  endStep: number;
  output: Uint8Array;
  /** Why it failed, in the machine's words; null when it did not. */
  error: string | null;
  gasUsed: number;
}

export interface StorageAccess {
  readonly step: number;
  readonly frame: number;
  readonly address: Hex;
  readonly slot: bigint;
  /** Before the step. */
  readonly before: bigint;
  /** After it; the same for a read. */
  readonly after: bigint;
  readonly isWrite: boolean;
  readonly isTransient: boolean;
}

export interface MemoryWrite {
  /** The first step that sees it. */
  readonly step: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface TraceLog {
  readonly step: number;
  readonly frame: number;
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Uint8Array;
}

export interface Trace {
  readonly steps: StepTable;
  readonly frames: readonly TraceFrame[];
  readonly storage: readonly StorageAccess[];
  readonly logs: readonly TraceLog[];
  /** What was hashed, by the hash. */
  readonly preimages: ReadonlyMap<bigint, Uint8Array>;
  /** Some of it was beyond a limit and is not here; null when all of it is. */
  readonly truncated: string | null;
}

interface StepRecord {
  readonly pc: number;
  readonly op: number;
  readonly frame: number;
  readonly gasLeft: number;
  readonly memoryWords: number;
  readonly stack: readonly bigint[];
}

/** Steps in columns. */
export class StepTable {
  #size = 0;
  #capacity = 1_024;
  #pc = new Int32Array(this.#capacity);
  #op = new Uint8Array(this.#capacity);
  #frame = new Int32Array(this.#capacity);
  #gasLeft = new Float64Array(this.#capacity);
  #memoryWords = new Int32Array(this.#capacity);
  #previous = new Int32Array(this.#capacity);
  #next = new Int32Array(this.#capacity);
  /** How many values from the bottom are those of the step before in the same frame. */
  #kept = new Uint16Array(this.#capacity);
  #valuesFrom = new Int32Array(this.#capacity);
  readonly #values: bigint[] = [];
  readonly #memory = new Map<number, MemoryWrite[]>();
  readonly #frames = new Map<number, { step: number; stack: readonly bigint[]; whole: number }>();

  get length(): number {
    return this.#size;
  }

  get valuesHeld(): number {
    return this.#values.length;
  }

  append(record: StepRecord): void {
    const { pc, op, frame, gasLeft, memoryWords, stack } = record;
    const step = this.#size;
    if (step === this.#capacity) this.#grow();
    this.#pc[step] = pc;
    this.#op[step] = op;
    this.#frame[step] = frame;
    this.#gasLeft[step] = gasLeft;
    this.#memoryWords[step] = memoryWords;
    const last = this.#frames.get(frame);
    this.#previous[step] = last?.step ?? -1;
    this.#next[step] = -1;
    if (last !== undefined) this.#next[last.step] = step;
    let whole = last?.whole ?? step;
    let kept = 0;
    if (last !== undefined && step - whole < traceLimits.stepsBetweenWholeStacks) {
      const { stack: before } = last;
      const most = Math.min(before.length, stack.length);
      while (kept < most && before[kept] === stack[kept]) kept += 1;
    } else {
      whole = step;
    }
    this.#kept[step] = kept;
    this.#valuesFrom[step] = this.#values.length;
    for (let place = kept; place < stack.length; place++) this.#values.push(stack[place] as bigint);
    this.#frames.set(frame, { step, stack, whole });
    this.#size = step + 1;
  }

  /** A frame has ended; what was remembered for its next step is let go. */
  closeFrame(frame: number): void {
    this.#frames.delete(frame);
  }

  writeMemory(frame: number, write: MemoryWrite): void {
    const writes = this.#memory.get(frame);
    if (writes === undefined) this.#memory.set(frame, [write]);
    else writes.push(write);
  }

  pc(step: number): number {
    return this.#pc[this.#checked(step)] as number;
  }

  op(step: number): number {
    return this.#op[this.#checked(step)] as number;
  }

  frame(step: number): number {
    return this.#frame[this.#checked(step)] as number;
  }

  /** Before the step is paid for. */
  gasLeft(step: number): number {
    return this.#gasLeft[this.#checked(step)] as number;
  }

  memoryBytes(step: number): number {
    return (this.#memoryWords[this.#checked(step)] as number) * 32;
  }

  /** The step before in the same frame, or null. */
  previousInFrame(step: number): number | null {
    const previous = this.#previous[this.#checked(step)] as number;
    return previous < 0 ? null : previous;
  }

  nextInFrame(step: number): number | null {
    const next = this.#next[this.#checked(step)] as number;
    return next < 0 ? null : next;
  }

  stackHeight(step: number): number {
    this.#checked(step);
    return (
      (this.#kept[step] as number) + this.#valuesEnd(step) - (this.#valuesFrom[step] as number)
    );
  }

  /** The stack before the step, its top last. */
  stack(step: number): bigint[] {
    const height = this.stackHeight(step);
    const stack = Array.from<bigint>({ length: height });
    let missing = height;
    for (let at = step; missing > 0; at = this.#previous[at] as number) {
      const kept = this.#kept[at] as number;
      const from = this.#valuesFrom[at] as number;
      for (let place = kept; place < missing; place++) {
        stack[place] = this.#values[from + place - kept] as bigint;
      }
      missing = Math.min(missing, kept);
    }
    return stack;
  }

  /** @param fromTop 0 is the top */
  stackValue(step: number, fromTop: number): bigint | undefined {
    return this.stack(step).at(-1 - fromTop);
  }

  /** The frame's memory before the step. */
  memory(step: number): Uint8Array {
    const memory = new Uint8Array(this.memoryBytes(step));
    for (const write of this.#memory.get(this.frame(step)) ?? []) {
      if (write.step > step) break;
      const room = memory.length - write.offset;
      if (room > 0) memory.set(write.bytes.subarray(0, room), write.offset);
    }
    return memory;
  }

  #valuesEnd(step: number): number {
    return step + 1 < this.#size ? (this.#valuesFrom[step + 1] as number) : this.#values.length;
  }

  #checked(step: number): number {
    if (step < 0 || step >= this.#size) throw new RangeError(`There is no step ${step}.`);
    return step;
  }

  #grow(): void {
    this.#capacity *= 2;
    const grown = <T extends Int32Array | Uint8Array | Uint16Array | Float64Array>(
      made: T,
      old: ArrayLike<number>,
    ): T => {
      made.set(old);
      return made;
    };
    const size = this.#capacity;
    this.#pc = grown(new Int32Array(size), this.#pc);
    this.#op = grown(new Uint8Array(size), this.#op);
    this.#frame = grown(new Int32Array(size), this.#frame);
    this.#gasLeft = grown(new Float64Array(size), this.#gasLeft);
    this.#memoryWords = grown(new Int32Array(size), this.#memoryWords);
    this.#previous = grown(new Int32Array(size), this.#previous);
    this.#next = grown(new Int32Array(size), this.#next);
    this.#kept = grown(new Uint16Array(size), this.#kept);
    this.#valuesFrom = grown(new Int32Array(size), this.#valuesFrom);
  }
}
