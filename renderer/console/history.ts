/** Past requests, bounded, newest first, kept in this browser. */
import { z } from "zod";
import { createStore, type Store } from "../data/store.ts";

export const historyMax = 50;
/** A body larger than this is not worth its place in the storage of the browser. */
export const historyBodyMax = 16_384;
const key = "demo.console-history";

const entrySchema = z.object({
  id: z.string(),
  at: z.number(),
  operation: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number().nullable(),
  durationMs: z.number(),
  draft: z.object({
    path: z.record(z.string(), z.string()),
    query: z.record(z.string(), z.string()),
    body: z.string(),
  }),
});
export type HistoryEntry = z.infer<typeof entrySchema>;

export function remember(
  entries: readonly HistoryEntry[],
  entry: HistoryEntry,
): readonly HistoryEntry[] {
  const kept =
    entry.draft.body.length > historyBodyMax
      ? { ...entry, draft: { ...entry.draft, body: "" } }
      : entry;
  return [kept, ...entries].slice(0, historyMax);
}

/** Unreadable storage is an empty history: it is a convenience, not a record. */
export function parseHistory(text: string | null): readonly HistoryEntry[] {
  try {
    return z
      .array(entrySchema)
      .max(historyMax)
      .parse(JSON.parse(text ?? "[]"));
  } catch {
    return [];
  }
}

export const historyStore: Store<readonly HistoryEntry[]> = createStore(
  parseHistory(globalThis.localStorage?.getItem(key) ?? null),
);

export function setHistory(entries: readonly HistoryEntry[]): void {
  historyStore.set(entries);
  localStorage.setItem(key, JSON.stringify(entries));
}
