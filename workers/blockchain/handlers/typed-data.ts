/** Hashes of typed structured data (EIP-712). */
import { z } from "zod";
import { keccak256 } from "../engine/keccak.ts";

const field = z.object({ name: z.string(), type: z.string() });

export const typedData = z.object({
  types: z.record(z.string(), z.array(field)),
  primaryType: z.string(),
  domain: z.record(z.string(), z.unknown()),
  message: z.record(z.string(), z.unknown()),
});
export type TypedData = z.output<typeof typedData>;

type Types = TypedData["types"];

/** Of structs within structs. */
const depthMax = 16;
const wordBytes = 32;

/** @returns what is signed, 32 bytes. @throws Error where the data is not of its types */
export function typedDataHash({ types, primaryType, domain, message }: TypedData): Uint8Array {
  const all = { ...types, EIP712Domain: types["EIP712Domain"] ?? domainFields(domain) };
  const parts = [Buffer.of(0x19, 0x01), structHash("EIP712Domain", domain, all, 0)];
  // A permit for the domain alone has no message.
  if (primaryType !== "EIP712Domain") parts.push(structHash(primaryType, message, all, 0));
  return keccak256(Buffer.concat(parts));
}

const domainTypes = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
  { name: "salt", type: "bytes32" },
];

function domainFields(domain: Record<string, unknown>) {
  return domainTypes.filter(({ name }) => name in domain);
}

function structHash(
  name: string,
  value: Record<string, unknown>,
  types: Types,
  depth: number,
): Uint8Array {
  if (depth > depthMax) throw new Error(`types are nested more than ${depthMax} deep`);
  const fields = types[name];
  if (fields === undefined) throw new Error(`there is no type ${name}`);
  const typeHash = keccak256(new TextEncoder().encode(encodeType(name, types)));
  const words = fields.map((each) => encodeValue(each.type, value[each.name], types, depth));
  return keccak256(Buffer.concat([typeHash, ...words]));
}

/** The type with those that it refers to, which follow in order of their names. */
function encodeType(name: string, types: Types): string {
  const found = new Set<string>();
  const visit = (each: string) => {
    const base = each.replace(/\[\d*\]/g, "");
    const fields = types[base];
    if (fields === undefined || found.has(base)) return;
    found.add(base);
    for (const { type } of fields) visit(type);
  };
  visit(name);
  found.delete(name);
  return [name, ...[...found].toSorted()]
    .map((each) => {
      const fields = (types[each] ?? []).map((one) => `${one.type} ${one.name}`);
      return `${each}(${fields.join(",")})`;
    })
    .join("");
}

function encodeValue(type: string, value: unknown, types: Types, depth: number): Uint8Array {
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array !== null) {
    const [, element = "", length] = array;
    if (!Array.isArray(value) || (length !== "" && value.length !== Number(length))) {
      throw new Error(`${type} wants a list of that length`);
    }
    return keccak256(
      Buffer.concat(value.map((each) => encodeValue(element, each, types, depth + 1))),
    );
  }
  if (types[type] !== undefined) {
    // What is absent counts as nothing.
    if (value === null || value === undefined) return new Uint8Array(wordBytes);
    return structHash(type, value as Record<string, unknown>, types, depth + 1);
  }
  return encodeAtom(type, value);
}

function encodeAtom(type: string, value: unknown): Uint8Array {
  if (type === "string") return keccak256(new TextEncoder().encode(String(value)));
  if (type === "bytes") return keccak256(bytesFrom(value));
  if (type === "bool") return word(value === true || value === "true" ? 1n : 0n);
  if (type === "address") return word(BigInt(`0x${hexOf(value, 40)}`));
  const fixed = /^bytes([1-9]|[12]\d|3[0-2])$/.exec(type);
  if (fixed !== null) {
    const bytes = Buffer.alloc(wordBytes);
    bytes.set(bytesFrom(value).subarray(0, Number(fixed[1])));
    return bytes;
  }
  const number = /^(u?)int(\d*)$/.exec(type);
  if (number !== null) {
    const bits = number[2] === "" ? 256 : Number(number[2]);
    const given = BigInt(value as string | number);
    const [least, most] =
      number[1] === "u"
        ? [0n, 1n << BigInt(bits)]
        : [-(1n << BigInt(bits - 1)), 1n << BigInt(bits - 1)];
    if (given < least || given >= most) throw new Error(`${given} is no ${type}`);
    return word(BigInt.asUintN(256, given));
  }
  throw new Error(`there is no type ${type}`);
}

function word(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * wordBytes, "0"), "hex");
}

function hexOf(value: unknown, digits: number): string {
  const match = /^0x([0-9a-fA-F]*)$/.exec(String(value));
  if (match?.[1]?.length !== digits) throw new Error(`${String(value)} has not ${digits} digits`);
  return match[1];
}

function bytesFrom(value: unknown): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(String(value))) throw new Error("bytes are 0x and digits");
  return Buffer.from(String(value).slice(2), "hex");
}
