/** What is known while a source becomes a circuit: names by scope, registers, operations, complaints. */
import type { Condition, GateDefinition, Operation, ReadoutError, Register } from "../circuit.ts";
import { qasmErrorsMax, qasmOperationsMax, qasmRegisterMax, qasmTurnsMax } from "../limits.ts";
import { nearest, type Place, QasmError } from "./qasm-error.ts";
import type { FunctionStatement, GateStatement, Name, Version } from "./syntax.ts";

export type Value =
  /** Integers may hold a half, as in pow(1/2): where an integer is needed, the fraction is cut off. */
  | { readonly kind: "number"; readonly value: number; readonly isInteger: boolean }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "bit-string"; readonly text: string }
  | { readonly kind: "duration" }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | { readonly kind: "qubits"; readonly qubits: readonly number[]; readonly isSingle: boolean }
  | { readonly kind: "bits"; readonly bits: readonly number[]; readonly isSingle: boolean }
  /** Known only when the circuit runs. */
  | { readonly kind: "condition"; readonly condition: Condition };

export type Gate =
  | {
      readonly kind: "built-in";
      readonly parameters: number;
      readonly qubits: number;
      /** Its operations on qubits 0, 1, ... */
      readonly build: (...parameters: number[]) => readonly Operation[];
    }
  /** Without parameters: a definition of the circuit. */
  | { readonly kind: "defined"; readonly name: string; readonly qubits: number }
  /** Made from its text where it is called. */
  | { readonly kind: "written"; readonly statement: GateStatement; readonly scope: Scope }
  | { readonly kind: "opaque" };

export type Meaning =
  | {
      readonly kind: "value";
      value: Value;
      /** A variable keeps its type: what is assigned is brought into it. */
      readonly convert?: (value: Value, place: Place) => Value;
      /** How many bodies that run by chance or repeatedly enclose its declaration. */
      readonly depth: number;
    }
  | {
      readonly kind: "gate";
      readonly gate: Gate;
      /** The text of an extra gate, which a source may define itself. */
      readonly replaceable?: string;
    }
  | { readonly kind: "function"; readonly statement: FunctionStatement; readonly scope: Scope }
  /** Its declaration was wrong; one complaint is enough. */
  | { readonly kind: "broken" };

export class Scope {
  readonly #names = new Map<string, Meaning>();
  readonly #outer: Scope | undefined;
  /** Gates and subroutines see gates, subroutines and constants of the outside, and nothing else. */
  readonly #isClosed: boolean;

  constructor(outer?: Scope, { isClosed = false } = {}) {
    this.#outer = outer;
    this.#isClosed = isClosed;
  }

