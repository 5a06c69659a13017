/**
 * Has entries agreed on, one after the other: each is proposed, and again whenever the lead changes or
 * nothing is heard, until it is agreed on; then it is carried out. Between entries that were asked for
 * come the blocks that the pool has transactions for.
 */
import type { LiveClock } from "../../cluster/live.ts";
import type { Applied, LedgerEntry } from "../engine/entry.ts";
import type { ValidatorGroup } from "./group.ts";
import type { StoredEntry } from "./ledger.ts";
import { validatorLimits } from "./limits.ts";

export class OrderError extends Error {
  override readonly name = "OrderError";
  readonly reason: "busy" | "no quorum" | "undecided" | "stopped";

  constructor(reason: OrderError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

interface Order {
  readonly entry: LedgerEntry;
  /** null: nobody waits. */
  readonly settle: ((result: Applied | OrderError) => void) | null;
}

export interface OrdererHost {
  readonly clock: LiveClock;
  /** A block of what waits in the pool; null: nothing is to be mined now. */
  nextBlock(): LedgerEntry | null;
  /** Does what every agreed entry says, once and in order. The next one is proposed when it is done. */
  carryOut(sequence: number, entry: LedgerEntry): Promise<Applied>;
  /** It could not be done: nothing more is ordered. */
  onFailure(error: Error): void;
}

export class Orderer {
  readonly #group: ValidatorGroup;
  readonly #host: OrdererHost;
  readonly #waiting: Order[] = [];
  #current: Order | null = null;
  #sequence: number;
  #callOff: (() => void) | null = null;
  #stopped = false;
  #done: Promise<void> = Promise.resolve();
  readonly #release: (() => void)[];

  /** @param sequence of the last entry that was carried out */
  constructor(group: ValidatorGroup, sequence: number, host: OrdererHost) {
    this.#group = group;
    this.#host = host;
    this.#sequence = sequence;
    let leader = group.leader;
    this.#release = [
      group.onAgreed((stored) => this.#onAgreed(stored)),
      // They have caught up, and there may be room for the next one.
      group.onApplied(() => this.wake()),
      group.onChange(() => {
        if (group.leader === leader) return;
        leader = group.leader;
        if (leader !== null) this.#propose();
      }),
    ];
    group.awaited = () => this.#current !== null || this.#waiting.length > 0;
  }

  /** Of the last entry that was agreed on. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Resolves when the entry is carried out.
   * @throws OrderError busy; no quorum: it was never tried; undecided: it may still take effect, once
   */
  submit(entry: LedgerEntry, timeoutMs: number): Promise<Applied> {
    if (this.#stopped) return Promise.reject(stopped());
    if (this.#waiting.length >= validatorLimits.entriesWaitingMax) {
      const text = `${this.#waiting.length} entries wait to be agreed on already.`;
      return Promise.reject(new OrderError("busy", text));
    }
    return new Promise((resolve, reject) => {
      const callOff = this.#host.clock.wake(timeoutMs, () => this.#giveUp(order, timeoutMs));
      const settle = (result: Applied | OrderError) => {
        callOff();
        if (result instanceof OrderError) reject(result);
        else resolve(result);
      };
      const order: Order = { entry, settle };
      this.#waiting.push(order);
      this.wake();
    });
  }

  /** To be called when there may be something to mine. */
  wake(): void {
    if (this.#current !== null || this.#stopped || this.#group.lag > validatorLimits.lagMax) return;
    const next = this.#waiting.shift() ?? this.#block();
    if (next === null) return;
    this.#current = next;
    this.#propose();
  }

  /** Resolves when all that is known to be agreed on is carried out. */
  async settled(): Promise<void> {
    await this.#done;
  }

  /** Resolves when nothing is being carried out any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#callOff?.();
    for (const release of this.#release) release();
    for (const { settle } of [this.#current, ...this.#waiting].filter((order) => order !== null)) {
      settle?.(stopped());
    }
    this.#current = null;
    this.#waiting.length = 0;
    await this.#done;
  }

  #block(): Order | null {
    const entry = this.#host.nextBlock();
    return entry === null ? null : { entry, settle: null };
  }

  #propose(): void {
    if (this.#current === null || this.#stopped) return;
    this.#callOff?.();
    this.#callOff = this.#host.clock.wake(validatorLimits.proposeAgainAfterMs, () =>
      this.#propose(),
    );
    this.#group.propose(this.#current.entry);
  }

  #onAgreed({ sequence, entry }: StoredEntry): void {
    if (sequence <= this.#sequence || this.#stopped) return;
    this.#sequence = sequence;
    this.#done = this.#done
      .then(() => this.#carryOut(sequence, entry))
      .catch((error: unknown) => {
        this.#stopped = true;
        this.#host.onFailure(error as Error);
      });
  }

  async #carryOut(sequence: number, entry: LedgerEntry): Promise<void> {
    if (this.#stopped) return;
    const applied = await this.#host.carryOut(sequence, entry);
    const current = this.#current;
    if (current?.entry.id !== entry.id) return;
    this.#current = null;
    this.#callOff?.();
    this.#callOff = null;
    current.settle?.(applied);
    this.wake();
  }

  #giveUp(order: Order, timeoutMs: number): void {
    const place = this.#waiting.indexOf(order);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      const why = this.#group.quorumReached
        ? "others were before it"
        : "too few validators reach each other";
      order.settle?.(
        new OrderError("no quorum", `It was not tried within ${timeoutMs} ms: ${why}.`),
      );
    } else if (this.#current === order) {
      // It stays proposed: whether it was agreed on is for the group to find out.
      this.#current = { entry: order.entry, settle: null };
      const text = `No agreement within ${timeoutMs} ms; it may still take effect, once.`;
      order.settle?.(new OrderError("undecided", text));
    }
  }
}

function stopped(): OrderError {
  return new OrderError("stopped", "The ledger is being stopped.");
}
