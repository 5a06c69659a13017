/** Where the nodes stand: in a ring, and those that are cut off on the other side of the divider. */
import type { Frame } from "./engine.worker.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const nodeSize = { width: 158, height: 92 };
const gap = 14;

export interface RingLayout {
  readonly positions: ReadonlyMap<number, Point>;
  /** Beyond this x a node is on the other side. */
  readonly dividerX: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The nodes on the smaller side of a clean split in two; nobody when there is none. Links that are cut
 * one way, or into more than two sides, are drawn as links only.
 */
export function otherSide({ nodes, cut }: Pick<Frame, "nodes" | "cut">): readonly number[] {
  if (cut.length === 0) return [];
  const isCut = new Set(cut.map(([from, to]) => `${from} ${to}`));
  const first = nodes[0]?.id ?? 1;
  const here = nodes.filter(({ id }) => id === first || !isCut.has(`${first} ${id}`));
  const there = nodes.filter((node) => !here.includes(node));
  const isClean =
    cut.length === 2 * here.length * there.length &&
    here.every((one) => there.every((other) => isCut.has(`${one.id} ${other.id}`)));
  if (!isClean) return [];
  return (there.length <= here.length ? there : here).map(({ id }) => id);
}

/** `narrow`: closer together, so that the picture stays legible in a small window. */
export function layoutRing(
  ids: readonly number[],
  away: readonly number[],
  narrow = false,
): RingLayout {
  const count = ids.length;
  const radiusX = Math.max(narrow ? 176 : 230, count * 40);
  const radiusY = Math.max(138, count * 24);
  const height = 2 * radiusY + nodeSize.height;
  const center = { x: radiusX + nodeSize.width / 2, y: height / 2 };
  const dividerX = 2 * radiusX + nodeSize.width + 34;
  const perColumn = Math.max(1, Math.floor(height / (nodeSize.height + gap)));
  const positions = new Map<number, Point>();
  for (const [place, id] of ids.entries()) {
    const angle = (place / count) * 2 * Math.PI - Math.PI / 2;
    positions.set(id, {
      x: Math.round(center.x + radiusX * Math.cos(angle)),
      y: Math.round(center.y + radiusY * Math.sin(angle)),
    });
  }
  for (const [place, id] of away.entries()) {
    const column = Math.floor(place / perColumn);
    const rows = Math.min(away.length - column * perColumn, perColumn);
    const top = (height - rows * nodeSize.height - (rows - 1) * gap) / 2;
    positions.set(id, {
      x: dividerX + 34 + nodeSize.width / 2 + column * (nodeSize.width + gap),
      y: top + (place % perColumn) * (nodeSize.height + gap) + nodeSize.height / 2,
    });
  }
  const columns = Math.max(1, Math.ceil(away.length / perColumn));
  return {
    positions,
    dividerX,
    height,
    width: dividerX + 34 + columns * (nodeSize.width + gap) + 8,
  };
}
