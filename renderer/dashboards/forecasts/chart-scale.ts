/** From values to places on a chart, with few enough points to draw at once. */

/** More points of a line than these are not visible. */
export const pointsMax = 500;

export interface Point {
  /** Place in the series; lines of one chart share it. */
  readonly x: number;
  /** null: the line has a gap. */
  readonly y: number | null;
}

/** The least and the greatest of each stretch stay, so that no peak is lost. */
export function thinned(points: readonly Point[], most = pointsMax): readonly Point[] {
  if (points.length <= most) return points;
  const stretch = Math.ceil((2 * points.length) / most);
  const kept: Point[] = [];
  for (let from = 0; from < points.length; from += stretch) {
    const part = points.slice(from, from + stretch);
    const known = part.filter(({ y }) => y !== null);
    const first = known[0];
    if (first === undefined) {
      kept.push(part[0]!);
      continue;
    }
    let [low, high] = [first, first];
    for (const point of known) {
      if (point.y! < low.y!) low = point;
      if (point.y! > high.y!) high = point;
    }
    kept.push(...(low === high ? [low] : low.x < high.x ? [low, high] : [high, low]));
  }
  return kept;
}

/** Round values between two, at most some five. */
export function roundTicks(low: number, high: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / 5;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 5, 10].find((factor) => factor * size >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** What a chart shows from and to: some room around, and never nothing. */
export function spanOf(values: readonly number[], withZero: boolean): [number, number] {
  let [low, high] = withZero ? [0, 0] : [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!Number.isFinite(low)) return [0, 1];
  if (low === high) return [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  const room = 0.04 * (high - low);
  return [low - (withZero && low === 0 ? 0 : room), high + room];
}

/** Counts of values in equal steps from the least to the greatest. */
export function histogram(
  values: readonly number[],
): { from: number; to: number; count: number }[] {
  if (values.length === 0) return [];
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  // Sturges' rule.
  const bins = least === most ? 1 : Math.ceil(Math.log2(values.length) + 1);
  const width = (most - least) / bins || 1;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value - least) / width));
    counts[bin] = counts[bin]! + 1;
  }
  return counts.map((count, i) => ({
    from: least + i * width,
    to: least + (i + 1) * width,
    count,
  }));
}
