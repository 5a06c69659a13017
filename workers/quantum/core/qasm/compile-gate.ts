/** Definitions of gates and their calls: counts, broadcasting, modifiers, expansion. */
import type { Control, Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { controlsMax, qasmOperationsMax } from "../limits.ts";
import { type Compilation, type Gate, Scope } from "./compilation.ts";
import { runStatements } from "./compile-statement.ts";
import { evaluate, integerOf, number, numberOf } from "./evaluate.ts";
import { gateTexts } from "./library.ts";
import { inverted, placed, raised } from "./modifiers.ts";
import { parseProgram } from "./parse-program.ts";
import { type Place, QasmError } from "./qasm-error.ts";
import type { Expression, GateCall, GateStatement } from "./syntax.ts";

export function declareGate(c: Compilation, statement: GateStatement): void {
  const { name, parameters, qubits } = statement;
  const before = c.scope.own(name.name);
  if (before?.kind === "gate" && before.replaceable !== undefined) {
    // What an exporter wrote for a gate of the table is that gate.
    if (isTextOf(name.name, statement.text)) return;
    c.scope.set(name.name, { kind: "broken" });
  }
  c.declare(name, { kind: "broken" });
  const seen = new Set<string>();
  for (const each of [...parameters, ...qubits]) {
    if (seen.has(each.name)) {
      throw new QasmError(each.place, `${name.name} has two arguments named ${each.name}`);
    }
    seen.add(each.name);
  }
  const written: Gate = { kind: "written", statement, scope: c.scope };
  if (parameters.length > 0) {
    const known = c.errors.length;
    c.isTrial = true;
    try {
      expand(
        c,
        written,
        parameters.map(() => Number.NaN),
      );
    } finally {
      c.isTrial = false;
    }
    if (c.errors.length === known) c.scope.set(name.name, { kind: "gate", gate: written });
    return;
  }
  const known = c.errors.length;
  const body = expand(c, written, []);
  if (c.errors.length > known) return;
  const defined = define(c, name.name, qubits.length, body, name.place);
  c.scope.set(name.name, {
    kind: "gate",
    gate: { kind: "defined", name: defined, qubits: qubits.length },
  });
}

const normalTexts = new Map<string, string>();

function isTextOf(name: string, text: string): boolean {
  let own = normalTexts.get(name);
  if (own === undefined) {
    const [statement] = parseProgram(`OPENQASM 3.0; ${gateTexts.get(name) ?? ""}`).program
      .statements;
    own = statement?.kind === "gate" ? statement.text : "";
    normalTexts.set(name, own);
  }
  return own === text;
}

/** A definition of the circuit under a free name, which is returned. */
function define(
  c: Compilation,
  name: string,
  qubits: number,
  body: readonly Operation[],
  place: Place,
): string {
  const size = body.reduce((sum, operation) => sum + unfolded(c, operation), 0);
  if (size > qasmOperationsMax) {
    throw new QasmError(place, `${name} unfolds into more than ${qasmOperationsMax} operations`);
  }
  let unique = name;
  const isTaken = (wanted: string) => standardGates.has(wanted) || c.sizes.has(wanted);
  for (let count = 1; isTaken(unique); count++) unique = `${name}_${count}`;
  c.sizes.set(unique, size);
  c.definitions.push({ name: unique, qubits, body });
  return unique;
}

function unfolded(c: Compilation, operation: Operation): number {
  if (operation.kind !== "gate") return 1;
  const { name, power = 1 } = operation;
  const size = c.sizes.get(name);
  return size === undefined ? 1 : size * Math.max(1, Math.abs(power));
}

/** The operations of a gate on qubits 0, 1, ... */
function expand(c: Compilation, gate: Gate, parameters: readonly number[]): readonly Operation[] {
  switch (gate.kind) {
    case "built-in":
      return gate.build(...parameters);
    case "defined": {
      const qubits = Array.from({ length: gate.qubits }, (_, at) => at);
      return [{ kind: "gate", name: gate.name, parameters: [], qubits }];
    }
    case "opaque":
      return [];
    default:
  }
  const { statement } = gate;
  const scope = new Scope(gate.scope, { isClosed: true });
  const depth = c.frames.length;
  for (const [at, { name }] of statement.parameters.entries()) {
    scope.set(name, { kind: "value", value: number(parameters[at]!, false), depth });
  }
  for (const [at, { name }] of statement.qubits.entries()) {
    scope.set(name, {
      kind: "value",
      value: { kind: "qubits", qubits: [at], isSingle: true },
      depth,
    });
  }
  c.calls.push("gate", `gate ${statement.name.name}`);
  try {
    return c.within(scope, () => expandBody(c, statement));
  } finally {
    c.calls.length -= 2;
  }
}

function expandBody(c: Compilation, statement: GateStatement): readonly Operation[] {
  return c.collect(() => {
    for (const inner of statement.body) {
      if (!["call", "barrier", "for", "pragma", "annotation"].includes(inner.kind)) {
        throw new QasmError(
          inner.place,
          `a gate holds gates, barriers and loops, and no ${inner.kind}`,
        );
      }
    }
    runStatements(c, statement.body);
  });
}

export function callGate(c: Compilation, call: GateCall, place: Place): void {
  const { name, namePlace, modifiers } = call;
  const gate = gateNamed(c, name, namePlace);
  if (gate === undefined) return;
  const parameters = call.parameters.map((expression) => {
    const { value } = numberOf(evaluate(c, expression), expression.place);
    if (!Number.isFinite(value) && !c.isTrial) {
      throw new QasmError(expression.place, `${name} has a parameter that is not a number`);
    }
    return value;
  });
  const controlValues = modifiers.flatMap((modifier): (0 | 1)[] => {
    if (modifier.kind !== "ctrl" && modifier.kind !== "negctrl") return [];
    const { argument } = modifier;
    const count = argument === undefined ? 1 : integerOf(evaluate(c, argument), argument.place);
    if (count < 1 || count > controlsMax) {
      throw new QasmError(modifier.place, `a gate has 1 to ${controlsMax} controls, not ${count}`);
    }
    return Array.from({ length: count }, () => (modifier.kind === "ctrl" ? 1 : 0));
  });
  const counts = countsOf(gate);
  requireCount(namePlace, name, "parameters", parameters.length, counts.parameters);
  const needed = counts.qubits + controlValues.length;
  requireCount(namePlace, name, "qubits", call.operands.length, needed);
  const body = modified(c, call, expand(c, gate, parameters));
  for (const qubits of broadcast(c, call.operands, name)) {
    const controls = controlValues.map((value, at): Control => ({ qubit: qubits[at]!, value }));
    const targets = qubits.slice(controls.length);
    c.emit(place, ...body.map((operation) => placed(operation, targets, controls)));
  }
}

function gateNamed(c: Compilation, name: string, place: Place): Gate | undefined {
  if (c.scope.get(name) === undefined) {
    const file = c.version === "2.0" ? "qelib1.inc" : "stdgates.inc";
    if (!c.included.has(file) && standardGates.has(name)) {
      throw new QasmError(
        place,
        `the gate ${name} is not declared`,
        `write include "${file}"; first`,
      );
    }
  }
  const meaning = c.lookUp(name, place);
  if (meaning.kind === "broken") {
    if (!c.calls.includes(`gate ${name}`)) return undefined;
    throw new QasmError(
      place,
      `the gate ${name} calls itself`,
      "gates are finite, and cannot recur",
    );
  }
  if (meaning.kind !== "gate") {
    throw new QasmError(place, `${name} is a ${meaning.kind}, not a gate`);
  }
  if (meaning.gate.kind === "opaque") {
    throw new QasmError(
      place,
      `the gate ${name} is opaque: nothing says what it does`,
      `define it with gate ${name} ... { ... }`,
    );
  }
  return meaning.gate;
}

function countsOf(gate: Gate): { readonly parameters: number; readonly qubits: number } {
  if (gate.kind === "built-in") return gate;
  if (gate.kind === "defined") return { parameters: 0, qubits: gate.qubits };
  if (gate.kind === "opaque") return { parameters: 0, qubits: 0 };
  const { parameters, qubits } = gate.statement;
  return { parameters: parameters.length, qubits: qubits.length };
}

function requireCount(
  place: Place,
  name: string,
  what: string,
  given: number,
  needed: number,
): void {
  if (given === needed) return;
  const noun = needed === 1 ? what.slice(0, -1) : what;
  throw new QasmError(place, `${name} takes ${needed} ${noun}, and ${given} are given`);
}

/** inv and pow, the innermost first; controls go round everything. */
function modified(
  c: Compilation,
  { modifiers, name, namePlace }: GateCall,
  gate: readonly Operation[],
): readonly Operation[] {
  let body = gate;
  for (const { kind, argument, place } of modifiers.toReversed()) {
    if (kind === "inv") body = inverted(body);
    if (kind !== "pow") continue;
    const exponent = numberOf(evaluate(c, argument!), argument!.place).value;
    if (!Number.isFinite(exponent)) {
      if (c.isTrial) continue;
      throw new QasmError(argument!.place, "an exponent is a number");
    }
    const whole = body.reduce((sum, operation) => sum + unfolded(c, operation), 0);
    if (whole * Math.abs(exponent) > qasmOperationsMax) {
      throw new QasmError(
        place,
        `this power unfolds into more than ${qasmOperationsMax} operations`,
      );
    }
    const power = raised(body, exponent);
    if (power !== undefined) {
      body = power;
    } else if (!c.isTrial) {
      // A fractional power of several operations is one of their whole matrix.
      const width =
        1 + Math.max(-1, ...body.flatMap((each) => ("qubits" in each ? each.qubits : [])));
      const defined = define(c, `${name}_base`, width, body, namePlace);
      const qubits = Array.from({ length: width }, (_, at) => at);
      body = [{ kind: "gate", name: defined, parameters: [], qubits, power: exponent }];
    }
  }
  return body;
}

/** The operands of each call: registers side by side, single qubits again and again. */
function broadcast(
  c: Compilation,
  operands: readonly Expression[],
  name: string,
): readonly (readonly number[])[] {
  const sides = operands.map((operand) => ({ ...qubitsOf(c, operand), place: operand.place }));
  const registers = sides.filter(({ isSingle }) => !isSingle);
  const size = registers[0]?.qubits.length ?? 1;
  const wrong = registers.find(({ qubits }) => qubits.length !== size);
  if (wrong !== undefined) {
    throw new QasmError(
      wrong.place,
      `${name} is given registers of ${size} and of ${wrong.qubits.length} qubits`,
      "registers in one call have the same size",
    );
  }
  return Array.from({ length: size }, (_, turn) => {
    const qubits = sides.map((side) => (side.isSingle ? side.qubits[0]! : side.qubits[turn]!));
    const twice = qubits.findIndex((qubit, at) => qubits.indexOf(qubit) !== at);
    if (twice >= 0)
      throw new QasmError(sides[twice]!.place, `${name} is given the same qubit twice`);
    return qubits;
  });
}

export function qubitsOf(
  c: Compilation,
  expression: Expression,
): { readonly qubits: readonly number[]; readonly isSingle: boolean } {
  const value = evaluate(c, expression);
  if (value.kind === "qubits") return value;
  const what = value.kind === "bits" ? "bits" : `a ${value.kind}`;
  throw new QasmError(expression.place, `qubits are needed here, and this is ${what}`);
}
