/** The keys of the list of pods. */
import { useRef } from "react";
import type { DrawerTab } from "./references.ts";

const pageRows = 10;
/** After `g` the next key opens a page, and is not meant for the list. */
const sequenceMaxMs = 1_200;

export interface PodKeyActions {
  readonly onOpen: (key: string, tab?: DrawerTab) => void;
  readonly onDelete: (key: string) => void;
}

const tabKeys: Readonly<Record<string, DrawerTab>> = {
  Enter: "logs",
  l: "logs",
  e: "events",
  y: "yaml",
  s: "shell",
};

export function usePodKeyboard(
  keys: readonly string[],
  { onOpen, onDelete }: PodKeyActions,
  focus: (index: number) => void,
) {
  const sequenceAt = useRef(Number.NEGATIVE_INFINITY);
  return (event: React.KeyboardEvent<HTMLTableElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target instanceof HTMLElement ? event.target.dataset["row"] : undefined;
    const key = row === undefined ? undefined : keys[Number(row)];
    if (row === undefined || key === undefined) return;
    const isSecond = event.timeStamp - sequenceAt.current < sequenceMaxMs;
    sequenceAt.current = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (isSecond) return;
    const next = nextRow(event.key, Number(row), keys.length);
    if (next !== null) {
      event.preventDefault();
      focus(next);
    } else if (tabKeys[event.key] !== undefined) {
      event.preventDefault();
      onOpen(key, tabKeys[event.key]);
    } else if (event.key === "d") {
      event.preventDefault();
      onDelete(key);
    }
  };
}

function nextRow(key: string, active: number, count: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    j: active + 1,
    ArrowDown: active + 1,
    k: active - 1,
    ArrowUp: active - 1,
    PageDown: active + pageRows,
    PageUp: active - pageRows,
    Home: 0,
    End: count - 1,
  };
  const next = moves[key];
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next));
}
