/** Expressions as values (live specification, "Types and Casting" and "Classical instructions"). */
import type { Compilation, Value } from "./compilation.ts";
import { compare, conditionOf, joined } from "./condition.ts";
import { callFunction } from "./math-functions.ts";
import { type Place, QasmError } from "./qasm-error.ts";
import { select } from "./selection.ts";
import type { Expression, Type } from "./syntax.ts";

const constants: Readonly<Record<string, number>> = {
  pi: Math.PI,
  π: Math.PI,
  tau: 2 * Math.PI,
  τ: 2 * Math.PI,
  euler: Math.E,
  ℇ: Math.E,
};

export function evaluate(c: Compilation, expression: Expression): Value {
  switch (expression.kind) {
    case "number":
      return number(expression.value, expression.isInteger);
    case "boolean":
      return { kind: "boolean", value: expression.value };
    case "bit-string":
      return { kind: "bit-string", text: expression.text };
    case "duration":
      return { kind: "duration" };
    case "name":
      return valueOfName(c, expression.name, expression.place);
    case "physical":
      return physicalQubit(c, expression.qubit, expression.place);
    case "unary":
      return unary(c, expression);
    case "binary":
      return binary(c, expression);
    case "logic":
      return joined(
        expression.operator,
        expression.operands.map((operand) => conditionOf(evaluate(c, operand), operand.place)),
      );
    case "call":
      return call(c, expression);
    case "index":
      return select(c, evaluate(c, expression.base), expression.selectors, expression.base.place);
    case "cast":
      return convert(c, expression.type, evaluate(c, expression.operand), expression.place);
    case "list":
      return { kind: "list", items: expression.items.map((item) => evaluate(c, item)) };
    default:
      throw new QasmError(
        expression.place,
        "a measurement stands alone, or right of =",
        "measure into a bit first, and use that",
      );
  }
}

export function number(value: number, isInteger: boolean): Value {
  return { kind: "number", value, isInteger };
}

function valueOfName(c: Compilation, name: string, place: Place): Value {
  const constant = constants[name];
  if (constant !== undefined && c.scope.get(name) === undefined) return number(constant, false);
  const meaning = c.lookUp(name, place);
  if (meaning.kind === "value") return meaning.value;
  if (meaning.kind === "broken") throw new QasmError(place, `${name} has no value`);
  throw new QasmError(place, `${name} is a ${meaning.kind}, not a value`);
}

function physicalQubit(c: Compilation, qubit: number, place: Place): Value {
  const meaning = c.lookUp("$", place);
  if (meaning.kind !== "value") throw new QasmError(place, `$${qubit} is no qubit`);
  return select(
    c,
    meaning.value,
    [{ kind: "one", value: { kind: "number", value: qubit, isInteger: true, place } }],
    place,
  );
}

function unary(
  c: Compilation,
  { operator, operand, place }: Expression & { kind: "unary" },
): Value {
  const value = evaluate(c, operand);
  if (operator === "-") {
    const { value: amount, isInteger } = numberOf(value, operand.place);
    return number(amount === 0 ? 0 : -amount, isInteger);
  }
  if (operator === "!" || (value.kind === "bits" && value.isSingle)) {
    if (value.kind === "bits" && value.isSingle)
      return compare("==", value, number(0, true), place);
    const condition = conditionOf(value, operand.place);
    if (typeof condition === "boolean") return { kind: "boolean", value: !condition };
    return { kind: "condition", condition: { kind: "not", of: condition } };
  }
  if (value.kind === "bit-string") {
    const text = Array.from(value.text)
      .map((bit) => (bit === "0" ? "1" : "0"))
      .join("");
    return { kind: "bit-string", text };
  }
  return number(~integerOf(value, operand.place), true);
}

