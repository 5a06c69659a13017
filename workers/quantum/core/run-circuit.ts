/**
 * A circuit carried out on a state vector: one shot with chance passed in, or every outcome with its
 * exact probability by following all branches. Noise makes a shot a trajectory (Nielsen and Chuang
 * 8.2.3: each Kraus operator with the probability of its outcome).
 */
import { applyPrimitive } from "./apply-primitive.ts";
import { type Backend, javascript } from "./backend.ts";
import { krausOf } from "./channels.ts";
import type { Circuit, Operation } from "./circuit.ts";
import { type Bits, holds, numberOf, setBit } from "./classical-bits.ts";
import { branchesMax, loopTurnsMax } from "./limits.ts";
import { type Part, partsOf } from "./parts.ts";
import { CircuitError, type Primitive } from "./primitive.ts";
import type { StateVector } from "./state-vector.ts";

export interface Shot {
  readonly state: StateVector;
  readonly bits: Bits;
}

/** Chooses one of some outcomes by their probabilities, which sum to 1. */
type Choose = (probabilities: readonly number[]) => number;

interface ShotOptions {
  /** The basis state to begin in. */
  readonly start?: number;
  readonly backend?: Backend;
  /** One of the backend's to take instead of a new one. */
  readonly state?: StateVector;
}

/** `draw` returns uniform numbers in [0, 1). The state is the caller's to release. */
export function runShot(
  circuit: Circuit,
  draw: () => number,
  { start = 0, backend = javascript, state = backend.newState(circuit.qubits) }: ShotOptions = {},
): Shot {
  const shot = { state, bits: new Uint8Array(circuit.bits) };
  shot.state.setBasisState(start);
  const choose: Choose = (probabilities) => {
    let rest = draw();
    for (const [outcome, probability] of probabilities.entries()) {
      if (rest < probability) return outcome;
      rest -= probability;
    }
    // Rounding can leave a remainder behind the last outcome that is possible at all.
    return probabilities.findLastIndex((probability) => probability > 0);
  };
  new Runner(circuit, shot, choose, backend).run(circuit.operations);
  return shot;
}

/**
 * The exact probability of each value of the bits, by the bits as a string with bit 0 last.
 * @throws CircuitError when more than `branchesMax` branches have to be followed
 */
export function exactDistribution(circuit: Circuit): ReadonlyMap<string, number> {
  const tail = lastMeasurements(circuit.operations);
  const head = circuit.operations.slice(0, circuit.operations.length - tail.length);
  const distribution = new Map<string, number>();
  // Each branch is a list of choices; it is run again from the start with one more choice known.
  const open: { readonly choices: readonly number[]; readonly weight: number }[] = [
    { choices: [], weight: 1 },
  ];
  for (let branches = 1; ; branches++) {
    const branch = open.pop();
    if (branch === undefined) return distribution;
    if (branches > branchesMax) {
      throw new CircuitError(
        `more than ${branchesMax} outcomes on the way: sample this circuit with shots instead`,
      );
    }
    let weight = 1;
    let known = 0;
    const taken: number[] = [];
    const shot = { state: javascript.newState(circuit.qubits), bits: new Uint8Array(circuit.bits) };
    new Runner(
      circuit,
      shot,
      (probabilities) => {
        const possible = [...probabilities.keys()].filter((at) => probabilities[at]! > 1e-14);
        let outcome = branch.choices[known];
        if (outcome === undefined) {
          outcome = possible[0] ?? 0;
          for (const other of possible.slice(1)) {
            open.push({ choices: [...taken, other], weight: weight * probabilities[other]! });
          }
        }
        known += 1;
        taken.push(outcome);
        weight *= probabilities[outcome]!;
        return outcome;
      },
      javascript,
    ).run(head);
    for (const [key, share] of measuredAtTheEnd(circuit, shot, tail)) {
      distribution.set(key, (distribution.get(key) ?? 0) + weight * share);
    }
  }
}

/** The measurements that nothing follows: they need no branches. */
export function lastMeasurements(operations: readonly Operation[]): readonly Operation[] {
  const last = operations.findLastIndex(({ kind }) => kind !== "measure" && kind !== "barrier");
  return operations.slice(last + 1);
}

/** The probabilities of all values of the bits, when these measurements end the circuit. */
export function measuredAtTheEnd(
  { readout }: Circuit,
  { state, bits }: Shot,
  tail: readonly Operation[],
): ReadonlyMap<string, number> {
  const sources = new Map<number, number>();
  for (const operation of tail) {
    if (operation.kind !== "measure") continue;
    state.requireQubit(operation.qubit);
    sources.set(operation.bit, operation.qubit);
  }
  const places = [...sources.keys()];
  let values = new Map<string, number>();
  const add = (into: Map<string, number>, key: string, weight: number) => {
    if (weight > 0) into.set(key, (into.get(key) ?? 0) + weight);
  };
  const keyAt = (basis: number): string => {
    const read = bits.slice();
    for (const [bit, qubit] of sources) setBit(read, bit, ((basis >> qubit) & 1) === 1 ? 1 : 0);
    return read.toReversed().join("");
  };
  for (let basis = 0; basis < state.size; basis++) {
    const probability = state.probability(basis);
    if (probability > 1e-16) add(values, keyAt(basis), probability);
  }
  if (readout === undefined) return values;
  for (const bit of places) {
    const read = new Map<string, number>();
    for (const [key, weight] of values) {
      const at = key.length - 1 - bit;
      const isOne = key[at] === "1";
      const wrong = isOne ? readout.zeroFor1 : readout.oneFor0;
      const flipped = key.slice(0, at) + (isOne ? "0" : "1") + key.slice(at + 1);
      add(read, key, weight * (1 - wrong));
      add(read, flipped, weight * wrong);
    }
    values = read;
  }
  return values;
}

