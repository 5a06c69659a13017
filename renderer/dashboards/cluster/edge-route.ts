/** The curves that edges of the mesh are drawn as. Pure. */
import { nodeSize } from "./topology-model.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A cubic Bézier curve. */
export interface Route {
  readonly start: Point;
  readonly bends: readonly [Point, Point];
  readonly end: Point;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** From the right side of the caller to the left side of the called; back round the other way. */
export function routeOf(from: Point, to: Point): Route {
  const isForward = to.x > from.x;
  const height = nodeSize.height / 2;
  // Both directions between two nodes leave at different heights, so that both can be seen.
  const lift = isForward ? -5 : 7;
  const start = { x: from.x + (isForward ? nodeSize.width : 0), y: from.y + height + lift };
  const end = { x: to.x + (isForward ? 0 : nodeSize.width), y: to.y + height + lift };
  if (to.x === from.x) {
    // In one column: out to the right and back.
    const right = { x: from.x + nodeSize.width, y: from.y + height };
    const back = { x: to.x + nodeSize.width, y: to.y + height };
    const out = 40 + Math.abs(to.y - from.y) / 8;
    return {
      start: right,
      bends: [
        { x: right.x + out, y: right.y },
        { x: back.x + out, y: back.y },
      ],
      end: back,
    };
  }
  const pull = (end.x - start.x) / 2;
  return {
    start,
    bends: [
      { x: start.x + pull, y: start.y },
      { x: end.x - pull, y: end.y },
    ],
    end,
  };
}

/** Halfway along. */
export function middleOf({ start, bends: [first, second], end }: Route): Point {
  return {
    x: (start.x + 3 * first.x + 3 * second.x + end.x) / 8,
    y: (start.y + 3 * first.y + 3 * second.y + end.y) / 8,
  };
}

export function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
