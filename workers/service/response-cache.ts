/** Encoded answers of polled reads, for a moment each; oldest out first. Time is passed in. */
export class ResponseCache {
  readonly #entriesMax: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, { body: string; until: number }>();

  constructor(entriesMax: number, now: () => number) {
    this.#entriesMax = entriesMax;
    this.#now = now;
  }

  get(key: string): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > this.#now()) return entry.body;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, body: string, forMs: number): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#entriesMax) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, { body, until: this.#now() + forMs });
  }
}
