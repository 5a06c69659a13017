/** Chance is passed in, so that the same seed gives the same network, bit for bit. */
export interface Chance {
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform over 0 .. bound - 1. */
  below(bound: number): number;
}
