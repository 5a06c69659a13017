/**
 * A .stim circuit made ready for carrying out: few kinds of steps, qubits in typed arrays, limits
 * checked. The frame sampler, the reference sample and the analysis all follow it.
 */
import type { StimBlock, StimCircuit, StimInstruction, StimTarget } from "../stim/circuit.ts";
import type { Basis, CliffordFactor } from "../stim/instructions.ts";
import { productsOf } from "../stim/parse-stim.ts";
import { shiftedBy } from "../stim/unfold-dem.ts";
import { frameQubitsMax, recordLengthMax, unfoldedTargetsMax } from "./limits.ts";

export interface PauliFactor {
  readonly qubit: number;
  readonly basis: Basis;
}

export type Step =
  | {
      readonly kind: "clifford";
      readonly width: 1 | 2;
      readonly factors: readonly CliffordFactor[];
      /** The same without signs: Paulis left out, S S gone. */
      readonly signless: readonly CliffordFactor[];
      readonly qubits: Int32Array;
    }
  /** A Pauli where the measurement `back` before was 1. */
  | { readonly kind: "feedback"; readonly back: number; readonly pauli: PauliFactor }
  /** Z measurements, resets to |0>, or both; one record for each qubit that is measured. */
  | {
      readonly kind: "collapse";
      readonly qubits: Int32Array;
      readonly inverted: Uint8Array;
      readonly measures: boolean;
      readonly resets: boolean;
      readonly flipChance: number;
      readonly line: number;
    }
  | {
      readonly kind: "product";
      readonly factors: readonly PauliFactor[];
      readonly inverted: boolean;
      readonly flipChance: number;
      readonly line: number;
    }
  /** e^(-i pi/4 P) or its inverse, of a product P: a Clifford gate. */
  | {
      readonly kind: "phase";
      readonly factors: readonly PauliFactor[];
      readonly isInverse: boolean;
    }
  /** A record of a known value. */
  | { readonly kind: "pad"; readonly value: 0 | 1; readonly flipChance: number }
  | {
      readonly kind: "noise";
      readonly width: 1 | 2;
      /** X, Y, Z, or IX, IY, IZ, XI, ... ZZ. */
      readonly weights: readonly number[];
      readonly qubits: Int32Array;
      readonly label: string;
    }
  | {
      readonly kind: "correlated";
      readonly chance: number;
      readonly otherwise: boolean;
      readonly factors: readonly PauliFactor[];
      readonly label: string;
    }
  | {
      readonly kind: "detector";
      readonly back: Int32Array;
      readonly coordinates: readonly number[];
    }
  | { readonly kind: "observable"; readonly observable: number; readonly back: Int32Array }
  | { readonly kind: "shift"; readonly by: readonly number[] }
  | { readonly kind: "repeat"; readonly count: number; readonly body: readonly Step[] };

export interface Plan {
  readonly qubits: number;
  readonly measurements: number;
  readonly detectors: number;
  readonly observables: number;
  readonly steps: readonly Step[];
}

/**
 * @throws RangeError when a record does not exist yet, or the circuit unfolds beyond the limits
 */
export function planOf(circuit: StimCircuit): Plan {
  const planning = new Planning();
  const steps = planning.body(circuit.body);
  const totals = totalsOf(steps);
  if (planning.qubits > frameQubitsMax) {
    throw new RangeError(`the circuit has ${planning.qubits} qubits, more than ${frameQubitsMax}`);
  }
  if (totals.targets > unfoldedTargetsMax) {
    throw new RangeError(`the circuit unfolds into more than ${unfoldedTargetsMax} targets`);
  }
  if (Math.max(totals.measurements, totals.detectors) > recordLengthMax) {
    throw new RangeError(`there are more than ${recordLengthMax} measurements or detectors`);
  }
  checkRecords(steps, 0);
  const { measurements, detectors } = totals;
  return {
    qubits: planning.qubits,
    measurements,
    detectors,
    observables: planning.observables,
    steps,
  };
}

class Planning {
  qubits = 0;
  observables = 0;

  body(body: readonly (StimInstruction | StimBlock)[]): readonly Step[] {
    return body.flatMap((item): readonly Step[] =>
      item.kind === "repeat"
        ? [{ kind: "repeat", count: item.count, body: this.body(item.body) }]
        : this.#steps(item),
    );
  }

