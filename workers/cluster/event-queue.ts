/** A binary heap of events by time; events of the same time leave in the order they came. */

export interface Queued {
  /** Microseconds of virtual time. */
  readonly atUs: number;
  /** Set by the queue. */
  order: number;
}

export class EventQueue<Item extends Queued> {
  readonly #heap: Item[] = [];
  #nextOrder = 0;

  get size(): number {
    return this.#heap.length;
  }

  peek(): Item | undefined {
    return this.#heap[0];
  }

  push(item: Item): void {
    item.order = this.#nextOrder++;
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent]!;
      if (!before(item, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }

  pop(): Item | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      const below = heap[child]!;
      if (!before(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(left: Queued, right: Queued): boolean {
  return left.atUs < right.atUs || (left.atUs === right.atUs && left.order < right.order);
}
