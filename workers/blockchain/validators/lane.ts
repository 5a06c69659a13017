/**
 * Has agreed entries carried out on the validators' ledgers: whatever they have yet to do is given
 * away together, each entry once for all validators whose next it is.
 */
import type { NodeId } from "../../cluster/process.ts";
import type { LedgerPlace, LedgerResult, Ledgers, LedgerWork } from "./ledger.ts";
import { validatorLimits } from "./limits.ts";
import type { Validator, Work } from "./validator.ts";

export interface LaneHost {
  readonly ledgers: Ledgers;
  /** Those that are up. */
  validators(): readonly Validator[];
  /** Those that it exchanges messages with. */
  reachable(id: NodeId): readonly NodeId[];
  onApplied(id: NodeId, place: LedgerPlace): void;
  onFailure(id: NodeId, error: Error): void;
  /** Nothing is left to do. */
  onIdle(): void;
  /** Calls back once after a time; returns how to cancel it. */
  after(ms: number, act: () => void): () => void;
}

export class Lane {
  readonly #host: LaneHost;
  #running: Promise<void> | null = null;
  /** Calls off the wait for more entries to carry out together. */
  #callOff: (() => void) | null = null;

  constructor(host: LaneHost) {
    this.#host = host;
  }

  /**
   * To be called when there may be something to do. It waits a little for more: waking the ledgers'
   * thread and storing entry by entry cost more than carrying the entries out.
   */
  wake(): void {
    if (this.#running !== null) return;
    const queues = this.#host.validators().map(({ queue }) => queue.length);
    if (Math.max(0, ...queues) >= validatorLimits.entriesAtOnceMax) this.#start();
    else {
      this.#callOff ??= this.#host.after(validatorLimits.carryOutTogetherMs, () => this.#start());
    }
  }

  /** Resolves when nothing is being carried out any more, for whomever. */
  async settled(): Promise<void> {
    if (this.#callOff !== null) this.#start();
    await this.#running;
  }

  #start(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Whoever woke it goes on first: in the middle of an event of the cluster nothing is applied.
    await Promise.resolve();
    for (;;) {
      const lives = this.#host.validators().filter(({ place }) => place !== null);
      const work = workOf(lives);
      if (work.length > 0) {
        this.#take(lives, await this.#apply(lives, work));
        continue;
      }
      const behind = lives.find((validator) => this.#source(validator) !== undefined);
      if (behind === undefined) break;
      await this.#copy(behind);
    }
    this.#running = null;
    this.#host.onIdle();
  }

  /** A thread that is gone has done nothing for anybody. */
  async #apply(
    lives: readonly Validator[],
    work: readonly LedgerWork[],
  ): Promise<readonly LedgerResult[]> {
    try {
      return await this.#host.ledgers.apply(work);
    } catch (error) {
      const { name, message } = error as Error;
      return lives.map(({ id }) => ({
        sequence: 0,
        validator: id,
        place: null,
        failure: { name, message },
      }));
    }
  }

  #take(lives: readonly Validator[], results: readonly LedgerResult[]): void {
    const byId = new Map(lives.map((life) => [life.id, life]));
    for (const { validator: id, place, failure } of results) {
      const life = byId.get(id);
      // It may have crashed meanwhile; then another life goes on from its disk.
      if (life === undefined || life.place === null) continue;
      if (failure !== null) {
        this.#host.onFailure(id, Object.assign(new Error(failure.message), { name: failure.name }));
      } else if (place !== null) {
        life.place = place;
        dropDone(life.queue, place.sequence);
        this.#host.onApplied(id, place);
      }
    }
  }

  /** Who has entries that this one lacks, and cannot get from the log any more. */
  #source({ id, queue, place }: Validator): Validator | undefined {
    const [first] = queue;
    if (first?.kind !== "catch up" || place === null || place.sequence >= first.upTo)
      return undefined;
    const reachable = this.#host.reachable(id);
    return this.#host
      .validators()
      .find(
        (other) => reachable.includes(other.id) && (other.place?.sequence ?? 0) > place.sequence,
      );
  }

  async #copy(validator: Validator): Promise<void> {
    const source = this.#source(validator);
    const [first] = validator.queue;
    if (source === undefined || first?.kind !== "catch up" || validator.place === null) return;
    const after = validator.place.sequence;
    const { catchUpPage } = validatorLimits;
    const entries = await this.#host.ledgers.entriesAfter(source.id, after, catchUpPage);
    const work = entries
      .filter(({ sequence }) => sequence <= first.upTo)
      .map(({ sequence, entry }) => {
        return { sequence, text: JSON.stringify(entry), validators: [validator.id] };
      });
    if (work.length === 0) {
      // The source's numbers have a gap there: it is as far as it can be.
      validator.queue.shift();
      return;
    }
    this.#take([validator], await this.#apply([validator], work));
  }
}

/** What each can do next, from the queues' beginnings. */
function workOf(lives: readonly Validator[]): readonly LedgerWork[] {
  const bySequence = new Map<number, { readonly text: string; readonly validators: NodeId[] }>();
  for (const { id, queue, place } of lives) {
    if (place === null) continue;
    dropDone(queue, place.sequence);
    for (const work of queue.slice(0, validatorLimits.entriesAtOnceMax)) {
      if (work.kind === "catch up") break;
      const known = bySequence.get(work.sequence);
      if (known === undefined) {
        bySequence.set(work.sequence, { text: work.text, validators: [id] });
      } else {
        known.validators.push(id);
      }
    }
  }
  return [...bySequence]
    .map(([sequence, rest]) => ({ sequence, ...rest }))
    .toSorted((a, b) => a.sequence - b.sequence);
}

function dropDone(queue: Work[], sequence: number): void {
  const isDone = (work: Work) =>
    work.kind === "apply" ? work.sequence <= sequence : work.upTo <= sequence;
  while (queue[0] !== undefined && isDone(queue[0])) queue.shift();
}
