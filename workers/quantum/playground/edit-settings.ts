/** Changes to what is not in the columns: wires, parameters, gates of one's own, noise, seed, shots. */
import { CircuitError } from "../core/primitive.ts";
import { Matrix } from "../core/matrix.ts";
import { unitaryQubitsMax } from "../core/limits.ts";
import {
  type CircuitDocument,
  type Item,
  type NoiseKind,
  type Parameter,
  wiresOf,
} from "./document.ts";
import { requireFreeName } from "./edit-areas.ts";
import { withColumns, withItems } from "./edit-cells.ts";
import { takenNames } from "./expression.ts";
import { nameLengthMax, parametersMax, shotsMax, wiresMax } from "./limits.ts";
import { parseMatrix } from "./parse-matrix.ts";

export type Setting =
  | { readonly kind: "define-matrix"; readonly name: string; readonly text: string }
  | { readonly kind: "forget-gate"; readonly name: string }
  | { readonly kind: "parameter"; readonly parameter: Parameter }
  | { readonly kind: "forget-parameter"; readonly name: string }
  | { readonly kind: "noise"; readonly noise: NoiseKind; readonly level: number }
  | { readonly kind: "seed"; readonly seed: number }
  | { readonly kind: "shots"; readonly shots: number }
  | { readonly kind: "title"; readonly title: string };

export function withSettings(document: CircuitDocument, setting: Setting): CircuitDocument {
  switch (setting.kind) {
    case "define-matrix": {
      requireFreeName(document, setting.name);
      return { ...document, gates: [...document.gates, gateOfMatrix(setting)] };
    }
    case "forget-gate": {
      const { name } = setting;
      const users = document.gates.filter((gate) =>
        gate.body.some((each) => each.kind === "gate" && each.name === name),
      );
      if (users.length > 0) {
        throw new CircuitError(`${users[0]!.name} is made of ${name}: forget that gate first`);
      }
      const gates = document.gates.filter((gate) => gate.name !== name);
      return keepItems(
        { ...document, gates },
        (item) => item.kind !== "gate" || item.name !== name,
      );
    }
    case "parameter":
      return { ...document, parameters: withParameter(document.parameters, setting.parameter) };
    case "forget-parameter": {
      const { name } = setting;
      const isUsed = document.columns.some(
        (column) =>
          column.kind === "items" && column.items.some((item) => usesParameter(item, name)),
      );
      if (isUsed) throw new CircuitError(`a gate turns by ${name}: give it another angle first`);
      return { ...document, parameters: document.parameters.filter((each) => each.name !== name) };
    }
    case "noise": {
      const level = within(setting.level, 0, 1, "a noise level");
      return { ...document, noise: { kind: setting.noise, level } };
    }
    case "seed":
      return { ...document, seed: Math.round(within(setting.seed, 0, 2 ** 32 - 1, "a seed")) };
    case "shots":
      return { ...document, shots: Math.round(within(setting.shots, 1, shotsMax, "shots")) };
    default:
      return { ...document, title: setting.title.slice(0, nameLengthMax * 3) };
  }
}

function within(value: number, min: number, max: number, what: string): number {
  if (value >= min && value <= max) return value;
  throw new CircuitError(`${what} lies from ${min} to ${max}`);
}

function withParameter(all: readonly Parameter[], wanted: Parameter): readonly Parameter[] {
  const { name, value, min, max } = wanted;
  if (!/^[a-z_][A-Za-z0-9_]*$/.test(name) || name.length > nameLengthMax) {
    throw new CircuitError(
      `a parameter's name is a small letter and then letters, digits and _, at most ${nameLengthMax}`,
    );
  }
  if (takenNames.includes(name)) throw new CircuitError(`${name} means something else already`);
  if (
    !(Number.isFinite(min) && Number.isFinite(max) && min < max && value >= min && value <= max)
  ) {
    throw new CircuitError(`${name} needs a value between its least and its greatest one`);
  }
  const at = all.findIndex((each) => each.name === name);
  if (at >= 0) return all.with(at, wanted);
  if (all.length >= parametersMax) {
    throw new CircuitError(`a document has at most ${parametersMax} parameters`);
  }
  return [...all, wanted];
}

export function usesParameter(item: Item, name: string): boolean {
  if (item.kind !== "gate") return false;
  return item.angles.some(
    (angle) => typeof angle === "string" && new RegExp(`(?<![\\w])${name}(?![\\w])`).test(angle),
  );
}

function gateOfMatrix({ name, text }: Extract<Setting, { kind: "define-matrix" }>) {
  const { size, elements } = parseMatrix(text);
  const qubits = Math.log2(size);
  if (!Number.isInteger(qubits) || qubits < 1 || qubits > unitaryQubitsMax) {
    throw new CircuitError(
      `a gate's matrix has 2, 4, 8, 16 or 32 rows, and ${size} are written: separate rows by ; or new lines`,
    );
  }
  if (!new Matrix(size, Float64Array.from(elements)).isUnitary()) {
    throw new CircuitError(
      "this matrix is not unitary: its columns must have length 1 and stand at right angles",
    );
  }
  const places = Array.from({ length: qubits }, (_, at) => at);
  const operation = { kind: "unitary", label: name, elements, qubits: places } as const;
  return { name, qubits, body: [operation] };
}

/** Fewer wires take along what stands on those that go. */
export function withWires(document: CircuitDocument, count: number): CircuitDocument {
  if (!Number.isInteger(count) || count < 1 || count > wiresMax) {
    throw new CircuitError(
      `a circuit has 1 to ${wiresMax} wires here: each more doubles the memory and the time`,
    );
  }
  const fitting = keepItems(document, (item) => wiresOf(item).every((wire) => wire < count));
  return { ...fitting, wires: count };
}

function keepItems(document: CircuitDocument, isKept: (item: Item) => boolean): CircuitDocument {
  const columns = document.columns.map((column) => {
    if (column.kind !== "items" || column.items.every(isKept)) return column;
    return withItems(column, column.items.filter(isKept), document.wires);
  });
  return withColumns(document, columns);
}
