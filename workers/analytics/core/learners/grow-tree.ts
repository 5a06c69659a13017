/** One classification or regression tree, depth first. */
import type { Chance } from "../../../compute/chance.ts";
import type { Criterion } from "./criteria.ts";
import type { Design } from "./learner.ts";
import type { Pace } from "./pace.ts";
import type { SplitSearch, Splitter } from "./splitters.ts";
import type { Cut, TreeSetBuilder } from "./tree-set.ts";

export interface Growth {
  readonly design: Design;
  readonly criterion: Criterion;
  readonly splitter: Splitter;
  readonly depthMax: number;
  readonly leafRowsMin: number;
  /** Columns that are tried at a node, drawn anew for each; all of them come in order. */
  readonly columnsTried: number;
  readonly chance: Chance;
  readonly pace: Pace;
}

interface Pending {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** @param rows those that it is grown from, which are put in another order */
export function* growTree(
  rows: Int32Array,
  growth: Growth,
  builder: TreeSetBuilder,
): Generator<number, void> {
  const { design, criterion, depthMax, leafRowsMin, pace } = growth;
  const order = Int32Array.from({ length: design.columns }, (_, column) => column);
  const values = new Float64Array(criterion.width);
  const aside = new Int32Array(rows.length);
  const pending: Pending[] = [{ node: builder.node(), from: 0, to: rows.length, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, from, to, depth } = next;
    criterion.begin(rows, from, to);
    const standing = depth < depthMax && to - from >= 2 * leafRowsMin ? criterion.standing() : null;
    let cut: Cut | null = null;
    if (standing !== null) {
      const found = bestCut({ criterion, rows, from, to, leafRowsMin }, growth, order);
      const gain = (found?.gain ?? 0) - standing.score;
      if (found !== null && gain > standing.gainMin) cut = { ...found, gain };
    }
    if (pace.spend((to - from) * 12 * growth.columnsTried)) yield 0;
    if (cut === null) {
      criterion.leaf(values);
      builder.leaf(node, values);
      continue;
    }
    const middle = part(rows, from, to, cut, design, aside);
    const [left, right] = builder.split(node, cut);
    pending.push({ node: right, from: middle, to, depth: depth + 1 });
    pending.push({ node: left, from, to: middle, depth: depth + 1 });
  }
}

/** Constant columns do not count as tried. */
function bestCut(search: SplitSearch, growth: Growth, order: Int32Array): Cut | null {
  const { columnsTried, chance, splitter } = growth;
  const columns = order.length;
  const drawsAtRandom = columnsTried < columns;
  let best: Cut | null = null;
  let tried = 0;
  for (let at = 0; at < columns && (tried < columnsTried || best === null); at++) {
    if (drawsAtRandom) {
      const other = at + chance.below(columns - at);
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    const cut = splitter(search, order[at]!);
    if (cut === "constant") continue;
    tried += 1;
    // Columns that part the rows alike differ by rounding: the first of them stays.
    if (cut !== null && (best === null || cut.gain > best.gain + 1e-10 * Math.abs(best.gain))) {
      best = cut;
    }
  }
  return best;
}

/** Rows that go left come first, both sides in their old order. @returns where the right begins */
function part(
  rows: Int32Array,
  from: number,
  to: number,
  { feature, threshold, gapsLeft }: Cut,
  { columns, values }: Design,
  aside: Int32Array,
): number {
  let [middle, others] = [from, 0];
  for (let at = from; at < to; at++) {
    const value = values[rows[at]! * columns + feature]!;
    if (value <= threshold || (gapsLeft && Number.isNaN(value))) rows[middle++] = rows[at]!;
    else aside[others++] = rows[at]!;
  }
  rows.set(aside.subarray(0, others), middle);
  return middle;
}
