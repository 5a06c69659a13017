import { useEffect, useState } from "react";
import type { ConsensusEvent, ConsensusStatus } from "../../../workers/consensus/contract.ts";
import { client } from "../../data/client.ts";
import { type ProblemError, toProblemError } from "../../data/problem.ts";

const eventsMax = 200;
const retryMs = 2_000;

export interface ConsensusView {
  readonly status: ConsensusStatus | null;
  /** Oldest first, the newest of them only. */
  readonly events: readonly ConsensusEvent[];
  /** Why the stream is lost; null while it lives. */
  readonly error: ProblemError | null;
}

const nothing: ConsensusView = { status: null, events: [], error: null };

/** Follows the live group. While paused the view stands still, and catches up afterwards. */
export function useConsensus(paused: boolean): ConsensusView {
  const [view, setView] = useState(nothing);
  const [held, setHeld] = useState<ConsensusView | null>(null);
  if (paused && held === null && view.status !== null) setHeld(view);
  if (!paused && held !== null) setHeld(null);

  useEffect(() => {
    const ending = new AbortController();
    void follow(ending.signal, setView);
    return () => ending.abort();
  }, []);

  return held ?? view;
}

async function follow(
  signal: AbortSignal,
  set: (change: (view: ConsensusView) => ConsensusView) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      let isFirst = true;
      for await (const { status, events } of await client.integration.consensus.watch(
        {},
        { signal },
      )) {
        const kept = isFirst ? [] : null;
        isFirst = false;
        set((view) => ({
          status,
          events: [...(kept ?? view.events), ...events].slice(-eventsMax),
          error: null,
        }));
      }
    } catch (cause) {
      if (signal.aborted) return;
      set((view) => ({ ...view, error: toProblemError(cause) }));
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
