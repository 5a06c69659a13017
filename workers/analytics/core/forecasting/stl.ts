/**
 * Seasonal-trend decomposition by loess (Cleveland, Cleveland, McRae and Terpenning 1990), without
 * robustness weights, and its use for several seasons (Bandara, Hyndman and Bergmeir 2021).
 */

export interface Decomposition {
  readonly trend: Float64Array;
  /** One for each season, the shortest first. */
  readonly seasonal: readonly Float64Array[];
  readonly remainder: Float64Array;
}

interface Loess {
  /** Values in a neighbourhood; odd. */
  readonly window: number;
  readonly degree: 0 | 1;
  /** Every so many values are smoothed, those between are interpolated. */
  readonly jump: number;
}

const innerLoops = 2;
const passes = 2;
const trendWindowMin = 7;

function loess(window: number, degree: 0 | 1): Loess {
  return { window, degree, jump: Math.ceil(window / 10) };
}

function nextOdd(x: number): number {
  const rounded = Math.round(x);
  return rounded % 2 === 0 ? rounded + 1 : rounded;
}

/** One season; `window` is that of the season's own smoothing. Needs more than two whole seasons. */
export function stl(values: Float64Array, season: number, window: number): Decomposition {
  const n = values.length;
  const trendLoess = loess(nextOdd(Math.ceil((1.5 * season) / (1 - 1.5 / window))), 1);
  const lowLoess = loess(nextOdd(season), 1);
  const seasonLoess = loess(window, 0);
  let trend: Float64Array = new Float64Array(n);
  let seasonal: Float64Array = new Float64Array(n);
  for (let loop = 0; loop < innerLoops; loop += 1) {
    const detrended = values.map((y, t) => y - trend[t]!);
    const cycle = smoothCycles(detrended, season, seasonLoess);
    const low = smoothed(
      movingAverage(movingAverage(movingAverage(cycle, season), season), 3),
      lowLoess,
    );
    seasonal = low.map((y, t) => cycle[t + season]! - y);
    trend = smoothed(
      values.map((y, t) => y - seasonal[t]!),
      trendLoess,
    );
  }
  return {
    trend,
    seasonal: [seasonal],
    remainder: values.map((y, t) => y - trend[t]! - seasonal[t]!),
  };
}

/** Several seasons, shortest first, each taken out of what the others leave. */
export function decompose(values: Float64Array, seasons: readonly number[]): Decomposition {
  const used = seasons.filter((season) => season > 1 && 2 * season < values.length);
  if (used.length === 0) throw new RangeError("A decomposition needs two whole seasons and more.");
  const parts = used.map(() => new Float64Array(values.length));
  let left = Float64Array.from(values);
  let trend = new Float64Array(values.length);
  for (let pass = 0; pass < (used.length === 1 ? 1 : passes); pass += 1) {
    for (const [i, season] of used.entries()) {
      const before = parts[i]!;
      const whole = left.map((y, t) => y + before[t]!);
      const found = stl(whole, season, 7 + 4 * (i + 1));
      const seasonal = found.seasonal[0]!;
      parts[i] = Float64Array.from(seasonal);
      left = whole.map((y, t) => y - seasonal[t]!);
      trend = Float64Array.from(found.trend);
    }
  }
  return { trend, seasonal: parts, remainder: left.map((y, t) => y - trend[t]!) };
}

/** Without a season: a trend by loess over a third of the values, and what it leaves. */
export function trendOnly(values: Float64Array): Decomposition {
  const window = Math.max(trendWindowMin, nextOdd(values.length / 3));
  const trend = smoothed(values, loess(window, 1));
  return { trend, seasonal: [], remainder: values.map((y, t) => y - trend[t]!) };
}

/** Each place of the season smoothed as a series of its own, and one season longer at both ends. */
function smoothCycles(values: Float64Array, season: number, settings: Loess): Float64Array {
  const cycle = new Float64Array(values.length + 2 * season);
  for (let place = 0; place < season; place += 1) {
    const own = values.filter((_, t) => t % season === place);
    const k = own.length;
    const inner = smoothed(own, settings);
    const { window, degree } = settings;
    cycle[place] = fitAt(own, { window, degree, at: -1, left: 0, right: Math.min(window, k) - 1 });
    for (let i = 0; i < k; i += 1) cycle[place + (i + 1) * season] = inner[i]!;
    cycle[place + (k + 1) * season] = fitAt(own, {
      window,
      degree,
      at: k,
      left: Math.max(0, k - window),
      right: k - 1,
    });
  }
  return cycle;
}

function movingAverage(values: Float64Array, length: number): Float64Array {
  const averages = new Float64Array(values.length - length + 1);
  let sum = 0;
  for (let t = 0; t < values.length; t += 1) {
    sum += values[t]!;
    if (t >= length) sum -= values[t - length]!;
    if (t >= length - 1) averages[t - length + 1] = sum / length;
  }
  return averages;
}

function smoothed(values: Float64Array, { window, degree, jump }: Loess): Float64Array {
  const n = values.length;
  const curve = new Float64Array(n);
  const half = (window - 1) / 2;
  let last = -1;
  const visit = (t: number) => {
    const left = window >= n ? 0 : Math.min(Math.max(0, t - half), n - window);
    const right = window >= n ? n - 1 : left + window - 1;
    curve[t] = fitAt(values, { window, degree, at: t, left, right });
    if (last >= 0) {
      const from = curve[last]!;
      const slope = (curve[t] - from) / (t - last);
      for (let i = last + 1; i < t; i += 1) curve[i] = from + slope * (i - last);
    }
    last = t;
  };
  const step = Math.min(jump, Math.max(1, n - 1));
  for (let t = 0; t < n; t += step) visit(t);
  if (last < n - 1) visit(n - 1);
  return curve;
}

interface Neighbourhood {
  readonly window: number;
  readonly degree: 0 | 1;
  readonly at: number;
  readonly left: number;
  readonly right: number;
}

/** A local mean or line with tricube weights, evaluated at one place. */
function fitAt(values: Float64Array, where: Neighbourhood): number {
  const { window, degree, at, left, right } = where;
  const n = values.length;
  let reach = Math.max(at - left, right - at);
  if (window > n) reach += Math.floor((window - n) / 2);
  const weights = new Float64Array(right - left + 1);
  let total = 0;
  for (let i = left; i <= right; i += 1) {
    const distance = Math.abs(i - at);
    if (distance > 0.999 * reach) continue;
    weights[i - left] = distance <= 0.001 * reach ? 1 : (1 - (distance / reach) ** 3) ** 3;
    total += weights[i - left]!;
  }
  if (!(total > 0)) return values[Math.min(n - 1, Math.max(0, at))]!;
  let center = 0;
  for (let i = left; i <= right; i += 1) center += (weights[i - left]! / total) * i;
  let spread = 0;
  for (let i = left; i <= right; i += 1) spread += (weights[i - left]! / total) * (i - center) ** 2;
  const isLine = degree === 1 && reach > 0 && Math.sqrt(spread) > 0.001 * (n - 1);
  let sum = 0;
  for (let i = left; i <= right; i += 1) {
    const tilt = isLine ? 1 + ((at - center) * (i - center)) / spread : 1;
    sum += (weights[i - left]! / total) * tilt * values[i]!;
  }
  return sum;
}
