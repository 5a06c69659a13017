/** Calls, events, errors and results in words, by the interfaces that are known. */
import {
  type Abi,
  type AbiEvent,
  type AbiFunction,
  type AbiParameter,
  decodeAbiParameters,
  toEventSelector,
  toFunctionSelector,
} from "viem";
import type { Hex } from "../artefact.ts";
import { panicMeaning } from "./panics.ts";
import type { DecodedMember, DecodedValue } from "./value.ts";

type AbiError = Extract<Abi[number], { type: "error" }>;
type AbiConstructor = Extract<Abi[number], { type: "constructor" }>;

export interface DecodedCall {
  readonly name: string;
  /** Such as transfer(address,uint256). */
  readonly signature: string;
  readonly parameters: readonly DecodedMember[];
}

export interface DecodedFailure {
  readonly kind: "none" | "reason" | "panic" | "custom error" | "unknown";
  /** Such as InsufficientBalance, Error or Panic. */
  readonly name: string | null;
  readonly signature: string | null;
  readonly parameters: readonly DecodedMember[];
  /** The reason, the panic's meaning, or the custom error as a call. */
  readonly text: string;
}

const selectorDigits = 10;

export function signatureOf({ name, inputs }: { name: string; inputs: readonly AbiParameter[] }) {
  return `${name}(${inputs.map(canonicalType).join(",")})`;
}

function canonicalType(parameter: AbiParameter): string {
  const { type } = parameter;
  if (!type.startsWith("tuple")) return type;
  const { components } = parameter as { components?: readonly AbiParameter[] };
  return `(${(components ?? []).map(canonicalType).join(",")})${type.slice("tuple".length)}`;
}

/** A value as viem gives it, under the names of its type. */
export function valueOf(parameter: AbiParameter, value: unknown): DecodedValue {
  const list = /^(.*)\[\d*\]$/.exec(parameter.type);
  if (list !== null && Array.isArray(value)) {
    const element = { ...parameter, type: list[1] ?? "" };
    const children = value.map((one, index) => ({
      name: `[${index}]`,
      value: valueOf(element, one),
    }));
    return { type: typeName(parameter), text: `${value.length} elements`, children };
  }
  if (parameter.type === "tuple") {
    const { components = [] } = parameter as { components?: readonly AbiParameter[] };
    const children = components.map((component, index) => {
      const name = component.name ?? "";
      const holder = value as Record<string, unknown> & readonly unknown[];
      const member = Array.isArray(value) ? holder[index] : holder[name];
      return { name, value: valueOf(component, member) };
    });
    return { type: typeName(parameter), text: `${children.length} members`, children };
  }
  const text =
    typeof value === "string" && parameter.type === "string"
      ? JSON.stringify(value)
      : String(value);
  return { type: typeName(parameter), text };
}

/** The name in the source where there is one: struct Token.Order rather than a tuple. */
function typeName(parameter: AbiParameter): string {
  const { type, internalType } = parameter as { type: string; internalType?: string };
  return internalType !== undefined && internalType !== "" ? internalType : type;
}

function members(parameters: readonly AbiParameter[], data: Hex): DecodedMember[] | null {
  try {
    const values: readonly unknown[] = decodeAbiParameters(parameters, data);
    return parameters.map((parameter, index) => ({
      name: parameter.name ?? "",
      value: valueOf(parameter, values[index]),
    }));
  } catch {
    // Data that do not fit are told as such by whoever asked.
    return null;
  }
}

export class KnownInterfaces {
  readonly #functions = new Map<string, AbiFunction>();
  readonly #errors = new Map<string, AbiError>();
  readonly #events = new Map<string, AbiEvent[]>();

  constructor(abis: Iterable<Abi>) {
    for (const abi of abis) for (const item of abi) this.#add(item);
  }

