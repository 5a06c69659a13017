import { Button, Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { SubsystemId } from "../../workers/service/contract.ts";
import { useNow, useThread } from "../data/hooks.ts";
import { toProblemError } from "../data/problem.ts";
import { subsystemTitle } from "../data/subsystem.ts";
import { formatAge } from "./format.ts";
import { ProblemView } from "./problem-view.tsx";
import classes from "./query-boundary.module.css";
import { useThreadActions } from "./thread-actions.tsx";

interface QueryBoundaryProps<T> {
  readonly query: UseQueryResult<T, unknown>;
  /** The thread that computes the answer: when it is down, that is the explanation. */
  readonly thread?: SubsystemId;
  readonly isEmpty?: (data: T) => boolean;
  /** What fills the view when it is empty. */
  readonly empty?: React.ReactNode;
  readonly children: (data: T) => React.ReactNode;
}

/** The five states of everything that is fetched: loading, empty, error, stale, offline. */
export function QueryBoundary<T>(props: QueryBoundaryProps<T>) {
  const { query, thread, isEmpty, empty, children } = props;
  if (query.data === undefined) {
    if (query.isError) {
      return (
        <OfflineOr thread={thread}>
          <ProblemView error={query.error} onRetry={() => void query.refetch()} />
        </OfflineOr>
      );
    }
    return <LoadingSkeleton />;
  }
  if (isEmpty?.(query.data)) return <EmptyView>{empty}</EmptyView>;
  return (
    <>
      {query.isRefetchError && (
        <StaleNote
          at={query.dataUpdatedAt}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
      <div className={query.isRefetchError ? classes.stale : undefined}>{children(query.data)}</div>
    </>
  );
}

/** Explains a stopped or failed thread instead of the error that follows from it. */
export function OfflineOr(props: {
  readonly thread: SubsystemId | undefined;
  readonly children: React.ReactNode;
}) {
  return props.thread === undefined ? (
    props.children
  ) : (
    <OfflineThread thread={props.thread}>{props.children}</OfflineThread>
  );
}

function OfflineThread(props: {
  readonly thread: SubsystemId;
  readonly children: React.ReactNode;
}) {
  const row = useThread(props.thread);
  const { act, busy } = useThreadActions();
  if (row === null || row.state === "ready") return props.children;
  const title = subsystemTitle(props.thread);
  const down = row.state === "stopped" || row.state === "failed";
  return (
    <div className={classes.message} role="status">
      <h3>
        {title} is {row.state}
      </h3>
      <p>{row.lastExit ? row.lastExit.reason : "It answers nothing until it is ready."}</p>
      {down ? (
        <Button loading={busy === row.id} onClick={() => act(row.id, "start")}>
          Start {title}
        </Button>
      ) : (
        <p className="soft">It comes back by itself; this view follows.</p>
      )}
    </div>
  );
}

/** Nothing for the first moment, so that quick answers do not flicker. */
export function LoadingSkeleton({ rows = 4 }: { readonly rows?: number }) {
  const shown = useAfter(150);
  return (
    <div className={classes.loading} role="status" aria-label="Loading" aria-busy="true">
      {shown &&
        Array.from({ length: rows }, (_, row) => (
          <Skeleton key={row} height={16} width={`${92 - row * 9}%`} />
        ))}
    </div>
  );
}

function useAfter(delayMs: number): boolean {
  const [after, setAfter] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAfter(true), delayMs);
    return () => clearTimeout(timer);
  }, [delayMs]);
  return after;
}

export function EmptyView({ children }: { readonly children: React.ReactNode }) {
  return <div className={classes.message}>{children}</div>;
}

function StaleNote(props: {
  readonly at: number;
  readonly error: unknown;
  readonly onRetry: () => void;
}) {
  const now = useNow();
  const { data } = toProblemError(props.error);
  return (
    <p className={classes.staleNote} role="status">
      Data of {formatAge(now - props.at)} ago: {data.detail}{" "}
      <span className="mono">{data.code}</span>
      <Button variant="subtle" size="compact-xs" onClick={props.onRetry}>
        Retry
      </Button>
    </p>
  );
}
