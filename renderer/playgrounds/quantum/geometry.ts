/** Where cells lie on the screen, in pixels of the circuit's picture. */
import type { Column, Item } from "./kernel.worker.ts";

export const cellWidth = 48;
export const cellHeight = 40;
/** Room above the wires: column numbers, breakpoints, the moment that is shown. */
export const headHeight = 26;
export const boxSize = 32;
/** Columns that are free behind the last one. */
export const spareColumns = 3;

export const xOf = (column: number): number => column * cellWidth;
export const yOf = (wire: number): number => headHeight + wire * cellHeight + cellHeight / 2;

export function cellAt(x: number, y: number, wires: number) {
  return {
    column: Math.max(0, Math.floor(x / cellWidth)),
    wire: Math.min(wires - 1, Math.max(0, Math.floor((y - headHeight) / cellHeight))),
    isHead: y < headHeight,
  };
}

export function wiresOf(item: Item): readonly number[] {
  switch (item.kind) {
    case "gate":
      return [...item.qubits, ...item.controls.map(({ qubit }) => qubit)];
    case "box": {
      const { operation } = item;
      const controls = "controls" in operation ? (operation.controls ?? []) : [];
      const qubits = "qubits" in operation ? operation.qubits : [];
      return [...qubits, ...controls.map(({ qubit }) => qubit)];
    }
    case "measure":
    case "reset":
      return [item.qubit];
    default:
      return item.qubits;
  }
}

export function spanOf(item: Item, wires: number): readonly [number, number] {
  const own = wiresOf(item);
  if (own.length === 0) return [0, wires - 1];
  return [Math.min(...own), Math.max(...own)];
}

/** The item that a cell belongs to, and its place in the column. */
export function itemAt(
  column: Column | undefined,
  wire: number,
  wires: number,
): { readonly item: Item; readonly place: number } | null {
  if (column?.kind !== "items") return null;
  const found = column.items.flatMap((item, place) => {
    const [low, high] = spanOf(item, wires);
    return wire >= low && wire <= high ? [{ item, place }] : [];
  });
  return found.find(({ item }) => wiresOf(item).includes(wire)) ?? found[0] ?? null;
}
