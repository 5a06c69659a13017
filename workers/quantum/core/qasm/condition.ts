/** Comparisons and logic, of values known beforehand and of bits known when the circuit runs. */
import type { Condition } from "../circuit.ts";
import { comparedBitsMax } from "../limits.ts";
import type { Value } from "./compilation.ts";
import { numberOf } from "./evaluate.ts";
import { type Place, QasmError } from "./qasm-error.ts";

type Operator = Extract<Condition, { kind: "compare" }>["operator"];

const mirrored = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

/** Registers on both sides are compared value by value, up to this many bits. */
const enumeratedBitsMax = 6;

export function conditionOf(value: Value, place: Place): Condition | boolean {
  switch (value.kind) {
    case "condition":
      return value.condition;
    case "bits": {
      requireFewBits(value.bits, place);
      const { bits } = value;
      return value.isSingle
        ? { kind: "compare", bits, operator: "==", value: 1 }
        : { kind: "compare", bits, operator: "!=", value: 0 };
    }
    default:
      return numberOf(value, place).value !== 0;
  }
}

/** && or ||; what is known already is left out. */
export function joined(operator: "&&" | "||", parts: readonly (Condition | boolean)[]): Value {
  const decides = operator === "||";
  if (parts.includes(decides)) return { kind: "boolean", value: decides };
  const open = parts.filter((part) => typeof part !== "boolean");
  if (open.length === 0) return { kind: "boolean", value: !decides };
  if (open.length === 1) return { kind: "condition", condition: open[0]! };
  return { kind: "condition", condition: { kind: operator === "&&" ? "all" : "any", of: open } };
}

export function compare(operator: Operator, left: Value, right: Value, place: Place): Value {
  if (left.kind === "condition" || right.kind === "condition") {
    return compareConditions(operator, left, right, place);
  }
  if (left.kind === "bits" && right.kind === "bits") {
    return compareRegisters(operator, left.bits, right.bits, place);
  }
  if (left.kind === "bits") return compareBits(operator, left, right, place);
  if (right.kind === "bits") return compareBits(mirrored[operator], right, left, place);
  const a = numberOf(left, place).value;
  const b = numberOf(right, place).value;
  return { kind: "boolean", value: holds(operator, a, b) };
}

function compareBits(
  operator: Operator,
  left: Value & { kind: "bits" },
  right: Value,
  place: Place,
): Value {
  requireFewBits(left.bits, place);
  if (right.kind === "bit-string" && right.text.length !== left.bits.length) {
    throw new QasmError(
      place,
      `${left.bits.length} bits are compared with a string of ${right.text.length}`,
    );
  }
  const { value } = numberOf(right, place);
  if (!Number.isSafeInteger(value)) {
    throw new QasmError(place, `bits are compared with an integer, and ${value} is none`);
  }
  return { kind: "condition", condition: { kind: "compare", bits: left.bits, operator, value } };
}

function compareConditions(operator: Operator, left: Value, right: Value, place: Place): Value {
  if (operator !== "==" && operator !== "!=") {
    throw new QasmError(place, `${operator} does not compare truth values`);
  }
  const [a, b] = [conditionOf(left, place), conditionOf(right, place)];
  const not = (value: Condition | boolean): Condition | boolean =>
    typeof value === "boolean" ? !value : { kind: "not", of: value };
  const other = operator === "==" ? b : not(b);
  return joined("||", [
    conditionOf(joined("&&", [a, other]), place),
    conditionOf(joined("&&", [not(a), not(other)]), place),
  ]);
}

function compareRegisters(
  operator: Operator,
  left: readonly number[],
  right: readonly number[],
  place: Place,
): Value {
  if (Math.max(left.length, right.length) > enumeratedBitsMax) {
    throw new QasmError(
      place,
      `measured registers are compared with each other up to ${enumeratedBitsMax} bits`,
      "compare one of them with a number",
    );
  }
  const rows = Array.from({ length: 2 ** left.length }, (_, value): Condition => ({
    kind: "all",
    of: [
      { kind: "compare", bits: left, operator: "==", value },
      { kind: "compare", bits: right, operator: mirrored[operator], value },
    ],
  }));
  return { kind: "condition", condition: { kind: "any", of: rows } };
}

function requireFewBits(bits: readonly number[], place: Place): void {
  if (bits.length <= comparedBitsMax) return;
  throw new QasmError(
    place,
    `${bits.length} bits are compared at once: numbers are exact up to ${comparedBitsMax}`,
    "compare a part of the register",
  );
}

function holds(operator: Operator, left: number, right: number): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    default:
      return left >= right;
  }
}
