/**
 * Sums of vectors over workers, as machines that know nothing of networks: they are told what came
 * and say what to send. Messages may come in any order, each once.
 */
import assert from "node:assert/strict";
import { planReduction, shardsOf, type TreeAdd } from "../reduction-tree.ts";

export interface Piece {
  /** The phase of a ring, or the shard of a tree; `down`: the finished sum of a tree. */
  readonly place: number;
  readonly down: boolean;
  readonly values: Float32Array;
}

export interface Collective {
  /** null until the sum is complete here. */
  readonly result: Float32Array | null;
  begin(): void;
  receive(piece: Piece): void;
}

type Send = (toRank: number, piece: Piece) => void;

/**
 * Ring all-reduce (Patarasuk and Yuan 2009; Horovod): every rank sends one chunk of size / n to the
 * next in each of 2 (n - 1) phases, first adding up, then passing on what is complete.
 */
export class RingAllReduce implements Collective {
  result: Float32Array | null = null;
  readonly #rank: number;
  readonly #ranks: number;
  readonly #values: Float32Array;
  readonly #send: Send;
  readonly #early = new Map<number, Float32Array>();
  #phase = 0;

  /** @param values are changed */
  constructor(rank: number, ranks: number, values: Float32Array, send: Send) {
    [this.#rank, this.#ranks, this.#values, this.#send] = [rank, ranks, values, send];
  }

  begin(): void {
    if (this.#ranks === 1) this.result = this.#values;
    else this.#pass();
  }

  receive({ place, values }: Piece): void {
    this.#early.set(place, values);
    for (let next = this.#early.get(this.#phase); next !== undefined && this.result === null;) {
      this.#early.delete(this.#phase);
      this.#take(next);
      next = this.#early.get(this.#phase);
    }
  }

  #take(values: Float32Array): void {
    const own = this.#chunk(this.#rank - this.#phase - 1);
    assert(own.length === values.length);
    if (this.#phase < this.#ranks - 1) {
      for (let at = 0; at < own.length; at++) own[at]! += values[at]!;
    } else own.set(values);
    this.#phase += 1;
    if (this.#phase === 2 * (this.#ranks - 1)) this.result = this.#values;
    else this.#pass();
  }

  #pass(): void {
    const values = this.#chunk(this.#rank - this.#phase).slice();
    this.#send((this.#rank + 1) % this.#ranks, { place: this.#phase, down: false, values });
  }

  /** Chunks are counted around the ring. */
  #chunk(number: number): Float32Array {
    const count = this.#ranks;
    const index = ((number % count) + count) % count;
    const { length } = this.#values;
    return this.#values.subarray(
      Math.floor((index * length) / count),
      Math.floor(((index + 1) * length) / count),
    );
  }
}

/**
 * The tree of fixed shape over the shards; sums are sent to whoever owns the shard that they are
 * added to, and the whole comes back along a binomial tree. Its bits do not depend on the ranks.
 */
export class TreeAllReduce implements Collective {
  result: Float32Array | null = null;
  readonly #rank: number;
  readonly #ranks: number;
  readonly #send: Send;
  readonly #sums: Map<number, Float32Array>;
  readonly #owner: readonly number[];
  #mine: TreeAdd[];

  /** @param held sums of the shards that this rank has added up alone, by first shard; are changed */
  constructor(
    rank: number,
    ranks: number,
    shards: number,
    held: ReadonlyMap<number, Float32Array>,
    send: Send,
  ) {
    [this.#rank, this.#ranks, this.#send] = [rank, ranks, send];
    this.#sums = new Map(held);
    const owner = Array.from({ length: shards }, () => 0);
    for (let each = 0; each < ranks; each++) {
      const { start, end } = shardsOf(each, ranks, shards);
      owner.fill(each, start, end);
    }
    this.#owner = owner;
    this.#mine = planReduction(ranks, shards).shared.filter(
      ({ into, from }) => owner[into] === rank || owner[from] === rank,
    );
  }

  begin(): void {
    this.#goOn();
  }

  receive({ place, down, values }: Piece): void {
    if (down) this.#finish(values);
    else {
      this.#sums.set(place, values);
      this.#goOn();
    }
  }

  #goOn(): void {
    // In order: an addition is not done before those that its sides are sums of.
    while (this.#mine.length > 0) {
      const ready = this.#mine.findIndex((add, index) => this.#isReady(add, index));
      if (ready < 0) return;
      const [add] = this.#mine.splice(ready, 1);
      this.#carryOut(add!);
    }
    if (this.#rank === 0 && this.result === null) this.#finish(this.#sums.get(0)!);
  }

  #isReady({ into, from }: TreeAdd, index: number): boolean {
    const before = this.#mine.slice(0, index);
    const isOpen = (shard: number): boolean => before.some((add) => add.into === shard);
    if (!this.#sums.has(from)) return false;
    if (this.#owner[from] === this.#rank && isOpen(from)) return false;
    return this.#owner[into] !== this.#rank || (this.#sums.has(into) && !isOpen(into));
  }

  #carryOut({ into, from }: TreeAdd): void {
    const values = this.#sums.get(from)!;
    this.#sums.delete(from);
    const owner = this.#owner[into]!;
    if (owner !== this.#rank) this.#send(owner, { place: from, down: false, values });
    else {
      const sum = this.#sums.get(into)!;
      for (let at = 0; at < sum.length; at++) sum[at]! += values[at]!;
    }
  }

  /** Rank r has the sum from r without its highest bit, and gives it to r + each higher power of two. */
  #finish(values: Float32Array): void {
    this.result = values;
    for (let step = 1; step < this.#ranks; step *= 2) {
      if (step <= this.#rank) continue;
      if (this.#rank + step < this.#ranks) {
        this.#send(this.#rank + step, { place: 0, down: true, values });
      }
    }
  }
}

/** Vectors of the size of the gradient that the tree sends up, all ranks together. */
export function treeSendsUp(ranks: number, shards: number): number {
  const rankOf = (shard: number): number =>
    Array.from({ length: ranks }, (_, rank) => shardsOf(rank, ranks, shards)).findIndex(
      ({ start, end }) => shard >= start && shard < end,
    );
  return planReduction(ranks, shards).shared.filter(
    ({ into, from }) => rankOf(into) !== rankOf(from),
  ).length;
}
