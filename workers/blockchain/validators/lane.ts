/**
 * Carries agreed entries out on the validators' ledgers, one at a time: they share a thread, and who
 * has the answer first has it soonest. The leader goes first, unless somebody lags far behind.
 */
import type { NodeId } from "../../cluster/process.ts";
import type { LedgerPlace } from "./ledger.ts";
import { validatorLimits } from "./limits.ts";
import type { Validator } from "./validator.ts";

/** Entries that are copied from another ledger before others have their turn. */
const catchUpPage = 16;

export interface LaneHost {
  /** Those that are up. */
  validators(): readonly Validator[];
  leader(): NodeId | null;
  /** Those that it exchanges messages with. */
  reachable(id: NodeId): readonly NodeId[];
  onApplied(id: NodeId, place: LedgerPlace): void;
  onFailure(id: NodeId, error: Error): void;
  /** Nothing is left to do. */
  onIdle(): void;
}

export class Lane {
  readonly #host: LaneHost;
  #running: Promise<void> | null = null;
  #serving: { readonly validator: Validator; readonly done: Promise<void> } | null = null;

  constructor(host: LaneHost) {
    this.#host = host;
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  /** To be called when there may be something to do. */
  wake(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is being applied for this validator any more. */
  async settled(id: NodeId): Promise<void> {
    while (this.#serving?.validator.id === id) await this.#serving.done;
  }

  async #run(): Promise<void> {
    // Whoever woke it goes on first: in the middle of an event of the cluster nothing is applied.
    await Promise.resolve();
    for (;;) {
      const next = this.#choose();
      if (next === null) break;
      const done = this.#serve(next).catch((error: unknown) => {
        this.#host.onFailure(next.id, error as Error);
      });
      this.#serving = { validator: next, done };
      await done;
      this.#serving = null;
    }
    this.#running = null;
    this.#host.onIdle();
  }

  #choose(): Validator | null {
    const able = this.#host.validators().filter((validator) => this.#canWork(validator));
    const last = able.reduce<Validator | null>(
      (most, each) => (most === null || each.lag > most.lag ? each : most),
      null,
    );
    if (last === null || last.lag > validatorLimits.lagMax) return last;
    const leader = this.#host.leader();
    return able.find(({ id }) => id === leader) ?? last;
  }

  #canWork(validator: Validator): boolean {
    const [first] = validator.queue;
    if (first === undefined || validator.ledger === null) return false;
    if (first.kind === "apply" || validator.ledger.place.sequence >= first.upTo) return true;
    return this.#source(validator) !== undefined;
  }

  /** Who has entries that this one lacks. */
  #source(validator: Validator): Validator | undefined {
    const own = validator.ledger?.place.sequence ?? 0;
    const reachable = this.#host.reachable(validator.id);
    return this.#host
      .validators()
      .find(({ id, ledger }) => reachable.includes(id) && (ledger?.place.sequence ?? 0) > own);
  }

  async #serve(validator: Validator): Promise<void> {
    const { queue, ledger } = validator;
    const [work] = queue;
    if (work === undefined || ledger === null) return;
    if (work.kind === "catch up") {
      if (ledger.place.sequence >= work.upTo) {
        queue.shift();
        return;
      }
      await this.#copy(validator, work.upTo);
      return;
    }
    if (work.sequence > ledger.place.sequence) {
      const place = await ledger.apply(work.sequence, work.entry);
      // It may have crashed meanwhile; then another life goes on from its disk.
      if (validator.queue[0] !== work) return;
      this.#host.onApplied(validator.id, place);
    }
    queue.shift();
  }

  async #copy(validator: Validator, upTo: number): Promise<void> {
    const { ledger } = validator;
    const source = this.#source(validator)?.ledger;
    if (ledger === null || source === null || source === undefined) return;
    for (const { sequence, entry } of await source.entriesAfter(
      ledger.place.sequence,
      catchUpPage,
    )) {
      if (sequence > upTo || validator.ledger !== ledger) return;
      this.#host.onApplied(validator.id, await ledger.apply(sequence, entry));
    }
  }
}
