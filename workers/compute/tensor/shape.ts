/** Shapes and strides. A shape is a list of sizes, a stride a step in values, negative or 0 too. */
import { rankMax } from "./limits.ts";

export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** @throws RangeError unless the sizes are whole, not negative, and at most `rankMax` */
export function checkShape(shape: Shape): void {
  if (shape.length > rankMax || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new RangeError(`A shape has at most ${rankMax} whole sizes, not [${shape.join(", ")}].`);
  }
}

/** Of a row-major array. */
export function stridesOf(shape: Shape): number[] {
  const strides = Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/**
 * The shape of both, aligned at the last axis; a size of 1 stretches.
 * @throws RangeError when sizes differ and neither is 1
 */
export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(
        `Shapes [${a.join(", ")}] and [${b.join(", ")}] do not go together: ${left} against ${right}.`,
      );
    }
    return left === 1 ? right : left;
  });
}

/** Strides that read an array of `shape` as one of `target`: 0 along stretched axes. */
export function broadcastStrides(shape: Shape, strides: Shape, target: Shape): number[] {
  const lead = target.length - shape.length;
  return target.map((size, axis) => {
    const own = axis - lead;
    if (own < 0 || (shape[own] === 1 && size !== 1)) return 0;
    return strides[own]!;
  });
}

/** @throws RangeError when there is no such axis; negative ones count from the end */
export function axisOf(axis: number, rank: number): number {
  const from = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || from < 0 || from >= rank) {
    throw new RangeError(`A tensor of ${rank} axes has no axis ${axis}.`);
  }
  return from;
}

/** The axes in rising order, each once; null means all. */
export function axesOf(axes: number | readonly number[] | null, rank: number): number[] {
  if (axes === null) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === "number" ? [axes] : axes;
  const own = [...new Set(list.map((axis) => axisOf(axis, rank)))].toSorted((a, b) => a - b);
  if (own.length !== list.length)
    throw new RangeError(`An axis is named twice: ${list.join(", ")}.`);
  return own;
}
