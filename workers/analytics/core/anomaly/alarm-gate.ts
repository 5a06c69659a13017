/**
 * Merges what belongs to one alarm: for a while after a score was let through, only a higher one
 * is news, and it starts the while anew.
 */
/** Scores below this neither start nor prolong anything. */
const scoreMin = 0.05;

export class AlarmGate {
  readonly #restReadings: number;
  #since = Infinity;
  #held = 0;

  constructor(restReadings: number) {
    this.#restReadings = restReadings;
  }

  /** The score itself when it is news, otherwise 0. */
  pass(score: number): number {
    this.#since += 1;
    const resting = this.#since < this.#restReadings;
    if (resting && score <= this.#held) return 0;
    if (score >= scoreMin) {
      this.#held = score;
      this.#since = 0;
    }
    return score;
  }
}
