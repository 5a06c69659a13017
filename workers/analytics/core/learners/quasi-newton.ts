/**
 * L-BFGS (Nocedal and Wright, Numerical Optimization, 2nd edition, algorithms 7.4 and 7.5) with a
 * line search for the strong Wolfe conditions (3.5 and 3.6). Works are generators, so that the
 * evaluation of a loss over many rows may yield.
 */
import { addScaled, dot } from "./centred-columns.ts";

/** Writes the gradient at `at`, and returns the value there. */
export type Loss = (at: Float64Array, gradient: Float64Array) => Generator<number, number>;

export interface QuasiNewtonOptions {
  readonly stepsMax: number;
  /** The largest slope at which it has arrived. */
  readonly slopeMax: number;
}

const memory = 10;
const sufficientDecrease = 1e-4;
const curvature = 0.9;
const triesMax = 30;

interface Point {
  readonly at: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
  /** Along the direction. */
  readonly slope: number;
  readonly step: number;
}

/** Moves `start` to a minimum of a smooth loss. @returns its value there */
export function* minimise(
  loss: Loss,
  start: Float64Array,
  { stepsMax, slopeMax }: QuasiNewtonOptions,
): Generator<number, number> {
  const history: { readonly moved: Float64Array; readonly turned: Float64Array }[] = [];
  const gradient = new Float64Array(start.length);
  let value = yield* loss(start, gradient);
  for (let taken = 0; taken < stepsMax; taken++) {
    const steepest = gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    if (!(steepest > slopeMax)) break;
    const direction = directionOf(gradient, history);
    const first = history.length === 0 ? Math.min(1, 1 / steepest) : 1;
    const origin = { at: start, gradient, value, slope: dot(gradient, direction), step: 0 };
    const found = yield* searchLine(loss, origin, direction, first);
    if (found === null) break;
    const moved = Float64Array.from(found.at, (each, index) => each - start[index]!);
    const turned = Float64Array.from(found.gradient, (each, index) => each - gradient[index]!);
    start.set(found.at);
    gradient.set(found.gradient);
    // Nothing more is gained in the numbers that there are.
    const gained = value - found.value;
    value = found.value;
    if (dot(moved, turned) > 0) history.push({ moved, turned });
    if (history.length > memory) history.shift();
    if (gained <= Number.EPSILON * Math.abs(value) && history.length === 0) break;
  }
  return value;
}

function directionOf(
  gradient: Float64Array,
  history: readonly { readonly moved: Float64Array; readonly turned: Float64Array }[],
): Float64Array {
  const direction = gradient.map((each) => -each);
  const shares = history.map(() => 0);
  for (let index = history.length - 1; index >= 0; index--) {
    const { moved, turned } = history[index]!;
    shares[index] = dot(moved, direction) / dot(moved, turned);
    addScaled(direction, -shares[index]!, turned);
  }
  const last = history.at(-1);
  if (last !== undefined) {
    const scale = dot(last.moved, last.turned) / dot(last.turned, last.turned);
    for (let index = 0; index < direction.length; index++) direction[index]! *= scale;
  }
  history.forEach(({ moved, turned }, index) => {
    addScaled(direction, shares[index]! - dot(turned, direction) / dot(moved, turned), moved);
  });
  return direction;
}

function* searchLine(
  loss: Loss,
  origin: Point,
  direction: Float64Array,
  first: number,
): Generator<number, Point | null> {
  const isLowEnough = ({ value, step }: Point): boolean =>
    value <= origin.value + sufficientDecrease * step * origin.slope;
  const isFlatEnough = ({ slope }: Point): boolean => Math.abs(slope) <= -curvature * origin.slope;
  function* probe(step: number): Generator<number, Point> {
    const at = Float64Array.from(origin.at);
    addScaled(at, step, direction);
    const gradient = new Float64Array(at.length);
    const value = yield* loss(at, gradient);
    return { at, gradient, value, slope: dot(gradient, direction), step };
  }
  if (!(origin.slope < 0)) return null;
  let low = origin;
  let high: Point | null = null;
  let step = first;
  for (let tries = 0; tries < triesMax; tries++) {
    const point = yield* probe(step);
    if (!isLowEnough(point) || point.value >= low.value || !Number.isFinite(point.value)) {
      high = point;
    } else if (isFlatEnough(point)) {
      return point;
    } else if (high === null ? point.slope < 0 : point.slope * (high.step - low.step) < 0) {
      low = point;
    } else {
      // The minimum lies between the two.
      [low, high] = [point, low];
    }
    step = high === null ? step * 2 : between(low, high);
  }
  return low === origin ? null : low;
}

/** The minimum of the parabola through the lower point, its slope and the other, kept off both ends. */
function between(low: Point, high: Point): number {
  const width = high.step - low.step;
  const bend = high.value - low.value - low.slope * width;
  const best = bend > 0 ? (-low.slope * width) / (2 * bend) : 0.5;
  return low.step + width * (best > 0.1 && best < 0.9 ? best : 0.5);
}
