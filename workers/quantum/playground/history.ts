/** Documents behind and ahead of the present one; each shares with its neighbours what did not change. */
import type { CircuitDocument } from "./document.ts";
import { historyMax } from "./limits.ts";

export interface Entry {
  readonly document: CircuitDocument;
  /** What led to it, in words. */
  readonly title: string;
}

export class History {
  #past: Entry[] = [];
  #present: Entry;
  #future: Entry[] = [];
  /** Changes with the same key that follow each other are one, as a slider's are. */
  #key: string | null = null;

  constructor(document: CircuitDocument) {
    this.#present = { document, title: "" };
  }

  get document(): CircuitDocument {
    return this.#present.document;
  }

  get undoTitle(): string | null {
    return this.#past.length === 0 ? null : this.#present.title;
  }

  get redoTitle(): string | null {
    return this.#future.at(-1)?.title ?? null;
  }

  push(entry: Entry, key: string | null = null): void {
    if (entry.document === this.#present.document) return;
    if (key === null || key !== this.#key) {
      this.#past.push(this.#present);
      if (this.#past.length > historyMax) this.#past.shift();
    }
    this.#key = key;
    this.#present = entry;
    this.#future = [];
  }

  undo(): void {
    const before = this.#past.pop();
    if (before === undefined) return;
    this.#future.push(this.#present);
    this.#present = before;
    this.#key = null;
  }

  redo(): void {
    const after = this.#future.pop();
    if (after === undefined) return;
    this.#past.push(this.#present);
    this.#present = after;
    this.#key = null;
  }
}
