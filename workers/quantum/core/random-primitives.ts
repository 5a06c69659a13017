/** Circuits to test simulators with: every kind of primitive, on any qubits, with any controls. */
import type { Random } from "../../cluster/random.ts";
import { standardGates } from "./gates/standard-gates.ts";
import { unitaryQubitsMax } from "./limits.ts";
import { type Primitive, primitivesOf } from "./primitive.ts";
import { haarUnitary } from "./random-unitary.ts";

export function randomPrimitives(
  random: Random,
  qubits: number,
  count: number,
): readonly Primitive[] {
  return Array.from({ length: count }, () => primitivesOf(randomOperation(random, qubits))).flat();
}

type Unitary = Parameters<typeof primitivesOf>[0];

export function randomOperation(random: Random, qubits: number): Unitary {
  const order = random.shuffle(Array.from({ length: qubits }, (_, qubit) => qubit));
  const angle = () => (2 * random.float() - 1) * Math.PI;
  const controlsFrom = (first: number) =>
    order
      .slice(first, first + random.below(3))
      .map((qubit) => ({ qubit, value: random.chance(0.5) ? 0 : 1 }) as const);
  if (random.chance(0.6)) {
    const fitting = [...standardGates.values()].filter(
      ({ controls, targets }) => controls + targets <= qubits,
    );
    const { name, parameters, controls, targets } = random.pick(fitting);
    return {
      kind: "gate",
      name,
      parameters: parameters.map(angle),
      qubits: order.slice(0, controls + targets),
      controls: controlsFrom(controls + targets),
      power: random.chance(0.25) ? 2 * random.float() - 1 : 1,
    };
  }
  const size = 1 + random.below(Math.min(unitaryQubitsMax, qubits));
  const placed = { qubits: order.slice(0, size), controls: controlsFrom(size), label: "any" };
  switch (random.below(4)) {
    case 0:
      return { kind: "diagonal", angles: Array.from({ length: 2 ** size }, angle), ...placed };
    case 1: {
      const images = random.shuffle(Array.from({ length: 2 ** size }, (_, image) => image));
      return { kind: "permutation", images, ...placed };
    }
    case 2:
      return { kind: "global-phase", angle: angle(), controls: controlsFrom(0) };
    default:
      return { kind: "unitary", elements: [...haarUnitary(random, 2 ** size).data], ...placed };
  }
}
