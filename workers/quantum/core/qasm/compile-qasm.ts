/** OpenQASM 2 (arXiv 1707.03429) and 3 (openqasm.com, live specification) as circuits. */
import type { Circuit } from "../circuit.ts";
import { qasmCharactersMax } from "../limits.ts";
import { Compilation, type QasmWarning } from "./compilation.ts";
import { runStatements } from "./compile-statement.ts";
import { primitiveGates } from "./library.ts";
import { parseProgram } from "./parse-program.ts";
import { QasmError, QasmErrors } from "./qasm-error.ts";
import type { Program } from "./syntax.ts";

export interface CompileOptions {
  /** Values of the source's input parameters: numbers, or bits as a string of 0 and 1. */
  readonly inputs?: Readonly<Record<string, number | string>>;
}

export interface Compiled {
  readonly circuit: Circuit;
  readonly warnings: readonly QasmWarning[];
}

/** @throws QasmErrors with everything that is wrong, in the order of the source */
export function compileQasm(source: string, { inputs = {} }: CompileOptions = {}): Compiled {
  if (source.length > qasmCharactersMax) {
    const message = `the source has ${source.length} characters, and at most ${qasmCharactersMax} are read`;
    throw new QasmErrors([new QasmError({ line: 1, column: 1, length: 1 }, message)]);
  }
  const { program, errors } = parseProgram(source);
  const c = new Compilation(program.version, new Map(Object.entries(inputs)), errors);
  if (!program.hasHeader) {
    const words = `the source does not begin with its version, and is read as OPENQASM ${program.version}`;
    c.warn({ line: 1, column: 1, length: 1 }, words);
  }
  for (const [name, gate] of primitiveGates(program.version)) {
    c.scope.set(name, { kind: "gate", gate });
  }
  declarePhysicalQubits(c, program);
  const ending = runStatements(c, program.statements);
  if (ending.kind !== "done" && ending.kind !== "end" && ending.kind !== "maybe") {
    c.complain(new QasmError(ending.place, `${ending.kind} stands outside of what it could leave`));
  }
  if (c.errors.length > 0) {
    throw new QasmErrors(c.errors.toSorted((a, b) => a.line - b.line || a.column - b.column));
  }
  const { qubits, bits, quantumRegisters, classicalRegisters, definitions, operations } = c;
  const circuit: Circuit = {
    qubits,
    bits,
    quantumRegisters,
    classicalRegisters,
    definitions,
    operations,
    ...(c.readout === undefined ? {} : { readout: c.readout }),
  };
  return { circuit, warnings: c.warnings };
}

/** $0, $1, ... are a register as large as the source needs. */
function declarePhysicalQubits(c: Compilation, program: Program): void {
  if (program.physicalQubits === 0) return;
  const place = { line: 1, column: 1, length: 1 };
  try {
    const qubits = c.addRegister("qubit", "physical", program.physicalQubits, place);
    c.scope.set("$", {
      kind: "value",
      value: { kind: "qubits", qubits, isSingle: false },
      depth: 0,
    });
  } catch (error) {
    if (!(error instanceof QasmError)) throw error;
    c.complain(error);
  }
}
