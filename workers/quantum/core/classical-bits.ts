/** Measured bits, and the conditions on them. */
import type { Condition } from "./circuit.ts";

/** Of each bit its value. */
export type Bits = Uint8Array;

/** The bits as one number, the first bit lowest. */
export function numberOf(bits: Bits, places: readonly number[]): number {
  return places.reduce((sum, bit, place) => sum + bits[known(bits, bit)]! * 2 ** place, 0);
}

export function setBit(bits: Bits, bit: number, value: 0 | 1): void {
  bits[known(bits, bit)] = value;
}

function known(bits: Bits, bit: number): number {
  if (bit in bits) return bit;
  throw new RangeError(`classical bit ${bit} is not among the ${bits.length}`);
}

export function holds(condition: Condition, bits: Bits): boolean {
  switch (condition.kind) {
    case "not":
      return !holds(condition.of, bits);
    case "all":
      return condition.of.every((part) => holds(part, bits));
    case "any":
      return condition.of.some((part) => holds(part, bits));
    default: {
      const left = numberOf(bits, condition.bits);
      const { operator, value } = condition;
      switch (operator) {
        case "==":
          return left === value;
        case "!=":
          return left !== value;
        case "<":
          return left < value;
        case "<=":
          return left <= value;
        case ">":
          return left > value;
        default:
          return left >= value;
      }
    }
  }
}
