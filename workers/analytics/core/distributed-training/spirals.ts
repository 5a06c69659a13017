/** Interleaved spirals in the plane, a classic that no straight line can separate. */
import { normal } from "../../../compute/nn/initialisers.ts";
import { seededChance } from "../../../compute/seeded-chance.ts";
import type { Samples } from "./replica.ts";

export const spiralClasses = 3;
const turns = 0.75;
const noise = 0.03;

/** Samples of all classes in turn, coordinates within about [-1, 1]. */
export function spirals(count: number, seed: number): Samples {
  const inputs = new Float32Array(count * 2);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % spiralClasses);
  const drawn = normal([count * 2], noise, seededChance(seed));
  const jitter = drawn.toArray();
  drawn.dispose();
  const perClass = Math.ceil(count / spiralClasses);
  for (let index = 0; index < count; index++) {
    const radius = (Math.floor(index / spiralClasses) + 1) / perClass;
    const angle = 2 * Math.PI * (radius * turns + labels[index]! / spiralClasses);
    inputs[index * 2] = radius * Math.cos(angle) + jitter[index * 2]!;
    inputs[index * 2 + 1] = radius * Math.sin(angle) + jitter[index * 2 + 1]!;
  }
  return { inputs, labels };
}
