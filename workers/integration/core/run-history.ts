/** The last runs, bounded; a listener hears of each step of the newest. */
import type { Run } from "../contract.ts";

export class RunHistory {
  readonly #max: number;
  readonly #runs: Run[] = [];
  readonly #listeners = new Set<() => void>();
  #lastId = 0;

  constructor(max: number) {
    this.#max = max;
  }

  begin(run: Omit<Run, "id">): Run {
    this.#lastId += 1;
    const begun = { ...run, id: this.#lastId };
    this.#runs.unshift(begun);
    this.#runs.splice(this.#max);
    this.#tell();
    return begun;
  }

  /** Replaces a run by its next state, so that whoever holds the old one sees no change under it. */
  advance(run: Run): void {
    const place = this.#runs.findIndex(({ id }) => id === run.id);
    if (place >= 0) this.#runs[place] = run;
    this.#tell();
  }

  /** Newest first. */
  list(limit: number): readonly Run[] {
    return this.#runs.slice(0, limit);
  }

  get(id: number): Run | undefined {
    return this.#runs.find((run) => run.id === id);
  }

  get dropped(): number {
    return this.#lastId - this.#runs.length;
  }

  get running(): number {
    return this.#runs.filter(({ status }) => status === "running").length;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
