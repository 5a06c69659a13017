/** Arguments as a form gives them, encoded for a call. */
import {
  type AbiParameter,
  encodeAbiParameters,
  getAddress,
  isAddress,
  toFunctionSelector,
} from "viem";
import type { ContractArtefact, Hex } from "../artefact.ts";
import { signatureOf } from "../decoding/abi.ts";

/** The arguments do not fit the parameters; the message says which and why. */
export class ArgumentsInvalid extends Error {
  override readonly name = "ArgumentsInvalid";
}

/** Numbers as decimal or hexadecimal texts, bytes in hexadecimal, lists and structs as JSON. */
export type FormValue =
  | string
  | number
  | boolean
  | null
  | FormValue[]
  | { [key: string]: FormValue };

/**
 * @param name of the function, or its signature where several have the name; null for the constructor
 * @returns the data of a call or of a deployment
 * @throws ArgumentsInvalid
 */
export function encodeForm(
  contract: ContractArtefact,
  name: string | null,
  values: readonly FormValue[],
  libraries: Readonly<Record<string, Hex>> = {},
): Hex {
  if (name === null) return encodeDeployment(contract, values, libraries);
  const found = contract.abi.filter(
    (item) => item.type === "function" && (item.name === name || signatureOf(item) === name),
  );
  const fitting =
    found.length === 1
      ? found
      : found.filter((item) => "inputs" in item && item.inputs.length === values.length);
  const [item, other] = fitting;
  if (item?.type !== "function") {
    throw new ArgumentsInvalid(
      `${contract.name} has no function ${name} with ${values.length} parameters.`,
    );
  }
  if (other !== undefined) {
    throw new ArgumentsInvalid(`Several functions are called ${name}; give the signature of one.`);
  }
  const data = encodeAll(item.inputs, values);
  return `${toFunctionSelector(signatureOf(item))}${data.slice(2)}`;
}

function encodeDeployment(
  { abi, creation, name }: ContractArtefact,
  values: readonly FormValue[],
  libraries: Readonly<Record<string, Hex>>,
): Hex {
  if (creation.object === "")
    throw new ArgumentsInvalid(`${name} cannot be deployed: it is abstract.`);
  let code = creation.object;
  for (const [library, ranges] of Object.entries(creation.links)) {
    const address = libraries[library] ?? libraries[library.slice(library.indexOf(":") + 1)];
    if (address === undefined || !isAddress(address)) {
      throw new ArgumentsInvalid(`${name} needs the address of the library ${library}.`);
    }
    for (const { start, length } of ranges) {
      const digits = address.slice(2).toLowerCase();
      code = code.slice(0, start * 2) + digits + code.slice((start + length) * 2);
    }
  }
  const found = abi.find((item) => item.type === "constructor");
  const inputs = found?.type === "constructor" ? found.inputs : [];
  return `0x${code}${encodeAll(inputs, values).slice(2)}`;
}

function encodeAll(parameters: readonly AbiParameter[], values: readonly FormValue[]): Hex {
  if (parameters.length !== values.length) {
    const counts = `${values.length} arguments for ${parameters.length} parameters`;
    throw new ArgumentsInvalid(`There are ${counts}.`);
  }
  const read = parameters.map((parameter, index) =>
    readValue(parameter, values[index] as FormValue, parameter.name ?? `argument ${index + 1}`),
  );
  try {
    return encodeAbiParameters(parameters, read);
  } catch (error) {
    throw new ArgumentsInvalid((error as Error).message.split("\n")[0] ?? "They do not fit.");
  }
}

function readValue(parameter: AbiParameter, value: FormValue, path: string): unknown {
  const fail = (wanted: string): never => {
    throw new ArgumentsInvalid(
      `${path} is to be ${wanted}, not ${JSON.stringify(value)?.slice(0, 80)}.`,
    );
  };
  const { type } = parameter;
  const list = /^(.*)\[(\d*)\]$/.exec(type);
  if (list !== null) {
    const parsed = parsedJson(value);
    if (!Array.isArray(parsed)) return fail(`a list of ${list[1]}`);
    if (list[2] !== "" && parsed.length !== Number(list[2])) return fail(`${list[2]} values`);
    const element = { ...parameter, type: list[1] ?? "" };
    return parsed.map((one, index) => readValue(element, one, `${path}[${index}]`));
  }
  if (type === "tuple") return readStruct(parameter, parsedJson(value), path, fail);
  if (/^u?int/.test(type)) return readNumber(type, value, fail);
  if (type === "bool") {
    if (value === true || value === "true") return true;
    return value === false || value === "false" ? false : fail("true or false");
  }
  if (typeof value !== "string") return fail(type);
  if (type === "address")
    return isAddress(value, { strict: false }) ? getAddress(value) : fail("an address");
  if (type.startsWith("bytes")) {
    const length = type.slice("bytes".length);
    const isFitting = length === "" || value.length === 2 + 2 * Number(length);
    const isHex = /^0x([0-9a-fA-F]{2})*$/.test(value);
    return isHex && isFitting ? value : fail(`0x and the hexadecimal digits of ${type}`);
  }
  return value;
}

function readNumber(type: string, value: FormValue, fail: (wanted: string) => never): bigint {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^-?(\d+|0x[0-9a-fA-F]+)$/.test(text))
    return fail("a whole number");
  const size = BigInt(type.replace(/^u?int/, "") || "256");
  const number = text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
  const [low, high] = type.startsWith("u")
    ? [0n, 2n ** size - 1n]
    : [-(2n ** (size - 1n)), 2n ** (size - 1n) - 1n];
  return number < low || number > high ? fail(`within ${type}`) : number;
}

function readStruct(
  parameter: AbiParameter,
  value: FormValue,
  path: string,
  fail: (wanted: string) => never,
): unknown {
  const { components = [] } = parameter as { components?: readonly AbiParameter[] };
  if (typeof value !== "object" || value === null) return fail("a struct");
  const members = components.map((component, index) => {
    const name = component.name ?? String(index);
    const member = Array.isArray(value) ? value[index] : value[name];
    return [name, readValue(component, member ?? null, `${path}.${name}`)] as const;
  });
  // Members without names can only be told by their place.
  const isNamed = components.every(({ name }) => name !== undefined && name !== "");
  return isNamed ? Object.fromEntries(members) : members.map(([, member]) => member);
}

/** A field of a form is a text, in which lists and structs are written as JSON. */
function parsedJson(value: FormValue): FormValue {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as FormValue;
  } catch {
    // The caller says what was expected instead.
    return value;
  }
}
