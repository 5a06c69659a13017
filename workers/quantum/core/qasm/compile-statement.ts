/** Statements carried out: what is known becomes operations at once, what is measured becomes branches. */
import type { Compilation } from "./compilation.ts";
import {
  compileBranch,
  compileFor,
  compileSwitch,
  compileWhile,
  unlessLeft,
} from "./compile-control.ts";
import { declareAlias, declareRegister, declareValue, include } from "./compile-declaration.ts";
import { assign, callSubroutine } from "./compile-function.ts";
import { callGate, declareGate, qubitsOf } from "./compile-gate.ts";
import { Scope, type Value } from "./compilation.ts";
import { evaluate } from "./evaluate.ts";
import { readPragma } from "./noise-pragma.ts";
import { type Place, QasmError } from "./qasm-error.ts";
import type { Expression, Statement } from "./syntax.ts";

/** How a list of statements ended; all but "done" leave the lists around it too. */
export type Ending =
  | { readonly kind: "done" }
  | { readonly kind: "break" | "continue" | "end"; readonly place: Place }
  /** A measurement decides whether it left: then one of these bits is 1. */
  | { readonly kind: "maybe"; readonly place: Place; readonly flags: readonly number[] }
  | { readonly kind: "return"; readonly place: Place; readonly value?: Value | undefined };

export const done: Ending = { kind: "done" };

/** A block of its own scope. */
export function runBlock(c: Compilation, statements: readonly Statement[]): Ending {
  return c.within(new Scope(c.scope), () => runStatements(c, statements));
}

export function runStatements(c: Compilation, statements: readonly Statement[]): Ending {
  for (const [at, statement] of statements.entries()) {
    try {
      const ending = run(c, statement);
      if (ending.kind === "maybe") return unlessLeft(c, ending, statements.slice(at + 1));
      if (ending.kind !== "done") return ending;
    } catch (error) {
      if (!(error instanceof QasmError)) throw error;
      c.complain(error);
      breakName(c, statement);
    }
  }
  return done;
}

/** What a wrong declaration declares is not reported again where it is used. */
function breakName(c: Compilation, statement: Statement): void {
  if (!("name" in statement) || typeof statement.name === "string") return;
  const { name } = statement.name;
  if (c.scope.own(name) === undefined) c.scope.set(name, { kind: "broken" });
}

function run(c: Compilation, statement: Statement): Ending {
  const { place } = statement;
  switch (statement.kind) {
    case "include":
      include(c, statement.file, place);
      return done;
    case "register":
      declareRegister(c, statement);
      return done;
    case "declare":
      declareValue(c, statement);
      return done;
    case "alias":
      declareAlias(c, statement.name, statement.value);
      return done;
    case "opaque":
      c.declare(statement.name, { kind: "gate", gate: { kind: "opaque" } });
      return done;
    case "gate":
      declareGate(c, statement);
      return done;
    case "def":
      c.declare(statement.name, { kind: "function", statement, scope: c.scope });
      return done;
    case "call":
      callGate(c, statement, place);
      return done;
    case "measure":
      measure(c, statement.qubits, statement.into, place);
      return done;
    case "reset":
      for (const qubit of qubitsOf(c, statement.qubits).qubits) {
        c.emit(place, { kind: "reset", qubit });
      }
      return done;
    case "barrier":
      barrier(c, statement.operands, place);
      return done;
    case "delay":
      c.warn(place, "this simulator keeps no time: a delay is a barrier");
      barrier(c, statement.operands, place);
      return done;
    case "box": {
      c.warn(place, "this simulator keeps no time: a box is its content between barriers");
      barrier(c, [], place);
      const ending = runBlock(c, statement.body);
      barrier(c, [], place);
      return ending;
    }
    case "assign":
      assign(c, statement);
      return done;
    case "expression":
      runExpression(c, statement.value);
      return done;
    case "if":
      return compileBranch(c, statement);
    case "for":
      return compileFor(c, statement, place);
    case "while":
      return compileWhile(c, statement, place);
    case "switch":
      return compileSwitch(c, statement, place);
    case "block":
      return runBlock(c, statement.body);
    case "return": {
      const { value } = statement;
      if (value?.kind === "measure") {
        throw new QasmError(value.place, "a measurement is returned into bits alone");
      }
      return { kind: "return", place, value: value === undefined ? undefined : evaluate(c, value) };
    }
    case "pragma":
      readPragma(c, statement.text, place);
      return done;
    case "annotation":
      c.warn(place, `${statement.text.trim()} is not known here, and passed over`);
      return done;
    default:
      return { kind: statement.kind, place };
  }
}

/** A call that stands alone: a subroutine, or a gate of no qubits. */
function runExpression(c: Compilation, value: Expression): void {
  if (value.kind !== "call") {
    evaluate(c, value);
    return;
  }
  const { name, operands, place } = value;
  const meaning = c.lookUp(name, place);
  if (meaning.kind === "function") {
    callSubroutine(c, meaning, { name, operands, place });
    return;
  }
  callGate(
    c,
    {
      kind: "call",
      modifiers: [],
      name,
      namePlace: { ...place, length: name.length },
      parameters: operands,
      operands: [],
    },
    place,
  );
}

function barrier(c: Compilation, operands: readonly Expression[], place: Place): void {
  const qubits =
    operands.length === 0
      ? Array.from({ length: c.qubits }, (_, qubit) => qubit)
      : operands.flatMap((operand) => [...qubitsOf(c, operand).qubits]);
  c.emit(place, { kind: "barrier", qubits: [...new Set(qubits)] });
}

export function measure(
  c: Compilation,
  source: Expression,
  into: Expression | undefined,
  place: Place,
): void {
  const { qubits } = qubitsOf(c, source);
  let bits: readonly number[];
  if (into === undefined) {
    c.warn(place, "the outcome goes nowhere: a register named unread holds it");
    bits = c.addRegister("bit", "unread", qubits.length, place);
  } else {
    const target = evaluate(c, into);
    if (target.kind !== "bits") {
      throw new QasmError(into.place, "a measurement goes into bits, and this is something else");
    }
    bits = target.bits;
    if (bits.length !== qubits.length) {
      throw new QasmError(
        into.place,
        `${qubits.length} qubits are measured into ${bits.length} bits`,
        "both sides have the same size",
      );
    }
  }
  for (const [at, qubit] of qubits.entries()) {
    c.emit(place, { kind: "measure", qubit, bit: bits[at]! });
  }
}
