/** Parts of registers and arrays (live specification, "Register concatenation and slicing"). */
import { qasmRegisterMax } from "../limits.ts";
import type { Compilation, Value } from "./compilation.ts";
import { evaluate, integerOf } from "./evaluate.ts";
import { type Place, QasmError } from "./qasm-error.ts";
import type { Range, Selector } from "./syntax.ts";

export function select(
  c: Compilation,
  base: Value,
  selectors: readonly Selector[],
  place: Place,
): Value {
  const [first, ...rest] = selectors;
  if (first === undefined) return base;
  const size = lengthOf(base, place);
  if (first.kind === "one") {
    const index = position(
      integerOf(evaluate(c, first.value), first.value.place),
      size,
      first.value.place,
      c,
    );
    const one = at(base, [index], true);
    return rest.length === 0 ? one : select(c, one, rest, place);
  }
  const chosen =
    first.kind === "set"
      ? first.values.map((value) =>
          position(integerOf(evaluate(c, value), value.place), size, value.place, c),
        )
      : rangeOf(c, first, size).map((index) => position(index, size, first.place, c));
  if (base.kind === "qubits" && new Set(chosen).size < chosen.length) {
    throw new QasmError(place, "the same qubit is chosen twice");
  }
  if (rest.length > 0) throw new QasmError(place, "a part of an array has no further index");
  return at(base, chosen, false);
}

/** The values of a range; `size` closes it where an end is left out. */
export function rangeOf(c: Compilation, range: Range, size?: number): readonly number[] {
  const integer = (value: Range["from"]): number | undefined =>
    value === undefined ? undefined : integerOf(evaluate(c, value), value.place);
  const step = integer(range.step) ?? 1;
  if (step === 0) throw new QasmError(range.place, "a range's step cannot be 0");
  const isUp = step > 0;
  const end = size === undefined ? undefined : size - 1;
  let from = integer(range.from) ?? (isUp ? 0 : end);
  let to = integer(range.to) ?? (isUp ? end : 0);
  if (from === undefined || to === undefined) {
    throw new QasmError(range.place, "this range needs both ends");
  }
  if (size !== undefined) {
    if (from < 0) from += size;
    if (to < 0) to += size;
  }
  const count = Math.max(0, Math.floor((to - from) / step) + 1);
  if (count > qasmRegisterMax) {
    throw new QasmError(range.place, `a range has at most ${qasmRegisterMax} values`);
  }
  return Array.from({ length: count }, (_, turn) => from + turn * step);
}

/** Negative indices count from the end, in version 3. */
function position(index: number, size: number, place: Place, { version }: Compilation): number {
  const found = index < 0 && version !== "2.0" ? index + size : index;
  if (found >= 0 && found < size) return found;
  const known = size === 1 ? "the only index is 0" : `the indices go from 0 to ${size - 1}`;
  throw new QasmError(place, `index ${index} is out of range: ${known}`);
}

function lengthOf(base: Value, place: Place): number {
  switch (base.kind) {
    case "qubits":
    case "bits":
      if (base.isSingle) throw new QasmError(place, "this is a single one, and has no index");
      return base.kind === "qubits" ? base.qubits.length : base.bits.length;
    case "list":
      return base.items.length;
    case "bit-string":
      return base.text.length;
    default:
      throw new QasmError(place, `a ${base.kind} has no index`);
  }
}

function at(base: Value, indices: readonly number[], isSingle: boolean): Value {
  switch (base.kind) {
    case "qubits":
      return { kind: "qubits", qubits: indices.map((index) => base.qubits[index]!), isSingle };
    case "bits":
      return { kind: "bits", bits: indices.map((index) => base.bits[index]!), isSingle };
    case "list":
      return isSingle
        ? base.items[indices[0]!]!
        : { kind: "list", items: indices.map((index) => base.items[index]!) };
    case "bit-string": {
      const bits = base.text;
      const text = indices.map((index) => bits[bits.length - 1 - index]!);
      return { kind: "bit-string", text: text.toReversed().join("") };
    }
    default:
      return base;
  }
}
