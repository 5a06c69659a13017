/**
 * Transactions whose senders were answered before their blocks: a read that comes after such an
 * answer waits until their blocks are there, so that nobody sees a chain older than what he was told.
 */
export class Acknowledged {
  /** Numbers that rise, by hash: the first is the oldest that is still under way. */
  readonly #underWay = new Map<string, number>();
  readonly #waiting: { readonly upTo: number; readonly resolve: () => void }[] = [];
  #count = 0;

  get size(): number {
    return this.#underWay.size;
  }

  /** @param over settles when the transaction is in a block or can come into none */
  add(hash: string, over: Promise<unknown>): void {
    this.#count += 1;
    this.#underWay.set(hash, this.#count);
    const forget = () => {
      this.#underWay.delete(hash);
      this.#tell();
    };
    over.then(forget, forget);
  }

  /** Resolves when all that are under way now are over. */
  over(): Promise<void> {
    if (this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ upTo: this.#count, resolve });
    });
  }

  #tell(): void {
    const [oldest = Number.POSITIVE_INFINITY] = this.#underWay.values();
    while (this.#waiting.length > 0 && this.#waiting[0]!.upTo < oldest) {
      this.#waiting.shift()!.resolve();
    }
  }
}
