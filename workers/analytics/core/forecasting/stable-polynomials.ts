/**
 * Polynomials whose roots all lie outside the unit circle: what makes an autoregression stationary,
 * a moving average invertible and a smoothing model forecastable. By the recursions of Levinson and
 * Durbin (Monahan 1984; Barndorff-Nielsen and Schou 1973).
 */

/** Partial autocorrelations, each within (-1, 1), to coefficients of 1 - c_1 B - ... - c_p B^p. */
export function coefficientsOf(partials: ArrayLike<number>): Float64Array {
  const size = partials.length;
  const coefficients = new Float64Array(size);
  const before = new Float64Array(size);
  for (let k = 0; k < size; k += 1) {
    const last = partials[k]!;
    before.set(coefficients);
    for (let j = 0; j < k; j += 1) coefficients[j] = before[j]! - last * before[k - 1 - j]!;
    coefficients[k] = last;
  }
  return coefficients;
}

/** The inverse of `coefficientsOf`; null when a root lies on or inside the unit circle. */
export function partialsOf(coefficients: ArrayLike<number>): Float64Array | null {
  const size = coefficients.length;
  const left = Float64Array.from(coefficients);
  const before = new Float64Array(size);
  const partials = new Float64Array(size);
  for (let k = size - 1; k >= 0; k -= 1) {
    const last = left[k]!;
    // Written so that NaN is refused too.
    if (!(Math.abs(last) < 1)) return null;
    partials[k] = last;
    before.set(left);
    const rest = 1 - last * last;
    for (let j = 0; j < k; j += 1) left[j] = (before[j]! + last * before[k - 1 - j]!) / rest;
  }
  return partials;
}

/** Whether every root of 1 - c_1 B - ... - c_p B^p is further than `radius` from 0. */
export function isOutside(coefficients: ArrayLike<number>, radius = 1): boolean {
  const scaled = Array.from(coefficients, (c, k) => c * radius ** (k + 1));
  return partialsOf(scaled) !== null;
}

/**
 * The coefficients of (1 - a_1 B - ...)(1 - b_1 B^m - ...), in the same convention. A moving average
 * 1 + t_1 B + ... passes its coefficients with the other sign.
 */
export function seasonalProduct(
  plain: ArrayLike<number>,
  seasonal: ArrayLike<number>,
  season: number,
): Float64Array {
  const product = new Float64Array(plain.length + season * seasonal.length);
  for (let i = 0; i < plain.length; i += 1) product[i]! += plain[i]!;
  for (let k = 0; k < seasonal.length; k += 1) {
    const lag = (k + 1) * season;
    product[lag - 1]! += seasonal[k]!;
    for (let i = 0; i < plain.length; i += 1) product[lag + i]! -= seasonal[k]! * plain[i]!;
  }
  return product;
}

/** The first `count` weights psi of theta(B) / phi(B), psi_0 = 1; theta is 1 + t_1 B + .... */
export function impulseWeights(
  phi: ArrayLike<number>,
  theta: ArrayLike<number>,
  count: number,
): Float64Array {
  const weights = new Float64Array(count);
  for (let j = 0; j < count; j += 1) {
    let weight = j === 0 ? 1 : (theta[j - 1] ?? 0);
    for (let i = 1; i <= Math.min(j, phi.length); i += 1) weight += phi[i - 1]! * weights[j - i]!;
    weights[j] = weight;
  }
  return weights;
}
