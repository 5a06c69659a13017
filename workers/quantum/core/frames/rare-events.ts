/** Which of many places an event of small chance hits, in time proportional to the hits. */
import type { RandomWords } from "./frame-sampler.ts";

/** Above this the gaps are so short that each place is drawn for itself. */
const gapsBelow = 0.25;

export class RareEvents {
  readonly #random: RandomWords;

  constructor(random: RandomWords) {
    this.#random = random;
  }

  /**
   * Calls `hit` for each of the places 0 .. count - 1 independently with the chance. The gaps between
   * hits are geometric: floor(ln u / ln(1 - p)) (Devroye, Non-Uniform Random Variate Generation, X.2).
   */
  each(chance: number, count: number, hit: (place: number) => void): void {
    if (chance <= 0) return;
    const random = this.#random;
    if (chance >= gapsBelow) {
      for (let place = 0; place < count; place++) {
        if (chance >= 1 || random.float() < chance) hit(place);
      }
      return;
    }
    const scale = 1 / Math.log1p(-chance);
    let place = gap(random, scale);
    while (place < count) {
      hit(place);
      place += 1 + gap(random, scale);
    }
  }
}

function gap(random: RandomWords, scale: number): number {
  // 1 - u is never 0.
  return Math.floor(Math.log(1 - random.float()) * scale);
}
