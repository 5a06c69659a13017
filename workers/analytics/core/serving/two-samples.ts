/** Whether two samples come from one distribution: three measures and their probabilities. */
import assert from "node:assert/strict";

export interface TestResult {
  readonly statistic: number;
  /** Probability of such a difference, or a larger one, between samples of one distribution. */
  readonly pValue: number;
}

/**
 * Population stability index: the sum over bins of (live - reference) ln(live / reference). Half a count
 * is added to each bin, so that an empty one is finite.
 * @param reference counts by bin, as `live`
 */
export function populationStability(reference: readonly number[], live: readonly number[]): number {
  assert(reference.length === live.length && reference.length > 0, "bins differ");
  const shares = (counts: readonly number[]): number[] => {
    const total = counts.reduce((sum, count) => sum + count + 0.5, 0);
    return counts.map((count) => (count + 0.5) / total);
  };
  const [before, now] = [shares(reference), shares(live)];
  return before.reduce(
    (sum, share, bin) => sum + (now[bin]! - share) * Math.log(now[bin]! / share),
    0,
  );
}

/**
 * Two-sample Kolmogorov-Smirnov test; its probability as in Stephens 1970, good from some 8 values on.
 * @param reference ascending, as `live`
 */
export function kolmogorovSmirnov(
  reference: ArrayLike<number>,
  live: ArrayLike<number>,
): TestResult {
  const [n, m] = [reference.length, live.length];
  assert(n > 0 && m > 0, "an empty sample");
  let [i, j, statistic] = [0, 0, 0];
  while (i < n && j < m) {
    const value = Math.min(reference[i]!, live[j]!);
    while (i < n && reference[i]! <= value) i += 1;
    while (j < m && live[j]! <= value) j += 1;
    statistic = Math.max(statistic, Math.abs(i / n - j / m));
  }
  const root = Math.sqrt((n * m) / (n + m));
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) };
}

/** Probability that Kolmogorov's statistic exceeds `lambda`. */
export function kolmogorovTail(lambda: number): number {
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-16) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/** Chi-square test of homogeneity of two rows of counts; categories that neither has are left out. */
export function chiSquare(reference: readonly number[], live: readonly number[]): TestResult {
  assert(reference.length === live.length, "categories differ");
  const total = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);
  const [n, m] = [total(reference), total(live)];
  assert(n > 0 && m > 0, "an empty sample");
  let statistic = 0;
  let categories = 0;
  reference.forEach((count, at) => {
    const both = count + live[at]!;
    if (both === 0) return;
    categories += 1;
    const expected = [(both * n) / (n + m), (both * m) / (n + m)] as const;
    statistic +=
      (count - expected[0]) ** 2 / expected[0] + (live[at]! - expected[1]) ** 2 / expected[1];
  });
  return { statistic, pValue: categories < 2 ? 1 : chiSquareTail(statistic, categories - 1) };
}

/** Probability that chi-square of so many degrees of freedom exceeds `x`. */
export function chiSquareTail(x: number, degrees: number): number {
  return x <= 0 ? 1 : upperGamma(degrees / 2, x / 2);
}

/** Regularised upper incomplete gamma function, by series or continued fraction (DLMF 8.11, 8.9). */
function upperGamma(a: number, x: number): number {
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let n = 1; n < 1_000 && Math.abs(term) > Math.abs(sum) * 1e-15; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - sum * scale);
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || 1e-300);
    c = b + an / c || 1e-300;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return Math.min(1, h * scale);
}

/** Lanczos' approximation, good to 15 digits. */
function logGamma(z: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const x = z - 1;
  const sum = coefficients.reduce((all, c, at) => all + c / (x + at + 1), 0.99999999999980993);
  const t = x + coefficients.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}
