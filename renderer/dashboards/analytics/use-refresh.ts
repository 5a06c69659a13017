import { useLive } from "../../data/hooks.ts";

/** How often a view is fetched anew; never while it is paused or the server is away. */
export function useRefresh(intervalMs = 2_000): number | false {
  const { paused, freshness } = useLive();
  return paused || freshness !== "live" ? false : intervalMs;
}
