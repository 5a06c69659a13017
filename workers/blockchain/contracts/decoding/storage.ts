/** State variables out of storage words (the compiler's manual, "Layout of State Variables"). */
import { keccak256 } from "viem";
import type { StorageEntry, StorageLayout, StorageType } from "../artefact.ts";
import { decodingLimits } from "../limits.ts";
import type { TypeNames } from "./type-names.ts";
import {
  type DecodedMember,
  type DecodedValue,
  hexOfField,
  textOfBytes,
  textOfValue,
} from "./value.ts";

const wordBytes = 32;

export interface StorageSource {
  /** A word; undefined while it is not known. */
  readonly read: (slot: bigint) => bigint | undefined;
  /** What was hashed, by the hash: tells which keys of mappings there are. */
  readonly preimages: ReadonlyMap<bigint, Uint8Array>;
  readonly names: TypeNames;
  /** Keys to look for in mappings, each in those whose keys have a type that it fits. */
  readonly keys?: readonly string[];
}

export interface DecodedStorage {
  readonly variables: readonly DecodedMember[];
  /** Slots that were asked for and not known; what depends on them is left open. */
  readonly missing: readonly bigint[];
}

export function decodeStorage(layout: StorageLayout, source: StorageSource): DecodedStorage {
  const decoder = new StorageDecoder(layout, source);
  const variables = layout.storage.map((entry) => decoder.member(entry, 0n, 0));
  return { variables, missing: [...decoder.missing] };
}

/**
 * As `decodeStorage`, where unknown words have to be fetched.
 * @param fetch words of slots, in their order
 */
export async function decodeStorageFrom(
  layout: StorageLayout,
  source: StorageSource,
  fetch: (slots: readonly bigint[]) => Promise<readonly bigint[]>,
): Promise<readonly DecodedMember[]> {
  const fetched = new Map<bigint, bigint>();
  const read = (slot: bigint) => fetched.get(slot) ?? source.read(slot);
  for (;;) {
    const { variables, missing } = decodeStorage(layout, { ...source, read });
    const room = decodingLimits.slotsMax - fetched.size;
    const wanted = missing.slice(0, Math.max(0, room));
    if (wanted.length === 0) return variables;
    const words = await fetch(wanted);
    wanted.forEach((slot, index) => fetched.set(slot, words[index] ?? 0n));
  }
}

/** Where the elements of a dynamic array or of long bytes begin. */
export function dataSlot(slot: bigint): bigint {
  return BigInt(keccak256(hexOfField(slot, wordBytes)));
}

const unknown = (type: string): DecodedValue => ({ type, text: "unknown" });

class StorageDecoder {
  readonly missing = new Set<bigint>();
  readonly #layout: StorageLayout;
  readonly #source: StorageSource;
  #values = 0;
  #keys: Map<bigint, Uint8Array[]> | undefined;

  constructor(layout: StorageLayout, source: StorageSource) {
    this.#layout = layout;
    this.#source = source;
  }

  member({ label, offset, slot, type }: StorageEntry, base: bigint, depth: number): DecodedMember {
    return { name: label, value: this.#decode(type, base + BigInt(slot), offset, depth) };
  }

  #read(slot: bigint): bigint | undefined {
    const wrapped = BigInt.asUintN(256, slot);
    const word = this.#source.read(wrapped);
    if (word === undefined) this.missing.add(wrapped);
    return word;
  }

  #decode(name: string, slot: bigint, offset: number, depth: number): DecodedValue {
    const type = this.#layout.types[name];
    if (type === undefined) return unknown(name);
    this.#values += 1;
    if (this.#values > decodingLimits.valuesMax) return { type: type.label, text: "not shown" };
    if (depth > decodingLimits.depthMax) return { type: type.label, text: "nested too deeply" };
    if (type.encoding === "bytes") return this.#bytes(type, slot);
    if (type.encoding === "mapping") return this.#mapping(type, slot, depth);
    if (type.encoding === "dynamic_array") return this.#dynamicArray(type, slot, depth);
    if (type.members !== undefined) {
      const children = type.members.map((member) => this.member(member, slot, depth + 1));
      return { type: type.label, text: `${children.length} members`, children };
    }
    if (type.base !== undefined) {
      const length = fixedLength(type.label);
      return this.#elements(type, length, slot, depth);
    }
    return this.#value(type, slot, offset);
  }

