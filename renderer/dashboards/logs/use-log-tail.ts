import { useCallback, useEffect, useRef, useState } from "react";
import type { LogRecord } from "../../../workers/integration/contract.ts";
import type { SubsystemId } from "../../../workers/service/contract.ts";
import { client } from "../../data/client.ts";
import { type ProblemError, toProblemError } from "../../data/problem.ts";
import { arrived, emptyTail, extended, type LogTail, resumed } from "./log-tail.ts";

const pageRows = 500;
const retryMs = 2_000;

export interface LogFilter {
  readonly subsystem?: SubsystemId;
  readonly level?: LogRecord["level"];
  readonly query?: string;
  readonly traceId?: string;
}

export interface LogTailView extends LogTail {
  readonly phase: "loading" | "live" | "lost";
  readonly error: ProblemError | null;
  readonly loadOlder: () => void;
}

/**
 * Follows the log under one filter: the stream is opened first and then the newest page is read, so
 * that nothing falls between the two. `filter` must keep its identity while it is the same.
 */
export function useLogTail(filter: LogFilter, paused: boolean): LogTailView {
  const [tail, setTail] = useState<LogTail>(emptyTail);
  const [phase, setPhase] = useState<LogTailView["phase"]>("loading");
  const [error, setError] = useState<ProblemError | null>(null);
  // The loop below looks at it without being started anew by a pause.
  const holding = useRef(paused);

  useEffect(() => {
    const ending = new AbortController();
    setTail(emptyTail);
    setPhase("loading");
    const follow = async () => {
      const events = await client.integration.logsWatch(filter, { signal: ending.signal });
      const page = await client.integration.logs({ ...filter, limit: pageRows });
      setTail((current) =>
        current.rows.length === 0
          ? extended(current, page.logs, page.next !== null)
          : arrived(current, page.logs, holding.current),
      );
      setPhase("live");
      setError(null);
      for await (const { logs, skipped } of events) {
        setTail((current) => ({
          ...arrived(current, logs, holding.current),
          skipped: current.skipped || skipped,
        }));
      }
    };
    void repeat(follow, ending.signal, (problem) => {
      setPhase("lost");
      setError(problem);
    });
    return () => ending.abort();
  }, [filter]);

  useEffect(() => {
    holding.current = paused;
    if (!paused) setTail(resumed);
  }, [paused]);

  const oldest = tail.rows.at(-1)?.id;
  const loadOlder = useCallback(() => {
    const before = oldest === undefined ? {} : { before: oldest };
    client.integration.logs({ ...filter, ...before, limit: pageRows }).then(
      ({ logs, next }) => setTail((current) => extended(current, logs, next !== null)),
      (cause: unknown) => setError(toProblemError(cause)),
    );
  }, [filter, oldest]);

  return { ...tail, phase, error, loadOlder };
}

async function repeat(
  follow: () => Promise<void>,
  ending: AbortSignal,
  onLost: (problem: ProblemError) => void,
): Promise<void> {
  while (!ending.aborted) {
    try {
      await follow();
    } catch (cause) {
      if (ending.aborted) return;
      onLost(toProblemError(cause));
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
