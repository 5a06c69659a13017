/** The one table of pods, kept up to date while a page looks at it. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { client } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { type ProblemError, toProblemError } from "../../data/problem.ts";
import { type PodRow, PodTable, type PodUsage, type PodView } from "./pod-table.ts";

const intervalMs = 1_000;
export const podTable = new PodTable();

interface Following {
  readonly problem: ProblemError | null;
  /** When the last answer came, by the clock of this browser; null before the first one. */
  readonly answeredAt: number | null;
}

export function useFollowPods(): Following & { readonly retry: () => void } {
  const { paused, freshness } = useLive();
  const [state, setState] = useState<Following>({ problem: null, answeredAt: null });
  const askNow = useRef<(() => void) | null>(null);
  const running = !(paused && podTable.loaded) && freshness !== "offline";
  useEffect(() => {
    if (!running) return undefined;
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      try {
        podTable.apply(
          await client.microservices.cluster.pods(podTable.since, { signal: ending.signal }),
        );
        setState({ problem: null, answeredAt: Date.now() });
      } catch (error) {
        if (ending.signal.aborted) return;
        setState((before) => ({ ...before, problem: toProblemError(error) }));
      }
      if (!ending.signal.aborted) timer = setTimeout(() => void ask(), intervalMs);
    };
    askNow.current = () => {
      clearTimeout(timer);
      void ask();
    };
    void ask();
    return () => {
      ending.abort();
      clearTimeout(timer);
      askNow.current = null;
    };
  }, [running]);
  return { ...state, retry: useCallback(() => askNow.current?.(), []) };
}

export function usePodKeys(view: PodView): readonly string[] {
  return useSyncExternalStore(
    podTable.subscribe,
    useCallback(() => podTable.keys(view), [view]),
  );
}

export function usePodRow(key: string): PodRow | undefined {
  return useSyncExternalStore(
    podTable.subscribe,
    useCallback(() => podTable.row(key), [key]),
  );
}

export function usePodUsage(key: string): PodUsage | undefined {
  return useSyncExternalStore(
    podTable.subscribe,
    useCallback(() => podTable.usage(key), [key]),
  );
}

export function useNamespaces(): readonly string[] {
  return useSyncExternalStore(podTable.subscribe, () => podTable.namespaces);
}

export function usePodCount(): number {
  return useSyncExternalStore(podTable.subscribe, () => podTable.size);
}
