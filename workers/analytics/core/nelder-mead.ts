/**
 * Deterministic minimisation without derivatives (Nelder and Mead 1965, with the standard
 * coefficients). A generator, so that the caller decides how long it holds the thread; it yields
 * after every evaluation.
 */

interface Options {
  readonly start: readonly number[];
  /** First step along each axis. */
  readonly step: number;
  readonly evaluationsMax: number;
  /** Ends when values of the simplex differ by less than this share. */
  readonly tolerance: number;
}

interface Vertex {
  readonly at: readonly number[];
  readonly value: number;
}

export function* minimise(
  objective: (at: readonly number[]) => number,
  { start, step, evaluationsMax, tolerance }: Options,
): Generator<undefined, Vertex> {
  const spent = { evaluations: 0 };
  const evaluate = (at: readonly number[]): Vertex => {
    spent.evaluations += 1;
    const value = objective(at);
    return { at, value: Number.isFinite(value) ? value : Number.MAX_VALUE };
  };
  const simplex: Vertex[] = [evaluate(start)];
  for (let axis = 0; axis < start.length; axis += 1) {
    simplex.push(evaluate(start.map((x, i) => (i === axis ? x + step : x))));
    yield;
  }
  const byValue = (a: Vertex, b: Vertex) => a.value - b.value;
  simplex.sort(byValue);
  for (;;) {
    if (start.length === 0 || spent.evaluations >= evaluationsMax) break;
    const best = simplex[0] as Vertex;
    const worst = simplex.at(-1) as Vertex;
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + Number.MIN_VALUE)) break;
    const others = simplex.slice(0, -1);
    const center = start.map(
      (_, i) => others.reduce((sum, { at }) => sum + (at[i] as number), 0) / others.length,
    );
    const along = (factor: number) =>
      evaluate(center.map((c, i) => c + factor * (c - (worst.at[i] as number))));
    const reflected = along(1);
    yield;
    let replacement: Vertex | undefined;
    if (reflected.value < best.value) {
      const expanded = along(2);
      replacement = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < (others.at(-1) as Vertex).value) {
      replacement = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? 0.5 : -0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) replacement = contracted;
    }
    yield;
    if (replacement !== undefined) {
      simplex[simplex.length - 1] = replacement;
    } else {
      for (let i = 1; i < simplex.length; i += 1) {
        const { at } = simplex[i] as Vertex;
        simplex[i] = evaluate(at.map((x, axis) => (x + (best.at[axis] as number)) / 2));
        yield;
      }
    }
    simplex.sort(byValue);
  }
  return simplex[0] as Vertex;
}
