/**
 * How long a block waits for company: one block for many transactions costs less than one for each.
 * A lone sender never waits. A few, who wait for their blocks, will soon be back together after the
 * last one. A crowd, whose transactions come faster than small blocks could be made, is answered at
 * once and fills blocks that come at an even pace, until somebody asks for what is in them.
 */
import { chainLimits } from "../limits.ts";

export interface GatheringHost {
  after(ms: number, act: () => void): () => void;
  monotonicMs(): number;
}

export class Gathering {
  readonly #host: GatheringHost;
  readonly #wake: () => void;
  /** When each of them sent last, the latest at the end. */
  readonly #senders = new Map<string, number>();
  #last = 0;
  #isOver = false;
  #callOff: (() => void) | null = null;

  /** @param wake to be called when the wait is over */
  constructor(host: GatheringHost, wake: () => void) {
    this.#host = host;
    this.#wake = wake;
  }

  /** Somebody sent a transaction. */
  note(sender: string): void {
    const now = this.#host.monotonicMs();
    this.#senders.delete(sender);
    this.#senders.set(sender, now);
    for (const [each, at] of this.#senders) {
      if (at >= now - chainLimits.crowdMs && this.#senders.size <= chainLimits.crowdSendersMax)
        break;
      this.#senders.delete(each);
    }
  }

  /** Whether many send at the same time. */
  get isCrowded(): boolean {
    const since = this.#host.monotonicMs() - chainLimits.crowdMs;
    let count = 0;
    for (const at of this.#senders.values()) if (at >= since) count += 1;
    return count >= chainLimits.crowdSendersMin;
  }

  /**
   * Whether a block of so many transactions waits for more; if not, it is taken to be made now.
   * @param count at least 1
   */
  waitsWith(count: number): boolean {
    const { isCrowded } = this;
    const waits = isCrowded ? count < chainLimits.transactionsPerBlockMax : count < this.#last;
    if (waits && !this.#isOver) {
      const ms = isCrowded ? chainLimits.crowdGatheringMs : chainLimits.gatheringMs;
      this.#callOff ??= this.#host.after(ms, () => this.hurry());
      return true;
    }
    this.#callOff?.();
    this.#callOff = null;
    this.#isOver = false;
    // After a crowd nobody waits for as many again.
    this.#last = isCrowded ? 0 : Math.max(count, this.#last - 1);
    return false;
  }

  /** The next block comes as it is. */
  hurry(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#isOver = true;
    this.#wake();
  }
}