function binary(c: Compilation, expression: Expression & { kind: "binary" }): Value {
  const { operator, place } = expression;
  const left = evaluate(c, expression.left);
  const right = evaluate(c, expression.right);
  if (operator === "++") return concatenated(left, right, expression.right.place);
  if (/^(?:[=!]=|[<>]=?)$/.test(operator)) {
    return compare(operator as "==", left, right, place);
  }
  const isMeasured = [left, right].some(({ kind }) => kind === "bits" || kind === "condition");
  if (isMeasured && /^[&|^]$/.test(operator)) return bitwiseMeasured(operator, left, right, place);
  const a = numberOf(left, expression.left.place);
  const b = numberOf(right, expression.right.place);
  return arithmetic(operator, a, b, expression.right.place);
}

/** & | ^ of single bits that are measured. */
function bitwiseMeasured(operator: string, left: Value, right: Value, place: Place): Value {
  for (const side of [left, right]) {
    if (side.kind === "bits" && !side.isSingle) {
      throw new QasmError(
        place,
        `${operator} of whole measured registers is not supported`,
        "combine single bits, or compare the register with a number",
      );
    }
  }
  const a = conditionOf(left, place);
  const b = conditionOf(right, place);
  if (operator === "&") return joined("&&", [a, b]);
  if (operator === "|") return joined("||", [a, b]);
  const not = (value: typeof a): typeof a =>
    typeof value === "boolean" ? !value : { kind: "not", of: value };
  const asCondition = (value: Value) => conditionOf(value, place);
  return joined("||", [
    asCondition(joined("&&", [a, not(b)])),
    asCondition(joined("&&", [not(a), b])),
  ]);
}

interface Amount {
  readonly value: number;
  readonly isInteger: boolean;
}

export function arithmetic(operator: string, left: Amount, right: Amount, place: Place): Value {
  const isInteger = left.isInteger && right.isInteger;
  const a = isInteger ? Math.trunc(left.value) : left.value;
  const b = isInteger ? Math.trunc(right.value) : right.value;
  const checked = (value: number, isWhole = isInteger): Value => {
    // A parameter that is not known yet is NaN, and so is all that follows from it.
    if (!Number.isFinite(value) && !Number.isNaN(a) && !Number.isNaN(b)) {
      throw new QasmError(place, `${a} ${operator} ${b} is not a number`);
    }
    return number(value, isWhole);
  };
  switch (operator) {
    case "+":
      return checked(a + b);
    case "-":
      return checked(a - b);
    case "*":
      return checked(a * b);
    case "/":
      if (b === 0) throw new QasmError(place, "division by zero");
      return checked(a / b);
    case "%":
      if (b === 0) throw new QasmError(place, "division by zero");
      return checked(a % b);
    case "**":
      return checked(a ** b, isInteger && b >= 0);
    default:
  }
  if (!isInteger) throw new QasmError(place, `${operator} works on integers and bits`);
  const [x, y] = [BigInt(a), BigInt(b)];
  if ((operator === "<<" || operator === ">>") && (b < 0 || b > 64)) {
    throw new QasmError(place, "a shift goes from 0 to 64 bits");
  }
  const results: Record<string, () => bigint> = {
    "&": () => x & y,
    "|": () => x | y,
    "^": () => x ^ y,
    "<<": () => x << y,
    ">>": () => x >> y,
  };
  const result = results[operator];
  if (result === undefined) throw new QasmError(place, `${operator} is not supported`);
  return checked(Number(result()));
}

function concatenated(left: Value, right: Value, place: Place): Value {
  if (left.kind === "qubits" && right.kind === "qubits") {
    const qubits = [...left.qubits, ...right.qubits];
    if (new Set(qubits).size < qubits.length) {
      throw new QasmError(place, "the same qubit stands on both sides of ++");
    }
    return { kind: "qubits", qubits, isSingle: false };
  }
  if (left.kind === "bits" && right.kind === "bits") {
    return { kind: "bits", bits: [...left.bits, ...right.bits], isSingle: false };
  }
  if (left.kind === "list" && right.kind === "list") {
    return { kind: "list", items: [...left.items, ...right.items] };
  }
  throw new QasmError(place, `++ joins registers of one kind, not ${left.kind} and ${right.kind}`);
}

