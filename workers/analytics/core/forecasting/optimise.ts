/**
 * Minimisation without derivatives, deterministic. Generators that yield after every evaluation, so
 * that the caller decides how long it holds the thread.
 */

export type Objective = (at: Float64Array) => number;

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
}

export interface DescentOptions {
  readonly iterationsMax: number;
  /** Ends when a step gains less than this share of the value. */
  readonly tolerance: number;
}

const differenceStep = 1e-4;
const sufficientDecrease = 1e-4;
const backtracksMax = 25;

/**
 * Quasi-Newton descent (BFGS; Nocedal and Wright, "Numerical Optimization", algorithm 6.1) with
 * central differences. An objective may be infinite outside its domain; the start must be inside.
 */
export function* descend(
  objective: Objective,
  start: Float64Array,
  { iterationsMax, tolerance }: DescentOptions,
): Generator<undefined, Minimum> {
  const size = start.length;
  let at = Float64Array.from(start);
  let value = objective(at);
  if (size === 0 || !Number.isFinite(value)) return { at, value };
  const inverse = new Float64Array(size * size);
  let isFresh: boolean = resetToIdentity(inverse, size);
  let gradient = yield* gradientAt(objective, at, value);
  for (let iteration = 0; iteration < iterationsMax; iteration += 1) {
    const direction = timesMinus(inverse, gradient);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) {
      if (isFresh) break;
      isFresh = resetToIdentity(inverse, size);
      continue;
    }
    // The first step of a fresh descent knows no scale: it goes at most one unit.
    const length = Math.sqrt(dot(direction, direction));
    let scale = isFresh && length > 1 ? 1 / length : 1;
    let next = at;
    let found = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < backtracksMax; tries += 1) {
      next = at.map((x, i) => x + scale * direction[i]!);
      found = objective(next);
      yield;
      if (found <= value + sufficientDecrease * scale * slope) break;
      scale *= tries < 3 ? 0.4 : 0.2;
      found = Number.POSITIVE_INFINITY;
    }
    if (!Number.isFinite(found)) {
      if (isFresh) break;
      isFresh = resetToIdentity(inverse, size);
      continue;
    }
    const after: Float64Array = yield* gradientAt(objective, next, found);
    const isSmall = value - found < tolerance * (Math.abs(value) + tolerance);
    update(inverse, { step: minus(next, at), turn: minus(after, gradient), isFresh });
    at = next;
    value = found;
    gradient = after;
    if (isSmall && !isFresh) break;
    isFresh = false;
  }
  return { at, value };
}

/** One-sided where the other side lies outside the domain. */
function* gradientAt(
  objective: Objective,
  at: Float64Array,
  value: number,
): Generator<undefined, Float64Array> {
  const gradient = new Float64Array(at.length);
  const probe = Float64Array.from(at);
  for (let i = 0; i < at.length; i += 1) {
    const step = differenceStep * Math.max(1, Math.abs(at[i]!));
    probe[i] = at[i]! + step;
    const above = objective(probe);
    probe[i] = at[i]! - step;
    const below = objective(probe);
    probe[i] = at[i]!;
    yield;
    const [high, low] = [Number.isFinite(above), Number.isFinite(below)];
    if (high && low) gradient[i] = (above - below) / (2 * step);
    else if (high) gradient[i] = (above - value) / step;
    else if (low) gradient[i] = (value - below) / step;
  }
  return gradient;
}

interface Change {
  readonly step: Float64Array;
  readonly turn: Float64Array;
  readonly isFresh: boolean;
}

/** The BFGS update of the inverse Hessian (equation 6.17); skipped without curvature. */
function update(inverse: Float64Array, { step, turn, isFresh }: Change): void {
  const size = step.length;
  const curvature = dot(step, turn);
  const turned = dot(turn, turn);
  if (!(curvature > 1e-12 * Math.sqrt(dot(step, step) * turned))) return;
  if (isFresh) for (let i = 0; i < size; i += 1) inverse[i * size + i] = curvature / turned;
  const moved = timesMinus(inverse, turn);
  const weight = (1 - dot(moved, turn) / curvature) / curvature;
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) {
      inverse[i * size + j]! +=
        weight * step[i]! * step[j]! + (moved[i]! * step[j]! + step[i]! * moved[j]!) / curvature;
    }
  }
}

function resetToIdentity(matrix: Float64Array, size: number): true {
  matrix.fill(0);
  for (let i = 0; i < size; i += 1) matrix[i * size + i] = 1;
  return true;
}

function timesMinus(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    let sum = 0;
    for (let j = 0; j < size; j += 1) sum -= matrix[i * size + j]! * vector[j]!;
    product[i] = sum;
  }
  return product;
}

function minus(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((x, i) => x - other[i]!);
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += 1) sum += one[i]! * other[i]!;
  return sum;
}

export interface SimplexOptions {
  /** First step along each axis. */
  readonly steps: Float64Array;
  readonly evaluationsMax: number;
  readonly tolerance: number;
}

/**
 * The simplex of Nelder and Mead (1965) with the coefficients of Gao and Han (2012), which adapt to
 * the number of axes.
 */
export function* walkSimplex(
  objective: Objective,
  start: Float64Array,
  { steps, evaluationsMax, tolerance }: SimplexOptions,
): Generator<undefined, Minimum> {
  const size = start.length;
  const spread = Math.max(2, size);
  const [expansion, contraction, shrinkage] = [
    1 + 2 / spread,
    0.75 - 1 / (2 * spread),
    1 - 1 / spread,
  ];
  const spent = { evaluations: 0 };
  const evaluate = (at: Float64Array): Minimum => {
    spent.evaluations += 1;
    const value = objective(at);
    return { at, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  const simplex = [evaluate(Float64Array.from(start))];
  for (let axis = 0; axis < size; axis += 1) {
    const move = (by: number) => evaluate(start.map((x, i) => (i === axis ? x + by : x)));
    const vertex = move(steps[axis]!);
    simplex.push(Number.isFinite(vertex.value) ? vertex : move(-steps[axis]! / 2));
    yield;
  }
  const byValue = (a: Minimum, b: Minimum) => a.value - b.value || 0;
  simplex.sort(byValue);
  if (size === 0) return simplex[0]!;
  for (;;) {
    if (spent.evaluations >= evaluationsMax) break;
    const best = simplex[0]!;
    const worst = simplex[size]!;
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance)) break;
    const center = new Float64Array(size);
    for (let v = 0; v < size; v += 1) {
      for (let i = 0; i < size; i += 1) center[i]! += simplex[v]!.at[i]! / size;
    }
    const along = (by: number) => evaluate(center.map((c, i) => c + by * (c - worst.at[i]!)));
    const reflected = along(1);
    yield;
    let replacement: Minimum | null = null;
    if (reflected.value < best.value) {
      const expanded = along(expansion);
      replacement = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[size - 1]!.value) {
      replacement = reflected;
    } else {
      const isOutside = reflected.value < worst.value;
      const contracted = along(isOutside ? contraction : -contraction);
      if (contracted.value < Math.min(reflected.value, worst.value)) replacement = contracted;
    }
    yield;
    if (replacement !== null) {
      simplex[size] = replacement;
    } else {
      for (let v = 1; v <= size; v += 1) {
        const { at } = simplex[v]!;
        simplex[v] = evaluate(at.map((x, i) => best.at[i]! + shrinkage * (x - best.at[i]!)));
        yield;
      }
    }
    simplex.sort(byValue);
  }
  return simplex[0]!;
}
