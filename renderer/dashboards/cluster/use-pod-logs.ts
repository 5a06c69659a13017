/** A container's lines while somebody looks at them: a bounded window of the newest. */
import { useEffect, useState } from "react";
import { client } from "../../data/client.ts";
import { type ProblemError, toProblemError } from "../../data/problem.ts";

const linesMax = 2_000;
const retryMs = 2_000;

export interface PodLogs {
  readonly lines: readonly { readonly at: number | null; readonly text: string }[];
  /** Lines that left the window or never reached it. */
  readonly dropped: number;
  readonly phase: "loading" | "following" | "ended" | "lost";
  readonly problem: ProblemError | null;
}

const nothing: PodLogs = { lines: [], dropped: 0, phase: "loading", problem: null };

export interface LogQuestion {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string | null;
  readonly previous: boolean;
  readonly follow: boolean;
}

/** Asked anew from the start where one of the question's parts changes. */
export function usePodLogs({ namespace, pod, container, previous, follow }: LogQuestion): PodLogs {
  const [logs, setLogs] = useState(nothing);
  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const read = async () => {
      setLogs(nothing);
      try {
        const input = {
          namespace,
          pod,
          tail: 1_000,
          previous: String(previous),
          follow: String(follow),
          ...(container !== null && { container }),
        };
        const batches = await client.microservices.cluster.logs(input, { signal: ending.signal });
        for await (const batch of batches) {
          if (ending.signal.aborted) return;
          setLogs((now) => {
            const all = [...now.lines, ...batch.lines];
            const beyond = Math.max(0, all.length - linesMax);
            return {
              lines: beyond === 0 ? all : all.slice(beyond),
              dropped: now.dropped + beyond + batch.skipped,
              phase: "following",
              problem: null,
            };
          });
        }
        setLogs((now) => ({ ...now, phase: "ended" }));
      } catch (error) {
        if (ending.signal.aborted) return;
        const problem = toProblemError(error);
        setLogs((now) => ({ ...now, phase: "lost", problem }));
        // A pod that is gone does not come back under its name.
        if (problem.status >= 500) timer = setTimeout(() => void read(), retryMs);
      }
    };
    void read();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [namespace, pod, container, previous, follow]);
  return logs;
}
