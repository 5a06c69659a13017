/**
 * A Pauli channel as independent errors. With q the channel's probabilities, its eigenvalues are
 * l(P) = sum over Q of q(Q) (-1)^<P,Q>; independent errors p give l(P) = product over the Q that
 * anticommute with P of 1 - 2 p(Q). Its logarithm is linear and is inverted by a Walsh-Hadamard sum:
 * ln(1 - 2 p(Q)) = -(2 / 4^n) sum over P of (-1)^<P,Q> ln l(P). For depolarising noise this is Stim's
 * closed form (stim/src/stim/util_bot/probability_util.cc).
 */

/**
 * `weights` are of X, Y, Z or of IX, IY, ... ZZ, without the identity; so are the results.
 * Null when no independent errors give this channel.
 */
export function independentErrors(weights: readonly number[]): readonly number[] | null {
  const single = weights.filter((weight) => weight > 0);
  if (single.length <= 1) return weights;
  const size = weights.length + 1;
  const identity = 1 - weights.reduce((sum, weight) => sum + weight, 0);
  const chances = [identity, ...weights];
  const logarithms = Array.from({ length: size }, (_, p) =>
    Math.log(chances.reduce((sum, chance, q) => sum + sign(p, q) * chance, 0)),
  );
  if (!logarithms.every((value) => Number.isFinite(value))) return null;
  const errors = Array.from({ length: size - 1 }, (_, at) => {
    const sum = logarithms.reduce((total, value, p) => total + sign(p, at + 1) * value, 0);
    return -Math.expm1((-2 / size) * sum) / 2;
  });
  // Rounding leaves less than this of what is zero.
  const clean = errors.map((error) => (Math.abs(error) < 1e-14 ? 0 : error));
  return clean.every((error) => error >= 0 && error <= 0.5) ? clean : null;
}

/** Letters in base 4, I X Y Z: 1 when the Paulis commute, -1 when not. */
function sign(p: number, q: number): 1 | -1 {
  let anticommuting = 0;
  for (let shift = 0; shift < 4; shift += 2) {
    const [a, b] = [(p >> shift) & 3, (q >> shift) & 3];
    if (a !== 0 && b !== 0 && a !== b) anticommuting ^= 1;
  }
  return anticommuting === 0 ? 1 : -1;
}
