/** Live data: the newest state of something at each pull, so that a slow reader skips some. */
export class Changing {
  #version = 0;
  readonly #waiting = new Set<() => void>();

  changed(): void {
    this.#version += 1;
    for (const wake of this.#waiting) wake();
  }

  /** The state now, and again after each change, until the reader goes away. */
  async *watch<T>(read: () => T, signal: AbortSignal | undefined): AsyncGenerator<T> {
    let seen = -1;
    for (;;) {
      if (signal?.aborted === true) return;
      if (seen === this.#version) {
        await this.#nextChange(signal);
      } else {
        seen = this.#version;
        yield read();
      }
    }
  }

  #nextChange(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}
