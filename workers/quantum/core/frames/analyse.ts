/** The detector error model of a circuit: what each independent error flips, equal ones merged. */
import { type DetectorErrorModel, type Mechanism, type Symptoms } from "../stim/model.ts";
import { independentErrors } from "./independent-errors.ts";
import { MergedFaults } from "./merged-faults.ts";
import { detectorCoordinates, type Plan, type Step } from "./plan.ts";
import {
  difference,
  followBackwards,
  type NoiseListener,
  type SymptomList,
} from "./sensitivity.ts";

/** One error before merging, for whoever tries each by itself. */
export interface Fault {
  readonly probability: number;
  readonly detectors: readonly number[];
  readonly observables: number;
  /**
   * What its X letters and its Z letters flip, where both flip something: of a CSS code's circuit they
   * lie in two graphs that know nothing of each other.
   */
  readonly parts: readonly Symptoms[];
  /** The Pauli and where it happens, for messages. */
  readonly label: () => string;
}

/**
 * Mechanisms in ascending order of their detectors; those of two parts that are both edges have them.
 * @throws RangeError when a detector is random without noise, or noise has no independent errors
 */
export function analyse(plan: Plan): DetectorErrorModel {
  const merged = new MergedFaults<Fault>();
  eachFault(plan, (fault) => merged.add(fault));
  const mechanisms = merged.faults.map(({ detectors, observables, parts }, at): Mechanism => {
    const symptoms = { detectors, observables };
    const areEdges = parts.length > 0 && parts.every((part) => part.detectors.length <= 2);
    const probability = merged.probabilities[at]!;
    return { probability, symptoms, parts: areEdges ? parts : [symptoms] };
  });
  mechanisms.sort((a, b) => byDetectors(a.symptoms.detectors, b.symptoms.detectors));
  return {
    detectors: plan.detectors,
    observables: plan.observables,
    coordinates: detectorCoordinates(plan),
    mechanisms,
  };
}

function byDetectors(a: readonly number[], b: readonly number[]): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}

/** Calls `hear` with each single error of the circuit that flips anything, last ones first. */
export function eachFault(plan: Plan, hear: (fault: Fault) => void): void {
  followBackwards(plan, new Faults(hear));
}

class Faults implements NoiseListener {
  readonly #hear: (fault: Fault) => void;
  readonly #channels = new WeakMap<Step, readonly number[]>();

  constructor(hear: (fault: Fault) => void) {
    this.#hear = hear;
  }

  noise(step: Extract<Step, { kind: "noise" }>, x: SymptomList[], z: SymptomList[]): void {
    const { width, qubits, label } = step;
    const chances = this.#chancesOf(step);
    for (let at = qubits.length - width; at >= 0; at -= width) {
      for (let paulis = 4 ** width - 1; paulis > 0; paulis--) {
        const probability = chances[paulis - 1]!;
        if (probability === 0) continue;
        let [ofX, ofZ]: SymptomList[] = [[], []];
        for (let part = 0; part < width; part++) {
          const letter = (paulis >> (2 * (width - 1 - part))) & 3;
          if (letter === 1 || letter === 2) ofX = difference(ofX!, x[at + part]!);
          if (letter >= 2) ofZ = difference(ofZ!, z[at + part]!);
        }
        const parts = ofX!.length > 0 && ofZ!.length > 0 ? [ofX!, ofZ!] : [];
        const place = at;
        const name = () =>
          `${pauliText(paulis, qubits.subarray(place, place + width))} by ${label}`;
        this.#tell(probability, difference(ofX!, ofZ!), name, parts);
      }
    }
  }

  flip(chance: number, symptoms: SymptomList, label: string): void {
    this.#tell(chance, symptoms, () => `a flipped result of ${label}`);
  }

  correlated(step: Extract<Step, { kind: "correlated" }>, symptoms: SymptomList): void {
    if (step.otherwise) {
      throw new RangeError(
        `${step.label} excludes other errors: a detector error model has independent errors alone`,
      );
    }
    const name = () => step.factors.map(({ qubit, basis }) => `${basis}${qubit}`).join(" ");
    this.#tell(step.chance, symptoms, () => `${name()} by ${step.label}`);
  }

  #chancesOf(step: Extract<Step, { kind: "noise" }>): readonly number[] {
    const known = this.#channels.get(step);
    if (known !== undefined) return known;
    const chances = independentErrors(step.weights);
    if (chances === null) {
      throw new RangeError(
        `${step.label} is too strong: no independent errors give its probabilities`,
      );
    }
    this.#channels.set(step, chances);
    return chances;
  }

  #tell(
    probability: number,
    flipped: SymptomList,
    label: () => string,
    parts: readonly SymptomList[] = [],
  ): void {
    if (flipped.length === 0 || probability === 0) return;
    const { detectors, observables } = symptomsOf(flipped);
    this.#hear({ probability, detectors, observables, parts: parts.map(symptomsOf), label });
  }
}

/** Letters in base 4, the first qubit's highest. */
function pauliText(paulis: number, qubits: Int32Array): string {
  const letters = Array.from(qubits, (qubit, part) => {
    const letter = (paulis >> (2 * (qubits.length - 1 - part))) & 3;
    return letter === 0 ? "" : `${"IXYZ"[letter]}${qubit}`;
  });
  return letters.filter((letter) => letter !== "").join(" ");
}

function symptomsOf(flipped: SymptomList): Symptoms {
  let observables = 0;
  let at = 0;
  for (; at < flipped.length && flipped[at]! < 0; at++) observables ^= 1 << (-1 - flipped[at]!);
  return { detectors: at === 0 ? flipped : flipped.slice(at), observables };
}
