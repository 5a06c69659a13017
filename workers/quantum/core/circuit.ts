/**
 * A circuit: what editors, OpenQASM, algorithms and simulators share. Plain data, little-endian: qubit
 * q is bit q of a basis state's number, and of two registers the first declared holds the low bits.
 */

/** A gate acts only where this qubit has this value; 0 is a negative control. */
export interface Control {
  readonly qubit: number;
  readonly value: 0 | 1;
}

/** Named bits or qubits, numbered on from `first`. */
export interface Register {
  readonly name: string;
  readonly first: number;
  readonly size: number;
}

interface Placed {
  /** The first is the least significant bit of the operation's matrix. */
  readonly qubits: readonly number[];
  readonly controls?: readonly Control[];
}

/** A gate of the table in gates/, or of the circuit's own definitions. */
export interface GateOperation extends Placed {
  readonly kind: "gate";
  readonly name: string;
  /** Radians. */
  readonly parameters: readonly number[];
  /** U^power by principal values; 1 when left out. */
  readonly power?: number;
}

export type Operation =
  | GateOperation
  /** e^(i angle) on everything, or under controls. */
  | {
      readonly kind: "global-phase";
      readonly angle: number;
      readonly controls?: readonly Control[];
    }
  /** Row-major, real and imaginary part interleaved; of at most `unitaryQubitsMax` qubits. */
  | (Placed & {
      readonly kind: "unitary";
      readonly label: string;
      readonly elements: readonly number[];
    })
  /** e^(i angles[j]) on basis state j of the qubits. */
  | (Placed & {
      readonly kind: "diagonal";
      readonly label: string;
      readonly angles: readonly number[];
    })
  /** Basis state j of the qubits becomes `images[j]`; a bijection. */
  | (Placed & {
      readonly kind: "permutation";
      readonly label: string;
      readonly images: readonly number[];
    })
  /** Puts fresh qubits into a state: their amplitudes, interleaved. They are reset first. */
  | {
      readonly kind: "initialise";
      readonly qubits: readonly number[];
      readonly amplitudes: readonly number[];
    }
  | { readonly kind: "measure"; readonly qubit: number; readonly bit: number }
  | { readonly kind: "reset"; readonly qubit: number }
  /** A classical bit becomes a constant, or the truth of a condition. */
  | { readonly kind: "assign"; readonly bit: number; readonly value: Condition | 0 | 1 }
  | { readonly kind: "barrier"; readonly qubits: readonly number[] }
  | { readonly kind: "noise"; readonly channel: Channel; readonly qubits: readonly number[] }
  | {
      readonly kind: "if";
      readonly condition: Condition;
      readonly whenTrue: readonly Operation[];
      readonly whenFalse: readonly Operation[];
    }
  | { readonly kind: "while"; readonly condition: Condition; readonly body: readonly Operation[] }
  /** A loop whose body is the same in each round; loops over values are unrolled before. */
  | { readonly kind: "repeat"; readonly count: number; readonly body: readonly Operation[] }
  | {
      readonly kind: "switch";
      readonly bits: readonly number[];
      readonly cases: readonly {
        readonly values: readonly number[];
        readonly body: readonly Operation[];
      }[];
      readonly otherwise: readonly Operation[];
    };

/** A comparison of classical bits, read as a number with the first bit lowest, with a constant. */
export type Condition =
  | {
      readonly kind: "compare";
      readonly bits: readonly number[];
      readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">=";
      readonly value: number;
    }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] };

/** What happens to qubits by chance. Probabilities are from 0 to 1. */
export type Channel =
  /** One qubit: X, Y or Z, each with its probability. */
  | {
      readonly kind: "pauli";
      readonly x: number;
      readonly y: number;
      readonly z: number;
    }
  /** One or two qubits: with this probability one of the other Paulis, all equally likely. */
  | { readonly kind: "depolarising"; readonly probability: number }
  /** T1: |1> decays to |0> with this probability (Nielsen and Chuang 8.3.5). */
  | { readonly kind: "amplitude-damping"; readonly probability: number }
  /** T2: coherence is lost with this probability (Nielsen and Chuang 8.3.6). */
  | { readonly kind: "phase-damping"; readonly probability: number }
  /** The qubit is lost and replaced by |0>, with this probability. */
  | { readonly kind: "loss"; readonly probability: number };

/** A gate made of others; its body's qubits are its arguments, by their place. */
export interface GateDefinition {
  readonly name: string;
  readonly qubits: number;
  /** Already bound: definitions with parameters are expanded where they are called. */
  readonly body: readonly Operation[];
}

/** A wrong answer of the measuring device, by the value of the qubit. */
export interface ReadoutError {
  readonly oneFor0: number;
  readonly zeroFor1: number;
}

export interface Circuit {
  readonly qubits: number;
  readonly bits: number;
  readonly quantumRegisters: readonly Register[];
  readonly classicalRegisters: readonly Register[];
  readonly definitions: readonly GateDefinition[];
  readonly operations: readonly Operation[];
  readonly readout?: ReadoutError;
}

/** A circuit with one register of qubits and one of bits. */
export function circuitOf(qubits: number, operations: readonly Operation[], bits = 0): Circuit {
  return {
    qubits,
    bits,
    quantumRegisters: qubits === 0 ? [] : [{ name: "q", first: 0, size: qubits }],
    classicalRegisters: bits === 0 ? [] : [{ name: "c", first: 0, size: bits }],
    definitions: [],
    operations,
  };
}

/** Shorthand for a gate of the table: parameters, then qubits in the order of its name (cx: control, target). */
export function gate(
  name: string,
  qubits: readonly number[],
  parameters: readonly number[] = [],
): GateOperation {
  return { kind: "gate", name, parameters, qubits };
}

/** The operations inside an operation: branches, cases, a loop's body. */
export function bodiesOf(operation: Operation): readonly (readonly Operation[])[] {
  switch (operation.kind) {
    case "if":
      return [operation.whenTrue, operation.whenFalse];
    case "while":
    case "repeat":
      return [operation.body];
    case "switch":
      return [operation.otherwise, ...operation.cases.map(({ body }) => body)];
    default:
      return [];
  }
}
