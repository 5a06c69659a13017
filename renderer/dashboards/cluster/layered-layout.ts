/**
 * Places for the nodes of a directed graph: callers to the left of those they call (Sugiyama, Tagawa
 * and Toda 1981: layers by longest path, order by barycentres), those without edges in a grid below.
 * Pure, and quick for thousands of nodes: no step is worse than sorting.
 */

interface Spot {
  /** Columns and rows of the grid, from 0. Rows may be halves, since columns are centred. */
  readonly column: number;
  readonly row: number;
}

export interface Layout {
  readonly spots: ReadonlyMap<string, Spot>;
  readonly columns: number;
  readonly rows: number;
}

type Edge = readonly [from: string, to: string];

/** Rows and columns of a full picture, as multiples of the root of the count: about as wide as a window. */
const rowsPerRoot = 1.5;
const layersPerRoot = 0.7;
const rowsMin = 16;
const layersMin = 6;
const sweeps = 8;

/**
 * The same for the same names and edges, whatever their order.
 * @param edges between names; those from a node to itself are passed over
 */
export function layeredLayout(names: readonly string[], edges: readonly Edge[]): Layout {
  const sorted = names.toSorted();
  const place = new Map(sorted.map((name, index) => [name, index]));
  const pairs = uniquePairs(edges, place);
  const joined = new Set(pairs.flat());
  const layers = layersOf(sorted.length, acyclic(sorted.length, pairs), joined);
  order(layers, pairs);
  return settle(sorted, layers, joined);
}

type Pair = [from: number, to: number];

function uniquePairs(edges: readonly Edge[], place: ReadonlyMap<string, number>): Pair[] {
  const seen = new Map<string, Pair>();
  for (const [fromName, toName] of edges) {
    const [from, to] = [place.get(fromName), place.get(toName)];
    if (from === undefined || to === undefined || from === to) continue;
    seen.set(`${from}>${to}`, [from, to]);
  }
  return [...seen.values()].toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** The edges with those turned round that would close a cycle, found by a search in depth. */
function acyclic(count: number, pairs: readonly Pair[]): Pair[] {
  const next = neighbours(count, pairs, 0);
  // From those that call more than they are called (Eades, Lin and Smyth 1993): few are turned round.
  const surplus = new Int32Array(count);
  for (const [from, to] of pairs) {
    surplus[from]! += 1;
    surplus[to]! -= 1;
  }
  const starts = [...next.keys()].toSorted((a, b) => surplus[b]! - surplus[a]! || a - b);
  const state = new Uint8Array(count);
  const [entered, left] = [1, 2];
  const result: Pair[] = [];
  for (const start of starts) {
    if (state[start] !== 0) continue;
    const path = [{ node: start, edge: 0 }];
    state[start] = entered;
    while (path.length > 0) {
      const step = path.at(-1)!;
      const to = next[step.node]![step.edge];
      step.edge += 1;
      if (to === undefined) {
        state[step.node] = left;
        path.pop();
      } else if (state[to] === entered) {
        result.push([to, step.node]);
      } else {
        result.push([step.node, to]);
        if (state[to] === 0) {
          state[to] = entered;
          path.push({ node: to, edge: 0 });
        }
      }
    }
  }
  return result;
}

function neighbours(count: number, pairs: readonly Pair[], end: 0 | 1): number[][] {
  const lists = Array.from({ length: count }, (): number[] => []);
  for (const pair of pairs) lists[pair[end]]!.push(pair[end === 0 ? 1 : 0]);
  return lists;
}

/** Each node one layer behind the last of its callers. */
function layersOf(count: number, pairs: readonly Pair[], joined: ReadonlySet<number>): number[][] {
  const next = neighbours(count, pairs, 0);
  const waiting = new Int32Array(count);
  for (const [, to] of pairs) waiting[to]! += 1;
  const layer = new Int32Array(count);
  const ready = [...joined].filter((node) => waiting[node] === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const to of next[node]!) {
      layer[to] = Math.max(layer[to]!, layer[node]! + 1);
      waiting[to]! -= 1;
      if (waiting[to] === 0) ready.push(to);
    }
  }
  const depth = 1 + layer.reduce((most, each) => Math.max(most, each), 0);
  const share = Math.min(1, Math.max(layersMin, layersPerRoot * Math.sqrt(joined.size)) / depth);
  const layers: number[][] = [];
  for (const node of [...joined].toSorted((a, b) => a - b))
    (layers[Math.floor(layer[node]! * share)] ??= []).push(node);
  return layers;
}

/** Sorts each layer by the mean place of its neighbours, there and back, and keeps the best order. */
function order(layers: number[][], pairs: readonly Pair[]): void {
  const count = 1 + Math.max(-1, ...layers.flat());
  const [callees, callers] = [neighbours(count, pairs, 0), neighbours(count, pairs, 1)];
  const at = new Float64Array(count);
  const note = (layer: readonly number[]) =>
    layer.forEach((node, index) => {
      at[node] = (index + 0.5) / layer.length;
    });
  layers.forEach(note);
  let best = layers.map((layer) => [...layer]);
  let least = spread(pairs, at);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const [lists, sequence] = sweep % 2 === 0 ? [callers, layers] : [callees, layers.toReversed()];
    for (const layer of sequence) {
      const means = new Map(layer.map((node) => [node, mean(lists[node]!, at) ?? at[node]!]));
      layer.sort((a, b) => means.get(a)! - means.get(b)! || a - b);
      note(layer);
    }
    const now = spread(pairs, at);
    if (now < least) {
      least = now;
      best = layers.map((layer) => [...layer]);
    }
  }
  layers.splice(0, layers.length, ...best);
}

function mean(nodes: readonly number[], at: Float64Array): number | null {
  if (nodes.length === 0) return null;
  return nodes.reduce((sum, node) => sum + at[node]!, 0) / nodes.length;
}

/** How far edges go up or down altogether: less of it crosses less. */
function spread(pairs: readonly Pair[], at: Float64Array): number {
  return pairs.reduce((sum, [from, to]) => sum + Math.abs(at[from]! - at[to]!), 0);
}

/** A longer layer is folded into several columns side by side. */
export function rowsPerColumn(count: number): number {
  return Math.max(rowsMin, Math.ceil(rowsPerRoot * Math.sqrt(count)));
}

function settle(
  names: readonly string[],
  layers: readonly (readonly number[])[],
  joined: ReadonlySet<number>,
): Layout {
  const spots = new Map<string, Spot>();
  const rowsEach = rowsPerColumn(joined.size);
  const rowsMax = Math.max(0, ...layers.map(({ length }) => Math.min(length, rowsEach)));
  let column = 0;
  for (const layer of layers) {
    const folds = Math.ceil(layer.length / rowsEach);
    const rows = Math.ceil(layer.length / folds);
    layer.forEach((node, index) => {
      const fold = Math.floor(index / rows);
      const inFold = Math.min(rows, layer.length - fold * rows);
      const row = (rowsMax - inFold) / 2 + (index % rows);
      spots.set(names[node]!, { column: column + fold, row });
    });
    column += folds;
  }
  const alone = names.filter((_, node) => !joined.has(node));
  const columns = Math.max(column, Math.ceil(Math.sqrt(alone.length)));
  const top = rowsMax === 0 ? 0 : rowsMax + 1;
  alone.forEach((name, index) => {
    spots.set(name, { column: index % columns, row: top + Math.floor(index / columns) });
  });
  const rows = alone.length === 0 ? rowsMax : top + Math.ceil(alone.length / columns);
  return { spots, columns, rows };
}
