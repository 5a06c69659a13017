/** The codes by name, with what each can be asked for. */
import { codeDistanceMax } from "./limits.ts";
import { fiveQubitCode, repetitionCode, shorCode, steaneCode } from "./small-codes.ts";
import type { StabilizerCode } from "./stabilizer-code.ts";
import { rotatedSurfaceCode, toricCode } from "./surface-codes.ts";

export const codeIds = [
  "repetition",
  "five-qubit",
  "steane",
  "shor-9",
  "rotated-surface",
  "toric",
] as const;
export type CodeId = (typeof codeIds)[number];

export interface CodeFamily {
  readonly id: CodeId;
  readonly title: string;
  readonly summary: string;
  /** Where it was published. */
  readonly source: string;
  readonly distances: { readonly min: number; readonly max: number; readonly step: number };
  /** Each error flips at most two checks of a kind, so that matching decodes it. */
  readonly isMatchable: boolean;
  readonly build: (distance: number) => StabilizerCode;
}

const three = { min: 3, max: 3, step: 1 };

export const codeFamilies: readonly CodeFamily[] = [
  {
    id: "repetition",
    title: "Repetition code",
    summary: "d qubits in a row whose neighbours must agree; corrects bit flips alone.",
    source: "Peres, Phys. Rev. A 32, 3266 (1985)",
    distances: { min: 3, max: codeDistanceMax, step: 2 },
    isMatchable: true,
    build: repetitionCode,
  },
  {
    id: "five-qubit",
    title: "Five-qubit code",
    summary: "The smallest code that corrects any error of one qubit.",
    source: "Laflamme et al., Phys. Rev. Lett. 77, 198 (1996)",
    distances: three,
    isMatchable: false,
    build: fiveQubitCode,
  },
  {
    id: "steane",
    title: "Steane code",
    summary: "Seven qubits, the Hamming code for bit flips and again for phase flips.",
    source: "Steane, Proc. R. Soc. A 452, 2551 (1996)",
    distances: three,
    isMatchable: false,
    build: steaneCode,
  },
  {
    id: "shor-9",
    title: "Shor code",
    summary: "Nine qubits: three bit-flip codes inside a phase-flip code.",
    source: "Shor, Phys. Rev. A 52, R2493 (1995)",
    distances: three,
    isMatchable: false,
    build: shorCode,
  },
  {
    id: "rotated-surface",
    title: "Rotated surface code",
    summary: "d x d qubits on a square with edges, checks between neighbours.",
    source: "Bombin and Martin-Delgado, Phys. Rev. A 76, 012305 (2007)",
    distances: { min: 3, max: codeDistanceMax, step: 2 },
    isMatchable: true,
    build: (distance) => rotatedSurfaceCode(distance),
  },
  {
    id: "toric",
    title: "Toric code",
    summary: "2 d^2 qubits on the edges of a lattice without boundary; encodes two qubits.",
    source: "Kitaev, Ann. Phys. 303, 2 (2003)",
    distances: { min: 2, max: 15, step: 1 },
    isMatchable: true,
    build: toricCode,
  },
];

/** @throws RangeError when there is no such code of this distance */
export function buildCode(id: string, distance: number): StabilizerCode {
  const family = familyOf(id);
  const { min, max, step } = family.distances;
  if (!Number.isInteger(distance) || distance < min || distance > max || (distance - min) % step) {
    const steps = step === 1 ? "" : ` in steps of ${step}`;
    const range = min === max ? `is ${min}` : `is an integer from ${min} to ${max}${steps}`;
    throw new RangeError(`the distance of ${family.title} ${range}, not ${distance}`);
  }
  return family.build(distance);
}

/** @throws RangeError when there is no such code */
export function familyOf(id: string): CodeFamily {
  const family = codeFamilies.find((each) => each.id === id);
  if (family !== undefined) return family;
  throw new RangeError(`there is no code ${id}; there are ${codeIds.join(", ")}`);
}
