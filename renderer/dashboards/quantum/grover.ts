/**
 * The closed form of Grover's search: after k iterations on N states with M marked, the success
 * probability is sin^2((2k+1) asin(sqrt(M/N))) (Boyer, Brassard, Hoyer, Tapp 1998, section 3).
 */
export function successProbability(states: number, marked: number, iterations: number): number {
  if (states <= 0 || marked <= 0) return 0;
  const angle = Math.asin(Math.sqrt(Math.min(1, marked / states)));
  return Math.sin((2 * iterations + 1) * angle) ** 2;
}

export interface CurvePoint {
  readonly iterations: number;
  readonly probability: number;
}

/** More points than this cannot be told apart on a screen. */
const curvePointsMax = 400;

/** The curve over whole iterations, past the present one and past the second maximum. */
export function successCurve(
  states: number,
  marked: number,
  iterations: number,
  optimal: number,
): CurvePoint[] {
  const last = Math.max(iterations, 3 * optimal + 2, 6);
  const stride = Math.max(1, Math.ceil(last / curvePointsMax));
  const points: CurvePoint[] = [];
  for (let k = 0; k <= last; k += stride) {
    points.push({ iterations: k, probability: successProbability(states, marked, k) });
  }
  return points;
}

export interface ItemBar {
  readonly index: number;
  readonly item: string;
  readonly probability: number;
  readonly marked: boolean;
}

/** More bars than this have no room for their names. */
export const barsMax = 48;

/** All items in their order, or the most probable ones, which are where the amplitude went. */
export function barsOf(
  items: readonly {
    readonly item: string;
    readonly probability: number;
    readonly marked: boolean;
  }[],
): ItemBar[] {
  const bars = items.map((entry, index) => ({ ...entry, index }));
  if (bars.length <= barsMax) return bars;
  return bars
    .toSorted((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, barsMax)
    .toSorted((a, b) => a.index - b.index);
}
