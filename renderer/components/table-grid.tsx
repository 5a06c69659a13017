import type { SortingState } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { usePreferences } from "../data/preferences.ts";
import type { Column } from "./data-table.tsx";
import classes from "./data-table.module.css";
import { Icon } from "./icon.tsx";
import { useRowKeys } from "./use-row-keys.ts";

/** Rows drawn beyond those in view, so that fast scrolling shows no holes. */
const overscan = 12;

interface GridRow<Row> {
  readonly id: string;
  readonly original: Row;
}

interface TableGridProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly GridRow<Row>[];
  readonly sorting: SortingState;
  readonly onSort: (columnId: string) => void;
  readonly onOpen: ((row: Row) => void) | undefined;
  readonly selectedKey: string | undefined;
  readonly heightMax: number;
}

/** The table itself: only the rows in view are in the document. */
export function TableGrid<Row>(props: TableGridProps<Row>) {
  const { label, columns, rows, sorting, onSort, onOpen, selectedKey, heightMax } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = usePreferences().density === "compact" ? 32 : 40;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
  });
  const keys = useRowKeys(rows.length, (index) => virtualizer.scrollToIndex(index));
  const items = virtualizer.getVirtualItems();
  return (
    <div ref={scroller} className={classes.scroller} style={{ maxHeight: heightMax }}>
      <table className={classes.table} aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={items[0]?.start ?? 0} />
          {items.map(({ index }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <tr
                key={row.id}
                aria-rowindex={index + 2}
                aria-current={row.id === selectedKey ? "true" : undefined}
                data-row={index}
                data-openable={onOpen !== undefined || undefined}
                tabIndex={index === keys.active ? 0 : -1}
                onFocus={() => keys.setActive(index)}
                onClick={() => onOpen?.(row.original)}
                onKeyDown={(event) => {
                  if (event.target !== event.currentTarget) return;
                  if (event.key === "Enter") onOpen?.(row.original);
                  else keys.onKeyDown(event);
                }}
              >
                {columns.map((column) => (
                  <td key={column.id} data-numeric={column.numeric || undefined}>
                    {column.cell?.(row.original) ?? column.value(row.original)}
                  </td>
                ))}
              </tr>
            );
          })}
          <Spacer height={virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
    </div>
  );
}

/** Stands for the rows that are not drawn, so that the scroll bar is right. */
function Spacer({ height }: { readonly height: number }) {
  return height <= 0 ? null : <tr aria-hidden="true" style={{ height }} />;
}

interface HeaderCellProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: SortingState;
  readonly onSort: (columnId: string) => void;
}

function HeaderCell<Row>({ column, sorting, onSort }: HeaderCellProps<Row>) {
  const sorted = sorting.find(({ id }) => id === column.id);
  const order = sorted === undefined ? "none" : sorted.desc ? "descending" : "ascending";
  return (
    <th
      scope="col"
      aria-sort={order}
      data-numeric={column.numeric || undefined}
      style={{ width: column.width }}
    >
      <button type="button" onClick={() => onSort(column.id)} className={classes.sort}>
        {column.header}
        {order !== "none" && <Icon name={order === "ascending" ? "up" : "down"} />}
      </button>
    </th>
  );
}
