/** One of some outcomes, by their chances. */

/** `draw` is uniform in [0, 1); the chances sum to 1. */
export function drawnOutcome(chances: Iterable<number>, draw: number): number {
  let rest = draw;
  let at = 0;
  let last = 0;
  for (const chance of chances) {
    if (rest < chance) return at;
    rest -= chance;
    if (chance > 0) last = at;
    at += 1;
  }
  // Rounding can leave a remainder behind the last outcome that is possible at all.
  return last;
}