  #value({ label, numberOfBytes }: StorageType, slot: bigint, offset: number): DecodedValue {
    const word = this.#read(slot);
    if (word === undefined) return unknown(label);
    const bytes = Number(numberOfBytes);
    const field = BigInt.asUintN(bytes * 8, word >> BigInt(offset * 8));
    return { type: label, text: textOfValue(label, field, bytes, this.#source.names) };
  }

  /** Up to 31 bytes stand with twice their length in the slot itself, longer ones behind its hash. */
  #bytes({ label }: StorageType, slot: bigint): DecodedValue {
    const word = this.#read(slot);
    if (word === undefined) return unknown(label);
    const isString = label === "string";
    const isShort = word % 2n === 0n;
    const length = isShort ? Number((word & 0xffn) / 2n) : (word - 1n) / 2n;
    if (isShort) {
      if (Number(length) > 31) return { type: label, text: "damaged: its length does not fit" };
      const bytes = bytesOfWord(word).subarray(0, Number(length));
      return { type: label, text: textOfBytes(bytes, isString) };
    }
    const shown = Math.min(Number(length), decodingLimits.bytesMax);
    const bytes = new Uint8Array(Math.ceil(shown / wordBytes) * wordBytes);
    const first = dataSlot(slot);
    let isKnown = true;
    for (let at = 0; at < shown; at += wordBytes) {
      const part = this.#read(first + BigInt(at / wordBytes));
      if (part === undefined) isKnown = false;
      else bytes.set(bytesOfWord(part), at);
    }
    if (!isKnown) return unknown(label);
    const more = BigInt(length) > BigInt(shown) ? ` ... (${length} bytes)` : "";
    return { type: label, text: textOfBytes(bytes.subarray(0, shown), isString) + more };
  }

