/** The storage of an address at a step, as far as the trace knows it. */
import type { Hex } from "../artefact.ts";
import type { StorageAccess, Trace } from "./trace.ts";

interface SlotHistory {
  /** What it held before the trace. */
  readonly initial: bigint;
  readonly writes: { readonly step: number; readonly undoneAt: number; readonly value: bigint }[];
}

export class StorageHistory {
  readonly #slots = new Map<string, SlotHistory>();
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
    for (const access of trace.storage) if (!access.isTransient) this.#note(access);
  }

  /**
   * Before the step is executed; undefined for a slot that the trace never touches. A write of a
   * frame that failed is gone from where its caller goes on.
   */
  at(address: Hex, slot: bigint, step: number): bigint | undefined {
    const history = this.#slots.get(key(address, slot));
    if (history === undefined) return undefined;
    const write = history.writes.findLast((one) => one.step < step && step < one.undoneAt);
    return write?.value ?? history.initial;
  }

  #note({ address, slot, before, after, step, frame, isWrite }: StorageAccess): void {
    const name = key(address, slot);
    let history = this.#slots.get(name);
    if (history === undefined) {
      history = { initial: before, writes: [] };
      this.#slots.set(name, history);
    }
    if (isWrite) history.writes.push({ step, undoneAt: this.#undoneAt(frame), value: after });
  }

  /** Where the innermost failing frame around a write ends, or never. */
  #undoneAt(frame: number): number {
    let index: number | null = frame;
    while (index !== null) {
      const found: Trace["frames"][number] | undefined = this.#trace.frames[index];
      if (found === undefined) break;
      if (found.error !== null) return found.endStep;
      index = found.parent;
    }
    return Infinity;
  }
}

function key(address: Hex, slot: bigint): string {
  return `${address}:${slot}`;
}
