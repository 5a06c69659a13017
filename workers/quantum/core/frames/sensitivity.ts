/**
 * For each qubit, which detectors and observables an X or a Z on it would flip, followed backwards
 * through the circuit (Gidney, Quantum 5, 497 (2021), section 4). Symptoms are sorted lists of
 * numbers: detector d is d, observable o is -1 - o.
 */
import type { CliffordFactor } from "../stim/instructions.ts";
import { detectorCoordinates, type PauliFactor, type Plan, type Step } from "./plan.ts";

export type SymptomList = readonly number[];

const none: SymptomList = [];

/** What hears of each place where noise acts, from the last to the first. */
export interface NoiseListener {
  /** Single Paulis of a channel on qubits: symptoms of X and of Z of each. */
  noise(step: Extract<Step, { kind: "noise" }>, x: SymptomList[], z: SymptomList[]): void;
  /** A flipped record. */
  flip(chance: number, symptoms: SymptomList, label: string): void;
  correlated(step: Extract<Step, { kind: "correlated" }>, symptoms: SymptomList): void;
}

/**
 * Follows the whole circuit backwards.
 * @throws RangeError when a detector or observable is random without noise, with its place
 */
export function followBackwards(plan: Plan, listener?: NoiseListener): void {
  const walk = new BackwardWalk(plan, listener);
  walk.follow(plan.steps);
  walk.finish();
}

class BackwardWalk {
  readonly #plan: Plan;
  readonly #listener: NoiseListener | undefined;
  readonly #x: SymptomList[];
  readonly #z: SymptomList[];
  /** Of the records that detectors named already. */
  readonly #records = new Map<number, SymptomList>();
  #record: number;
  #detector: number;

  constructor(plan: Plan, listener: NoiseListener | undefined) {
    this.#plan = plan;
    this.#listener = listener;
    this.#x = Array.from({ length: plan.qubits }, () => none);
    this.#z = Array.from({ length: plan.qubits }, () => none);
    this.#record = plan.measurements;
    this.#detector = plan.detectors;
  }

  follow(steps: readonly Step[]): void {
    for (let at = steps.length - 1; at >= 0; at--) {
      const step = steps[at]!;
      if (step.kind === "repeat") {
        for (let turn = 0; turn < step.count; turn++) this.follow(step.body);
      } else this.#carry(step);
    }
  }

  finish(): void {
    // The qubits begin in |0>, which Z leaves alone.
    for (const symptoms of this.#z) this.#mustBeCertain(symptoms, "the start of the circuit");
  }

  #carry(step: Exclude<Step, { kind: "repeat" }>): void {
    switch (step.kind) {
      case "clifford":
        return this.#clifford(step);
      case "detector":
        return this.#name(step.back, --this.#detector);
      case "observable":
        return this.#name(step.back, -1 - step.observable);
      case "collapse":
        return this.#collapse(step);
      case "product": {
        const record = this.#takeRecord(step.flipChance, `line ${step.line}`);
        this.#mustBeCertain(this.#symptomsOf(step.factors), `the measurement of line ${step.line}`);
        return this.#flippedBy(step.factors, record);
      }
      case "pad":
        this.#takeRecord(step.flipChance, "MPAD");
        return undefined;
      case "phase": {
        // A Pauli that anticommutes with P leaves with P multiplied in.
        const symptoms = this.#symptomsOf(step.factors);
        return this.#flippedBy(step.factors, symptoms);
      }
      case "feedback": {
        const record = this.#record - step.back;
        this.#addTo(record, this.#symptomsOf([step.pauli]));
        return undefined;
      }
      case "noise":
        if (this.#listener !== undefined) {
          const qubits = Array.from(step.qubits);
          this.#listener.noise(
            step,
            qubits.map((qubit) => this.#x[qubit]!),
            qubits.map((qubit) => this.#z[qubit]!),
          );
        }
        return undefined;
      case "correlated":
        this.#listener?.correlated(step, this.#symptomsOf(step.factors));
        return undefined;
      default:
        return undefined;
    }
  }

  #clifford({ width, signless, qubits }: Extract<Step, { kind: "clifford" }>): void {
    for (let at = qubits.length - width; at >= 0; at -= width) {
      for (let place = signless.length - 1; place >= 0; place--) {
        this.#factor(signless[place]!, qubits, at);
      }
    }
  }

