/** The last changes of the store, for watches that come later: a ring of a named length. */
import { strict as assert } from "node:assert";
import type { KubeObject } from "./objects.ts";

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** "deployments.apps" */
  readonly resource: string;
  /** What is stored now; of a deletion what was there, with the deletion's resourceVersion. */
  readonly object: KubeObject;
  readonly previous: KubeObject | null;
  readonly revision: number;
}

export class ChangeLog {
  readonly #capacity: number;
  readonly #changes: Change[] = [];
  /** Where the oldest is, once the ring is full. */
  #start = 0;
  #oldestRevision: number;

  /** `revision`: what the store begins with; changes up to it are not known here. */
  constructor(capacity: number, revision: number) {
    assert(capacity > 0);
    this.#capacity = capacity;
    this.#oldestRevision = revision;
  }

  add(change: Change): void {
    if (this.#changes.length < this.#capacity) {
      this.#changes.push(change);
      return;
    }
    this.#oldestRevision = this.#changes[this.#start]!.revision;
    this.#changes[this.#start] = change;
    this.#start = (this.#start + 1) % this.#capacity;
  }

  /** The changes after `revision`, oldest first; null when some of them are no longer known. */
  since(revision: number): Change[] | null {
    if (revision < this.#oldestRevision) return null;
    const ordered = [...this.#changes.slice(this.#start), ...this.#changes.slice(0, this.#start)];
    let low = 0;
    let high = ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ordered[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return ordered.slice(low);
  }
}
