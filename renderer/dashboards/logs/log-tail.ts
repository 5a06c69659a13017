/** The bounded window of log records that the page shows, and what waits while it is paused. */
import type { ApiClient } from "../../data/client.ts";

export type LogRow = Awaited<ReturnType<ApiClient["integration"]["logs"]>>["logs"][number];

/** Records held at most: shown and waiting each. */
export const windowMax = 5_000;

export interface LogTail {
  /** Newest first, by id. */
  readonly rows: readonly LogRow[];
  /** Arrived while paused, newest first. */
  readonly waiting: readonly LogRow[];
  /** Records were missed between two events of the stream. */
  readonly skipped: boolean;
  /** Whether there are older records than these in the store. */
  readonly older: boolean;
}

export const emptyTail: LogTail = { rows: [], waiting: [], skipped: false, older: false };

/** Records that have just been stored, newest first; those known already are left out. */
export function arrived(tail: LogTail, logs: readonly LogRow[], paused: boolean): LogTail {
  const target = paused ? "waiting" : "rows";
  const newest = tail.waiting[0]?.id ?? tail.rows[0]?.id ?? 0;
  const fresh = logs.filter(({ id }) => id > newest);
  if (fresh.length === 0) return tail;
  return { ...tail, [target]: [...fresh, ...tail[target]].slice(0, windowMax) };
}

/** Shows what has waited. */
export function resumed(tail: LogTail): LogTail {
  if (tail.waiting.length === 0) return tail;
  return { ...tail, rows: [...tail.waiting, ...tail.rows].slice(0, windowMax), waiting: [] };
}

/** A page of older records, newest first. */
export function extended(tail: LogTail, logs: readonly LogRow[], older: boolean): LogTail {
  const oldest = tail.rows.at(-1)?.id ?? Number.POSITIVE_INFINITY;
  const rows = [...tail.rows, ...logs.filter(({ id }) => id < oldest)].slice(0, windowMax);
  return { ...tail, rows, older: older && rows.length < windowMax };
}
