import { z } from "zod";
import { createStore, useStore } from "./store.ts";

const key = "demo.preferences";

const preferencesSchema = z.object({
  density: z.enum(["compact", "comfortable"]).catch("compact"),
  timeFormat: z.enum(["24-hour", "12-hour", "utc"]).catch("24-hour"),
  startPaused: z.boolean().catch(false),
  /** Groups of pages that the navigation shows by their names alone. */
  foldedGroups: z
    .array(z.string().max(40))
    .max(40)
    .catch(() => ["Cluster", "Blockchain", "Learning"]),
});
export type Preferences = z.infer<typeof preferencesSchema>;

export const defaultPreferences: Preferences = preferencesSchema.parse({});

/** Anything unreadable falls back to the default of its own field. */
export function parsePreferences(text: string | null): Preferences {
  if (text === null) return defaultPreferences;
  try {
    return preferencesSchema.catch(defaultPreferences).parse(JSON.parse(text));
  } catch {
    return defaultPreferences;
  }
}

const store = createStore<Preferences>(
  parsePreferences(globalThis.localStorage?.getItem(key) ?? null),
);

export function readPreferences(): Preferences {
  return store.get();
}

export function usePreferences(): Preferences {
  return useStore(store);
}

export function changePreferences(change: Partial<Preferences>): void {
  store.update((preferences) => ({ ...preferences, ...change }));
  localStorage.setItem(key, JSON.stringify(store.get()));
}

export function resetPreferences(): void {
  store.set(defaultPreferences);
  localStorage.removeItem(key);
}