  #add(item: Abi[number]): void {
    if (item.type === "function") {
      const selector = toFunctionSelector(signatureOf(item));
      if (!this.#functions.has(selector)) this.#functions.set(selector, item);
    } else if (item.type === "error") {
      const selector = toFunctionSelector(signatureOf(item));
      if (!this.#errors.has(selector)) this.#errors.set(selector, item);
    } else if (item.type === "event") {
      const topic = toEventSelector(signatureOf(item));
      this.#events.set(topic, [...(this.#events.get(topic) ?? []), item]);
    }
  }

  functionOf(data: Hex): AbiFunction | undefined {
    return this.#functions.get(data.slice(0, selectorDigits));
  }

  /** @returns null for a selector that nobody knows, or arguments that do not fit it */
  call(data: Hex): DecodedCall | null {
    const found = this.functionOf(data);
    if (found === undefined) return null;
    const parameters = members(found.inputs, `0x${data.slice(selectorDigits)}`);
    if (parameters === null) return null;
    return { name: found.name, signature: signatureOf(found), parameters };
  }

  /** What a call returned. */
  result(data: Hex, output: Hex): DecodedMember[] | null {
    const found = this.functionOf(data);
    return found === undefined ? null : members(found.outputs, output);
  }

  /** An indexed parameter of a dynamic type is only there as its hash. */
  event(topics: readonly Hex[], data: Hex): DecodedCall | null {
    for (const event of this.#events.get(topics[0] ?? "") ?? []) {
      const decoded = decodeEvent(event, topics, data);
      if (decoded !== null) return decoded;
    }
    return null;
  }

  failure(output: Hex): DecodedFailure {
    if (output === "0x") {
      return {
        kind: "none",
        name: null,
        signature: null,
        parameters: [],
        text: "no reason was given",
      };
    }
    const selector = output.slice(0, selectorDigits);
    const body: Hex = `0x${output.slice(selectorDigits)}`;
    const known = standardErrors.get(selector) ?? this.#errors.get(selector);
    const parameters = known === undefined ? null : members(known.inputs, body);
    if (known === undefined || parameters === null) {
      return { kind: "unknown", name: null, signature: null, parameters: [], text: output };
    }
    const shared = { name: known.name, signature: signatureOf(known), parameters };
    const first = parameters[0]?.value.text ?? "";
    if (known === errorOfString) {
      return { kind: "reason", ...shared, text: JSON.parse(first) as string };
    }
    if (known === panicOfCode) {
      const code = BigInt(first);
      const text = `panic 0x${code.toString(16).padStart(2, "0")}: ${panicMeaning(code)}`;
      return { kind: "panic", ...shared, text };
    }
    return { kind: "custom error", ...shared, text: callText(known.name, parameters) };
  }
}

const errorOfString: AbiError = {
  type: "error",
  name: "Error",
  inputs: [{ name: "reason", type: "string" }],
};
const panicOfCode: AbiError = {
  type: "error",
  name: "Panic",
  inputs: [{ name: "code", type: "uint256" }],
};
const standardErrors = new Map<string, AbiError>(
  [errorOfString, panicOfCode].map((error) => [toFunctionSelector(signatureOf(error)), error]),
);

/** As one writes a call: transfer(0x..., 5). */
export function callText(name: string, parameters: readonly DecodedMember[]): string {
  return `${name}(${parameters.map(({ value }) => inlineText(value)).join(", ")})`;
}

function inlineText({ text, children }: DecodedValue): string {
  if (children === undefined) return text;
  return `[${children.map(({ value }) => inlineText(value)).join(", ")}]`;
}

const isDynamic = ({ type }: AbiParameter) =>
  type === "string" || type === "bytes" || type.endsWith("]") || type.startsWith("tuple");

function decodeEvent(event: AbiEvent, topics: readonly Hex[], data: Hex): DecodedCall | null {
  const inputs = event.inputs as readonly (AbiParameter & { indexed?: boolean })[];
  const indexed = inputs.filter((input) => input.indexed === true);
  if (indexed.length !== topics.length - 1) return null;
  const plain = members(
    inputs.filter((input) => input.indexed !== true),
    data,
  );
  if (plain === null) return null;
  const rest = [...plain];
  let topic = 0;
  const parameters = inputs.map((input): DecodedMember => {
    if (input.indexed !== true) return rest.shift() as DecodedMember;
    topic += 1;
    const word = topics[topic] as Hex;
    if (isDynamic(input)) {
      const value = { type: typeName(input), text: `known by its hash ${word} alone` };
      return { name: input.name ?? "", value };
    }
    const value = members([input], word)?.[0]?.value ?? { type: input.type, text: word };
    return { name: input.name ?? "", value };
  });
  return { name: event.name, signature: signatureOf(event), parameters };
}

/**
 * The arguments of a constructor out of the data of a deployment.
 * @param codeBytes length of the contract's own code before them
 */
export function decodeConstructor(abi: Abi, data: Hex, codeBytes: number): DecodedMember[] | null {
  const found = abi.find((item): item is AbiConstructor => item.type === "constructor");
  return members(found?.inputs ?? [], `0x${data.slice(2 + codeBytes * 2)}`);
}
