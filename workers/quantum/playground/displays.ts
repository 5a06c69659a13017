/** What a display inside the circuit shows, as numbers. */
import type { Random } from "../../cluster/random.ts";
import type { DisplayKind } from "./document.ts";
import { amplitudeWiresMax, chanceWiresMax, densityDisplayWiresMax } from "./limits.ts";
import { amplitudesOf, chanceOf, densityOf } from "./readout.ts";
import type { Register } from "./register.ts";
import type { DisplayItem } from "./resolve.ts";

export interface DisplayValue {
  readonly kind: DisplayKind;
  readonly qubits: readonly number[];
  /**
   * chance: a probability each; sample: a count each; bloch: x, y, z; amplitude and density: complex
   * numbers, real and imaginary part in turn.
   */
  readonly values: Float64Array;
  /** Why there is nothing to show. */
  readonly note: string | null;
}

const wiresMax: Readonly<Record<DisplayKind, number>> = {
  chance: chanceWiresMax,
  sample: chanceWiresMax,
  amplitude: amplitudeWiresMax,
  bloch: 1,
  density: densityDisplayWiresMax,
};

export interface Drawing {
  readonly random: Random;
  readonly shots: number;
}

export function displayValue(
  register: Register,
  { display: kind, qubits }: DisplayItem,
  drawing: Drawing,
): DisplayValue {
  const nothing = (note: string): DisplayValue => {
    return { kind, qubits, values: new Float64Array(), note };
  };
  if (qubits.length > wiresMax[kind]) return nothing(`at most ${wiresMax[kind]} wires`);
  switch (kind) {
    case "chance":
      return { kind, qubits, values: chanceOf(register, qubits), note: null };
    case "bloch":
      return { kind, qubits, values: Float64Array.from(register.bloch(qubits[0]!)), note: null };
    case "density":
      return { kind, qubits, values: densityOf(register, qubits), note: null };
    case "sample":
      return { kind, qubits, values: drawnFrom(chanceOf(register, qubits), drawing), note: null };
    default: {
      const values = amplitudesOf(register, qubits);
      return values === null ? nothing("entangled") : { kind, qubits, values, note: null };
    }
  }
}

/** How often each value comes in as many draws. */
export function drawnFrom(chances: Float64Array, { random, shots }: Drawing): Float64Array {
  const sums = new Float64Array(chances.length);
  let total = 0;
  for (const [at, chance] of chances.entries()) sums[at] = total += chance;
  const counts = new Float64Array(chances.length);
  for (let shot = 0; shot < shots; shot++) counts[firstAbove(sums, random.float() * total)]! += 1;
  return counts;
}

/** The first place whose sum is above the value, by halving. */
function firstAbove(sums: Float64Array, value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
