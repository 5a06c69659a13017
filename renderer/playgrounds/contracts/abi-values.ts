/** The fields of a form, checked by the types of an ABI before the server encodes them. */
export interface AbiParameter {
  readonly name?: string | undefined;
  readonly type: string;
  readonly internalType?: string | undefined;
  readonly components?: readonly AbiParameter[] | undefined;
}

export interface AbiItem {
  readonly type: string;
  readonly name?: string | undefined;
  readonly inputs?: readonly AbiParameter[] | undefined;
  readonly outputs?: readonly AbiParameter[] | undefined;
  readonly stateMutability?: string | undefined;
}

export type FormValue =
  | string
  | number
  | boolean
  | null
  | FormValue[]
  | { [name: string]: FormValue };

export type Parsed =
  | { readonly value: FormValue; readonly mistake?: undefined }
  | { readonly mistake: string };

/** The text of a field as a value of its type; the mistake names the element that does not fit. */
export function parseField(parameter: AbiParameter, text: string): Parsed {
  const { type } = parameter;
  if (type === "string") return { value: text };
  const trimmed = text.trim();
  if (!type.endsWith("]") && type !== "tuple") return checked(parameter, trimmed, "");
  if (trimmed === "") return { mistake: `Give ${wanted(parameter)}.` };
  let json: FormValue;
  try {
    json = JSON.parse(numbersAsTexts(trimmed)) as FormValue;
  } catch {
    return { mistake: `This is not JSON; give ${wanted(parameter)}.` };
  }
  return checked(parameter, json, "");
}

/** JSON reads long numbers inexactly; as texts they keep every digit. */
function numbersAsTexts(json: string): string {
  return json.replaceAll(/"(?:\\.|[^"\\])*"|-?\d+(?![\d.eE])/g, (found) =>
    found.startsWith('"') ? found : `"${found}"`,
  );
}

function checked(parameter: AbiParameter, value: FormValue, path: string): Parsed {
  const list = /^(.*)\[(\d*)\]$/.exec(parameter.type);
  if (list !== null) {
    const [, element = "", length = ""] = list;
    if (!Array.isArray(value)) return wrong(parameter, path);
    if (length !== "" && value.length !== Number(length)) {
      return { mistake: `${at(path)}${length} values are needed, there are ${value.length}.` };
    }
    return all(
      value.map((each, index) => [{ ...parameter, type: element }, each, `${path}[${index}]`]),
    );
  }
  if (parameter.type === "tuple") {
    const { components = [] } = parameter;
    if (typeof value !== "object" || value === null) return wrong(parameter, path);
    const members = components.map((component, index): [AbiParameter, FormValue, string] => {
      const name = component.name ?? "";
      const member = Array.isArray(value) ? value[index] : value[name];
      return [component, member ?? null, `${path}.${name === "" ? index : name}`];
    });
    const found = all(members);
    return found.mistake === undefined ? { value } : found;
  }
  return simple(parameter, value, path);
}

function all(members: readonly [AbiParameter, FormValue, string][]): Parsed {
  const values: FormValue[] = [];
  for (const [parameter, value, path] of members) {
    const found = checked(parameter, value, path);
    if (found.mistake !== undefined) return found;
    values.push(found.value);
  }
  return { value: values };
}

function simple(parameter: AbiParameter, value: FormValue, path: string): Parsed {
  const { type } = parameter;
  const text = typeof value === "string" ? value : null;
  if (/^u?int/.test(type)) return text === null ? wrong(parameter, path) : whole(type, text, path);
  if (type === "bool") {
    const isTruth = value === true || value === false || text === "true" || text === "false";
    return isTruth ? { value: value === true || text === "true" } : wrong(parameter, path);
  }
  if (text === null) return wrong(parameter, path);
  if (type === "address") {
    return /^0x[0-9a-fA-F]{40}$/.test(text) ? { value: text } : wrong(parameter, path);
  }
  if (type.startsWith("bytes")) {
    const size = type.slice("bytes".length);
    const fits = size === "" || text.length === 2 + 2 * Number(size);
    return fits && /^0x([0-9a-fA-F]{2})*$/.test(text) ? { value: text } : wrong(parameter, path);
  }
  return { value: text };
}

function whole(type: string, text: string, path: string): Parsed {
  if (!/^-?(\d+|0x[0-9a-fA-F]+)$/.test(text)) {
    return { mistake: `${at(path)}Give a whole number, in decimal or after 0x.` };
  }
  const bits = BigInt(type.replace(/^u?int/, "") || "256");
  const number = text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
  const [low, high] = type.startsWith("u")
    ? [0n, 2n ** bits - 1n]
    : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  if (number >= low && number <= high) return { value: number.toString() };
  const limit = number < low ? `below ${low}` : `above ${high}`;
  return { mistake: `${at(path)}This is ${limit}, outside of ${type}.` };
}

function wrong(parameter: AbiParameter, path: string): Parsed {
  return { mistake: `${at(path)}Give ${wanted(parameter)}.` };
}

const at = (path: string) => (path === "" ? "" : `At ${path.replace(/^\./, "")}: `);

/** What a field takes, in words; also its placeholder. */
export function wanted(parameter: AbiParameter): string {
  const { type, components = [] } = parameter;
  if (type.endsWith("]")) return `a JSON list, such as ${example(parameter)}`;
  if (type === "tuple") {
    const names = components.map(({ name = "", type: each }) => `${name}: ${each}`).join(", ");
    return `a JSON object of ${names}`;
  }
  if (type === "address") return "an address: 0x and 40 hexadecimal digits";
  if (type === "bool") return "true or false";
  if (type === "bytes") return "bytes: 0x and an even number of hexadecimal digits";
  if (type.startsWith("bytes")) {
    const digits = 2 * Number(type.slice("bytes".length));
    return `${type}: 0x and ${digits} hexadecimal digits`;
  }
  return /^u?int/.test(type) ? "a whole number" : "a text";
}

function example(parameter: AbiParameter): string {
  const { type, components = [] } = parameter;
  const list = /^(.*)\[(\d*)\]$/.exec(type);
  if (list !== null) {
    const element = example({ ...parameter, type: list[1] ?? "" });
    const count = list[2] === "" ? 2 : Math.min(2, Number(list[2]));
    return `[${Array.from({ length: count }, () => element).join(", ")}]`;
  }
  if (type === "tuple") {
    return `{${components.map((each) => `"${each.name ?? ""}": ${example(each)}`).join(", ")}}`;
  }
  if (/^u?int/.test(type)) return "1";
  if (type === "bool") return "true";
  return type === "string" ? '"text"' : '"0x…"';
}

/** The signature by which overloaded functions are told apart. */
export function signatureOf({ name = "", inputs = [] }: AbiItem): string {
  return `${name}(${inputs.map(canonical).join(",")})`;
}

function canonical({ type, components = [] }: AbiParameter): string {
  return type.startsWith("tuple")
    ? `(${components.map(canonical).join(",")})${type.slice("tuple".length)}`
    : type;
}

export const isRead = ({ stateMutability }: AbiItem): boolean =>
  stateMutability === "view" || stateMutability === "pure";

/** Whole coins as text to wei; null for what is no amount. */
export function weiOf(coins: string): string | null {
  const found = /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(coins.trim() === "" ? "0" : coins.trim());
  if (found === null) return null;
  return BigInt(`${found[1]}${(found[2] ?? "").padEnd(18, "0")}`).toString();
}
