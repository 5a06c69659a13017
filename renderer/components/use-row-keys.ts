import { useCallback, useState } from "react";

const pageRows = 10;

/** Arrow keys, Page Up and Down, Home and End move the focus over the rows of a table. */
export function useRowKeys(count: number, scrollTo: (index: number) => void) {
  const [wanted, setActive] = useState(0);
  const active = Math.min(wanted, Math.max(0, count - 1));
  const onKeyDown = useCallback(
    (event: React.KeyboardEvent<HTMLTableRowElement>) => {
      const next = nextRow(event.key, active, count);
      if (next === null) return;
      event.preventDefault();
      setActive(next);
      scrollTo(next);
      const body = event.currentTarget.parentElement;
      // The row may have to be rendered first.
      requestAnimationFrame(() => {
        body?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true });
      });
    },
    [active, count, scrollTo],
  );
  return { active, setActive, onKeyDown };
}

function nextRow(key: string, active: number, count: number): number | null {
  const moves: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + pageRows,
    PageUp: active - pageRows,
    Home: 0,
    End: count - 1,
  };
  const next = moves[key];
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next));
}
