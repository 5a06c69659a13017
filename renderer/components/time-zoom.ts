/** The stretch of time that all charts of a page are zoomed to. It is part of the address. */
import { useNavigate, useSearch } from "@tanstack/react-router";

/** Milliseconds since the Unix epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** A selection shorter than this was a click. */
const shortestMs = 1_000;

export function useTimeZoom(): {
  readonly zoom: TimeRange | null;
  readonly setZoom: (range: TimeRange | null) => void;
} {
  const { zoom } = useSearch({ strict: false });
  const navigate = useNavigate();
  return {
    zoom: parseRange(zoom),
    setZoom: (range) =>
      void navigate({
        to: ".",
        search: (previous) => ({
          ...previous,
          zoom: range === null ? undefined : rangeText(range),
        }),
        replace: true,
        resetScroll: false,
      }),
  };
}

/** "1795808545000-1795808605000"; null for anything else. */
export function parseRange(text: string | undefined): TimeRange | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? "");
  if (match === null) return null;
  return orderedRange(Number(match[1]), Number(match[2]));
}

export function rangeText({ from, to }: TimeRange): string {
  return `${Math.round(from)}-${Math.round(to)}`;
}

/** Of two moments in either order; null when they are too close to show anything between them. */
export function orderedRange(one: number, other: number): TimeRange | null {
  const [from, to] = one < other ? [one, other] : [other, one];
  return to - from < shortestMs ? null : { from, to };
}

/** The newer half, for those who zoom without a pointer. */
export function newerHalf({ from, to }: TimeRange): TimeRange | null {
  return orderedRange((from + to) / 2, to);
}
