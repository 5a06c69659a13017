/** Local variables out of stack, memory and call data (the compiler's manual, "Layout in Memory"). */
import {
  bytesOfValueType,
  type DecodedMember,
  type DecodedValue,
  textOfBytes,
  textOfValue,
} from "./value.ts";
import type { TypeNames } from "./type-names.ts";
import { decodingLimits } from "../limits.ts";

const wordBytes = 32;

export interface LocalSource {
  readonly memory: Uint8Array;
  readonly calldata: Uint8Array;
  readonly names: TypeNames;
}

/** Memory that is not set up yet may tell of any length. */
interface Budget extends LocalSource {
  values: number;
}

/** How many stack values a variable of a type takes. */
export function slotsOfType(type: string): number {
  if (/^function .*external/.test(type)) return 2;
  // Of a list in call data both its place and its length are on the stack.
  return /^(bytes|string|.*\[\]) calldata$/.test(type) ? 2 : 1;
}

/** @param values of the stack, as many as the type takes, the deepest first */
export function decodeLocal(
  type: string,
  values: readonly bigint[],
  source: LocalSource,
): DecodedValue {
  const [first = 0n, second = 0n] = values;
  const value = decodeWord(type, first, source.names);
  if (value !== null) return value;
  if (type.endsWith(" memory")) {
    return decodeMemory(
      type.slice(0, -" memory".length),
      Number(first),
      { ...source, values: decodingLimits.valuesMax },
      0,
    );
  }
  if (type === "bytes calldata" || type === "string calldata") {
    return bytesAt(type, source.calldata, Number(first), Number(second));
  }
  if (type.endsWith(" calldata")) {
    return { type, text: `at byte ${first} of the call data` };
  }
  if (/ storage( ref| pointer)?$/.test(type)) return { type, text: `at storage slot ${first}` };
  return { type, text: `0x${first.toString(16)}` };
}

function decodeWord(type: string, word: bigint, names: TypeNames): DecodedValue | null {
  const bytes = bytesOfValueType(type, names);
  if (bytes === undefined) return null;
  const isLeft = isLeftAligned(type, names);
  const field = isLeft ? word >> BigInt((wordBytes - bytes) * 8) : BigInt.asUintN(bytes * 8, word);
  return { type, text: textOfValue(type, field, bytes, names) };
}

function isLeftAligned(type: string, names: TypeNames): boolean {
  const underlying = names.valueTypes.get(type);
  return underlying === undefined ? /^bytes\d+$/.test(type) : isLeftAligned(underlying, names);
}

function wordAt(memory: Uint8Array, offset: number): bigint {
  const bytes = new Uint8Array(wordBytes);
  if (offset < memory.length) bytes.set(memory.subarray(offset, offset + wordBytes));
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function bytesAt(type: string, from: Uint8Array, offset: number, length: number): DecodedValue {
  if (offset + length > from.length) return { type, text: "not initialised yet" };
  const shown = Math.min(length, decodingLimits.bytesMax);
  const text = textOfBytes(from.slice(offset, offset + shown), type.startsWith("string"));
  return { type, text: shown < length ? `${text} ... (${length} bytes)` : text };
}

function decodeMemory(type: string, offset: number, source: Budget, depth: number): DecodedValue {
  const { memory, names } = source;
  source.values -= 1;
  if (source.values < 0) return { type, text: "not shown" };
  if (depth > decodingLimits.depthMax) return { type, text: "nested too deeply" };
  if (offset >= memory.length) return { type, text: "not initialised yet" };
  if (type === "bytes" || type === "string") {
    return bytesAt(type, memory, offset + wordBytes, Number(wordAt(memory, offset)));
  }
  const list = /^(.*)\[(\d*)\]$/.exec(type);
  if (list !== null) {
    const [, element = "", fixed = ""] = list;
    const length = fixed === "" ? Number(wordAt(memory, offset)) : Number(fixed);
    const first = fixed === "" ? offset + wordBytes : offset;
    const shown = Math.min(length, decodingLimits.elementsMax);
    const children = Array.from({ length: shown }, (_, index): DecodedMember => ({
      name: `[${index}]`,
      value: decodeMember(element, first + index * wordBytes, source, depth),
    }));
    return { type, text: `${length} elements`, children };
  }
  const members = names.structs.get(type.replace(/^struct /, ""));
  if (members === undefined) return { type, text: `at byte ${offset} of the memory` };
  const children = members.map((member, index) => ({
    name: member.name,
    value: decodeMember(member.type, offset + index * wordBytes, source, depth),
  }));
  return { type, text: `${children.length} members`, children };
}

/** Every member of a list or struct in memory takes a word: its value, or the place of it. */
function decodeMember(type: string, at: number, source: Budget, depth: number): DecodedValue {
  const word = wordAt(source.memory, at);
  const value = decodeWord(type, word, source.names);
  const plain = type.replace(/ (memory|storage|calldata)( ref| pointer)?$/, "");
  return value ?? decodeMemory(plain, Number(word), source, depth + 1);
}
