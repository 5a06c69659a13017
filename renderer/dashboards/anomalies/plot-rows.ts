/** What of a scored series is drawn: no more points than can be seen, and every alarm. */
export interface PlotRow {
  /** Counted from 1. */
  readonly reading: number;
  readonly value: number;
  readonly score: number | null;
  /** The value again where it raised an alarm. */
  readonly alarm: number | null;
}

const pointsMax = 600;

/** Of each few readings the one with the highest score, so that no alarm is thinned away. */
export function plotRows(
  values: readonly number[],
  scores: readonly (number | null)[],
  threshold: number,
): PlotRow[] {
  const stride = Math.max(1, Math.ceil(values.length / pointsMax));
  const rows: PlotRow[] = [];
  for (let start = 0; start < values.length; start += stride) {
    let shown = start;
    for (let i = start; i < Math.min(start + stride, values.length); i += 1) {
      if ((scores[i] ?? 0) > (scores[shown] ?? 0)) shown = i;
    }
    const [value, score] = [values[shown]!, scores[shown] ?? null];
    const alarm = score !== null && score >= threshold ? value : null;
    rows.push({ reading: shown + 1, value, score, alarm });
  }
  return rows;
}
