/** Walks over several strided arrays of one shape at once. */
import type { Shape } from "./shape.ts";

/**
 * Calls `row` for each innermost row, in row-major order, with the place of its first value in each
 * array, its length, and the step of each array along it. Axes that continue each other are joined.
 */
export function walkRows(
  shape: Shape,
  strides: readonly Shape[],
  starts: readonly number[],
  row: (places: readonly number[], length: number, steps: readonly number[]) => void,
): void {
  if (shape.includes(0)) return;
  const joined = join(shape, strides);
  const inner = joined.length - 1;
  const { size: length, steps } = joined[inner]!;
  const counter = Array<number>(inner).fill(0);
  const places = [...starts];
  for (;;) {
    row(places, length, steps);
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      const { size, steps: outer } = joined[axis]!;
      counter[axis]! += 1;
      if (counter[axis]! < size) {
        for (let which = 0; which < places.length; which++) places[which]! += outer[which]!;
        break;
      }
      counter[axis] = 0;
      for (let which = 0; which < places.length; which++) {
        places[which]! -= outer[which]! * (size - 1);
      }
    }
    if (axis < 0) return;
  }
}

interface Axis {
  size: number;
  steps: readonly number[];
}

function join(shape: Shape, strides: readonly Shape[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const steps = strides.map((each) => each[axis]!);
    const last = axes.at(-1);
    if (last?.steps.every((step, which) => step === steps[which]! * size) === true) {
      last.size *= size;
      last.steps = steps;
    } else axes.push({ size, steps });
  });
  return axes.length > 0 ? axes : [{ size: 1, steps: strides.map(() => 1) }];
}
