import { memo } from "react";
import { DisplayGlyph } from "./display-glyph.tsx";
import { cellHeight, cellWidth, headHeight, xOf } from "./geometry.ts";
import { Glyph } from "./glyphs.tsx";
import type { Column, ShownDisplay, ShownMeasurement } from "./kernel.worker.ts";
import { columnName, headName, numbered } from "./names.ts";
import classes from "./circuit.module.css";

interface CircuitColumnProps {
  readonly column: Column;
  readonly at: number;
  readonly wires: number;
  /** Of this column; the same empty list for all that have none. */
  readonly displays: readonly ShownDisplay[];
  readonly measurements: readonly ShownMeasurement[];
}

/** Drawn again only when it has changed itself: an edit touches one of hundreds. */
export const CircuitColumn = memo(function CircuitColumn(props: CircuitColumnProps) {
  const { column, at, wires, displays, measurements } = props;
  const x = xOf(at) + cellWidth / 2;
  return (
    <g>
      <text className={classes.number} x={x} y={12}>
        {at + 1}
      </text>
      {column.breakpoint === true && (
        <circle className={classes.breakpoint} cx={x - 16} cy={9} r={5}>
          <title>Playing stops before this column</title>
        </circle>
      )}
      {column.kind === "items" ? (
        numbered(column.items).map(({ value: item, at: place }) =>
          item.kind === "display" ? (
            <DisplayGlyph
              key={place}
              item={item}
              x={x}
              shown={displays.find((each) => each.place === place)}
            />
          ) : (
            <Glyph
              key={place}
              item={item}
              x={x}
              wires={wires}
              outcome={
                item.kind === "measure"
                  ? measurements.find(({ qubit }) => qubit === item.qubit)?.outcome
                  : undefined
              }
            />
          ),
        )
      ) : (
        <Bracket column={column} x={x} wires={wires} />
      )}
    </g>
  );
});

function Bracket(props: { readonly column: Column; readonly x: number; readonly wires: number }) {
  const { column, x, wires } = props;
  const height = wires * cellHeight - 4;
  const words =
    column.kind === "begin" ? headName(column.head) : column.kind === "else" ? "else" : "end";
  const y = headHeight + 2 + height / 2;
  const isUpright = words.length > 5 && height >= 6 * words.length;
  return (
    <>
      <rect
        className={classes.bracket}
        x={x - 14}
        y={headHeight + 2}
        width={28}
        height={height}
        rx={column.kind === "begin" ? 10 : 3}
      />
      <text
        className={classes.bracketText}
        x={x}
        y={y + 3}
        transform={isUpright ? `rotate(-90 ${x} ${y})` : undefined}
      >
        {isUpright || words.length <= 5 ? words : `${words.slice(0, 4)}…`}
      </text>
      <title>{columnName(column)}</title>
    </>
  );
}
