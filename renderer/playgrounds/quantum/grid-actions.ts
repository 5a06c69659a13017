/** What can be done at the cursor, by key, by button and from the palette alike. */
import { spareColumns } from "./geometry.ts";
import { commandsOf, type Payload } from "./payload.ts";
import { type Cell, type Playground } from "./playground.ts";

/** Puts something at the cursor, which then moves on as behind a typed letter. */
export async function put(playground: Playground, payload: Payload): Promise<void> {
  const { settings } = playground.snapshot;
  if (settings === null) return;
  const { area } = playground;
  // At once, so that who types fast need not wait for the thread.
  const isCell = area.fromColumn === area.toColumn && area.fromWire === area.toWire;
  const staysPut = payload.kind === "control" || !isCell;
  if (!staysPut) moveCursor(playground, [1, 0], false);
  for (const command of commandsOf(payload, area, settings.wires)) {
    // Each sees what the one before has left.
    // oxlint-disable-next-line no-await-in-loop
    await playground.act(command);
  }
}

export async function drop(playground: Playground, payload: Payload, cell: Cell): Promise<void> {
  const { settings } = playground.snapshot;
  if (settings === null) return;
  const { column, wire } = cell;
  playground.select(cell);
  const area = { fromColumn: column, toColumn: column, fromWire: wire, toWire: wire };
  for (const command of commandsOf(payload, area, settings.wires)) {
    // oxlint-disable-next-line no-await-in-loop
    await playground.act(command);
  }
}

export function lastColumn(playground: Playground): number {
  const { cursor } = playground.selection.get();
  return Math.max(playground.snapshot.columns.length, cursor.column) + spareColumns - 1;
}

export function moveCursor(
  playground: Playground,
  [right, down]: readonly [number, number],
  extend: boolean,
): void {
  const { settings } = playground.snapshot;
  const { cursor } = playground.selection.get();
  const column = Math.min(lastColumn(playground), Math.max(0, cursor.column + right));
  const wire = Math.min((settings?.wires ?? 1) - 1, Math.max(0, cursor.wire + down));
  playground.select({ column, wire }, extend);
}

export function moveToEnd(playground: Playground, isEnd: boolean, extend: boolean): void {
  const { wire } = playground.selection.get().cursor;
  const column = isEnd ? playground.snapshot.columns.length : 0;
  playground.select({ column, wire }, extend);
}

/** @returns whether there was more than a cell selected */
export function dropSelection(playground: Playground): boolean {
  const { cursor, anchor } = playground.selection.get();
  playground.select(cursor);
  return cursor.column !== anchor.column || cursor.wire !== anchor.wire;
}

export function selectAll(playground: Playground): void {
  const { columns, settings } = playground.snapshot;
  playground.select({ column: 0, wire: 0 });
  const column = Math.max(0, columns.length - 1);
  playground.select({ column, wire: (settings?.wires ?? 1) - 1 }, true);
}

export function remove(playground: Playground): void {
  void playground.act({ kind: "remove", area: playground.area });
}

export function removeColumns(playground: Playground): void {
  const { fromColumn: from, toColumn: to } = playground.area;
  void playground.act({ kind: "remove-columns", from, to });
}

export function insertColumn(playground: Playground): void {
  void playground.act({ kind: "insert-column", column: playground.area.fromColumn });
}

export function toggleBreakpoint(playground: Playground): void {
  void playground.act({ kind: "breakpoint", column: playground.area.fromColumn });
}

export function copy(playground: Playground): void {
  void playground.copy(playground.area);
}

export function cut(playground: Playground): void {
  const { area } = playground;
  void playground.copy(area).then(() => playground.act({ kind: "remove", area }));
}

export function paste(playground: Playground): void {
  const clip = playground.clip.get();
  if (clip === null) {
    playground.refuse("Nothing has been copied yet: select cells and press Ctrl+C.");
    return;
  }
  const { fromColumn: column, fromWire: wire } = playground.area;
  void playground.act({ kind: "paste", clip, column, wire });
}

export function duplicate(playground: Playground): void {
  const { area } = playground;
  void playground.copy(area).then(() => {
    const clip = playground.clip.get();
    if (clip === null) return;
    const { fromWire: wire, toColumn } = area;
    void playground.act({ kind: "paste", clip, column: toColumn + 1, wire });
  });
}

export function changeWires(playground: Playground, by: number): void {
  const { settings } = playground.snapshot;
  if (settings === null) return;
  void playground.act({ kind: "wires", count: settings.wires + by });
}