  get(name: string): Meaning | undefined {
    const own = this.#names.get(name);
    if (own !== undefined) return own;
    const found = this.#outer?.get(name);
    if (!this.#isClosed || found?.kind !== "value") return found;
    const isConstant = found.convert === undefined && !/^(?:qu)?bits$/.test(found.value.kind);
    return isConstant ? found : undefined;
  }

  own(name: string): Meaning | undefined {
    return this.#names.get(name);
  }

  set(name: string, meaning: Meaning): void {
    this.#names.set(name, meaning);
  }

  *names(): Iterable<string> {
    yield* this.#names.keys();
    if (this.#outer !== undefined) yield* this.#outer.names();
  }
}

export interface QasmWarning extends Place {
  readonly message: string;
}

/** Assigning to a variable outside a loop shows that its rounds differ. */
export class RoundsDiffer extends Error {
  override readonly name = "RoundsDiffer";
}

/** Made when a measurement first decides about a break or a continue of the loop. */
export interface Exits {
  breakFlag?: number;
  continueFlag?: number;
}

export class Compilation {
  readonly version: Version;
  readonly inputs: ReadonlyMap<string, number | string>;
  readonly errors: QasmError[];
  readonly warnings: QasmWarning[] = [];
  readonly quantumRegisters: Register[] = [];
  readonly classicalRegisters: Register[] = [];
  readonly definitions: GateDefinition[] = [];
  /** Of each definition, the operations that it unfolds into. */
  readonly sizes = new Map<string, number>();
  readonly included = new Set<string>();
  scope = new Scope();
  operations: Operation[] = [];
  qubits = 0;
  bits = 0;
  readout: ReadoutError | undefined;
  /** The bodies around this place: run by a measured condition, or repeated as they are. */
  readonly frames: ("measured" | "repeated")[] = [];
  /** The loops around this place, with the bits that say whether a measurement made them leave. */
  readonly exits: Exits[] = [];
  /** The bit that says whether a measurement has ended the program. */
  endFlag: number | undefined;
  /** The gates and subroutines that are being read, against recursion. */
  readonly calls: string[] = [];
  /** A body is read for its errors, its parameters not being known yet. */
  isTrial = false;
  #emitted = 0;
  #turns = 0;

  constructor(
    version: Version,
    inputs: ReadonlyMap<string, number | string>,
    errors: readonly QasmError[],
  ) {
    this.version = version;
    this.inputs = inputs;
    this.errors = [...errors];
  }

  emit(place: Place, ...operations: readonly Operation[]): void {
    this.#emitted += operations.length;
    if (this.#emitted > qasmOperationsMax) {
      throw new QasmError(place, `the circuit has more than ${qasmOperationsMax} operations`);
    }
    for (const operation of operations) this.operations.push(operation);
  }

  /** What was collected, and counted, before. */
  append(operations: readonly Operation[]): void {
    for (const operation of operations) this.operations.push(operation);
  }

  countTurn(place: Place): void {
    this.#turns += 1;
    if (this.#turns > qasmTurnsMax) {
      throw new QasmError(place, `loops turn more than ${qasmTurnsMax} times`);
    }
  }

  /** The operations that `body` emits, apart from the others. */
  collect(body: () => void): Operation[] {
    const outer = this.operations;
    const inner: Operation[] = [];
    this.operations = inner;
    try {
      body();
    } finally {
      this.operations = outer;
    }
    return inner;
  }

  within<Result>(scope: Scope, body: () => Result): Result {
    const outer = this.scope;
    this.scope = scope;
    try {
      return body();
    } finally {
      this.scope = outer;
    }
  }

  complain(error: QasmError): void {
    const isKnown = this.errors.some(
      ({ line, column, message }) =>
        line === error.line && column === error.column && message === error.message,
    );
    if (!isKnown && this.errors.length < qasmErrorsMax) this.errors.push(error);
  }

  warn({ line, column, length }: Place, message: string): void {
    const isKnown = this.warnings.some(
      (known) => known.line === line && known.column === column && known.message === message,
    );
    if (!isKnown && this.warnings.length < qasmErrorsMax) {
      this.warnings.push({ line, column, length, message });
    }
  }

  /** @throws QasmError when the name is taken in this scope */
  declare({ name, place }: Name, meaning: Meaning): void {
    const before = this.scope.own(name);
    if (before !== undefined && before.kind !== "broken") {
      throw new QasmError(place, `${name} is declared already`, "choose another name");
    }
    this.scope.set(name, meaning);
  }

  lookUp(name: string, place: Place): Meaning {
    const meaning = this.scope.get(name);
    if (meaning !== undefined) return meaning;
    const close = nearest(name, this.scope.names());
    throw new QasmError(
      place,
      `${name} is not declared`,
      close === undefined ? `declare it before its first use` : `did you mean ${close}?`,
    );
  }

  addRegister(of: "qubit" | "bit", name: string, size: number, place: Place): readonly number[] {
    const registers = of === "qubit" ? this.quantumRegisters : this.classicalRegisters;
    const first = of === "qubit" ? this.qubits : this.bits;
    if (first + size > qasmRegisterMax) {
      throw new QasmError(place, `more than ${qasmRegisterMax} ${of}s are declared`);
    }
    let unique = name;
    const isTaken = (wanted: string) =>
      [...this.quantumRegisters, ...this.classicalRegisters].some((each) => each.name === wanted);
    for (let count = 1; isTaken(unique); count++) unique = `${name}_${count}`;
    registers.push({ name: unique, first, size });
    if (of === "qubit") this.qubits += size;
    else this.bits += size;
    return Array.from({ length: size }, (_, at) => first + at);
  }
}
