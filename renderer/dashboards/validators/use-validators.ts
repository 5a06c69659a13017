import { useEffect, useState } from "react";
import type { ValidatorsStatus } from "../../../workers/blockchain/contract.ts";
import { client } from "../../data/client.ts";
import { localProblem, ProblemError, toProblemError } from "../../data/problem.ts";

const retryMs = 2_000;
/** The server speaks at least once a second; a longer silence is a lost stream. */
const silenceMaxMs = 4_000;

/** Does something to the validators; what goes wrong is shown on the page. */
export type Act = (run: () => Promise<unknown>) => void;

interface ValidatorsReading {
  readonly status: ValidatorsStatus | null;
  /** By the clock of this browser. */
  readonly receivedAt: number;
  /** Why the stream is lost; null while it lives. */
  readonly error: ProblemError | null;
}

const nothing: ValidatorsReading = { status: null, receivedAt: 0, error: null };

/** Follows the validators. While paused the view stands still, and catches up afterwards. */
export function useValidators(paused: boolean): ValidatorsReading {
  const [reading, setReading] = useState(nothing);
  const [held, setHeld] = useState<ValidatorsReading | null>(null);
  if (paused && held === null && reading.status !== null) setHeld(reading);
  if (!paused && held !== null) setHeld(null);

  useEffect(() => {
    const ending = new AbortController();
    void keepFollowing(ending.signal, setReading);
    return () => ending.abort();
  }, []);

  return held ?? reading;
}

type SetReading = (change: (reading: ValidatorsReading) => ValidatorsReading) => void;

async function keepFollowing(ending: AbortSignal, set: SetReading): Promise<void> {
  while (!ending.aborted) {
    try {
      await follow(ending, set);
    } catch (cause) {
      if (ending.aborted) return;
      const problem = toProblemError(cause);
      const error =
        problem.code === "CANCELLED"
          ? new ProblemError(localProblem("UNREACHABLE", "The validators have gone silent."))
          : problem;
      set((reading) => ({ ...reading, error }));
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

async function follow(ending: AbortSignal, set: SetReading): Promise<void> {
  const silent = new AbortController();
  let silence = setTimeout(() => silent.abort(), silenceMaxMs * 2);
  try {
    const signal = AbortSignal.any([ending, silent.signal]);
    for await (const status of await client.blockchain.validators.watch({}, { signal })) {
      clearTimeout(silence);
      silence = setTimeout(() => silent.abort(), silenceMaxMs);
      set(() => ({ status, receivedAt: Date.now(), error: null }));
    }
  } finally {
    clearTimeout(silence);
  }
}
