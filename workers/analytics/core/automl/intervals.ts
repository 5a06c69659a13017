/** How sure a score over folds is. */

export interface ScoreInterval {
  readonly mean: number;
  /** Of the mean: the deviation over the folds by the root of their number. */
  readonly standardError: number;
  /** Of 95 %, corrected for folds that share rows to learn from; null for a single fold. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The corrected resampled t interval: the variance over the folds is counted 1/k + n_test/n_train
 * times instead of 1/k times (Nadeau and Bengio 2003, section 3), with k - 1 degrees of freedom.
 *
 * @param testShare n_test / n_train of a fold
 */
export function scoreInterval(scores: readonly number[], testShare: number): ScoreInterval {
  const folds = scores.length;
  const mean = scores.reduce((sum, score) => sum + score, 0) / folds;
  if (folds < 2) return { mean, standardError: 0, low: null, high: null };
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (folds - 1);
  const half = studentQuantile(0.975, folds - 1) * Math.sqrt((1 / folds + testShare) * variance);
  const standardError = Math.sqrt(variance / folds);
  return { mean, standardError, low: mean - half, high: mean + half };
}

/** Quantile of Student's t distribution for 0.5 <= p < 1, by bisection of its tail. */
export function studentQuantile(p: number, freedom: number): number {
  if (!(p >= 0.5 && p < 1 && freedom >= 1)) throw new RangeError(`p ${p}, freedom ${freedom}`);
  const tail = (t: number) => incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  let low = 0;
  let high = 1;
  while (tail(high) > 1 - p) high *= 2;
  for (let step = 0; step < 100 && high - low > 1e-12 * high; step += 1) {
    const middle = (low + high) / 2;
    if (tail(middle) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b) by its continued fraction (Abramowitz and Stegun 26.5.8), Lentz's method. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  const tiny = 1e-300;
  const awayFromZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** Logarithm of the gamma function for x >= 0.5 (Lanczos 1964, g = 7). */
function logGamma(x: number): number {
  const z = x - 1;
  const t = z + 7.5;
  const series = lanczos.reduce(
    (sum, coefficient, index) => sum + coefficient / (z + index + 1),
    0.9999999999998099,
  );
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series);
}
