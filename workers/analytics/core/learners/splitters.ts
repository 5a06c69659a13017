/** The best split of one node along one column. */
import { type Binned, gapCode } from "./binning.ts";
import type { Chance } from "../../../compute/chance.ts";
import type { Criterion } from "./criteria.ts";
import type { Design } from "./learner.ts";
import type { Cut } from "./tree-set.ts";

export interface SplitSearch {
  readonly criterion: Criterion;
  readonly rows: Int32Array;
  readonly from: number;
  readonly to: number;
  /** Rows that each side keeps at least. */
  readonly leafRowsMin: number;
}

/** `gain` is the score of the split; null along a column where nothing can be split. */
export type Splitter = (search: SplitSearch, feature: number) => Cut | "constant" | null;

/** Up to this many rows are sorted by insertion. */
const fewRows = 32;

/** Tries every border between codes (CART: Breiman, Friedman, Olshen and Stone 1984). */
export function bestSplitter({ rows: total, codes, edges }: Binned): Splitter {
  const sorted = new Int32Array(total);
  const counts = new Int32Array(gapCode + 2);
  return function split({ criterion, rows, from, to, leafRowsMin }, feature) {
    const count = to - from;
    const own = codes.subarray(feature * total, (feature + 1) * total);
    sortByCode(rows, from, to, own, sorted, counts);
    const first = own[sorted[0]!]!;
    if (own[sorted[count - 1]!] === first) return "constant";
    let gaps = 0;
    while (own[sorted[count - 1 - gaps]!] === gapCode) gaps += 1;
    const cuts = edges[feature]!;
    let best: Cut | null = null;
    for (const gapsLeft of gaps > 0 ? [false, true] : [false]) {
      criterion.restart();
      const before = gapsLeft ? gaps : 0;
      for (let at = count - before; at < count; at++) criterion.move(sorted[at]!);
      for (let at = 0; at < count - gaps; at++) {
        const row = sorted[at]!;
        criterion.move(row);
        const [code, next] = [own[row]!, at + 1 < count ? own[sorted[at + 1]!]! : gapCode];
        const left = at + 1 + before;
        if (code === next || left < leafRowsMin || count - left < leafRowsMin) continue;
        if (left === count) continue;
        const gain = criterion.score();
        if (best !== null && !(gain > best.gain)) continue;
        const threshold = code < cuts.length ? cuts[code]! : Infinity;
        // Gaps that have not been met go where more rows go.
        const goLeft = gaps > 0 ? gapsLeft : criterion.leftWeight > criterion.rightWeight;
        best = { feature, threshold, gapsLeft: goLeft, gain };
      }
    }
    return best;
  };
}

/** By counting, or by insertion where rows are few. */
function sortByCode(
  rows: Int32Array,
  from: number,
  to: number,
  codes: Uint8Array,
  sorted: Int32Array,
  counts: Int32Array,
): void {
  if (to - from <= fewRows) {
    for (let at = from; at < to; at++) {
      const row = rows[at]!;
      const code = codes[row]!;
      let place = at - from;
      for (; place > 0 && codes[sorted[place - 1]!]! > code; place--) {
        sorted[place] = sorted[place - 1]!;
      }
      sorted[place] = row;
    }
    return;
  }
  counts.fill(0);
  for (let at = from; at < to; at++) counts[codes[rows[at]!]! + 1]! += 1;
  for (let code = 1; code < counts.length; code++) counts[code]! += counts[code - 1]!;
  for (let at = from; at < to; at++) {
    const row = rows[at]!;
    sorted[counts[codes[row]!]!++] = row;
  }
}

/** Tries one value between the lowest and the highest (Geurts, Ernst and Wehenkel 2006). */
export function randomSplitter({ columns, values }: Design, chance: Chance): Splitter {
  return function split({ criterion, rows, from, to, leafRowsMin }, feature) {
    let [low, high, gaps] = [Infinity, -Infinity, 0];
    for (let at = from; at < to; at++) {
      const value = values[rows[at]! * columns + feature]!;
      if (value < low) low = value;
      if (value > high) high = value;
      if (Number.isNaN(value)) gaps += 1;
    }
    if (!(high > low) && (gaps === 0 || gaps === to - from)) return "constant";
    const drawn = low + chance.float() * (high - low);
    // Where all values are one, they part from the gaps.
    const threshold = high > low ? (drawn < high ? drawn : low) : Infinity;
    const gapsLeft = gaps > 0 && high > low && chance.below(2) === 1;
    let left = 0;
    criterion.restart();
    for (let at = from; at < to; at++) {
      const value = values[rows[at]! * columns + feature]!;
      if (!(value <= threshold) && !(gapsLeft && Number.isNaN(value))) continue;
      left += 1;
      criterion.move(rows[at]!);
    }
    if (Math.min(left, to - from - left) < Math.max(1, leafRowsMin)) return null;
    const goLeft = gaps > 0 ? gapsLeft : criterion.leftWeight > criterion.rightWeight;
    return { feature, threshold, gapsLeft: goLeft, gain: criterion.score() };
  };
}
