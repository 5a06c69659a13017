/** A document from somebody else's file or link: every field is looked at before it is believed. */
import type { Condition, Operation } from "../core/circuit.ts";
import { CircuitError } from "../core/primitive.ts";
import { circuitOfDocument } from "./compile.ts";
import { type CircuitDocument, type Column, emptyDocument } from "./document.ts";
import { areApart, sorted } from "./from-circuit.ts";
import {
  bitsMax,
  columnsMax,
  customGatesMax,
  documentLengthMax,
  expressionLengthMax,
  nameLengthMax,
  parametersMax,
  shotsMax,
  wiresMax,
} from "./limits.ts";

type Fields = Readonly<Record<string, unknown>>;

const nestingMax = 12;
const listMax = 70_000;
const kinds = new Set([
  "gate",
  "global-phase",
  "unitary",
  "diagonal",
  "permutation",
  "initialise",
  "measure",
  "reset",
  "barrier",
  "noise",
  "if",
  "while",
  "repeat",
  "switch",
]);

/** @throws CircuitError that says what is wrong with the text */
export function parseDocument(text: string): CircuitDocument {
  if (text.length > documentLengthMax) {
    throw new CircuitError(`a circuit's file has at most ${documentLengthMax} characters`);
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new CircuitError(`this is no circuit: neither OpenQASM nor JSON (${words})`);
  }
  const fields = fieldsOf(found, "the circuit");
  if (fields["version"] !== 1) {
    throw new CircuitError(
      "this file is of another version: it was not written by this playground",
    );
  }
  const document = documentOf(fields);
  // What is left to check is what a circuit makes of it.
  circuitOfDocument(document);
  return document;
}

function documentOf(fields: Fields): CircuitDocument {
  const wires = integer(fields["wires"], 1, wiresMax, "wires");
  const bits = integer(fields["bits"], 0, bitsMax, "bits");
  const noise = fieldsOf(fields["noise"] ?? emptyDocument.noise, "noise");
  return {
    version: 1,
    title: string(fields["title"] ?? emptyDocument.title, nameLengthMax * 3, "title"),
    wires,
    bits,
    columns: list(fields["columns"], columnsMax, "columns").map((each, at) =>
      columnOf(fieldsOf(each, `column ${at}`), wires, bits, at),
    ),
    parameters: list(fields["parameters"] ?? [], parametersMax, "parameters").map((each) => {
      const { name, value, min, max } = fieldsOf(each, "a parameter");
      return {
        name: nameOf(name),
        value: number(value, "a parameter"),
        min: number(min, "a parameter"),
        max: number(max, "a parameter"),
      };
    }),
    gates: list(fields["gates"] ?? [], customGatesMax, "gates").map((each) => {
      const gate = fieldsOf(each, "a gate");
      return {
        name: string(gate["name"], nameLengthMax, "a gate's name"),
        qubits: integer(gate["qubits"], 0, wiresMax, "a gate's qubits"),
        body: operationsIn(gate["body"], wiresMax, 0, 0),
      };
    }),
    noise: {
      kind: oneOf(
        noise["kind"],
        ["depolarising", "amplitude-damping", "phase-damping", "bit-flip"] as const,
        "noise",
      ),
      level: between(noise["level"], 0, 1, "noise"),
    },
    seed: integer(fields["seed"] ?? 1, 0, 2 ** 32 - 1, "seed"),
    shots: integer(fields["shots"] ?? emptyDocument.shots, 1, shotsMax, "shots"),
  };
}

function columnOf(fields: Fields, wires: number, bits: number, at: number): Column {
  const mark = fields["breakpoint"] === true ? ({ breakpoint: true } as const) : {};
  const kind = oneOf(fields["kind"], ["items", "begin", "else", "end"] as const, "a column");
  if (kind === "else" || kind === "end") return { kind, ...mark };
  if (kind === "begin") {
    const head = fieldsOf(fields["head"], "a block");
    const block = oneOf(head["kind"], ["if", "while", "repeat"] as const, "a block");
    if (block === "repeat") {
      const count = integer(head["count"], 0, 1_000_000, "a repeat");
      return { kind, head: { kind: block, count }, ...mark };
    }
    return {
      kind,
      head: { kind: block, condition: conditionOf(head["condition"], bits, 0) },
      ...mark,
    };
  }
  const items = list(fields["items"], wires + 1, "items").map((each) => itemOf(each, wires, bits));
  if (!areApart(items, wires)) throw new CircuitError(`the items of column ${at} overlap`);
  return { kind, items: sorted(items, wires), ...mark };
}

