/** Tails of distributions, exact far out, where anomalies lie. */

/**
 * Probability that a standard normal variable exceeds `z` >= 0. By the series of the error function
 * below 3 (Abramowitz and Stegun 7.1.6) and the continued fraction of its complement from there on
 * (7.1.14), to a relative error below 1e-12.
 */
export function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  if (z < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n += 1) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 0.5 - (Math.exp(-x * x) * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 80; n >= 1; n -= 1) fraction = n / 2 / (x + fraction);
  return (0.5 * Math.exp(-x * x)) / (Math.sqrt(Math.PI) * (x + fraction));
}
