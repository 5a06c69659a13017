import { useQuery } from "@tanstack/react-query";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { type ApiClient, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { Rows } from "../../playgrounds/contracts/explanation-view.tsx";
import { AccountLink } from "../blockchain/explorer-link.tsx";
import classes from "./explorer.module.css";

type Explanation = Awaited<ReturnType<ApiClient["blockchain"]["explain"]>>;
const callsMax = 500;

/** The calls within a transaction as a tree, and why it failed: it is run again for that. */
export function TracePanel({ hash }: { readonly hash: string }) {
  const mayRun = useMay("operator");
  const query = useQuery(
    orpc.blockchain.explain.queryOptions({
      input: { source: { kind: "transaction", hash } },
      enabled: mayRun,
      staleTime: Infinity,
    }),
  );
  return (
    <Panel title="Internal calls" id="trace">
      {mayRun ? (
        <QueryBoundary query={query} thread="blockchain">
          {(explanation) => <Tree explanation={explanation} />}
        </QueryBoundary>
      ) : (
        <EmptyView>Running it again needs the role operator.</EmptyView>
      )}
    </Panel>
  );
}

function Tree({ explanation }: { readonly explanation: Explanation }) {
  const { calls, failure, result, truncated } = explanation;
  return (
    <div className={classes.details}>
      {failure !== null && (
        <div role="group" aria-label="Why it failed" className={classes.failure}>
          <strong>{failure.message}</strong>
          <ol>
            {failure.lines.map(({ text }, place) => (
              // Lines may be the same; their order is what they are.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={place} className="mono">
                {text}
              </li>
            ))}
          </ol>
        </div>
      )}
      <ol className={classes.tree} aria-label="Calls">
        {calls.slice(0, callsMax).map((call, place) => (
          // A call may be made twice.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={place} style={{ paddingLeft: Math.min(call.depth, 24) * 16 }}>
            <span className="soft">
              <span className="visually-hidden">Depth {call.depth}: </span>
              {call.kind.toLowerCase()}
            </span>{" "}
            {call.to !== null && <AccountLink address={call.to} />}{" "}
            <span className="mono">{call.text}</span>{" "}
            <span className="soft">
              {number(call.gasUsed)} gas{call.value !== "0" && `, ${call.value} wei`}
            </span>
            {call.error !== null && <strong className={classes.error}> {call.error}</strong>}
          </li>
        ))}
      </ol>
      {calls.length > callsMax && (
        <p className="soft">
          The first {number(callsMax)} of {number(calls.length)} calls.
        </p>
      )}
      {truncated !== null && <p className="soft">{truncated}</p>}
      {result !== null && result.length > 0 && (
        <>
          <h3>Returned</h3>
          <Rows label="Returned values" rows={result} />
        </>
      )}
    </div>
  );
}
