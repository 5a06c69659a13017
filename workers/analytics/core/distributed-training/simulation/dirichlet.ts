/** Samples spread unevenly over clients, as they are in the world. */
import type { Random } from "../../../../cluster/random.ts";

/** Of each class, each client gets a share drawn from a symmetric Dirichlet (Hsu et al. 2019). */
export function dirichletSplit(
  labels: Uint8Array,
  clients: number,
  alpha: number,
  random: Random,
): Uint32Array[] {
  const held: number[][] = Array.from({ length: clients }, () => []);
  for (const label of new Set(labels)) {
    const members = random.shuffle([...labels.keys()].filter((at) => labels[at] === label));
    const weights = Array.from({ length: clients }, () => gamma(alpha, random));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let taken = 0;
    let share = 0;
    weights.forEach((weight, client) => {
      share += total > 0 ? weight / total : 1 / clients;
      const end = client === clients - 1 ? members.length : Math.round(share * members.length);
      held[client]!.push(...members.slice(taken, end));
      taken = Math.max(taken, end);
    });
  }
  return held.map((samples) => Uint32Array.from(samples.toSorted((a, b) => a - b)));
}

/** Marsaglia and Tsang 2000; shapes below 1 by the power of a uniform. */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.float()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random.float();
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
