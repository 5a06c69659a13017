import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useRef, useState } from "react";
import { bytes, formatAge, text } from "../../components/format.ts";
import { Icon } from "../../components/icon.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { useNow } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import classes from "./cluster.module.css";
import { podHealthOf } from "./health.ts";
import { type PodColumnId, podColumns, type PodRow, type PodView } from "./pod-table.ts";
import { type PodKeyActions, usePodKeyboard } from "./use-pod-keyboard.ts";
import { podTable, usePodRow, usePodUsage } from "./use-pods.ts";

const overscan = 10;

interface PodGridProps extends PodKeyActions {
  readonly keys: readonly string[];
  readonly view: PodView;
  readonly chosen: ReadonlySet<string>;
  readonly selectedKey: string | null;
  readonly onSort: (column: PodColumnId) => void;
  /** `through`: everything from the row that was chosen last. */
  readonly onChoose: (key: string, through: boolean) => void;
  readonly onChooseAll: (chosen: boolean) => void;
}

/** Only the rows in view are in the document, and each listens for its own pod. */
export function PodGrid(props: PodGridProps) {
  const { keys, view, chosen, selectedKey, onSort, onChoose, onChooseAll } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const rowHeight = usePreferences().density === "compact" ? 32 : 40;
  const virtualizer = useVirtualizer({
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
  });
  const focus = useCallback(
    (index: number) => {
      setActive(index);
      virtualizer.scrollToIndex(index);
      // The row may have to be drawn first.
      requestAnimationFrame(() => {
        const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${index}"]`);
        row?.focus({ preventScroll: true });
      });
    },
    [virtualizer],
  );
  const onKeyDown = usePodKeyboard(keys, props, focus);
  const items = virtualizer.getVirtualItems();
  const current = Math.min(active, Math.max(0, keys.length - 1));
  return (
    <div ref={scroller} className={classes.scroller}>
      {/* The keys are those of the rows; one listener serves them all. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <table
        className={classes.grid}
        aria-label="Pods"
        aria-rowcount={keys.length + 1}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr aria-rowindex={1}>
            <th style={{ width: "36px" }}>
              <Checkbox
                size="xs"
                aria-label="Choose all rows"
                checked={chosen.size > 0 && chosen.size === keys.length}
                indeterminate={chosen.size > 0 && chosen.size < keys.length}
                onChange={(event) => onChooseAll(event.currentTarget.checked)}
              />
            </th>
            {podColumns.map((column) => (
              <Header key={column.id} column={column} view={view} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={items[0]?.start ?? 0} />
          {items.map(({ index }) => {
            const key = keys[index];
            return key === undefined ? null : (
              <Row
                key={key}
                podKey={key}
                index={index}
                isActive={index === current}
                isChosen={chosen.has(key)}
                isSelected={key === selectedKey}
                onOpen={props.onOpen}
                onChoose={onChoose}
                onFocus={setActive}
              />
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

function Header(props: {
  readonly column: (typeof podColumns)[number];
  readonly view: PodView;
  readonly onSort: (column: PodColumnId) => void;
}) {
  const { column, view, onSort } = props;
  const order = view.sort !== column.id ? "none" : view.descending ? "descending" : "ascending";
  return (
    <th
      scope="col"
      aria-sort={order}
      data-numeric={"numeric" in column || undefined}
      style={{ width: column.width }}
    >
      <button type="button" className={classes.sort} onClick={() => onSort(column.id)}>
        {column.header}
        {order !== "none" && <Icon name={order === "ascending" ? "up" : "down"} />}
      </button>
    </th>
  );
}

interface RowProps {
  readonly podKey: string;
  readonly index: number;
  readonly isActive: boolean;
  readonly isChosen: boolean;
  readonly isSelected: boolean;
  readonly onOpen: (key: string) => void;
  readonly onChoose: (key: string, through: boolean) => void;
  readonly onFocus: (index: number) => void;
}

const Row = memo(function Row(props: RowProps) {
  const { podKey, index, isActive, isChosen, isSelected, onOpen, onChoose, onFocus } = props;
  const pod = usePodRow(podKey);
  if (pod === undefined) return null;
  return (
    <tr
      data-row={index}
      data-chosen={isChosen || undefined}
      aria-rowindex={index + 2}
      aria-current={isSelected ? "true" : undefined}
      tabIndex={isActive ? 0 : -1}
      onFocus={() => onFocus(index)}
      onClick={() => onOpen(podKey)}
    >
      <td>
        <input
          type="checkbox"
          aria-label={`Choose ${pod.name}`}
          checked={isChosen}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            onChoose(podKey, event.shiftKey);
          }}
          // The click says whether Shift was held; React asks for a listener all the same.
          onChange={() => undefined}
        />
      </td>
      <Cells pod={pod} />
    </tr>
  );
});

function Cells({ pod }: { readonly pod: PodRow }) {
  const usage = usePodUsage(pod.key);
  return (
    <>
      <td>{pod.namespace}</td>
      <td title={pod.owner === "" ? pod.name : `${pod.name}, of ${pod.owner}`}>{pod.name}</td>
      <td>{podTable.value(pod, "ready")}</td>
      <td>
        <StatusMark health={podHealthOf(pod)} word={pod.status} />
      </td>
      <td data-numeric>{pod.restarts}</td>
      <td data-numeric>
        {usage === undefined || usage.cpuMillicores === null
          ? ""
          : `${Math.ceil(usage.cpuMillicores)}m`}
      </td>
      <td data-numeric>
        {usage === undefined || usage.memoryBytes === null ? "" : text(bytes(usage.memoryBytes))}
      </td>
      <td data-numeric>
        <Age at={pod.createdAt} />
      </td>
      <td>{pod.node === "" ? <span className="soft">none</span> : pod.node}</td>
      <td className="mono">{pod.ip}</td>
      <td title={pod.image}>{pod.image}</td>
    </>
  );
}

function Age({ at }: { readonly at: number }) {
  const now = useNow(10_000);
  return formatAge(Math.max(0, now - at));
}
