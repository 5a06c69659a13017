/** Which method a circuit is simulated with, by what each can do and would cost, and why. */
import { bodiesOf, type Circuit, type Operation } from "./circuit.ts";
import { densityQubitsMax, stabilizerQubitsMax } from "./limits.ts";
import { CircuitError } from "./primitive.ts";
import { firstOutsideStabilizers } from "./stabilizer/clifford.ts";

export const methodNames = ["state-vector", "density-matrix", "stabilizer"] as const;
export type MethodName = (typeof methodNames)[number];

export interface Method {
  readonly name: MethodName;
  /** A sentence for the user, without its full stop. */
  readonly reason: string;
  /** Of the state alone. */
  readonly memoryBytes: number;
  /** Whether one simulation serves all shots. */
  readonly isOnce: boolean;
}

export interface MethodWish {
  readonly method: MethodName | "auto";
  readonly shots: number;
  /** Qubits of a state vector that the caller has room for. */
  readonly denseQubitsMax: number;
  /** Of an amplitude, real and imaginary part. */
  readonly amplitudeBytes: 8 | 16;
}

/** The circuit has more qubits than the only methods that could do it have room for. */
export class TooManyQubits extends CircuitError {}

/** Work of a pass over one amplitude, and over one row of a tableau, in the same unit. */
const rowWork = 3;
/** A Clifford circuit as small as this is sampled from its state vector at no cost. */
const smallQubits = 10;

/**
 * @param circuit what is to be carried out, without measurements at its end that are only drawn from
 * @throws CircuitError when the method cannot do the circuit, TooManyQubits when none has room
 */
export function chooseMethod(circuit: Circuit, wish: MethodWish): Method {
  const definitions = new Map(circuit.definitions.map((each) => [each.name, each]));
  const facts = { circuit, outside: firstOutsideStabilizers(circuit, definitions), wish };
  const { outside } = facts;
  switch (wish.method) {
    case "stabilizer":
      if (outside !== null) throw new CircuitError(notStabilizer(outside));
      return stabilizer(facts, "it was asked for");
    case "density-matrix":
      return density(facts, "it was asked for");
    case "state-vector":
      return vector(facts, "it was asked for");
    default:
      return bestOf(facts);
  }
}

interface Facts {
  readonly circuit: Circuit;
  /** The first operation that is not Clifford. */
  readonly outside: Operation | null;
  readonly wish: MethodWish;
}

function bestOf(facts: Facts): Method {
  const { circuit, outside, wish } = facts;
  const { qubits } = circuit;
  if (outside === null && qubits > smallQubits) {
    const clifford = "every gate is Clifford and all noise is of Paulis";
    if (qubits > wish.denseQubitsMax) {
      return stabilizer(facts, `${clifford}, which needs no state vector`);
    }
    if (stabilizerWork(facts) < vectorWork(facts)) {
      return stabilizer(facts, `${clifford}, which is faster than a state vector here`);
    }
  }
  if (qubits > wish.denseQubitsMax) throw tooLarge(facts);
  if (isDrawn(circuit, "vector") && qubits <= densityQubitsMax) {
    if (!isDrawn(circuit, "density") && densityWork(facts) < vectorWork(facts)) {
      return density(facts, "one density matrix costs less than so many noisy shots");
    }
  }
  const once = !isDrawn(circuit, "vector");
  return vector(
    facts,
    once
      ? "nothing is left to chance before the last measurements"
      : "noise, resets or measurements on the way are drawn anew for each shot",
  );
}

function vector(facts: Facts, reason: string): Method {
  const { circuit, wish } = facts;
  if (circuit.qubits > wish.denseQubitsMax) throw tooLarge(facts);
  return {
    name: "state-vector",
    reason,
    memoryBytes: wish.amplitudeBytes * 2 ** circuit.qubits,
    isOnce: !isDrawn(circuit, "vector"),
  };
}

function density({ circuit }: Facts, reason: string): Method {
  const memoryBytes = 16 * 4 ** circuit.qubits;
  if (circuit.qubits > densityQubitsMax) {
    throw new TooManyQubits(
      `a density matrix of ${circuit.qubits} qubits takes ${bytesText(memoryBytes)}; up to ${densityQubitsMax} qubits are simulated so: trajectories on a state vector fit`,
    );
  }
  const isOnce = !isDrawn(circuit, "density");
  return { name: "density-matrix", reason, memoryBytes, isOnce };
}

