/**
 * What the editor edits: columns of placed operations over numbered wires, brackets of blocks between
 * them, and the numbers that the run depends on. Plain data; the same document gives the same picture.
 */
import type { Channel, Condition, Control, Operation } from "../core/circuit.ts";
import type { Angle } from "./expression.ts";

export type DisplayKind = "chance" | "amplitude" | "bloch" | "density" | "sample";

/** An operation of the circuit that is no named gate, kept whole: a matrix, an oracle, a state. */
export type BoxOperation = Extract<
  Operation,
  { kind: "unitary" | "diagonal" | "permutation" | "initialise" | "global-phase" }
>;

export type Item =
  | {
      readonly kind: "gate";
      /** Of the table of gates, or one of the document's own. */
      readonly name: string;
      /** Least significant first; of a gate with controls in its name, those come first. */
      readonly qubits: readonly number[];
      readonly controls: readonly Control[];
      readonly angles: readonly Angle[];
      readonly power: number;
    }
  | { readonly kind: "box"; readonly operation: BoxOperation }
  | { readonly kind: "measure"; readonly qubit: number; readonly bit: number }
  | { readonly kind: "reset"; readonly qubit: number }
  | { readonly kind: "barrier"; readonly qubits: readonly number[] }
  | { readonly kind: "noise"; readonly channel: Channel; readonly qubits: readonly number[] }
  | { readonly kind: "display"; readonly display: DisplayKind; readonly qubits: readonly number[] };

export type GateItem = Extract<Item, { kind: "gate" }>;

export type BlockHead =
  | { readonly kind: "if"; readonly condition: Condition }
  | { readonly kind: "while"; readonly condition: Condition }
  | { readonly kind: "repeat"; readonly count: number };

/** Items of one column share no wire, nor the stretch between their wires. */
export type Column = (
  | { readonly kind: "items"; readonly items: readonly Item[] }
  | { readonly kind: "begin"; readonly head: BlockHead }
  | { readonly kind: "else" }
  | { readonly kind: "end" }
) & {
  /** Playing stops before this column. */
  readonly breakpoint?: true;
};

export interface Parameter {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** A gate made of a part of a circuit; its qubits are its arguments, by their place. */
export interface CustomGate {
  readonly name: string;
  readonly qubits: number;
  readonly body: readonly Operation[];
}

export type NoiseKind = "depolarising" | "amplitude-damping" | "phase-damping" | "bit-flip";

export interface CircuitDocument {
  readonly version: 1;
  readonly title: string;
  readonly wires: number;
  readonly bits: number;
  readonly columns: readonly Column[];
  readonly parameters: readonly Parameter[];
  readonly gates: readonly CustomGate[];
  /** After each operation, on each qubit that it touched. */
  readonly noise: { readonly kind: NoiseKind; readonly level: number };
  /** Decides measurements and trajectories. */
  readonly seed: number;
  readonly shots: number;
}

export const emptyColumn: Column = { kind: "items", items: [] };

export const emptyDocument: CircuitDocument = {
  version: 1,
  title: "Untitled circuit",
  wires: 3,
  bits: 3,
  columns: [],
  parameters: [],
  gates: [],
  noise: { kind: "depolarising", level: 0 },
  seed: 1,
  shots: 1_000,
};

/** All wires that an item acts on or shows, controls among them. */
export function wiresOf(item: Item): readonly number[] {
  switch (item.kind) {
    case "gate":
      return [...item.qubits, ...item.controls.map(({ qubit }) => qubit)];
    case "box":
      return boxWires(item.operation);
    case "measure":
    case "reset":
      return [item.qubit];
    default:
      return item.qubits;
  }
}

function boxWires(operation: BoxOperation): readonly number[] {
  const controls = "controls" in operation ? (operation.controls ?? []) : [];
  const qubits = "qubits" in operation ? operation.qubits : [];
  return [...qubits, ...controls.map(({ qubit }) => qubit)];
}

/** From the lowest to the highest wire; an item of no wire takes the whole height. */
export function spanOf(item: Item, wires: number): readonly [number, number] {
  const own = wiresOf(item);
  if (own.length === 0) return [0, wires - 1];
  return [Math.min(...own), Math.max(...own)];
}

/** The item that takes up a cell; one on the very wire before one that passes it. */
export function itemAt(column: Column | undefined, wire: number, wires: number): Item | null {
  if (column?.kind !== "items") return null;
  const covering = column.items.filter((item) => {
    const [low, high] = spanOf(item, wires);
    return wire >= low && wire <= high;
  });
  return covering.find((item) => wiresOf(item).includes(wire)) ?? covering[0] ?? null;
}

export function parameterValues({
  parameters,
}: Pick<CircuitDocument, "parameters">): ReadonlyMap<string, number> {
  return new Map(parameters.map(({ name, value }) => [name, value]));
}
