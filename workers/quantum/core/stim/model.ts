/** A detector error model as .dem texts have it, and unfolded. */
import type { Block } from "./statements.ts";

/** What a mechanism flips: detectors in ascending order, observables as bits of a number. */
export interface Symptoms {
  readonly detectors: readonly number[];
  readonly observables: number;
}

export type ModelInstruction =
  | {
      readonly kind: "error";
      readonly tag: string | null;
      /** From 0 to 1, independent of all others. */
      readonly probability: number;
      /** Parts that were joined by ^: a suggestion how to split a hyperedge into edges. */
      readonly parts: readonly {
        readonly detectors: readonly number[];
        readonly observables: readonly number[];
      }[];
    }
  | {
      readonly kind: "detector";
      readonly tag: string | null;
      readonly coordinates: readonly number[];
      readonly detectors: readonly number[];
    }
  | {
      readonly kind: "observable";
      readonly tag: string | null;
      readonly observables: readonly number[];
    }
  | {
      readonly kind: "shift";
      readonly tag: string | null;
      readonly coordinates: readonly number[];
      readonly detectors: number;
    };

export type ModelBlock = Block<ModelInstruction>;

export interface ModelText {
  readonly body: readonly (ModelInstruction | ModelBlock)[];
}

export interface Mechanism {
  readonly probability: number;
  readonly symptoms: Symptoms;
  /** More than one: how the hyperedge falls apart into edges. */
  readonly parts: readonly Symptoms[];
}

export interface DetectorErrorModel {
  readonly detectors: number;
  readonly observables: number;
  /** Of each detector; empty where none were given. */
  readonly coordinates: readonly (readonly number[])[];
  readonly mechanisms: readonly Mechanism[];
}

export function observableBits(observables: readonly number[]): number {
  return observables.reduce((bits, observable) => bits ^ (1 << observable), 0);
}

export function observablesOf(bits: number): readonly number[] {
  return Array.from({ length: 32 - Math.clz32(bits) }, (_, at) => at).filter(
    (at) => ((bits >>> at) & 1) === 1,
  );
}

/** What both together flip. */
export function combined(a: Symptoms, b: Symptoms): Symptoms {
  const odd = new Set(a.detectors);
  for (const detector of b.detectors) {
    if (!odd.delete(detector)) odd.add(detector);
  }
  return {
    detectors: [...odd].toSorted((left, right) => left - right),
    observables: a.observables ^ b.observables,
  };
}

/** The chance that an odd number of two independent events happens. */
export function oddChance(a: number, b: number): number {
  return a * (1 - b) + b * (1 - a);
}
