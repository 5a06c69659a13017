/** A document without gaps. */
import { type CircuitDocument, type Column, type Item, spanOf } from "./document.ts";
import { withItems } from "./edit-cells.ts";

/** Each stretch between brackets as far left as it goes, its angles as they are written. */
export function tidied(document: CircuitDocument): readonly Column[] {
  const result: Column[] = [];
  let stretch: Item[] = [];
  const close = () => {
    result.push(...packed(stretch, document.wires));
    stretch = [];
  };
  for (const column of document.columns) {
    if (column.kind === "items" && column.breakpoint !== true) stretch.push(...column.items);
    else {
      close();
      result.push(column);
    }
  }
  close();
  return result;
}

function packed(items: readonly Item[], wires: number): readonly Column[] {
  const columns: { items: Item[]; bits: Set<number> }[] = [];
  const free = Array.from({ length: wires }, () => 0);
  for (const item of items) {
    const [low, high] = spanOf(item, wires);
    let at = 0;
    for (let wire = low; wire <= high; wire++) at = Math.max(at, free[wire] ?? 0);
    if (item.kind === "measure") {
      const last = columns.findLastIndex(({ bits }) => bits.has(item.bit));
      at = Math.max(at, last + 1);
    }
    const column = (columns[at] ??= { items: [], bits: new Set() });
    column.items.push(item);
    if (item.kind === "measure") column.bits.add(item.bit);
    for (let wire = low; wire <= high; wire++) free[wire] = at + 1;
  }
  return columns.map((column) => withItems({ kind: "items", items: [] }, column.items, wires));
}