function stabilizer({ circuit }: Facts, reason: string): Method {
  const { qubits } = circuit;
  if (qubits > stabilizerQubitsMax) {
    throw new TooManyQubits(
      `a tableau holds up to ${stabilizerQubitsMax} qubits, and the circuit has ${qubits}`,
    );
  }
  return {
    name: "stabilizer",
    reason,
    memoryBytes: 2 * (2 * qubits + 1) * Math.ceil(qubits / 32) * 4,
    isOnce: !isDrawn(circuit, "vector"),
  };
}

function tooLarge({ circuit, outside, wish }: Facts): TooManyQubits {
  const { qubits } = circuit;
  const need = bytesText(wish.amplitudeBytes * 2 ** qubits);
  const most = bytesText(wish.amplitudeBytes * 2 ** wish.denseQubitsMax);
  const fit =
    outside === null
      ? "the stabilizer method fits"
      : `the stabilizer method would fit, but ${notStabilizer(outside)}`;
  return new TooManyQubits(
    `a state vector of ${qubits} qubits takes ${need}, and up to ${wish.denseQubitsMax} qubits, ${most}, are simulated so; ${fit}`,
  );
}

function notStabilizer(operation: Operation): string {
  const name = operation.kind === "gate" ? `the gate ${operation.name}` : operation.kind;
  if (operation.kind === "noise") {
    return `${operation.channel.kind} leaves no stabilizer state: only Pauli noise and loss do`;
  }
  if (!("qubits" in operation)) return `${name} is not Clifford`;
  return `${name} on qubit ${operation.qubits.join(", ")} is not Clifford`;
}

/** Whether something is drawn in each shot: what the method cannot carry along as a mixture. */
function isDrawn({ operations }: Circuit, by: "vector" | "density"): boolean {
  const touched = new Set<number>();
  return operations.some((operation) => {
    if (operation.kind === "initialise" && by === "vector") {
      // Its qubits are reset first, which is certain where nothing has happened yet.
      if (operation.qubits.some((qubit) => touched.has(qubit))) return true;
    } else if (drawsIn(operation, by)) {
      return true;
    }
    for (const qubit of qubitsOf(operation)) touched.add(qubit);
    return false;
  });
}

function drawsIn(operation: Operation, by: "vector" | "density"): boolean {
  switch (operation.kind) {
    case "measure":
      return true;
    case "reset":
    case "noise":
    case "initialise":
      return by === "vector";
    default:
      return bodiesOf(operation).some((body) => body.some((inner) => drawsIn(inner, by)));
  }
}

function qubitsOf(operation: Operation): readonly number[] {
  if ("qubit" in operation) return [operation.qubit];
  const controls = "controls" in operation ? (operation.controls ?? []) : [];
  const own = "qubits" in operation ? operation.qubits : [];
  return [
    ...own,
    ...controls.map(({ qubit }) => qubit),
    ...bodiesOf(operation).flat().flatMap(qubitsOf),
  ];
}

function runsOf({ circuit, wish }: Facts): number {
  return isDrawn(circuit, "vector") ? wish.shots : 1;
}

function vectorWork(facts: Facts): number {
  return runsOf(facts) * facts.circuit.operations.length * 2 ** facts.circuit.qubits;
}

/** Each operation on rows and on columns, once. */
function densityWork({ circuit }: Facts): number {
  return 2 * circuit.operations.length * 4 ** circuit.qubits;
}

function stabilizerWork(facts: Facts): number {
  const { qubits } = facts.circuit;
  const rows = 2 * qubits * rowWork;
  // Measuring all qubits takes each of them through all rows.
  const measuring = qubits * rows * Math.ceil(qubits / 32);
  return runsOf(facts) * (facts.circuit.operations.length * rows + measuring);
}

/** "256 MiB"; beyond what has a name, a power of two. */
export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  const unit = Math.floor(Math.log2(bytes) / 10);
  const name = units[unit];
  if (name === undefined) return `2^${Math.round(Math.log2(bytes))} bytes`;
  return `${Number((bytes / 1024 ** unit).toPrecision(3))} ${name}`;
}
