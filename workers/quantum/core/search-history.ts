/** What has been searched since the thread started. */

export interface SearchSummary {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly qubits: number;
  readonly iterations: number;
  readonly simulationMs: number;
}

export class SearchHistory {
  #searches = 0;
  #last: SearchSummary | null = null;

  record(summary: SearchSummary): void {
    this.#searches += 1;
    this.#last = summary;
  }

  get searches(): number {
    return this.#searches;
  }

  get last(): SearchSummary | null {
    return this.#last;
  }
}
