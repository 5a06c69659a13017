import { useMemo, useSyncExternalStore } from "react";
import type { Playground, Snapshot } from "./playground.ts";

/**
 * Some fields of what is on the screen: who asks for them is drawn again when one of them changes, and
 * not with each of the others. Pass the same list each time.
 */
export function useSlice<const K extends keyof Snapshot>(
  playground: Playground,
  names: readonly K[],
): Pick<Snapshot, K> {
  const read = useMemo(() => sliceReader(playground, names), [playground, names]);
  return useSyncExternalStore(playground.store.subscribe, read);
}

/** Gives the same object for as long as its fields are the same. */
function sliceReader<K extends keyof Snapshot>(
  playground: Playground,
  names: readonly K[],
): () => Pick<Snapshot, K> {
  let latest: Pick<Snapshot, K> = playground.snapshot;
  return () => {
    const before = latest;
    const now = playground.snapshot;
    if (names.some((name) => before[name] !== now[name])) latest = now;
    return latest;
  };
}
