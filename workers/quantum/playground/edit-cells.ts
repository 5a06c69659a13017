/** Changes to single cells: an item is placed, gets a control, changes or goes. */
import type { Control } from "../core/circuit.ts";
import { CircuitError } from "../core/primitive.ts";
import {
  type CircuitDocument,
  type Column,
  emptyColumn,
  type Item,
  itemAt,
  spanOf,
  wiresOf,
} from "./document.ts";
import { areApart, sorted } from "./from-circuit.ts";
import { bitsMax, columnsMax } from "./limits.ts";

export function withColumns(
  document: CircuitDocument,
  columns: readonly Column[],
): CircuitDocument {
  const last = columns.findLastIndex(
    (column) => column.kind !== "items" || column.items.length > 0 || column.breakpoint === true,
  );
  if (last + 1 > columnsMax) throw new CircuitError(`a circuit has at most ${columnsMax} columns`);
  const kept = columns.slice(0, last + 1);
  return { ...document, columns: kept, bits: bitsNeeded(kept, document.bits) };
}

function bitsNeeded(columns: readonly Column[], bits: number): number {
  let needed = bits;
  for (const column of columns) {
    if (column.kind !== "items") continue;
    for (const item of column.items) {
      if (item.kind === "measure") needed = Math.max(needed, item.bit + 1);
    }
  }
  if (needed > bitsMax) throw new CircuitError(`a circuit has at most ${bitsMax} bits`);
  return needed;
}

export function withItems(column: Column, items: readonly Item[], wires: number): Column {
  const { breakpoint } = column;
  return { kind: "items", items: sorted(items, wires), ...(breakpoint && { breakpoint }) };
}

/** Puts an item into a column, or into a new one before it where something wider is in the way. */
export function placeItem(document: CircuitDocument, at: number, item: Item): CircuitDocument {
  const { wires } = document;
  const own = wiresOf(item);
  if (own.some((wire) => wire < 0 || wire >= wires) || new Set(own).size !== own.length) {
    throw new CircuitError(`the circuit has the wires q0 to q${wires - 1}, and each serves once`);
  }
  const columns = padded(document.columns, at);
  const column = columns[at] ?? emptyColumn;
  if (column.kind !== "items") return withColumns(document, columns.toSpliced(at, 0, alone(item)));
  const [low, high] = spanOf(item, wires);
  const hit = column.items.filter((other) => {
    const [otherLow, otherHigh] = spanOf(other, wires);
    return otherLow <= high && otherHigh >= low;
  });
  const [only] = hit;
  if (hit.length === 1 && only !== undefined) {
    const kept = withControlsOf(item, only);
    if (kept !== null)
      return withColumns(document, columns.with(at, swapped(column, only, kept, wires)));
  }
  const isInTheWay = hit.some((other) => {
    const [otherLow, otherHigh] = spanOf(other, wires);
    return otherLow !== otherHigh || !own.includes(otherLow);
  });
  if (isInTheWay) return withColumns(document, columns.toSpliced(at, 0, alone(item)));
  const rest = column.items.filter((other) => !hit.includes(other));
  return withColumns(document, columns.with(at, withItems(column, [...rest, item], wires)));
}

const alone = (item: Item): Column => ({ kind: "items", items: [item] });

function padded(columns: readonly Column[], at: number): readonly Column[] {
  if (at > columnsMax) throw new CircuitError(`a circuit has at most ${columnsMax} columns`);
  const missing = Math.max(0, at + 1 - columns.length);
  return [...columns, ...Array.from({ length: missing }, () => emptyColumn)];
}

function swapped(column: Column, from: Item, to: Item, wires: number): Column {
  const items = column.kind === "items" ? column.items : [];
  return withItems(
    column,
    items.map((item) => (item === from ? to : item)),
    wires,
  );
}

/** Another gate put onto the target of a controlled one takes over its controls. */
function withControlsOf(item: Item, old: Item): Item | null {
  if (item.kind !== "gate" || old.kind !== "gate" || item.controls.length > 0) return null;
  const isSame =
    item.qubits.length === old.qubits.length &&
    item.qubits.every((qubit) => old.qubits.includes(qubit));
  return isSame ? { ...item, controls: old.controls } : null;
}

