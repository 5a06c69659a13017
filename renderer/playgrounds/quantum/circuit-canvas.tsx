import { memo, useMemo } from "react";
import { CircuitColumn } from "./circuit-column.tsx";
import { cellHeight, cellWidth, headHeight, xOf, yOf } from "./geometry.ts";
import type { Area, Column, Picture, ShownDisplay, ShownMeasurement } from "./kernel.worker.ts";
import { numbered } from "./names.ts";
import type { Cell } from "./playground.ts";
import classes from "./circuit.module.css";

const noDisplays: readonly ShownDisplay[] = [];
const noMeasurements: readonly ShownMeasurement[] = [];

interface ColumnsProps {
  readonly columns: readonly Column[];
  readonly wires: number;
  readonly picture: Picture | null;
}

/** All that is drawn of the document itself. */
export const Columns = memo(function Columns({ columns, wires, picture }: ColumnsProps) {
  const displays = useMemo(() => grouped(picture?.displays), [picture]);
  const measurements = useMemo(() => grouped(picture?.measurements), [picture]);
  return (
    <>
      {insides(columns).map(({ from, to }) => (
        <rect
          key={from}
          className={classes.inside}
          x={xOf(from)}
          y={headHeight}
          width={xOf(to + 1 - from)}
          height={wires * cellHeight}
        />
      ))}
      {numbered(columns).map(({ value: column, at }) => (
        <CircuitColumn
          key={at}
          column={column}
          at={at}
          wires={wires}
          displays={displays.get(at) ?? noDisplays}
          measurements={measurements.get(at) ?? noMeasurements}
        />
      ))}
    </>
  );
});

function grouped<T extends { readonly column: number }>(
  all: readonly T[] | undefined,
): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const each of all ?? []) {
    const group = groups.get(each.column);
    if (group === undefined) groups.set(each.column, [each]);
    else group.push(each);
  }
  return groups;
}

function insides(columns: readonly Column[]) {
  const found: { from: number; to: number }[] = [];
  const open: number[] = [];
  for (const [at, { kind }] of columns.entries()) {
    if (kind === "begin") open.push(at);
    if (kind !== "end") continue;
    const from = open.pop();
    if (from !== undefined) found.push({ from, to: at });
  }
  return found;
}

export function Wires({ wires, width }: { readonly wires: number; readonly width: number }) {
  let path = "";
  for (let wire = 0; wire < wires; wire++) path += `M0 ${yOf(wire)}H${width}`;
  return <path className={classes.wire} d={path} />;
}

export function SelectionMark(props: {
  readonly area: Area;
  readonly cursor: Cell;
  readonly isFocused: boolean;
}) {
  const { area, cursor, isFocused } = props;
  const isCell = area.fromColumn === area.toColumn && area.fromWire === area.toWire;
  return (
    <>
      {!isCell && (
        <rect
          className={classes.selection}
          x={xOf(area.fromColumn)}
          y={headHeight + area.fromWire * cellHeight}
          width={xOf(area.toColumn - area.fromColumn + 1)}
          height={(area.toWire - area.fromWire + 1) * cellHeight}
        />
      )}
      <rect
        className={classes.cursor}
        opacity={isFocused ? 1 : 0.45}
        x={xOf(cursor.column) + 2}
        y={headHeight + cursor.wire * cellHeight + 1}
        width={cellWidth - 4}
        height={cellHeight - 2}
        rx={5}
      />
    </>
  );
}

/** The moment that is shown: behind the column that was carried out last. */
export function PlayheadMark(props: {
  readonly picture: Picture;
  readonly wires: number;
  readonly width: number;
}) {
  const { picture, wires, width } = props;
  if (picture.step >= picture.way.length) return null;
  const last = picture.step === 0 ? -1 : picture.way[picture.step - 1]!;
  const x = xOf(last + 1);
  return (
    <>
      <rect
        className={classes.later}
        x={x}
        y={headHeight}
        width={Math.max(0, width - x)}
        height={wires * cellHeight}
        pointerEvents="none"
      />
      <path className={classes.playhead} d={`M${x} 4V${headHeight + wires * cellHeight}`} />
      <path className={classes.playheadFlag} d={`M${x} 4h9l-3 4 3 4h-9z`} />
    </>
  );
}
