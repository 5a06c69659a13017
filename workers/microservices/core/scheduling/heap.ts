/** A binary heap of items with keys: the first by `before` is on top; a key is there once. */
export class KeyedHeap<Item> {
  readonly #items: Item[] = [];
  readonly #places = new Map<string, number>();
  readonly #keyOf: (item: Item) => string;
  readonly #before: (left: Item, right: Item) => boolean;

  constructor(keyOf: (item: Item) => string, before: (left: Item, right: Item) => boolean) {
    this.#keyOf = keyOf;
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  get(key: string): Item | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#items[place];
  }

  values(): Iterable<Item> {
    return this.#items;
  }

  /** Puts the item in, in place of the one that has its key. */
  put(item: Item): void {
    const key = this.#keyOf(item);
    const place = this.#places.get(key) ?? this.#items.length;
    this.#items[place] = item;
    this.#places.set(key, place);
    this.#down(this.#up(place));
  }

  pop(): Item | undefined {
    const [first] = this.#items;
    if (first !== undefined) this.remove(this.#keyOf(first));
    return first;
  }

  remove(key: string): Item | undefined {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const item = this.#items[place]!;
    const last = this.#items.pop()!;
    this.#places.delete(key);
    if (place < this.#items.length) {
      this.#items[place] = last;
      this.#places.set(this.#keyOf(last), place);
      this.#down(this.#up(place));
    }
    return item;
  }

  #up(from: number): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (!this.#before(this.#items[place]!, this.#items[parent]!)) break;
      this.#swap(place, parent);
      place = parent;
    }
    return place;
  }

  #down(from: number): void {
    let place = from;
    while (true) {
      let first = place;
      for (const child of [2 * place + 1, 2 * place + 2]) {
        if (child < this.#items.length && this.#before(this.#items[child]!, this.#items[first]!)) {
          first = child;
        }
      }
      if (first === place) return;
      this.#swap(place, first);
      place = first;
    }
  }

  #swap(left: number, right: number): void {
    const one = this.#items[left]!;
    const other = this.#items[right]!;
    this.#items[left] = other;
    this.#items[right] = one;
    this.#places.set(this.#keyOf(other), left);
    this.#places.set(this.#keyOf(one), right);
  }
}
