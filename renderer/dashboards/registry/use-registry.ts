/** The registry while somebody looks at it: one stream, whose changes are drawn twice a second. */
import { startTransition, useCallback, useEffect, useRef, useState } from "react";
import type { Found } from "../../../workers/microservices/contract.ts";
import { client } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { type ProblemError, toProblemError } from "../../data/problem.ts";
import { type RegistryRow, rowsOf } from "./registry-rows.ts";

const drawnEveryMs = 500;
const retryMs = 2_000;

export interface RegistryFollowing {
  /** null before the first answer. */
  readonly rows: ReadonlyMap<string, RegistryRow> | null;
  readonly problem: ProblemError | null;
  readonly retry: () => void;
}

const nobody: ReadonlyMap<string, RegistryRow> = new Map();

export function useRegistry(): RegistryFollowing {
  const { paused, freshness } = useLive();
  const [rows, setRows] = useState<ReadonlyMap<string, RegistryRow> | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const askNow = useRef<(() => void) | null>(null);
  const running = !(paused && rows !== null) && freshness !== "offline";
  useEffect(() => {
    if (!running) return undefined;
    const ending = new AbortController();
    let again: ReturnType<typeof setTimeout>;
    let drawing: ReturnType<typeof setTimeout> | undefined;
    let newest: readonly Found[] = [];
    const draw = () => {
      drawing = undefined;
      startTransition(() => setRows((before) => rowsOf(newest, before ?? nobody)));
    };
    const follow = async () => {
      try {
        const stream = await client.microservices.services.watch({}, { signal: ending.signal });
        for await (const { instances } of stream) {
          if (ending.signal.aborted) return;
          newest = instances;
          setProblem(null);
          drawing ??= setTimeout(draw, drawnEveryMs);
        }
      } catch (error) {
        if (ending.signal.aborted) return;
        setProblem(toProblemError(error));
      }
      if (!ending.signal.aborted) again = setTimeout(() => void follow(), retryMs);
    };
    askNow.current = () => {
      clearTimeout(again);
      void follow();
    };
    void follow();
    return () => {
      ending.abort();
      clearTimeout(again);
      clearTimeout(drawing);
      askNow.current = null;
    };
  }, [running]);
  return { rows, problem, retry: useCallback(() => askNow.current?.(), []) };
}
