/** The hash of typed structured data: EIP-712, with arrays and nesting as in "v4" of wallets. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import { walletLimits } from "./limits.ts";

interface Field {
  readonly name: string;
  readonly type: string;
}
type Types = Readonly<Record<string, readonly Field[]>>;

export interface TypedData {
  readonly types: Types;
  readonly primaryType: string;
  readonly domain: Readonly<Record<string, unknown>>;
  readonly message: Readonly<Record<string, unknown>>;
}

export class TypedDataInvalid extends Error {
  override readonly name = "TypedDataInvalid";
}

/** In the order that EIP-712 prescribes (Definition of domainSeparator). */
const domainFields: readonly Field[] = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
  { name: "salt", type: "bytes32" },
];

const utf8 = new TextEncoder();
const keccakText = (text: string) => keccak_256(utf8.encode(text));

/**
 * keccak-256 of 0x19 0x01, the domain's separator and the message's hash.
 * @returns 32 bytes, which are signed
 * @throws TypedDataInvalid for types that do not exist or values that do not fit them
 */
export function typedDataHash({
  types: given,
  primaryType,
  domain,
  message,
}: TypedData): Uint8Array {
  if (Object.keys(given).length > walletLimits.typedDataTypesMax) {
    throw new TypedDataInvalid(`More than ${walletLimits.typedDataTypesMax} types.`);
  }
  const types: Types = {
    EIP712Domain: domainFields.filter(({ name }) => Object.hasOwn(domain, name)),
    ...given,
  };
  const separator = structHash("EIP712Domain", domain, types, "domain");
  const prefix = Uint8Array.of(0x19, 0x01);
  // A message that is the domain itself is signed without it.
  const parts =
    primaryType === "EIP712Domain"
      ? [prefix, separator]
      : [prefix, separator, structHash(primaryType, message, types, "message")];
  return keccak_256(Buffer.concat(parts));
}

function fieldsOf(name: string, types: Types): readonly Field[] {
  const fields = Object.hasOwn(types, name) ? types[name] : undefined;
  if (fields === undefined) throw new TypedDataInvalid(`There is no type ${name}.`);
  return fields;
}

/** `Mail(Person from,Person to)Person(string name)`: referenced types follow by name. */
function encodeType(primary: string, types: Types): string {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { type } of fieldsOf(name, types)) {
      const base = type.replace(/(\[\d*\])+$/, "");
      if (Object.hasOwn(types, base)) visit(base);
    }
  };
  visit(primary);
  found.delete(primary);
  return [primary, ...[...found].toSorted()]
    .map((name) => {
      const fields = fieldsOf(name, types).map(({ type, name: field }) => `${type} ${field}`);
      return `${name}(${fields.join(",")})`;
    })
    .join("");
}

function structHash(name: string, value: unknown, types: Types, at: string): Uint8Array {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypedDataInvalid(`${at} is not an object of type ${name}.`);
  }
  const parts = fieldsOf(name, types).map(({ name: field, type }) => {
    const held = Object.hasOwn(value, field)
      ? (value as Record<string, unknown>)[field]
      : undefined;
    return encodeValue(type, held, types, `${at}.${field}`);
  });
  return keccak_256(Buffer.concat([keccakText(encodeType(name, types)), ...parts]));
}

/** 32 bytes of a value (EIP-712, Definition of encodeData). */
function encodeValue(type: string, value: unknown, types: Types, at: string): Uint8Array {
  const array = /^(.+)\[(\d*)\]$/.exec(type);
  if (array !== null) {
    const [, element = "", length = ""] = array;
    if (!Array.isArray(value) || (length !== "" && value.length !== Number(length))) {
      throw new TypedDataInvalid(`${at} is not an array of type ${type}.`);
    }
    const items = value.map((item, index) => encodeValue(element, item, types, `${at}[${index}]`));
    return keccak_256(Buffer.concat(items));
  }
  if (Object.hasOwn(types, type)) return structHash(type, value, types, at);
  if (type === "string") {
    if (typeof value !== "string") throw new TypedDataInvalid(`${at} is not a string.`);
    return keccakText(value);
  }
  if (type === "bytes") return keccak_256(bytesOf(value, at));
  return encodeAtom(type, value, at);
}

function encodeAtom(type: string, value: unknown, at: string): Uint8Array {
  if (type === "bool") {
    if (typeof value !== "boolean") throw new TypedDataInvalid(`${at} is not a boolean.`);
    return word(value ? 1n : 0n);
  }
  if (type === "address") {
    const bytes = bytesOf(value, at);
    if (bytes.length !== 20) throw new TypedDataInvalid(`${at} is not an address.`);
    return Buffer.concat([new Uint8Array(12), bytes]);
  }
  const fixed = /^bytes([1-9]|[12]\d|3[0-2])$/.exec(type);
  if (fixed !== null) {
    const bytes = bytesOf(value, at);
    if (bytes.length !== Number(fixed[1])) throw new TypedDataInvalid(`${at} is not ${type}.`);
    return Buffer.concat([bytes, new Uint8Array(32 - bytes.length)]);
  }
  const integer = /^(u?)int(\d{1,3})?$/.exec(type);
  const bits = Number(integer?.[2] ?? 256);
  if (integer === null || bits < 8 || bits > 256 || bits % 8 !== 0) {
    throw new TypedDataInvalid(`${at} has the type ${type}, which does not exist.`);
  }
  const number = integerOf(value, at);
  const isUnsigned = integer[1] === "u";
  const low = isUnsigned ? 0n : -(2n ** BigInt(bits - 1));
  const high = isUnsigned ? 2n ** BigInt(bits) : 2n ** BigInt(bits - 1);
  if (number < low || number >= high) throw new TypedDataInvalid(`${at} does not fit ${type}.`);
  return word(BigInt.asUintN(256, number));
}

function integerOf(value: unknown, at: string): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^(-?\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(value)) {
    return BigInt(value);
  }
  throw new TypedDataInvalid(`${at} is not a whole number; large ones are given as text.`);
}

function bytesOf(value: unknown, at: string): Uint8Array {
  if (typeof value !== "string" || !/^0x([0-9a-fA-F]{2})*$/.test(value)) {
    throw new TypedDataInvalid(`${at} is not 0x with hexadecimal digits.`);
  }
  return hexToBytes(value as PrefixedHexString);
}

function word(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex");
}
