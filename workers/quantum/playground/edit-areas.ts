/** Changes to rectangles of cells: cut, copied, pasted, moved, put into blocks and made into gates. */
import { standardGates } from "../core/gates/standard-gates.ts";
import { CircuitError, isUnitaryOperation } from "../core/primitive.ts";
import { operationsOf } from "./compile.ts";
import {
  type BlockHead,
  type CircuitDocument,
  type Column,
  emptyColumn,
  type Item,
  parameterValues,
  spanOf,
  wiresOf,
} from "./document.ts";
import {
  controlsOf,
  mapWires,
  placeItem,
  setControl,
  withColumns,
  withItems,
} from "./edit-cells.ts";
import { areApart } from "./from-circuit.ts";
import { customGatesMax, nameLengthMax } from "./limits.ts";

/** Cells from one corner to the other, both included. */
export interface Area {
  readonly fromColumn: number;
  readonly toColumn: number;
  readonly fromWire: number;
  readonly toWire: number;
}

/** Columns with their wires counted from the area's first one. */
export interface Clip {
  readonly columns: readonly Column[];
  readonly wires: number;
}

/** For each bracket the place of its partners, itself among them. */
export function bracketsOf(columns: readonly Column[]): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, readonly number[]>();
  const open: number[][] = [];
  for (const [at, { kind }] of columns.entries()) {
    if (kind === "items") continue;
    if (kind === "begin") open.push([at]);
    else open.at(-1)?.push(at);
    if (kind !== "end") continue;
    const group = open.pop() ?? [];
    for (const each of group) groups.set(each, group);
  }
  return groups;
}

function isWithin(item: Item, { fromWire, toWire }: Area, wires: number): boolean {
  const [low, high] = spanOf(item, wires);
  return low >= fromWire && high <= toWire;
}

export function copyArea(document: CircuitDocument, area: Area): Clip {
  const { columns, wires } = document;
  const groups = bracketsOf(columns);
  const inside = (at: number) => at >= area.fromColumn && at <= area.toColumn;
  const taken: Column[] = [];
  for (let at = area.fromColumn; at <= Math.min(area.toColumn, columns.length - 1); at++) {
    const column = columns[at]!;
    if (column.kind === "items") {
      const items = column.items.filter((item) => isWithin(item, area, wires));
      taken.push({
        kind: "items",
        items: items.map((item) => mapWires(item, (wire) => wire - area.fromWire)),
      });
    } else if (groups.get(at)?.every(inside) === true) taken.push(column);
  }
  return { columns: taken, wires: area.toWire - area.fromWire + 1 };
}

/** A lone control goes by itself; a bracket takes its partners along, and leaves what was inside. */
export function removeArea(document: CircuitDocument, area: Area): CircuitDocument {
  const { columns, wires } = document;
  const isCell = area.fromColumn === area.toColumn && area.fromWire === area.toWire;
  const cell = columns[area.fromColumn];
  if (isCell && cell?.kind === "items") {
    const isControl = cell.items.some((item) =>
      controlsOf(item)?.some(({ qubit }) => qubit === area.fromWire),
    );
    if (isControl) {
      return setControl(document, area.fromColumn, { qubit: area.fromWire, value: null });
    }
  }
  const groups = bracketsOf(columns);
  const gone = new Set<number>();
  const kept = columns.map((column, at) => {
    if (at < area.fromColumn || at > area.toColumn) return column;
    if (column.kind !== "items") {
      for (const partner of groups.get(at) ?? []) {
        // An else without its if makes no sense, but an if without its else does.
        if (column.kind !== "else" || partner === at) gone.add(partner);
      }
      return column;
    }
    const rest = column.items.filter((item) => !touches(item, area, isCell, wires));
    return rest.length === column.items.length ? column : withItems(column, rest, wires);
  });
  return withColumns(
    document,
    kept.filter((_, at) => !gone.has(at)),
  );
}

function touches(item: Item, area: Area, isCell: boolean, wires: number): boolean {
  const { fromWire, toWire } = area;
  if (!isCell) return isWithin(item, area, wires);
  const own = wiresOf(item);
  return own.length === 0 || own.some((wire) => wire >= fromWire && wire <= toWire);
}

