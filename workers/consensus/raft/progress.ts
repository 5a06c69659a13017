/** What a leader knows of one follower's log (dissertation section 10.2.1, pipelining). */

export class Progress {
  /** The last index known to match, durable on the follower. */
  match = 0;
  /** The next index to send. */
  next: number;
  /**
   * probe: one append at a time until the logs are known to meet.
   * replicate: appends follow each other without waiting.
   * snapshot: a snapshot is on its way.
   */
  mode: "probe" | "replicate" | "snapshot" = "probe";
  /** In probe: an append awaits its answer. */
  probing = false;
  /** In snapshot: when it was sent, local time. */
  snapshotSentAtMs = 0;
  /** Heard of since the last check of the quorum. */
  recentlyActive = false;
  /** The last round of heartbeats that it answered. */
  round = 0;
  /** In replicate: the last index of each unanswered append. */
  #inFlight: number[] = [];

  constructor(next: number) {
    this.next = next;
  }

  get inFlight(): number {
    return this.#inFlight.length;
  }

  becomeProbe(next: number): void {
    this.mode = "probe";
    this.next = Math.max(next, this.match + 1);
    this.probing = false;
    this.#inFlight = [];
  }

  becomeReplicate(): void {
    this.mode = "replicate";
    this.next = this.match + 1;
    this.probing = false;
    this.#inFlight = [];
  }

  becomeSnapshot(lastIndex: number, nowMs: number): void {
    this.mode = "snapshot";
    this.next = lastIndex + 1;
    this.snapshotSentAtMs = nowMs;
    this.#inFlight = [];
  }

  /** An append that ends with this index has been sent. */
  sent(lastIndex: number): void {
    this.next = lastIndex + 1;
    this.#inFlight.push(lastIndex);
  }

  /** False when the answer tells nothing new. */
  matched(index: number): boolean {
    const isNew = index > this.match;
    this.match = Math.max(this.match, index);
    this.next = Math.max(this.next, index + 1);
    this.probing = false;
    this.#inFlight = this.#inFlight.filter((last) => last > index);
    return isNew;
  }

  /** Makes room for one append: whatever filled the window may have been lost. */
  freeOne(): void {
    this.#inFlight.shift();
  }
}
