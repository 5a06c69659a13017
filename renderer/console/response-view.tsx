import { Tabs } from "@mantine/core";
import { useMemo } from "react";
import { CopyButton } from "../components/copy-button.tsx";
import { bytes, duration, number, text } from "../components/format.ts";
import { CodeView } from "../components/code-view.tsx";
import { Panel } from "../components/page-frame.tsx";
import { ProblemView } from "../components/problem-view.tsx";
import { EmptyView } from "../components/query-boundary.tsx";
import { StatusMark } from "../components/status-mark.tsx";
import { TraceLink } from "../components/trace-link.tsx";
import type { Health } from "../data/health.ts";
import classes from "./console.module.css";
import { bodyMaxBytes, eventsMax, type Exchange } from "./exchange.ts";

export function ResponseView({ state }: { readonly state: Exchange | null }) {
  if (state === null) {
    return (
      <Panel title="Response">
        <EmptyView>
          <p className="soft">Send the request to see its answer. Ctrl+Enter sends too.</p>
        </EmptyView>
      </Panel>
    );
  }
  return (
    <Panel title="Response" tools={<ResponseFacts state={state} />}>
      {state.error && <ProblemView error={state.error} />}
      {state.phase === "cancelled" && state.status === null && (
        <EmptyView>
          <p>Cancelled before an answer arrived.</p>
        </EmptyView>
      )}
      {state.status !== null && <Answer state={state} />}
    </Panel>
  );
}

function ResponseFacts({ state }: { readonly state: Exchange }) {
  const facts = [
    state.firstByteMs === null ? null : `first byte ${text(duration(state.firstByteMs))}`,
    state.totalMs === null ? null : `total ${text(duration(state.totalMs))}`,
    state.status === null ? null : text(bytes(state.bytes)),
  ].filter((fact) => fact !== null);
  const traceId = state.headers.find(([name]) => name === "x-trace-id")?.[1];
  return (
    <div className={classes.facts} role="status" aria-label="Result">
      <StatusMark health={healthOf(state)} word={wordOf(state)} />
      <span className="soft">{facts.join(", ")}</span>
      {traceId !== undefined && <TraceLink id={traceId}>Trace</TraceLink>}
    </div>
  );
}

function healthOf({ status, phase }: Exchange): Health {
  if (phase === "failed") return "failed";
  if (status === null) return "unknown";
  return status < 400 ? "healthy" : status < 500 ? "degraded" : "failed";
}

function wordOf({ status, statusText, phase }: Exchange): string {
  const line = status === null ? "" : `${status} ${statusText}`.trim();
  if (phase === "sending") return "Sending";
  if (phase === "streaming") return `${line}, receiving`;
  if (phase === "cancelled") return line === "" ? "Cancelled" : `${line}, cancelled`;
  return line === "" ? "No answer" : line;
}

function Answer({ state }: { readonly state: Exchange }) {
  const pretty = useMemo(() => prettify(state.body), [state.body]);
  const streaming = state.events.length > 0;
  return (
    <Tabs defaultValue="body" className={classes.answer}>
      <Tabs.List>
        <Tabs.Tab value="body">{streaming ? "Events" : "Body"}</Tabs.Tab>
        <Tabs.Tab value="headers">Headers ({state.headers.length})</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="body" className={classes.answerPanel}>
        {streaming ? <EventList state={state} /> : null}
        {!streaming && state.body === "" && (
          <p className="soft">{state.phase === "streaming" ? "Receiving" : "No body."}</p>
        )}
        {!streaming && state.body !== "" && (
          <>
            <CodeView label="Response body" value={pretty} heightMax={420} />
            <CopyButton text={state.body} name="Copy body" />
          </>
        )}
        {state.truncated && (
          <p role="status">Only the first {text(bytes(bodyMaxBytes))} are shown.</p>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="headers" className={classes.answerPanel}>
        <dl className={classes.headers}>
          {state.headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Tabs.Panel>
    </Tabs>
  );
}

function EventList({ state }: { readonly state: Exchange }) {
  const [newest] = state.events;
  return (
    <>
      <p className="soft">
        {number(newest?.number ?? 0)} events received, the newest{" "}
        {Math.min(eventsMax, state.events.length)} are listed.
      </p>
      <ol className={classes.events} aria-label="Events, newest first" reversed>
        {state.events.map((event) => (
          <li key={event.number}>
            <details>
              <summary>
                <span className="soft">
                  {event.number} at {text(duration(event.atMs))}
                </span>{" "}
                <span className="mono">{event.data.slice(0, 160)}</span>
              </summary>
              <pre>{prettify(event.data)}</pre>
            </details>
          </li>
        ))}
      </ol>
    </>
  );
}

/** JSON with indentation; anything else as it came. */
function prettify(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