type Item = Extract<Column, { kind: "items" }>["items"][number];

function itemOf(value: unknown, wires: number, bits: number): Item {
  const fields = fieldsOf(value, "an item");
  switch (fields["kind"]) {
    case "gate":
      return {
        kind: "gate",
        name: string(fields["name"], nameLengthMax, "a gate"),
        qubits: integers(fields["qubits"], wires, "qubits"),
        controls: controlsIn(fields["controls"], wires),
        angles: list(fields["angles"], 8, "angles").map((angle) =>
          typeof angle === "number"
            ? number(angle, "an angle")
            : string(angle, expressionLengthMax, "an angle"),
        ),
        power: number(fields["power"] ?? 1, "a power"),
      };
    case "box": {
      const operation = operationIn(fields["operation"], wires, bits, 0);
      const isBox =
        operation.kind === "unitary" ||
        operation.kind === "diagonal" ||
        operation.kind === "permutation" ||
        operation.kind === "initialise" ||
        operation.kind === "global-phase";
      if (!isBox) throw new CircuitError(`${operation.kind} is no box`);
      return { kind: "box", operation };
    }
    case "display":
      return {
        kind: "display",
        display: oneOf(
          fields["display"],
          ["chance", "amplitude", "bloch", "density", "sample"] as const,
          "a display",
        ),
        qubits: nonEmpty(integers(fields["qubits"], wires, "qubits"), "a display"),
      };
    default: {
      const operation = operationIn(value, wires, bits, 0);
      const { kind } = operation;
      if (kind === "measure" || kind === "reset" || kind === "barrier" || kind === "noise") {
        return operation;
      }
      throw new CircuitError(`${kind} is no item`);
    }
  }
}

function operationsIn(
  value: unknown,
  qubits: number,
  bits: number,
  depth: number,
): readonly Operation[] {
  if (depth > nestingMax) throw new CircuitError(`blocks nest deeper than ${nestingMax}`);
  return list(value, listMax, "operations").map((each) => operationIn(each, qubits, bits, depth));
}

/** What each operation means is checked by what carries it out; here that its fields are what they are. */
function operationIn(value: unknown, qubits: number, bits: number, depth: number): Operation {
  const fields = fieldsOf(value, "an operation");
  const kind = string(fields["kind"], nameLengthMax, "an operation");
  if (!kinds.has(kind)) throw new CircuitError(`there is no operation ${kind}`);
  for (const name of ["parameters", "elements", "angles", "amplitudes", "images"] as const) {
    if (fields[name] === undefined) continue;
    for (const each of list(fields[name], listMax, name)) number(each, name);
  }
  for (const name of ["angle", "power"] as const) {
    if (fields[name] !== undefined) number(fields[name], name);
  }
  if (fields["qubits"] !== undefined) integers(fields["qubits"], qubits, "qubits");
  if (fields["controls"] !== undefined) controlsIn(fields["controls"], qubits);
  if (fields["label"] !== undefined) string(fields["label"], nameLengthMax * 2, "a label");
  requireFields(fields, kind);
  if (kind === "measure" || kind === "reset") integer(fields["qubit"], 0, qubits - 1, "a qubit");
  if (kind === "measure") integer(fields["bit"], 0, bits - 1, "a bit");
  if (kind === "repeat") integer(fields["count"], 0, 1_000_000, "a repeat");
  if (kind === "if" || kind === "while") conditionOf(fields["condition"], bits, 0);
  for (const name of ["body", "whenTrue", "whenFalse", "otherwise"] as const) {
    if (fields[name] !== undefined) operationsIn(fields[name], qubits, bits, depth + 1);
  }
  if (kind === "switch") {
    integers(fields["bits"], bits, "bits");
    for (const each of list(fields["cases"], listMax, "cases")) {
      const { values, body } = fieldsOf(each, "a case");
      for (const one of list(values, listMax, "a case's values")) number(one, "a case");
      operationsIn(body, qubits, bits, depth + 1);
    }
  }
  if (kind === "noise") checkChannel(fieldsOf(fields["channel"], "a channel"));
  return value as Operation;
}

