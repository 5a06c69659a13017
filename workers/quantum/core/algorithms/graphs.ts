/** Graphs to cut: named ones and random regular ones. Vertices are numbered from 0. */
import { Random } from "../../../cluster/random.ts";
import { CircuitError } from "../primitive.ts";

export interface Graph {
  readonly vertices: number;
  /** Each once, its ends different. */
  readonly edges: readonly (readonly [number, number])[];
}

/** Cuts of a graph are found by looking at all of them. */
export const verticesMax = 16;
/** Of drawings of a random graph; about one in seven has neither loops nor double edges. */
const drawingsMax = 1_000;

const numbers = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => at);

/** @throws CircuitError for fewer than 3 vertices */
export function ring(vertices: number): Graph {
  requireVertices(vertices, 3);
  return { vertices, edges: numbers(vertices).map((at) => [at, (at + 1) % vertices]) };
}

export function complete(vertices: number): Graph {
  requireVertices(vertices, 2);
  const edges = numbers(vertices).flatMap((a) => numbers(a).map((b) => [b, a] as const));
  return { vertices, edges };
}

/** Ten vertices, each with three neighbours, and no cycle shorter than five. */
export function petersen(): Graph {
  const edges = numbers(5).flatMap((at): readonly (readonly [number, number])[] => [
    [at, (at + 1) % 5],
    [at, at + 5],
    [at + 5, ((at + 2) % 5) + 5],
  ]);
  return { vertices: 10, edges };
}

/**
 * Every vertex has three neighbours: half-edges are paired at random until no pair is odd (Bollobas
 * 1980, the configuration model), which draws all such graphs alike.
 * @throws CircuitError for an odd count, or fewer than 4
 */
export function randomCubic(vertices: number, seed: number): Graph {
  requireVertices(vertices, 4);
  if (vertices % 2 === 1) {
    throw new CircuitError(
      `three neighbours each need an even number of vertices, not ${vertices}`,
    );
  }
  const random = new Random(seed);
  const halves = numbers(3 * vertices).map((at) => Math.floor(at / 3));
  for (let drawing = 0; drawing < drawingsMax; drawing++) {
    const order = random.shuffle(halves);
    const edges = numbers(order.length / 2).map((at): readonly [number, number] => {
      const [a, b] = [order[2 * at]!, order[2 * at + 1]!];
      return a < b ? [a, b] : [b, a];
    });
    const names = new Set(edges.map(([a, b]) => `${a}-${b}`));
    if (names.size === edges.length && edges.every(([a, b]) => a !== b)) {
      return { vertices, edges: edges.toSorted(([a, b], [c, d]) => a - c || b - d) };
    }
  }
  throw new CircuitError(`no graph came of ${drawingsMax} drawings: choose another seed`);
}

/** A graph of given edges. @throws CircuitError for loops, double edges and unknown ends */
export function graphOf(vertices: number, edges: Graph["edges"]): Graph {
  requireVertices(vertices, 2);
  const seen = new Set<string>();
  for (const [a, b] of edges) {
    const known = [a, b].every((end) => Number.isInteger(end) && end >= 0 && end < vertices);
    if (!known || a === b) {
      throw new CircuitError(
        `edge ${a}-${b}: its ends are two of the vertices 0 to ${vertices - 1}`,
      );
    }
    const name = `${Math.min(a, b)}-${Math.max(a, b)}`;
    if (seen.has(name)) throw new CircuitError(`edge ${name} is given twice`);
    seen.add(name);
  }
  return { vertices, edges };
}

/** Edges whose ends are on different sides; bit v of `sides` is the side of vertex v. */
export function cutOf({ edges }: Graph, sides: number): number {
  return edges.filter(([a, b]) => ((sides >> a) & 1) !== ((sides >> b) & 1)).length;
}

/** The largest cut, by looking at all. */
export function maximumCut(graph: Graph): number {
  let most = 0;
  // Vertex 0 may stay on its side: a cut and its complement are the same.
  for (let sides = 0; sides < 2 ** graph.vertices; sides += 2) {
    most = Math.max(most, cutOf(graph, sides));
  }
  return most;
}

function requireVertices(vertices: number, min: number): void {
  if (Number.isInteger(vertices) && vertices >= min && vertices <= verticesMax) return;
  throw new CircuitError(`this graph has ${min} to ${verticesMax} vertices, not ${vertices}`);
}
