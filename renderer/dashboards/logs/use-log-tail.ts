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

interface Followed {
  /** What the rest belongs to: under another filter it is of no use. */
  readonly filter: LogFilter;
  readonly tail: LogTail;
  readonly phase: LogTailView["phase"];
  readonly error: ProblemError | null;
}

function beginning(filter: LogFilter): Followed {
  return { filter, tail: emptyTail, phase: "loading", error: null };
}

/**
 * Follows the log under one filter: the stream is opened first and then the newest page is read, so
 * that nothing falls between the two. `filter` must keep its identity while it is the same.
 */
export function useLogTail(filter: LogFilter, paused: boolean): LogTailView {
  const [state, setState] = useState(() => beginning(filter));
  const followed = state.filter === filter ? state : beginning(filter);
  // The loop below looks at it without being started anew by a pause.
  const holding = useRef(paused);

  const change = useCallback(
    (next: (current: Followed) => Partial<Followed>) =>
      setState((current) => {
        const base = current.filter === filter ? current : beginning(filter);
        return { ...base, ...next(base) };
      }),
    [filter],
  );

  useEffect(() => {
    const ending = new AbortController();
    const keep = (tail: LogTail, logs: LogTail["rows"]) =>
      holding.current ? arrived(tail, logs, true) : arrived(resumed(tail), logs, false);
    const follow = async () => {
      const events = await client.integration.logsWatch(filter, { signal: ending.signal });
      const page = await client.integration.logs({ ...filter, limit: pageRows });
      change(({ tail }) => ({
        phase: "live",
        error: null,
        tail:
          tail.rows.length === 0
            ? extended(tail, page.logs, page.next !== null)
            : keep(tail, page.logs),
      }));
      for await (const { logs, skipped } of events) {
        change(({ tail }) => ({
          tail: { ...keep(tail, logs), skipped: tail.skipped || skipped },
        }));
      }
    };
    void repeat(follow, ending.signal, (error) => change(() => ({ phase: "lost", error })));
    return () => ending.abort();
  }, [filter, change]);

  useEffect(() => {
    holding.current = paused;
  }, [paused]);

  const oldest = followed.tail.rows.at(-1)?.id;
  const loadOlder = useCallback(() => {
    const before = oldest === undefined ? {} : { before: oldest };
    client.integration.logs({ ...filter, ...before, limit: pageRows }).then(
      ({ logs, next }) => change(({ tail }) => ({ tail: extended(tail, logs, next !== null) })),
      (cause: unknown) => change(() => ({ error: toProblemError(cause) })),
    );
  }, [filter, change, oldest]);

  const { tail, phase, error } = followed;
  return { ...(paused ? tail : resumed(tail)), phase, error, loadOlder };
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
