/** Registers, values, aliases and the built-in files. */
import type { Compilation } from "./compilation.ts";
import { assignBits } from "./compile-function.ts";
import { convert, evaluate, integerOf } from "./evaluate.ts";
import { gateTexts, libraryFiles, libraryGates, writtenGates } from "./library.ts";
import { parseProgram } from "./parse-program.ts";
import { type Place, QasmError } from "./qasm-error.ts";
import type { Expression, Name, Statement, Type } from "./syntax.ts";

export function include(c: Compilation, file: string, place: Place): void {
  if (!libraryFiles.includes(file)) {
    throw new QasmError(
      place,
      `the file ${file} cannot be included`,
      `${libraryFiles.join(" and ")} are built in; copy what you need of other files here`,
    );
  }
  if (c.included.has(file)) throw new QasmError(place, `${file} is included already`);
  if (c.version === "2.0" && file === "stdgates.inc") {
    throw new QasmError(place, "stdgates.inc belongs to OpenQASM 3", 'write include "qelib1.inc";');
  }
  c.included.add(file);
  const { standard, extra } = libraryGates(file);
  for (const [name, gate] of standard) {
    if (c.scope.own(name) !== undefined) {
      c.warn(place, `${name} is declared before ${file}, and stays what it is`);
    }
    if (c.scope.own(name) === undefined) c.scope.set(name, { kind: "gate", gate });
  }
  for (const [name, gate] of extra) {
    if (c.scope.own(name) !== undefined) continue;
    c.scope.set(name, { kind: "gate", gate, replaceable: gateTexts.get(name) ?? "" });
  }
  for (const statement of parseProgram(writtenGates).program.statements) {
    if (statement.kind !== "gate" || c.scope.own(statement.name.name) !== undefined) continue;
    const gate = { kind: "written", statement, scope: c.scope } as const;
    c.scope.set(statement.name.name, { kind: "gate", gate, replaceable: "" });
  }
}

export function declareRegister(
  c: Compilation,
  { of, name, size, initial, place }: Statement & { kind: "register" },
): void {
  requireFree(c, name);
  if (of === "qubit" && c.frames.length + c.calls.length > 0) {
    throw new QasmError(place, "qubits are declared outside of loops, branches and subroutines");
  }
  const count = size === undefined ? 1 : integerOf(evaluate(c, size), size.place);
  if (count < 1) throw new QasmError(size!.place, `a register holds at least 1, not ${count}`);
  const numbers = c.addRegister(of, name.name, count, name.place);
  const isSingle = size === undefined;
  const depth = c.frames.length;
  if (of === "qubit") {
    c.declare(name, { kind: "value", value: { kind: "qubits", qubits: numbers, isSingle }, depth });
    return;
  }
  const value = { kind: "bits", bits: numbers, isSingle } as const;
  c.declare(name, { kind: "value", value, depth });
  if (initial !== undefined) assignBits(c, value, initial, { isFresh: true });
}

export function declareValue(
  c: Compilation,
  { role, type, name, initial, place }: Statement & { kind: "declare" },
): void {
  requireFree(c, name);
  const depth = c.frames.length;
  if (role === "input") {
    const given = c.inputs.get(name.name);
    if (given === undefined) {
      throw new QasmError(
        name.place,
        `the input ${name.name} has no value`,
        `give a value for ${name.name} when compiling`,
      );
    }
    const value =
      typeof given === "string"
        ? ({ kind: "bit-string", text: given } as const)
        : ({ kind: "number", value: given, isInteger: Number.isInteger(given) } as const);
    if (typeof given === "string" ? !/^[01]+$/.test(given) : !Number.isFinite(given)) {
      throw new QasmError(name.place, `the input ${name.name} is not a number, and not bits`);
    }
    c.declare(name, { kind: "value", value: convert(c, type, value, place), depth });
    return;
  }
  const value =
    initial === undefined ? blank(c, type) : convert(c, type, evaluate(c, initial), initial.place);
  c.declare(name, {
    kind: "value",
    value,
    depth,
    ...(role === "const"
      ? {}
      : { convert: (next: typeof value, at: Place) => convert(c, type, next, at) }),
  });
}

/** What a variable holds before it is given a value: zeros. */
function blank(c: Compilation, type: Type): ReturnType<typeof convert> {
  const [dimension, ...rest] = type.dimensions ?? [];
  if (dimension !== undefined) {
    const { dimensions: _, ...element } = type;
    const size = integerOf(evaluate(c, dimension), dimension.place);
    if (size < 0 || size > 10_000)
      throw new QasmError(dimension.place, `an array of ${size} is too large`);
    const inner = rest.length === 0 ? element : { ...element, dimensions: rest };
    return { kind: "list", items: Array.from({ length: size }, () => blank(c, inner)) };
  }
  if (type.name === "duration") return { kind: "duration" };
  return convert(c, type, { kind: "number", value: 0, isInteger: true }, type.place);
}

export function declareAlias(c: Compilation, name: Name, expression: Expression): void {
  requireFree(c, name);
  const value = evaluate(c, expression);
  if (value.kind !== "qubits" && value.kind !== "bits") {
    throw new QasmError(expression.place, "let names a part of a register", "use const for values");
  }
  c.declare(name, { kind: "value", value, depth: c.frames.length });
}

/** Before anything is made for a name. An extra gate's name is free for other things. */
function requireFree(c: Compilation, { name, place }: Name): void {
  const before = c.scope.own(name);
  if (before === undefined || before.kind === "broken") return;
  if (before.kind === "gate" && before.replaceable !== undefined) {
    c.scope.set(name, { kind: "broken" });
    return;
  }
  throw new QasmError(place, `${name} is declared already`, "choose another name");
}