class Runner {
  readonly #state: StateVector;
  readonly #bits: Bits;
  readonly #choose: Choose;
  readonly #circuit: Circuit;
  readonly #backend: Backend;

  constructor(circuit: Circuit, { state, bits }: Shot, choose: Choose, backend: Backend) {
    this.#circuit = circuit;
    this.#state = state;
    this.#bits = bits;
    this.#choose = choose;
    this.#backend = backend;
  }

  run(operations: readonly Operation[]): void {
    for (const part of partsOf(operations, this.#circuit, this.#backend)) {
      if (part.kind === "unitary") this.#backend.apply(this.#state, part.steps);
      else this.#perform(part.operation);
    }
  }

  #perform(operation: Extract<Part, { kind: "other" }>["operation"]): void {
    switch (operation.kind) {
      case "measure":
        setBit(this.#bits, operation.bit, this.#read(this.#measure(operation.qubit)));
        return;
      case "reset":
        this.#reset(operation.qubit);
        return;
      case "barrier":
        return;
      case "initialise":
        this.#initialise(operation.qubits, operation.amplitudes);
        return;
      case "noise":
        this.#disturb(krausOf(operation.channel, operation.qubits.length), operation.qubits);
        return;
      case "if":
        this.run(holds(operation.condition, this.#bits) ? operation.whenTrue : operation.whenFalse);
        return;
      case "repeat":
        for (let turn = 0; turn < operation.count; turn++) this.run(operation.body);
        return;
      case "while":
        this.#loop(operation);
        return;
      default: {
        const value = numberOf(this.#bits, operation.bits);
        const match = operation.cases.find(({ values }) => values.includes(value));
        this.run(match?.body ?? operation.otherwise);
      }
    }
  }

  #loop({ condition, body }: Extract<Operation, { kind: "while" }>): void {
    for (let turn = 0; holds(condition, this.#bits); turn++) {
      if (turn >= loopTurnsMax) {
        throw new CircuitError(`a while loop did not end within ${loopTurnsMax} turns`);
      }
      this.run(body);
    }
  }

  #measure(qubit: number): 0 | 1 {
    const one = this.#state.probabilityOfOne(qubit);
    const outcome = this.#choose([1 - one, one]) === 1 ? 1 : 0;
    this.#state.collapse(qubit, outcome);
    return outcome;
  }

  /** What the device says, which is not always what it is. */
  #read(value: 0 | 1): 0 | 1 {
    const { readout } = this.#circuit;
    if (readout === undefined) return value;
    const wrong = value === 0 ? readout.oneFor0 : readout.zeroFor1;
    return this.#choose([1 - wrong, wrong]) === 1 ? (value === 0 ? 1 : 0) : value;
  }

  #reset(qubit: number): void {
    if (this.#measure(qubit) === 0) return;
    const flip: Primitive = { kind: "permutation", images: [1, 0], qubits: [qubit], controls: [] };
    applyPrimitive(this.#state, flip);
  }

  #initialise(qubits: readonly number[], amplitudes: readonly number[]): void {
    const norm = Math.sqrt(amplitudes.reduce((sum, value) => sum + value * value, 0));
    if (amplitudes.length !== 2 * 2 ** qubits.length || Math.abs(norm - 1) > 1e-6) {
      throw new CircuitError(
        `initialise on ${qubits.length} qubits takes ${2 ** qubits.length} amplitudes of norm 1, real and imaginary parts in turn`,
      );
    }
    for (const qubit of qubits) this.#reset(qubit);
    this.#state.setFreshQubits(
      qubits,
      amplitudes.map((value) => value / norm),
    );
  }

  #disturb(kraus: ReturnType<typeof krausOf>, qubits: readonly number[]): void {
    if (kraus.length === 1) return;
    const before = this.#state.copy();
    const outcome = this.#choose(
      kraus.map((matrix) => {
        this.#state.set(before);
        applyPrimitive(this.#state, { kind: "dense", matrix, qubits, controls: [] });
        return this.#state.norm();
      }),
    );
    this.#state.set(before);
    const matrix = kraus[outcome]!;
    applyPrimitive(this.#state, { kind: "dense", matrix, qubits, controls: [] });
    this.#state.normalise();
  }
}
