/** The functions of expressions (live specification, "Built-in constants and functions"). */
import type { Value } from "./compilation.ts";
import { nearest, type Place, QasmError } from "./qasm-error.ts";

interface Amount {
  readonly value: number;
  readonly isInteger: boolean;
}

const functions: ReadonlyMap<string, (value: number) => number> = new Map([
  ["sin", Math.sin],
  ["cos", Math.cos],
  ["tan", Math.tan],
  ["arcsin", Math.asin],
  ["arccos", Math.acos],
  ["arctan", Math.atan],
  ["asin", Math.asin],
  ["acos", Math.acos],
  ["atan", Math.atan],
  ["exp", Math.exp],
  ["ln", Math.log],
  ["log", Math.log],
  ["sqrt", Math.sqrt],
]);

export function callFunction(name: string, operands: readonly Amount[], place: Place): Value {
  const [first, second] = operands;
  const result = (value: number, isInteger: boolean): Value => {
    const isKnown = operands.every((operand) => !Number.isNaN(operand.value));
    if (isKnown && !Number.isFinite(value)) {
      const list = operands.map((operand) => operand.value).join(", ");
      throw new QasmError(place, `${name}(${list}) is not a number`);
    }
    return { kind: "number", value, isInteger };
  };
  const known = functions.get(name);
  const needed = known === undefined && /^(?:mod|pow)$/.test(name) ? 2 : 1;
  const isFunction = known !== undefined || /^(?:abs|floor|ceiling|mod|pow|popcount)$/.test(name);
  if (!isFunction) {
    const close = nearest(name, [
      ...functions.keys(),
      "abs",
      "floor",
      "ceiling",
      "mod",
      "popcount",
    ]);
    throw new QasmError(
      place,
      `${name} is no function that gives a value`,
      close === undefined ? undefined : `did you mean ${close}?`,
    );
  }
  if (first === undefined || operands.length !== needed) {
    throw new QasmError(place, `${name} takes ${needed} values, and ${operands.length} are given`);
  }
  if (known !== undefined) return result(known(first.value), false);
  switch (name) {
    case "abs":
      return result(Math.abs(first.value), first.isInteger);
    case "floor":
      return result(Math.floor(first.value), true);
    case "ceiling":
      return result(Math.ceil(first.value), true);
    case "popcount": {
      if (!first.isInteger || first.value < 0) {
        throw new QasmError(place, "popcount is of bits and unsigned integers");
      }
      return result(Array.from(first.value.toString(2)).filter((bit) => bit === "1").length, true);
    }
    case "pow":
      return result(
        first.value ** second!.value,
        first.isInteger && second!.isInteger && second!.value >= 0,
      );
    default:
      if (second!.value === 0) throw new QasmError(place, "division by zero");
      return result(first.value % second!.value, first.isInteger && second!.isInteger);
  }
}
