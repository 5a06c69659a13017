/** Decoded values, and the value types of Solidity out of words. */
import { getAddress } from "viem";
import type { TypeNames } from "./type-names.ts";

export interface DecodedValue {
  readonly type: string;
  /** As one would write it; of a list or struct, how many there are of what. */
  readonly text: string;
  readonly children?: readonly DecodedMember[];
}

export interface DecodedMember {
  /** Of a struct's member, an index in brackets or a key in brackets. */
  readonly name: string;
  readonly value: DecodedValue;
}

/** One line of a table of decoded values. */
export interface DecodedRow {
  /** How deep it stands in others. */
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** Members one under the other, each before its own members. */
export function rowsOf(members: readonly DecodedMember[], depth = 0): DecodedRow[] {
  return members.flatMap(({ name, value: { type, text, children } }) => [
    { depth, name, type, text },
    ...(children === undefined ? [] : rowsOf(children, depth + 1)),
  ]);
}

export function hexOfField(field: bigint, bytes: number): `0x${string}` {
  return `0x${field.toString(16).padStart(bytes * 2, "0")}`;
}

/** Bytes that a value type takes in storage; undefined for other types. */
export function bytesOfValueType(type: string, names: TypeNames): number | undefined {
  const integer = /^u?int(\d*)$/.exec(type);
  if (integer !== null) return Number(integer[1] === "" ? 256 : integer[1]) / 8;
  const fixed = /^bytes(\d+)$/.exec(type);
  if (fixed !== null) return Number(fixed[1]);
  if (type === "bool" || type.startsWith("enum ")) return 1;
  if (/^(address|contract )/.test(type)) return 20;
  const underlying = names.valueTypes.get(type);
  return underlying === undefined ? undefined : bytesOfValueType(underlying, names);
}

/**
 * @param type as the compiler labels it: uint128, address payable, enum Token.State, contract Token
 * @param field the value's own bytes as a number
 */
export function textOfValue(type: string, field: bigint, bytes: number, names: TypeNames): string {
  if (/^uint\d*$/.test(type)) return field.toString();
  if (/^int\d*$/.test(type)) return BigInt.asIntN(bytes * 8, field).toString();
  if (type === "bool") return field === 0n ? "false" : field === 1n ? "true" : `true (${field})`;
  if (/^(address|contract )/.test(type)) return getAddress(hexOfField(field, 20));
  if (type.startsWith("enum ")) {
    const member = names.enums.get(type.slice("enum ".length))?.[Number(field)];
    return member ?? field.toString();
  }
  const underlying = names.valueTypes.get(type);
  if (underlying !== undefined) return textOfValue(underlying, field, bytes, names);
  return hexOfField(field, bytes);
}

/** A string as in a program, or hexadecimal where the bytes are no UTF-8. */
export function textOfBytes(bytes: Uint8Array, isString: boolean): string {
  if (!isString) return `0x${Buffer.from(bytes).toString("hex")}`;
  try {
    return JSON.stringify(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return `0x${Buffer.from(bytes).toString("hex")} (not UTF-8)`;
  }
}
