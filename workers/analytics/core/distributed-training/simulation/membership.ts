/** Who is there, by the signs of life that the server hears. */
import type { NodeId } from "../../../../cluster/process.ts";
import { silenceMs } from "./plan.ts";

interface Heard {
  life: number;
  atMs: number;
}

export class Membership {
  readonly #heard = new Map<NodeId, Heard>();
  readonly #dismissed = new Set<NodeId>();
  /** The newest generation that anybody knows. */
  generationMax = 0;

  /** "new": unknown so far, or come back after a crash. */
  beat(
    node: NodeId,
    life: number,
    generation: number,
    nowMs: number,
  ): "new" | "known" | "unwanted" {
    this.generationMax = Math.max(this.generationMax, generation);
    const before = this.#heard.get(node);
    if (this.#dismissed.has(node)) {
      // Whoever comes with a new life asks to be taken in again.
      if (before === undefined || before.life === life) {
        this.#heard.set(node, { life, atMs: nowMs });
        return "unwanted";
      }
      this.#dismissed.delete(node);
    }
    this.#heard.set(node, { life, atMs: nowMs });
    return before === undefined || before.life !== life ? "new" : "known";
  }

  dismiss(node: NodeId): void {
    this.#dismissed.add(node);
  }

  isSilent(node: NodeId, nowMs: number): boolean {
    return nowMs - (this.#heard.get(node)?.atMs ?? Number.NEGATIVE_INFINITY) > silenceMs;
  }

  /** In order of their numbers. */
  alive(nowMs: number): NodeId[] {
    return [...this.#heard]
      .filter(([node, { atMs }]) => nowMs - atMs <= silenceMs && !this.#dismissed.has(node))
      .map(([node]) => node)
      .toSorted((a, b) => a - b);
  }
}
