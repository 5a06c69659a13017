/** What an entry of the gallery is made of: a few numbers with their ranges, and the circuit they make. */
import type { Circuit } from "../circuit.ts";
import { CircuitError } from "../primitive.ts";

export interface Parameter {
  readonly name: string;
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Fractions are allowed. */
  readonly isAngle?: boolean;
}

export interface GalleryEntry {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly source: string;
  readonly parameters: readonly Parameter[];
  readonly build: (values: readonly number[]) => Circuit;
}

export const qubits = (min: number, max: number, standard: number): Parameter => ({
  name: "qubits",
  title: "Qubits",
  min,
  max,
  default: standard,
});
export const angle = (name: string, standard: number): Parameter => ({
  name,
  title: name,
  min: -2 * Math.PI,
  max: 2 * Math.PI,
  default: standard,
  isAngle: true,
});
export const bit = (name: string): Parameter => ({ name, title: name, min: 0, max: 1, default: 1 });

/** @throws CircuitError, naming the largest that would do */
export function below(value: number, bound: number, name: string): number {
  if (value < bound) return value;
  throw new CircuitError(`${name} ${value} needs more qubits: ${bound - 1} is the largest here`);
}

/** A whole number. */
export const count = (
  name: string,
  title: string,
  [min, max, standard]: readonly [number, number, number],
): Parameter => ({ name, title, min, max, default: standard });

/** Any number of a range. */
export const real = (
  name: string,
  title: string,
  [min, max, standard]: readonly [number, number, number],
): Parameter => ({ name, title, min, max, default: standard, isAngle: true });

export const seedParameter: Parameter = {
  name: "seed",
  title: "Seed",
  min: 0,
  max: 2 ** 32 - 1,
  default: 1,
};