  #steps(item: StimInstruction): readonly Step[] {
    const { instruction, numbers, targets, line } = item;
    const { what, name } = instruction;
    const label = line === 0 ? name : `${name} of line ${line}`;
    if (what.kind !== "pad") this.#see(targets);
    switch (what.kind) {
      case "clifford":
        return what.factors.length === 0
          ? []
          : [this.#clifford(what.qubits, what.factors, numbersOf(targets))];
      case "controlled":
        return this.#controlled(what, targets);
      case "collapse": {
        const qubits = numbersOf(targets);
        const { measures, resets, basis } = what;
        const inverted = Uint8Array.from(targets, (target) => (isInverted(target) ? 1 : 0));
        const flipChance = numbers[0] ?? 0;
        const collapse: Step = {
          kind: "collapse",
          qubits,
          inverted,
          measures,
          resets,
          flipChance,
          line,
        };
        if (basis === "Z") return [collapse];
        // The basis is turned to Z and back; in turn for each qubit, as one may stand there twice.
        const turn = basis === "X" ? "H" : "H_YZ";
        return Array.from(qubits).flatMap((qubit, at): Step[] => {
          const around = this.#clifford(1, turns[turn], Int32Array.of(qubit));
          const one = { qubits: Int32Array.of(qubit), inverted: inverted.slice(at, at + 1) };
          return [around, { ...collapse, ...one }, around];
        });
      }
      case "pair-measurement":
        return pairsOf(targets).map(([a, b]): Step => ({
          kind: "product",
          factors: [a, b].map((target) => ({ qubit: qubitOf(target), basis: what.basis })),
          inverted: isInverted(a) !== isInverted(b),
          flipChance: numbers[0] ?? 0,
          line,
        }));
      case "product-measurement":
      case "product-phase":
        return productsOf(targets).map((product): Step => {
          const { factors, isNegative } = reduced(product, line);
          const inverted = (product.filter(isInverted).length % 2 === 1) !== isNegative;
          return what.kind === "product-phase"
            ? { kind: "phase", factors, isInverse: (name === "SPP_DAG") !== inverted }
            : { kind: "product", factors, inverted, flipChance: numbers[0] ?? 0, line };
        });
      case "pad":
        return targets.map((target): Step => ({
          kind: "pad",
          value: qubitOf(target) === 1 ? 1 : 0,
          flipChance: numbers[0] ?? 0,
        }));
      case "noise": {
        const weights = what.weights(numbers);
        const qubits = numbersOf(targets);
        return weights.every((weight) => weight === 0)
          ? []
          : [{ kind: "noise", width: what.qubits, weights, qubits, label }];
      }
      case "correlated": {
        const factors = targets.flatMap((target) =>
          target.kind === "pauli" ? [{ qubit: target.qubit, basis: target.basis }] : [],
        );
        const { otherwise } = what;
        return [{ kind: "correlated", chance: numbers[0]!, otherwise, factors, label }];
      }
      case "detector":
        return [{ kind: "detector", back: recordsOf(targets), coordinates: numbers }];
      case "observable": {
        const observable = numbers[0]!;
        this.observables = Math.max(this.observables, observable + 1);
        return [{ kind: "observable", observable, back: recordsOf(targets) }];
      }
      case "shift":
        return [{ kind: "shift", by: numbers }];
      default:
        return [];
    }
  }

