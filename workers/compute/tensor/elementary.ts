/**
 * Elementary functions in double precision by arithmetic alone. Math.exp and its kind differ between
 * engines in the last bits; these do not. After FreeBSD's msun (Sun Microsystems, 1993), shortened.
 */

const view = new DataView(new ArrayBuffer(8));
const ln2High = 6.931_471_803_691_238e-1;
const ln2Low = 1.908_214_929_270_587_7e-10;

/** e_exp.c: x = k ln 2 + r, and a rational function of r. What would be subnormal is 0. */
export function exp(x: number): number {
  if (!(x < 709.782_712_893_384)) return x === x ? Infinity : x;
  if (x < -708.396_418_532_264_1) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * ln2High;
  const low = k * ln2Low;
  const r = high - low;
  const z = r * r;
  const c =
    r -
    z *
      (1.666_666_666_666_660_2e-1 +
        z *
          (-2.777_777_777_701_559_3e-3 +
            z *
              (6.613_756_321_437_934e-5 +
                z * (-1.653_390_220_546_525_2e-6 + z * 4.138_136_797_057_238_5e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // In two halves, so that 2^k itself never overflows.
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/** e_log.c: x = 2^k (1 + f), and a polynomial of f / (2 + f). */
export function log(x: number): number {
  if (!(x > 0) || x === Infinity) {
    if (x === 0) return -Infinity;
    return x > 0 ? x : Number.NaN;
  }
  let k = 0;
  let scaled = x;
  if (x < 2.225_073_858_507_201_4e-308) {
    scaled *= 18_014_398_509_481_984;
    k = -54;
  }
  view.setFloat64(0, scaled);
  const word = view.getInt32(0);
  k += (word >> 20) - 1023;
  const fraction = word & 0xf_ff_ff;
  const isLarge = fraction >= 0x6_a0_9e;
  view.setInt32(0, fraction | (isLarge ? 0x3f_e0_00_00 : 0x3f_f0_00_00));
  if (isLarge) k += 1;
  const f = view.getFloat64(0) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even =
    w *
    (3.999_999_999_940_942e-1 + w * (2.222_219_843_214_978_4e-1 + w * 1.531_383_769_920_937_3e-1));
  const odd =
    z *
    (6.666_666_666_666_735e-1 +
      w *
        (2.857_142_874_366_239e-1 +
          w * (1.818_357_216_161_805e-1 + w * 1.479_819_860_511_658_6e-1)));
  const halfSquare = 0.5 * f * f;
  return k * ln2High - (halfSquare - (s * (halfSquare + even + odd) + k * ln2Low) - f);
}

/** Small arguments by Taylor's series, where the quotient would cancel. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size > 22) return x > 0 ? 1 : -1;
  if (size < 0.1) {
    const z = x * x;
    const tail =
      62 / 2835 + z * (-1382 / 155_925 + z * (21_844 / 6_081_075 - (z * 929_569) / 638_512_875));
    return x * (1 + z * (-1 / 3 + z * (2 / 15 + z * (-17 / 315 + z * tail))));
  }
  const t = 1 - 2 / (exp(2 * size) + 1);
  return x < 0 ? -t : t;
}

export function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}

/** log(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
}

/** The rounding of 1 + x is made good by the quotient (Kahan; Goldberg 1991, theorem 4). */
function log1p(x: number): number {
  const sum = 1 + x;
  return sum === 1 ? x : (log(sum) * x) / (sum - 1);
}

/** The series of Abramowitz and Stegun 7.1.6 below 3, and their continued fraction 7.1.14 above. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return x > 0 ? 1 : -1;
  const scale = 1.128_379_167_095_512_6 * exp(-x * x);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return scale * sum;
  }
  let fraction = size;
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction;
  const tail = scale / (2 * fraction);
  return x > 0 ? 1 - tail : tail - 1;
}

function powerOfTwo(exponent: number): number {
  view.setUint32(4, 0);
  view.setInt32(0, (exponent + 1023) << 20);
  return view.getFloat64(0);
}