function call(c: Compilation, { name, operands, place }: Expression & { kind: "call" }): Value {
  const values = operands.map((operand) => evaluate(c, operand));
  if (name === "sizeof" && values[0] !== undefined) return number(sizeOf(values[0], place), true);
  const amounts = values.map((value, at) => numberOf(value, operands[at]!.place));
  return callFunction(name, amounts, place);
}

function sizeOf(value: Value, place: Place): number {
  if (value.kind === "qubits") return value.qubits.length;
  if (value.kind === "bits") return value.bits.length;
  if (value.kind === "list") return value.items.length;
  throw new QasmError(place, "sizeof is of registers and arrays");
}

/** A number that is known while compiling. */
export function numberOf(value: Value, place: Place): Amount {
  switch (value.kind) {
    case "number":
      return value;
    case "boolean":
      return { value: value.value ? 1 : 0, isInteger: true };
    case "bit-string":
      return { value: Number.parseInt(value.text, 2), isInteger: true };
    case "bits":
    case "condition":
      throw new QasmError(
        place,
        "this depends on a measurement, and a number known beforehand is needed",
        "measured bits may stand in the conditions of if, while and switch",
      );
    case "qubits":
      throw new QasmError(place, "a qubit stands where a number is needed");
    default:
      throw new QasmError(place, `a ${value.kind} stands where a number is needed`);
  }
}

export function integerOf(value: Value, place: Place): number {
  const { value: amount, isInteger } = numberOf(value, place);
  const whole = isInteger ? Math.trunc(amount) : amount;
  if (!Number.isSafeInteger(whole)) throw new QasmError(place, `${amount} is not an integer`);
  return whole;
}

/** A value brought into a type (live specification, "Casting specifics"). */
export function convert(c: Compilation, type: Type, value: Value, place: Place): Value {
  if (type.dimensions !== undefined || value.kind === "list") {
    if (value.kind !== "list") throw new QasmError(place, "an array's values stand in braces");
    const dimensions = (type.dimensions ?? []).slice(1);
    const element = { place: type.place, name: type.name, size: type.size };
    const inner = dimensions.length > 0 ? { ...element, dimensions } : element;
    return { kind: "list", items: value.items.map((item) => convert(c, inner, item, place)) };
  }
  const size =
    type.size === undefined ? undefined : integerOf(evaluate(c, type.size), type.size.place);
  if (size !== undefined && (size < 1 || size > 1024)) {
    throw new QasmError(type.size!.place, `a size of ${size} bits makes no sense`);
  }
  // Bits that are measured stay what they are, read as a number.
  if (value.kind === "bits" || value.kind === "condition") {
    if (type.name === "float" || type.name === "angle") numberOf(value, place);
    return type.name === "bool" && value.kind === "bits"
      ? joined("&&", [conditionOf(value, place)])
      : value;
  }
  switch (type.name) {
    case "bool": {
      return { kind: "boolean", value: conditionOf(value, place) === true };
    }
    case "int":
    case "uint": {
      const whole = Math.trunc(numberOf(value, place).value);
      if (Number.isNaN(whole)) return number(whole, true);
      if (size === undefined || size > 52)
        return number(integerOf(number(whole, true), place), true);
      const wrapped = ((whole % 2 ** size) + 2 ** size) % 2 ** size;
      const isNegative = type.name === "int" && wrapped >= 2 ** (size - 1);
      return number(isNegative ? wrapped - 2 ** size : wrapped, true);
    }
    case "float":
    case "angle":
      return number(numberOf(value, place).value, false);
    case "bit": {
      if (value.kind === "bit-string") {
        if (value.text.length === (size ?? 1)) return value;
        throw new QasmError(place, `${value.text.length} bits do not fit ${size ?? 1}`);
      }
      const whole = integerOf(value, place);
      const text = BigInt.asUintN(size ?? 1, BigInt(whole)).toString(2);
      return { kind: "bit-string", text: text.padStart(size ?? 1, "0") };
    }
    case "duration":
      if (value.kind === "duration") return value;
      throw new QasmError(place, "a duration is a number with a unit", "such as 100ns");
    default:
      throw new QasmError(place, "nothing can be made into a qubit");
  }
}
