/** Those who want to hear of something. */
export class Listeners<Event> {
  readonly #all = new Set<(event: Event) => void>();

  /** @returns how to stop listening */
  readonly add = (listener: (event: Event) => void): (() => void) => {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  };

  tell(event: Event): void {
    for (const listener of this.#all) listener(event);
  }
}