  #see(targets: readonly StimTarget[]): void {
    for (const target of targets) {
      if (target.kind === "qubit" || target.kind === "pauli") {
        this.qubits = Math.max(this.qubits, target.qubit + 1);
      }
    }
  }

  #clifford(width: 1 | 2, factors: readonly CliffordFactor[], qubits: Int32Array): Step {
    return { kind: "clifford", width, factors, signless: signless(factors), qubits };
  }

  #controlled(
    what: { factors: readonly CliffordFactor[]; pauli: Basis },
    targets: readonly StimTarget[],
  ): readonly Step[] {
    if (targets.every(({ kind }) => kind === "qubit")) {
      return [this.#clifford(2, what.factors, numbersOf(targets))];
    }
    return pairsOf(targets).flatMap((pair): Step[] => {
      const classical = pair.find(({ kind }) => kind !== "qubit");
      const quantum = pair.find(({ kind }) => kind === "qubit");
      if (classical === undefined) return [this.#clifford(2, what.factors, numbersOf(pair))];
      // Sweep bits are 0 here, and a phase between classical bits shows nowhere.
      if (classical.kind !== "record" || quantum === undefined) return [];
      const pauli = { qubit: qubitOf(quantum), basis: what.pauli };
      return [{ kind: "feedback", back: classical.back, pauli }];
    });
  }
}

const h = { kind: "h", a: 0, b: 0 } as const;
const s = { kind: "s", a: 0, b: 0 } as const;
const turns = {
  H: [h],
  // (Y + Z) / sqrt 2, as in instructions.ts.
  H_YZ: [s, h, s, h, s, s, h, s, s],
};

/** H, S and CX act on Paulis without sign as involutions, so that equal neighbours cancel. */
function signless(factors: readonly CliffordFactor[]): readonly CliffordFactor[] {
  const kept: CliffordFactor[] = [];
  for (const factor of factors) {
    // Factors of the other qubit may stand between.
    const at = kept.findLastIndex(
      (last) => last.kind === "cx" || factor.kind === "cx" || last.a === factor.a,
    );
    const last = kept[at];
    const isSame = last?.kind === factor.kind && last.a === factor.a && last.b === factor.b;
    if (isSame) kept.splice(at, 1);
    else kept.push(factor);
  }
  return kept;
}

/** A product with each qubit once; it must be Hermitian. */
function reduced(product: readonly PauliFactor[], line: number) {
  const letters = new Map<number, number>();
  let quarter = 0;
  for (const { qubit, basis } of product) {
    const [a, b] = [letters.get(qubit) ?? 0, "IXYZ".indexOf(basis)];
    // XY = iZ, YZ = iX, ZX = iY, and the other way round -i.
    if (a !== 0 && b !== 0 && a !== b) quarter += (b - a + 3) % 3 === 1 ? 1 : 3;
    letters.set(qubit, a ^ b);
  }
  if (quarter % 2 === 1) {
    throw new RangeError(`the product of line ${line} is anti-Hermitian: it cannot be measured`);
  }
  // As numbers X = 1, Y = 2, Z = 3 multiply by exclusive or.
  const factors = [...letters]
    .filter(([, letter]) => letter !== 0)
    .map(([qubit, letter]) => ({ qubit, basis: "IXYZ"[letter] as Basis }));
  return { factors, isNegative: quarter % 4 === 2 };
}

function totalsOf(steps: readonly Step[]) {
  const totals = { targets: 0, measurements: 0, detectors: 0 };
  for (const step of steps) {
    const part = step.kind === "repeat" ? totalsOf(step.body) : totalsOfStep(step);
    const times = step.kind === "repeat" ? step.count : 1;
    totals.targets += times * (part.targets + 1);
    totals.measurements += times * part.measurements;
    totals.detectors += times * part.detectors;
  }
  return totals;
}

function totalsOfStep(step: Step) {
  const targets = "qubits" in step ? step.qubits.length : 1;
  return { targets, measurements: recordsAdded(step), detectors: step.kind === "detector" ? 1 : 0 };
}

/** Records that a step other than a loop adds. */
export function recordsAdded(step: Step): number {
  if (step.kind === "collapse") return step.measures ? step.qubits.length : 0;
  return step.kind === "product" || step.kind === "pad" ? 1 : 0;
}

/** A record that the first turn of a loop has, the later ones have as well. */
function checkRecords(steps: readonly Step[], before: number): number {
  let records = before;
  for (const step of steps) {
    if (step.kind === "repeat") {
      const after = checkRecords(step.body, records);
      records += step.count * (after - records);
      continue;
    }
    const far =
      step.kind === "detector" || step.kind === "observable"
        ? step.back.reduce((most, back) => Math.max(most, back), 0)
        : step.kind === "feedback"
          ? step.back
          : 0;
    if (far > records) {
      throw new RangeError(`rec[-${far}] is named where there are only ${records} measurements`);
    }
    records += recordsAdded(step);
  }
  return records;
}

/** Where the detectors lie, SHIFT_COORDS applied. */
export function detectorCoordinates(plan: Plan): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  let shift: readonly number[] = [];
  const follow = (steps: readonly Step[]): void => {
    for (const step of steps) {
      if (step.kind === "repeat") for (let turn = 0; turn < step.count; turn++) follow(step.body);
      else if (step.kind === "shift") shift = shiftedBy(step.by, shift);
      else if (step.kind === "detector") {
        found.push(step.coordinates.map((value, axis) => value + (shift[axis] ?? 0)));
      }
    }
  };
  follow(plan.steps);
  return found;
}

const qubitOf = (target: StimTarget): number =>
  target.kind === "qubit" || target.kind === "pauli" ? target.qubit : 0;
const isInverted = (target: StimTarget): boolean => "inverted" in target && target.inverted;
const numbersOf = (targets: readonly StimTarget[]): Int32Array => Int32Array.from(targets, qubitOf);
const recordsOf = (targets: readonly StimTarget[]): Int32Array =>
  Int32Array.from(targets, (target) => (target.kind === "record" ? target.back : 0));

function pairsOf(targets: readonly StimTarget[]): readonly (readonly [StimTarget, StimTarget])[] {
  return Array.from({ length: targets.length / 2 }, (_, at) => [
    targets[2 * at]!,
    targets[2 * at + 1]!,
  ]);
}
