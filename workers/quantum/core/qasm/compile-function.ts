/** Assignments, and subroutines, which are inlined where they are called. */
import type { Condition } from "../circuit.ts";
import { type Compilation, type Meaning, RoundsDiffer, Scope, type Value } from "./compilation.ts";
import { measure, runStatements } from "./compile-statement.ts";
import { arithmetic, convert, evaluate, integerOf, numberOf } from "./evaluate.ts";
import { type Place, QasmError } from "./qasm-error.ts";
import type { Expression, Statement } from "./syntax.ts";

export function assign(
  c: Compilation,
  { target, operator, value: expression, place }: Statement & { kind: "assign" },
): void {
  const root = rootOf(target);
  const meaning = c.lookUp(root, target.place);
  if (meaning.kind === "broken") return;
  if (meaning.kind !== "value") throw new QasmError(place, `${root} is a ${meaning.kind}`);
  if (meaning.value.kind === "bits") {
    const bits = evaluate(c, target);
    if (bits.kind !== "bits")
      throw new QasmError(place, "this part of the bits is not one of them");
    const given: Expression =
      operator === "="
        ? expression
        : { kind: "binary", operator, left: target, right: expression, place };
    assignBits(c, bits, given, { isFresh: false });
    return;
  }
  if (meaning.convert === undefined) {
    throw new QasmError(place, `${root} is constant, and keeps its value`);
  }
  requireSameBody(c, root, meaning.depth, place);
  const given = valueOf(c, expression);
  const next =
    operator === "="
      ? given
      : arithmetic(
          operator,
          numberOf(evaluate(c, target), target.place),
          numberOf(given, expression.place),
          expression.place,
        );
  const whole = target.kind === "index" ? replaced(c, meaning.value, target, next) : next;
  meaning.value = meaning.convert(whole, expression.place);
}

function requireSameBody(c: Compilation, name: string, depth: number, place: Place): void {
  const crossed = new Set(c.frames.slice(depth));
  if (crossed.has("repeated")) throw new RoundsDiffer();
  if (crossed.has("measured")) {
    throw new QasmError(
      place,
      `${name} would depend on a measurement`,
      "numbers are computed before the circuit runs; keep what is measured in bits",
    );
  }
}

function rootOf(target: Expression): string {
  if (target.kind === "name") return target.name;
  if (target.kind === "index") return rootOf(target.base);
  throw new QasmError(target.place, "only names and their elements can be assigned to");
}

/** An array with one element changed. */
function replaced(
  c: Compilation,
  base: Value,
  target: Expression & { kind: "index" },
  next: Value,
): Value {
  const path: number[] = [];
  for (let at: Expression = target; at.kind === "index"; at = at.base) {
    for (const selector of at.selectors.toReversed()) {
      if (selector.kind !== "one")
        throw new QasmError(target.place, "one element is assigned at a time");
      path.unshift(integerOf(evaluate(c, selector.value), selector.value.place));
    }
  }
  evaluate(c, target);
  const change = (value: Value, depth: number): Value => {
    if (depth === path.length) return next;
    if (value.kind !== "list")
      throw new QasmError(target.place, "only arrays have elements to assign to");
    const index = path[depth]! < 0 ? path[depth]! + value.items.length : path[depth]!;
    return { kind: "list", items: value.items.with(index, change(value.items[index]!, depth + 1)) };
  };
  return change(base, 0);
}

/** Into bits: a measurement, a subroutine that measures, or values known now or when it runs. */
export function assignBits(
  c: Compilation,
  bits: Value & { kind: "bits" },
  expression: Expression,
  { isFresh }: { isFresh: boolean },
): void {
  const { place } = expression;
  const into: Expression = { kind: "name", name: " bits", place };
  const measureInto = (operand: Expression): void => {
    const scope = new Scope(c.scope);
    scope.set(" bits", { kind: "value", value: bits, depth: c.frames.length });
    c.within(scope, () => measure(c, operand, into, place));
  };
  if (expression.kind === "measure") {
    measureInto(expression.operand);
    return;
  }
  let given: Value | undefined;
  const meaning = expression.kind === "call" ? c.scope.get(expression.name) : undefined;
  if (expression.kind === "call" && meaning?.kind === "function") {
    const returned = callSubroutine(c, meaning, expression, measureInto);
    if (returned === "measured") return;
    if (returned === undefined) throw new QasmError(place, `${expression.name} returns no value`);
    given = returned;
  }
  const values = bitValuesOf(given ?? evaluate(c, expression), bits.bits.length, place);
  // Fresh bits in each round of a loop are others each time.
  const isZero = values.every((value) => value === 0);
  if (isZero && isFresh && c.frames.includes("repeated")) throw new RoundsDiffer();
  if (isZero && isFresh) return;
  emitAssignments(c, bits.bits, values, place);
}

type BitValue = 0 | 1 | Condition;

/** One for each bit, the lowest first. */
function bitValuesOf(value: Value, size: number, place: Place): readonly BitValue[] {
  switch (value.kind) {
    case "bits":
      requireSize(value.bits.length, size, place);
      return value.bits.map((bit) => ({ kind: "compare", bits: [bit], operator: "==", value: 1 }));
    case "condition":
      requireSize(1, size, place);
      return [value.condition];
    case "bit-string":
      requireSize(value.text.length, size, place);
      return value.text
        .split("")
        .toReversed()
        .map((bit) => (bit === "1" ? 1 : 0));
    default: {
      const number = numberOf(value, place).value;
      if (!Number.isInteger(number) || number < 0 || number >= 2 ** size) {
        throw new QasmError(place, `${number} is no value of ${size} bits`);
      }
      return Array.from({ length: size }, (_, at) => (Math.floor(number / 2 ** at) % 2) as 0 | 1);
    }
  }
}