  #factor({ kind, a, b }: CliffordFactor, qubits: Int32Array, at: number): void {
    const [x, z] = [this.#x, this.#z];
    const first = qubits[at + a]!;
    if (kind === "h") [x[first], z[first]] = [z[first]!, x[first]!];
    else if (kind === "s") x[first] = difference(x[first]!, z[first]!);
    else {
      const second = qubits[at + b]!;
      x[first] = difference(x[first]!, x[second]!);
      z[second] = difference(z[second]!, z[first]!);
    }
  }

  #collapse(step: Extract<Step, { kind: "collapse" }>): void {
    const { qubits, measures, resets, line } = step;
    for (let at = qubits.length - 1; at >= 0; at--) {
      const qubit = qubits[at]!;
      const place = `${measures ? "the measurement" : "the reset"} of qubit ${qubit} in line ${line}`;
      this.#mustBeCertain(this.#z[qubit]!, place);
      if (resets) this.#x[qubit] = none;
      this.#z[qubit] = none;
      if (!measures) continue;
      const record = this.#takeRecord(step.flipChance, `M of line ${line}`);
      this.#x[qubit] = difference(this.#x[qubit]!, record);
    }
  }

  #takeRecord(flipChance: number, label: string): SymptomList {
    const record = --this.#record;
    const symptoms = this.#records.get(record) ?? none;
    this.#records.delete(record);
    if (flipChance > 0) this.#listener?.flip(flipChance, symptoms, label);
    return symptoms;
  }

  #name(back: Int32Array, symptom: number): void {
    for (const distance of back) this.#addTo(this.#record - distance, [symptom]);
  }

  #addTo(record: number, symptoms: SymptomList): void {
    this.#records.set(record, difference(this.#records.get(record) ?? none, symptoms));
  }

  /** What the product as an error would flip. */
  #symptomsOf(factors: readonly PauliFactor[]): SymptomList {
    let symptoms = none;
    for (const { qubit, basis } of factors) {
      if (basis !== "Z") symptoms = difference(symptoms, this.#x[qubit]!);
      if (basis !== "X") symptoms = difference(symptoms, this.#z[qubit]!);
    }
    return symptoms;
  }

  /** Errors that anticommute with the product flip these as well. */
  #flippedBy(factors: readonly PauliFactor[], symptoms: SymptomList): void {
    for (const { qubit, basis } of factors) {
      if (basis !== "X") this.#x[qubit] = difference(this.#x[qubit]!, symptoms);
      if (basis !== "Z") this.#z[qubit] = difference(this.#z[qubit]!, symptoms);
    }
  }

  #mustBeCertain(symptoms: SymptomList, place: string): void {
    const [symptom] = symptoms;
    if (symptom === undefined) return;
    const name = symptom < 0 ? `observable L${-1 - symptom}` : `detector D${symptom}`;
    const where = symptom < 0 ? [] : (detectorCoordinates(this.#plan)[symptom] ?? []);
    const at = where.length === 0 ? "" : ` at (${where.join(", ")})`;
    throw new RangeError(
      `${name}${at} is random even without noise: it depends on what ${place} leaves to chance`,
    );
  }
}

/** Symmetric difference of two sorted lists. */
export function difference(a: SymptomList, b: SymptomList): SymptomList {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [left, right] = [a[i]!, b[j]!];
    if (left === right) {
      i++;
      j++;
    } else if (left < right) {
      result.push(left);
      i++;
    } else {
      result.push(right);
      j++;
    }
  }
  while (i < a.length) result.push(a[i++]!);
  while (j < b.length) result.push(b[j++]!);
  return result;
}