/** A control of the column's nearest gate; null takes it away, and so does the value it has. */
export function setControl(
  document: CircuitDocument,
  at: number,
  control: { readonly qubit: number; readonly value: 0 | 1 | null },
): CircuitDocument {
  const { wires, columns } = document;
  const column = columns[at];
  if (column?.kind !== "items")
    throw new CircuitError("a control belongs into a column with a gate");
  const { qubit, value } = control;
  const owner = column.items.find((item) => controlsOf(item)?.some((each) => each.qubit === qubit));
  if (owner !== undefined) {
    const rest = controlsOf(owner)!.filter((each) => each.qubit !== qubit);
    const had = controlsOf(owner)!.find((each) => each.qubit === qubit)?.value;
    const controls = value === null || value === had ? rest : [...rest, { qubit, value }];
    return exchanged(document, at, owner, withControls(owner, controls));
  }
  if (value === null) return document;
  const taken = itemAt(column, qubit, wires);
  if (taken !== null && wiresOf(taken).includes(qubit)) {
    throw new CircuitError(`q${qubit} holds something else in this column: choose a free wire`);
  }
  const nearest = column.items
    .filter((item) => controlsOf(item) !== null)
    .toSorted((a, b) => distance(a, qubit, wires) - distance(b, qubit, wires))[0];
  if (nearest === undefined) {
    throw new CircuitError("this column has no gate to control: place one first");
  }
  const controls = [...controlsOf(nearest)!, { qubit, value }];
  return exchanged(document, at, nearest, withControls(nearest, controls));
}

/** Another item in the place of one; what then stands in its way stays, and it goes behind that. */
function exchanged(document: CircuitDocument, at: number, from: Item, to: Item): CircuitDocument {
  const { wires, columns } = document;
  const column = columns[at];
  if (column?.kind !== "items") throw new CircuitError("what was to be changed is gone");
  const rest = column.items.filter((item) => item !== from);
  if (areApart([...rest, to], wires)) {
    return withColumns(document, columns.with(at, withItems(column, [...rest, to], wires)));
  }
  return withColumns(document, columns.toSpliced(at, 1, withItems(column, rest, wires), alone(to)));
}

/** null for what takes none. */
export function controlsOf(item: Item): readonly Control[] | null {
  if (item.kind === "gate") return item.controls;
  if (item.kind !== "box") return null;
  const { operation } = item;
  if (operation.kind === "initialise") return null;
  return operation.controls ?? [];
}

function withControls(item: Item, controls: readonly Control[]): Item {
  if (item.kind === "gate") return { ...item, controls };
  if (item.kind !== "box") return item;
  return { ...item, operation: { ...item.operation, controls } as typeof item.operation };
}

function distance(item: Item, wire: number, wires: number): number {
  const [low, high] = spanOf(item, wires);
  return wire < low ? low - wire : Math.max(0, wire - high);
}

export function replaceItem(
  document: CircuitDocument,
  at: number,
  place: number,
  item: Item,
): CircuitDocument {
  const { wires, columns } = document;
  const column = columns[at];
  const old = column?.kind === "items" ? column.items[place] : undefined;
  if (column?.kind !== "items" || old === undefined) {
    throw new CircuitError("what was to be changed is gone");
  }
  if (!areApart([item], wires)) {
    throw new CircuitError(`the circuit has the wires q0 to q${wires - 1}, and each serves once`);
  }
  return exchanged(document, at, old, item);
}

/** The item on other wires. */
export function mapWires(item: Item, to: (wire: number) => number): Item {
  const controls = (all: readonly Control[]) =>
    all.map(({ qubit, value }) => ({ qubit: to(qubit), value }));
  switch (item.kind) {
    case "gate":
      return { ...item, qubits: item.qubits.map(to), controls: controls(item.controls) };
    case "measure":
    case "reset":
      return { ...item, qubit: to(item.qubit) };
    case "box": {
      const { operation } = item;
      const own = "controls" in operation ? (operation.controls ?? []) : [];
      const moved = {
        ...operation,
        ...("qubits" in operation && { qubits: operation.qubits.map(to) }),
        ...(own.length > 0 && { controls: controls(own) }),
      };
      return { ...item, operation: moved as typeof operation };
    }
    default:
      return { ...item, qubits: item.qubits.map(to) };
  }
}