/** Into new columns, before the one at the place. */
export function pasteClip(
  document: CircuitDocument,
  { columns, wires }: Clip,
  place: { readonly column: number; readonly wire: number },
): CircuitDocument {
  const shift = Math.max(0, Math.min(place.wire, document.wires - wires));
  if (wires > document.wires) {
    throw new CircuitError(`what was copied has ${wires} wires, and there are ${document.wires}`);
  }
  const moved = columns.map((column) =>
    column.kind === "items"
      ? { ...column, items: column.items.map((item) => mapWires(item, (wire) => wire + shift)) }
      : column,
  );
  const before = document.columns.slice(0, place.column);
  const gap = Array.from({ length: Math.max(0, place.column - before.length) }, () => emptyColumn);
  const after = document.columns.slice(place.column);
  // Free columns take what is pasted; otherwise it pushes the rest to the right.
  const isFree =
    after.length >= moved.length &&
    moved.every(
      (column, at) => column.kind === "items" && fitsInto(after[at], column, document.wires),
    );
  if (isFree) {
    const merged = after.map((column, at) => {
      const added = moved[at];
      if (added?.kind !== "items" || column.kind !== "items") return column;
      return withItems(column, [...column.items, ...added.items], document.wires);
    });
    return withColumns(document, [...before, ...gap, ...merged]);
  }
  return withColumns(document, [...before, ...gap, ...moved, ...after]);
}

function fitsInto(column: Column | undefined, added: Column, wires: number): boolean {
  if (column?.kind !== "items" || added.kind !== "items") return false;
  return areApart([...column.items, ...added.items], wires);
}

/** Takes the items of an area to another place, or copies of them. */
export function moveArea(
  document: CircuitDocument,
  area: Area,
  to: { readonly column: number; readonly wire: number },
  copies: boolean,
): CircuitDocument {
  const { wires } = document;
  const by = to.wire - area.fromWire;
  const isCell = area.fromColumn === area.toColumn && area.fromWire === area.toWire;
  const taken: { readonly item: Item; readonly at: number }[] = [];
  const columns = document.columns.map((column, at) => {
    if (column.kind !== "items" || at < area.fromColumn || at > area.toColumn) return column;
    const found = column.items.filter((item) => touches(item, area, isCell, wires));
    taken.push(...found.map((item) => ({ item, at: at - area.fromColumn + to.column })));
    if (copies || found.length === 0) return column;
    const rest = column.items.filter((item) => !found.includes(item));
    return withItems(column, rest, wires);
  });
  let result: CircuitDocument = { ...document, columns };
  for (const { item, at } of taken) {
    const moved = mapWires(item, (wire) => wire + by);
    result = placeItem(result, Math.max(0, at), moved);
  }
  return withColumns(result, result.columns);
}

/** Puts a block around whole columns. @throws when the columns cut through another block */
export function wrapColumns(
  document: CircuitDocument,
  from: number,
  to: number,
  head: BlockHead,
): CircuitDocument {
  const { columns } = document;
  const groups = bracketsOf(columns);
  const inside = (at: number) => at >= from && at <= to;
  for (const group of groups.values()) {
    if (group.some(inside) && !group.every(inside)) {
      throw new CircuitError("the columns cut through another block: choose all of it or none");
    }
  }
  const gap = Array.from({ length: Math.max(0, from - columns.length) }, () => emptyColumn);
  const inner = columns.slice(from, to + 1);
  return withColumns(document, [
    ...columns.slice(0, from),
    ...gap,
    { kind: "begin", head },
    ...(inner.length === 0 ? [emptyColumn] : inner),
    { kind: "end" },
    ...columns.slice(to + 1),
  ]);
}

/** Makes what an area holds a gate of the document, and puts its first use in its place. */
export function defineFromArea(
  document: CircuitDocument,
  area: Area,
  name: string,
): CircuitDocument {
  requireFreeName(document, name);
  const clip = copyArea(document, area);
  if (clip.columns.some(({ kind }) => kind !== "items")) {
    throw new CircuitError("a gate holds no blocks: choose columns inside or outside of one");
  }
  const operations = operationsOf(clip.columns, parameterValues(document));
  if (operations.length === 0) throw new CircuitError("there is nothing here to make a gate of");
  const odd = operations.find(
    (operation) => operation.kind !== "barrier" && !isUnitaryOperation(operation),
  );
  if (odd !== undefined) {
    throw new CircuitError(`a gate holds no ${odd.kind}: only what can be undone`);
  }
  const definition = { name, qubits: clip.wires, body: operations };
  const qubits = Array.from({ length: clip.wires }, (_, at) => area.fromWire + at);
  const emptied = removeArea({ ...document, gates: [...document.gates, definition] }, area);
  return placeItem(emptied, area.fromColumn, {
    kind: "gate",
    name,
    qubits,
    controls: [],
    angles: [],
    power: 1,
  });
}

export function requireFreeName({ gates }: CircuitDocument, name: string): void {
  if (!/^[a-z_][A-Za-z0-9_]*$/.test(name) || name.length > nameLengthMax) {
    throw new CircuitError(
      `a gate's name is a small letter and then letters, digits and _, at most ${nameLengthMax}`,
    );
  }
  if (standardGates.has(name) || gates.some((gate) => gate.name === name)) {
    throw new CircuitError(`there is a gate ${name} already: choose another name`);
  }
  if (gates.length >= customGatesMax) {
    throw new CircuitError(`a document has at most ${customGatesMax} gates of its own`);
  }
}