  #dynamicArray(type: StorageType, slot: bigint, depth: number): DecodedValue {
    const length = this.#read(slot);
    if (length === undefined) return unknown(type.label);
    return this.#elements(type, length, dataSlot(slot), depth);
  }

  /** Elements of at most 16 bytes share slots; larger ones begin a new one each. */
  #elements(type: StorageType, length: bigint, first: bigint, depth: number): DecodedValue {
    const base = type.base === undefined ? undefined : this.#layout.types[type.base];
    if (type.base === undefined || base === undefined) return unknown(type.label);
    const bytes = Number(base.numberOfBytes);
    const perSlot = Math.floor(wordBytes / bytes);
    const slotsEach = BigInt(Math.ceil(bytes / wordBytes));
    const shown = Math.min(Number(length), decodingLimits.elementsMax);
    const children: DecodedMember[] = [];
    for (let index = 0; index < shown && this.#values <= decodingLimits.valuesMax; index++) {
      const isPacked = perSlot > 1;
      const slot =
        first + (isPacked ? BigInt(Math.floor(index / perSlot)) : BigInt(index) * slotsEach);
      const offset = isPacked ? (index % perSlot) * bytes : 0;
      children.push({
        name: `[${index}]`,
        value: this.#decode(type.base, slot, offset, depth + 1),
      });
    }
    const more = length > BigInt(shown) ? `, the first ${shown} shown` : "";
    return { type: type.label, text: `${length} elements${more}`, children };
  }

  /** Only keys whose hash was seen can be told: a mapping does not hold them. */
  #mapping(type: StorageType, slot: bigint, depth: number): DecodedValue {
    const keyType = this.#layout.types[type.key ?? ""];
    if (keyType === undefined || type.value === undefined) return unknown(type.label);
    const seen = this.#keysOf(slot).filter(
      (key) => keyType.encoding === "bytes" || key.length === wordBytes,
    );
    const asked = (this.#source.keys ?? []).flatMap((text) => keyBytes(keyType, text) ?? []);
    const all = new Map([...seen, ...asked].map((key) => [textOfBytes(key, false), key]));
    const keys = [...all.values()].slice(0, decodingLimits.elementsMax);
    const children = keys.map((key): DecodedMember => {
      const hashed = new Uint8Array(key.length + wordBytes);
      hashed.set(key);
      hashed.set(bytesOfWord(slot), key.length);
      const place = BigInt(keccak256(hashed));
      const value = this.#decode(type.value as string, place, 0, depth + 1);
      return { name: `[${this.#keyText(keyType, key)}]`, value };
    });
    return { type: type.label, text: `${children.length} known keys`, children };
  }

  #keyText(type: StorageType, key: Uint8Array): string {
    if (type.encoding === "bytes") return textOfBytes(key, type.label === "string");
    const bytes = Number(type.numberOfBytes);
    const word = BigInt(`0x${Buffer.from(key).toString("hex")}`);
    // Keys of type bytesN are padded on the right, all others on the left.
    const isLeft = /^bytes\d+$/.test(type.label);
    const field = isLeft
      ? word >> BigInt((wordBytes - bytes) * 8)
      : BigInt.asUintN(bytes * 8, word);
    return textOfValue(type.label, field, bytes, this.#source.names);
  }

  #keysOf(slot: bigint): readonly Uint8Array[] {
    this.#keys ??= indexKeys(this.#source.preimages);
    return this.#keys.get(slot) ?? [];
  }
}

/** @returns a key as it is hashed, or null when the text is none of the type */
function keyBytes(
  { encoding, label, numberOfBytes }: StorageType,
  text: string,
): Uint8Array | null {
  if (encoding === "bytes" && label === "string") return new TextEncoder().encode(text);
  const isHex = /^0x([0-9a-fA-F]{2})*$/.test(text);
  if (encoding === "bytes")
    return isHex ? Uint8Array.from(Buffer.from(text.slice(2), "hex")) : null;
  const bytes = Number(numberOfBytes);
  if (/^(address|contract |bytes\d)/.test(label)) {
    if (!isHex || text.length !== 2 + 2 * bytes) return null;
    const word = BigInt(text);
    const isLeft = label.startsWith("bytes");
    return bytesOfWord(isLeft ? word << BigInt((wordBytes - bytes) * 8) : word);
  }
  if (label === "bool")
    return /^(true|false)$/.test(text) ? bytesOfWord(BigInt(text === "true")) : null;
  if (!/^-?\d{1,78}$/.test(text)) return null;
  return bytesOfWord(BigInt.asUintN(256, BigInt(text)));
}

/** What was hashed together with a slot behind it, by that slot. */
function indexKeys(preimages: ReadonlyMap<bigint, Uint8Array>): Map<bigint, Uint8Array[]> {
  const keys = new Map<bigint, Uint8Array[]>();
  for (const bytes of preimages.values()) {
    if (bytes.length < wordBytes) continue;
    const slot = BigInt(`0x${Buffer.from(bytes.subarray(-wordBytes)).toString("hex")}`);
    const key = bytes.subarray(0, -wordBytes);
    const known = keys.get(slot);
    if (known === undefined) keys.set(slot, [key]);
    else known.push(key);
  }
  return keys;
}

function bytesOfWord(word: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(word.toString(16).padStart(wordBytes * 2, "0"), "hex"));
}

/** Of a label such as uint8[4][2]: the outermost is the last. */
function fixedLength(label: string): bigint {
  return BigInt(/\[(\d+)\]$/.exec(label)?.[1] ?? "0");
}
