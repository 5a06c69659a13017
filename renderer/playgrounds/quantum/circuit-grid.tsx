import { useEffect, useRef, useState, memo } from "react";
import { useStore } from "../../data/store.ts";
import { Columns, PlayheadMark, SelectionMark, Wires } from "./circuit-canvas.tsx";
import { dragStore, startDrag } from "./drag.ts";
import {
  cellAt,
  cellHeight,
  cellWidth,
  headHeight,
  itemAt,
  spareColumns,
  xOf,
} from "./geometry.ts";
import { drop } from "./grid-actions.ts";
import { pressKey } from "./grid-keys.ts";
import { columnName, itemName } from "./names.ts";
import { payloadLabel } from "./payload.ts";
import { areaOf, type Cell, type Playground } from "./playground.ts";
import { WireEnds, WireNames } from "./wire-ends.tsx";
import classes from "./circuit.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["columns", "settings", "picture"] as const;

interface CircuitGridProps {
  readonly playground: Playground;
  /** Shows what the keys do. */
  readonly onKeys: () => void;
}

/** The circuit, edited by pointer and by keyboard. */
export const CircuitGrid = memo(function CircuitGrid({ playground, onKeys }: CircuitGridProps) {
  const { columns, settings, picture } = useSlice(playground, fields);
  const selection = useStore(playground.selection);
  const drag = useStore(dragStore);
  const [isFocused, setFocused] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<SVGSVGElement>(null);
  const wires = settings?.wires ?? 1;
  const { cursor } = selection;
  useCursorInView(cursor);
  const shownColumns = Math.max(columns.length, cursor.column) + spareColumns;
  const width = xOf(shownColumns);
  const height = headHeight + wires * cellHeight + 6;

  const onPointerDown = (event: React.PointerEvent) => {
    if (event.button !== 0) return;
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return;
    const cell = cellAt(event.clientX - box.left, event.clientY - box.top, wires);
    frame.current?.focus({ preventScroll: true });
    event.preventDefault();
    if (cell.isHead) {
      playground.select({ column: cell.column, wire: 0 });
      playground.select({ column: cell.column, wire: wires - 1 }, true);
      return;
    }
    pressCell(playground, cell, event);
  };

  return (
    <>
      {/* An editor of its own kind: it takes the focus and all keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={frame}
        className={classes.frame}
        role="application"
        aria-roledescription="circuit editor"
        aria-label={`Circuit of ${wires} qubits and ${columns.length} columns`}
        aria-describedby="circuit-cell circuit-keys"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        data-circuit
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onKeyDown={(event) => {
          if (event.key === "?") onKeys();
          else if (!pressKey(playground, event)) return;
          // Here letters are gates, and not the shell's shortcuts.
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <WireNames wires={wires} />
        <svg
          ref={canvas}
          className={classes.canvas}
          width={width}
          height={height}
          aria-hidden="true"
          onPointerDown={onPointerDown}
          onDoubleClick={() =>
            document.querySelector<HTMLElement>("[data-inspector] input")?.focus()
          }
        >
          <Wires wires={wires} width={4096 * 4} />
          <Columns columns={columns} wires={wires} picture={picture} />
          {picture !== null && <PlayheadMark picture={picture} wires={wires} width={width} />}
          <SelectionMark area={areaOf(selection)} cursor={cursor} isFocused={isFocused} />
          {drag?.over && (
            <rect
              className={classes.drop}
              x={xOf(drag.over.column)}
              y={headHeight + drag.over.wire * cellHeight}
              width={cellWidth}
              height={cellHeight}
              rx={5}
            />
          )}
        </svg>
        <WireEnds wires={wires} bloch={picture?.bloch ?? null} />
      </div>
      <div className={classes.status}>
        <p id="circuit-cell" role="status" aria-label="Cell">
          {cellWords(playground, cursor)}
        </p>
        <p id="circuit-keys">
          Arrows move, letters place gates, C and O control, Delete removes;{" "}
          <button type="button" className="link" onClick={onKeys}>
            ? lists all keys
          </button>
        </p>
      </div>
      {drag !== null && (
        <div className={classes.ghost} style={{ left: drag.x, top: drag.y }}>
          {payloadLabel(drag.payload)}
        </div>
      )}
    </>
  );
});

/** A press on something that stands there may become a move; one on nothing draws a selection. */
function pressCell(playground: Playground, cell: Cell, event: React.PointerEvent): void {
  const { columns, settings } = playground.snapshot;
  const wires = settings?.wires ?? 1;
  const { area } = playground;
  const isInside =
    cell.column >= area.fromColumn &&
    cell.column <= area.toColumn &&
    cell.wire >= area.fromWire &&
    cell.wire <= area.toWire;
  const isLarge = area.fromColumn !== area.toColumn || area.fromWire !== area.toWire;
  const found = itemAt(columns[cell.column], cell.wire, wires);
  if (event.shiftKey) {
    playground.select(cell, true);
    return;
  }
  if (found === null && !(isInside && isLarge)) {
    playground.select(cell);
    followSelection(playground, wires);
    return;
  }
  const own = isInside && isLarge ? area : cellArea(cell);
  const payload = {
    kind: "area",
    area: own,
    copies: false,
    label: found === null ? "selection" : itemName(found.item),
  } as const;
  startDrag(event, payload, {
    cellUnder,
    onClick: () => playground.select(cell),
    onDrop: (to, copies) => {
      // What was taken hold of stays under the pointer.
      const target = {
        column: Math.max(0, to.column - (cell.column - own.fromColumn)),
        wire: to.wire - (cell.wire - own.fromWire),
      };
      void drop(playground, { ...payload, copies }, target).then(() => playground.select(to));
    },
  });
}

const cellArea = ({ column, wire }: Cell) => {
  return { fromColumn: column, toColumn: column, fromWire: wire, toWire: wire };
};

function followSelection(playground: Playground, wires: number): void {
  const onMove = ({ clientX, clientY }: PointerEvent) => {
    const box = document.querySelector("[data-circuit] > svg + svg")?.getBoundingClientRect();
    if (box === undefined) return;
    const { column, wire } = cellAt(clientX - box.left, clientY - box.top, wires);
    playground.select({ column, wire }, true);
  };
  const end = () => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
}

/** The circuit's cell at a place of the window; null outside of the circuit. */
export function cellUnder(x: number, y: number): Cell | null {
  const frame = document.querySelector("[data-circuit]")?.getBoundingClientRect();
  const svg = document.querySelector("[data-circuit] > svg + svg");
  const box = svg?.getBoundingClientRect();
  if (frame === undefined || box === undefined) return null;
  if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) return null;
  const wires = Math.round((box.height - headHeight - 6) / cellHeight);
  const { column, wire } = cellAt(x - box.left, y - box.top, wires);
  return { column, wire };
}

function useCursorInView(cursor: Cell): void {
  useEffect(() => {
    const element = document.querySelector("[data-circuit]");
    if (element === null) return;
    const [names, , ends] = element.children;
    const left = xOf(cursor.column);
    const visible =
      element.clientWidth - (names?.clientWidth ?? 0) - (ends?.clientWidth ?? 0) - cellWidth;
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (left > element.scrollLeft + visible) element.scrollLeft = left - visible;
    const top = cursor.wire * cellHeight;
    const room = element.clientHeight - headHeight - cellHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
  }, [cursor]);
}

function cellWords(playground: Playground, cursor: Cell): string {
  const { columns, settings } = playground.snapshot;
  const column = columns[cursor.column];
  const { area } = playground;
  const isLarge = area.fromColumn !== area.toColumn || area.fromWire !== area.toWire;
  const place = isLarge
    ? `Columns ${area.fromColumn + 1} to ${area.toColumn + 1}, q${area.fromWire} to q${area.toWire}`
    : `Column ${cursor.column + 1}, q${cursor.wire}`;
  const found = itemAt(column, cursor.wire, settings?.wires ?? 1);
  const what =
    column !== undefined && column.kind !== "items"
      ? columnName(column)
      : found === null
        ? "empty"
        : itemName(found.item);
  return `${place}: ${what}${column?.breakpoint === true ? "; breakpoint" : ""}`;
}