function requireSize(given: number, size: number, place: Place): void {
  if (given === size) return;
  throw new QasmError(place, `${given} bits are assigned to ${size}`, "both sides have one size");
}

/** All at once: what is read is what was there before. */
function emitAssignments(
  c: Compilation,
  bits: readonly number[],
  values: readonly BitValue[],
  place: Place,
): void {
  const reads = (value: BitValue, bit: number): boolean => {
    if (typeof value === "number") return false;
    if (value.kind === "compare") return value.bits.includes(bit);
    return (value.kind === "not" ? [value.of] : value.of).some((part) => reads(part, bit));
  };
  const overlaps = bits.some((bit, at) => values.slice(at + 1).some((value) => reads(value, bit)));
  const first = overlaps ? c.addRegister("bit", "copied", bits.length, place) : bits;
  for (const [at, bit] of first.entries())
    c.emit(place, { kind: "assign", bit, value: values[at]! });
  if (!overlaps) return;
  for (const [at, bit] of bits.entries()) {
    const value = { kind: "compare", bits: [first[at]!], operator: "==", value: 1 } as const;
    c.emit(place, { kind: "assign", bit, value });
  }
}

function valueOf(c: Compilation, expression: Expression): Value {
  if (expression.kind !== "call") return evaluate(c, expression);
  const meaning = c.scope.get(expression.name);
  if (meaning?.kind !== "function") return evaluate(c, expression);
  const returned = callSubroutine(c, meaning, expression);
  if (returned !== "measured" && returned !== undefined) return returned;
  throw new QasmError(expression.place, `${expression.name} returns no value`);
}

/**
 * A subroutine in place of its call (live specification, "Subroutines"). `measureInto` takes what
 * `return measure ...` measures; "measured" says that it did.
 */
export function callSubroutine(
  c: Compilation,
  { statement, scope: outer }: Extract<Meaning, { kind: "function" }>,
  { name, operands, place }: { name: string; operands: readonly Expression[]; place: Place },
  measureInto?: (operand: Expression) => void,
): Value | "measured" | undefined {
  if (c.calls.includes(name)) {
    throw new QasmError(place, `${name} calls itself`, "subroutines are inlined, and cannot recur");
  }
  const { parameters } = statement;
  if (operands.length !== parameters.length) {
    throw new QasmError(
      place,
      `${name} takes ${parameters.length} values, and ${operands.length} are given`,
    );
  }
  const scope = new Scope(outer, { isClosed: true });
  const depth = c.frames.length;
  for (const [at, { type, name: parameter }] of parameters.entries()) {
    const operand = operands[at]!;
    const given = evaluate(c, operand);
    if ((type.name === "qubit") !== (given.kind === "qubits")) {
      throw new QasmError(operand.place, `${parameter.name} is a ${type.name}, and this is none`);
    }
    if (given.kind === "qubits" || given.kind === "bits") {
      const count =
        type.size === undefined ? 1 : integerOf(evaluate(c, type.size), type.size.place);
      const size = given.kind === "qubits" ? given.qubits.length : given.bits.length;
      if (size !== count) {
        throw new QasmError(
          operand.place,
          `${parameter.name} has size ${count}, and ${size} are given`,
        );
      }
      const isSingle = type.size === undefined;
      scope.set(parameter.name, { kind: "value", value: { ...given, isSingle }, depth });
      continue;
    }
    const value = convert(c, type, given, operand.place);
    const change = (next: Value, where: Place) => convert(c, type, next, where);
    scope.set(parameter.name, { kind: "value", value, convert: change, depth });
  }
  c.calls.push(name);
  try {
    return c.within(scope, () => {
      const last = statement.body.at(-1);
      const measured =
        last?.kind === "return" && last.value?.kind === "measure" ? last.value : undefined;
      const body = measured === undefined ? statement.body : statement.body.slice(0, -1);
      const ending = runStatements(c, body);
      if (ending.kind === "return") return ending.value;
      if (ending.kind !== "done") {
        const what = ending.kind === "maybe" ? "a measured condition" : ending.kind;
        throw new QasmError(ending.place, `${what} cannot leave a subroutine`);
      }
      if (measured === undefined || last === undefined) return undefined;
      if (measureInto === undefined) {
        measure(c, measured.operand, undefined, measured.place);
      } else {
        measureFrom(c, scope, measured.operand, measureInto);
      }
      return "measured";
    });
  } finally {
    c.calls.pop();
  }
}

/** The operand's names are the subroutine's, the target's are the caller's. */
function measureFrom(
  c: Compilation,
  scope: Scope,
  operand: Expression,
  measureInto: (operand: Expression) => void,
): void {
  const value = c.within(scope, () => evaluate(c, operand));
  const inner = new Scope(c.scope);
  inner.set(" measured", { kind: "value", value, depth: c.frames.length });
  c.within(inner, () => measureInto({ kind: "name", name: " measured", place: operand.place }));
}