const needed: Readonly<Record<string, readonly string[]>> = {
  gate: ["name", "parameters", "qubits"],
  "global-phase": ["angle"],
  unitary: ["label", "elements", "qubits"],
  diagonal: ["label", "angles", "qubits"],
  permutation: ["label", "images", "qubits"],
  initialise: ["amplitudes", "qubits"],
  barrier: ["qubits"],
  noise: ["qubits", "channel"],
  if: ["whenTrue", "whenFalse"],
  while: ["body"],
  repeat: ["body"],
  switch: ["cases", "otherwise"],
};

function requireFields(fields: Fields, kind: string): void {
  const missing = needed[kind]?.find((name) => fields[name] === undefined);
  if (missing !== undefined) throw new CircuitError(`a ${kind} lacks its ${missing}`);
}

function checkChannel(fields: Fields): void {
  const kind = oneOf(
    fields["kind"],
    ["pauli", "depolarising", "amplitude-damping", "phase-damping", "loss"] as const,
    "a channel",
  );
  const names = kind === "pauli" ? (["x", "y", "z"] as const) : (["probability"] as const);
  for (const name of names) between(fields[name], 0, 1, "a chance");
}

function conditionOf(value: unknown, bits: number, depth: number): Condition {
  const fields = fieldsOf(value, "a condition");
  if (depth > nestingMax) throw new CircuitError(`conditions nest deeper than ${nestingMax}`);
  const kind = oneOf(fields["kind"], ["compare", "not", "all", "any"] as const, "a condition");
  if (kind === "compare") {
    return {
      kind,
      bits: integers(fields["bits"], bits, "bits"),
      operator: oneOf(
        fields["operator"],
        ["==", "!=", "<", "<=", ">", ">="] as const,
        "a condition",
      ),
      value: number(fields["value"], "a condition"),
    };
  }
  if (kind === "not") return { kind, of: conditionOf(fields["of"], bits, depth + 1) };
  const of = list(fields["of"], 100, "conditions");
  return { kind, of: of.map((each) => conditionOf(each, bits, depth + 1)) };
}

function controlsIn(value: unknown, wires: number) {
  return list(value, wires, "controls").map((each) => {
    const { qubit, value: wanted } = fieldsOf(each, "a control");
    const bit = integer(wanted, 0, 1, "a control") as 0 | 1;
    return { qubit: integer(qubit, 0, wires - 1, "a control"), value: bit };
  });
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new CircuitError(`${what} is not readable: it is no object`);
}

function list(value: unknown, most: number, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new CircuitError(`${what}: a list is missing`);
  if (value.length > most) throw new CircuitError(`${what}: at most ${most}, not ${value.length}`);
  return value as readonly unknown[];
}

function number(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new CircuitError(`${what}: a number is missing`);
}

function between(value: unknown, min: number, max: number, what: string): number {
  const found = number(value, what);
  if (found >= min && found <= max) return found;
  throw new CircuitError(`${what} lies from ${min} to ${max}, not at ${found}`);
}

function integer(value: unknown, min: number, max: number, what: string): number {
  const found = between(value, min, max, what);
  if (Number.isInteger(found)) return found;
  throw new CircuitError(`${what}: a whole number, not ${found}`);
}

function integers(value: unknown, below: number, what: string): readonly number[] {
  return list(value, Math.max(1, below), what).map((each) => integer(each, 0, below - 1, what));
}

function nonEmpty<T>(all: readonly T[], what: string): readonly T[] {
  if (all.length === 0) throw new CircuitError(`${what} has no wires`);
  return all;
}

function string(value: unknown, lengthMax: number, what: string): string {
  if (typeof value === "string" && value.length <= lengthMax) return value;
  throw new CircuitError(`${what}: a text of at most ${lengthMax} characters is missing`);
}

function nameOf(value: unknown): string {
  const found = string(value, nameLengthMax, "a name");
  if (/^[a-z_][A-Za-z0-9_]*$/.test(found)) return found;
  throw new CircuitError(`${found} is no name of a parameter`);
}

function oneOf<const T extends string>(value: unknown, all: readonly T[], what: string): T {
  const found = all.find((each) => each === value);
  if (found !== undefined) return found;
  throw new CircuitError(`${what} is one of ${all.join(", ")}`);
}
