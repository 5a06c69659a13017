/**
 * Amplitude amplification and estimation (Brassard, Hoyer, Mosca and Tapp 2000): what Grover's search
 * does for the equal sum of all states, done for any preparation A.
 */
import { type Circuit, circuitOf, type Control, gate, type Operation } from "../circuit.ts";
import { CircuitError } from "../primitive.ts";
import { inverseOperations } from "../inverse.ts";
import { optimalIterations } from "../grover.ts";
import { phaseEstimation } from "./fourier.ts";
import { measurements, onAll, phaseOracle } from "./oracles.ts";

export interface Search {
  readonly qubits: number;
  /** A, from |0...0>; unitary. H on every qubit makes it Grover's search. */
  readonly prepare: readonly Operation[];
  readonly accepts: (state: number) => boolean;
}

/** Every state with the same weight: Grover's preparation. */
export function uniformSearch(qubits: number, accepts: (state: number) => boolean): Search {
  return { qubits, prepare: onAll(qubits, "h"), accepts };
}

/** Every qubit is turned by `angle` about Y, so that each 1 has a weight of sin^2(angle / 2). */
export function tiltedPreparation(qubits: number, angle: number): readonly Operation[] {
  return Array.from({ length: qubits }, (_, at) => gate("ry", [at], [angle]));
}

/**
 * Q = A (2|0><0| - I) A^-1 S_f: a turn by 2 theta in the plane of the accepted and the other states,
 * where sin^2(theta) is the accepted weight of A|0>. Its eigenvalues there are e^(2 i theta) and
 * e^(-2 i theta), so its phases are +-theta / pi (section 2).
 */
export function amplification(
  { qubits, prepare, accepts }: Search,
  controls: readonly Control[] = [],
  first = 0,
): readonly Operation[] {
  // Only the reflections need the controls: without them A^-1 and A undo one another.
  const under = (operation: Operation): Operation =>
    operation.kind === "diagonal" ? { ...operation, controls } : operation;
  const at = (operations: readonly Operation[]) => shifted(operations, first);
  return [
    ...at([phaseOracle("oracle", qubits, accepts)]).map(under),
    ...at(inverseOperations(prepare)),
    ...at([phaseOracle("reflect", qubits, (state) => state !== 0)]).map(under),
    ...at(prepare),
  ];
}

/** After k rounds an accepted state is measured with sin^2((2k + 1) theta) (lemma 1). */
export function amplitudeAmplification(search: Search, iterations: number): Circuit {
  const { qubits, prepare } = search;
  return circuitOf(
    qubits,
    [
      ...prepare,
      { kind: "repeat", count: iterations, body: amplification(search) },
      ...measurements(qubits),
    ],
    qubits,
  );
}

/** Grover's search for every accepted state, with the best count of rounds for how many there are. */
export function groverFor(qubits: number, accepts: (state: number) => boolean): Circuit {
  const states = 2 ** qubits;
  const marked = Array.from({ length: states }, (_, state) => state).filter(accepts).length;
  if (marked === 0) throw new CircuitError(`no state of ${qubits} qubits is accepted`);
  return amplitudeAmplification(uniformSearch(qubits, accepts), optimalIterations(marked, states));
}

/**
 * Measures y in the counting qubits, which come first: sin^2(pi y / 2^counting) is about the accepted
 * weight (section 4, algorithm Est_Amp; for the equal sum of all states, quantum counting).
 */
export function amplitudeEstimation(search: Search, counting: number): Circuit {
  return phaseEstimation({
    counting,
    targets: search.qubits,
    prepare: shifted(search.prepare, counting),
    power: (power, control) => [
      {
        kind: "repeat",
        count: 2 ** power,
        body: amplification(search, [{ qubit: control, value: 1 }], counting),
      },
    ],
  });
}

/**
 * The chance of each y for an accepted weight: phase estimation of theta / pi and of 1 - theta / pi,
 * half each (section 4, theorem 11).
 * @param weight accepted, from 0 to 1
 */
export function estimationDistribution(weight: number, counting: number): readonly number[] {
  const size = 2 ** counting;
  const phase = Math.asin(Math.sqrt(weight)) / Math.PI;
  return Array.from({ length: size }, (_, y) => {
    const chances = [phase, 1 - phase].map((each) => kernel(each - y / size, size));
    return (chances[0]! + chances[1]!) / 2;
  });
}

/** (sin(pi N d) / (N sin(pi d)))^2: the chance to read a phase that is off by d (theorem 11). */
function kernel(difference: number, size: number): number {
  const sine = Math.sin(Math.PI * difference);
  return Math.abs(sine) < 1e-15 ? 1 : (Math.sin(Math.PI * size * difference) / (size * sine)) ** 2;
}

export interface CountEstimate {
  readonly count: number;
  /** Theorem 12 with k = 1: the true count is this close with a chance of at least 8 / pi^2. */
  readonly error: number;
}

/** The count of accepted states that a measured y tells. */
export function countFrom(y: number, counting: number, states: number): CountEstimate {
  const size = 2 ** counting;
  const weight = Math.sin((Math.PI * y) / size) ** 2;
  return { count: states * weight, error: estimationError(weight, counting) * states };
}

/** 2 pi sqrt(a (1 - a)) / M + pi^2 / M^2 for a weight a (theorem 12, k = 1). */
export function estimationError(weight: number, counting: number): number {
  const size = 2 ** counting;
  return (2 * Math.PI * Math.sqrt(weight * (1 - weight))) / size + (Math.PI / size) ** 2;
}

/** The same operations on later qubits. */
function shifted(operations: readonly Operation[], by: number): readonly Operation[] {
  if (by === 0) return operations;
  return operations.map((operation) => {
    if (!("qubits" in operation)) throw new CircuitError("a preparation is made of gates alone");
    const qubits = operation.qubits.map((qubit) => qubit + by);
    if (!("controls" in operation) || operation.controls === undefined) {
      return { ...operation, qubits };
    }
    const controls = operation.controls.map(({ qubit, value }) => ({ qubit: qubit + by, value }));
    return { ...operation, qubits, controls };
  });
}
