import { Button, NativeSelect, Switch } from "@mantine/core";
import { useMemo, useState } from "react";
import { useCommands } from "../../app/commands.ts";
import { duration, number, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { TransactionLink } from "../blockchain/explorer-link.tsx";
import { type StreamProgress, streamVerdict } from "./transfer-stream.ts";
import { useTransferStream } from "./use-transfer-stream.ts";
import classes from "./validators.module.css";

const counts = [50, 200, 500, 1_000] as const;
const missingShownMax = 10;

interface StreamPanelProps {
  readonly disabled: boolean;
  readonly leader: number | null;
}

/** Transfers through the API while things break, and what became of those that were acknowledged. */
export function StreamPanel({ disabled, leader }: StreamPanelProps) {
  const [count, setCount] = useState(200);
  const [crashing, setCrashing] = useState(true);
  const { progress, error, running, start, stop } = useTransferStream(leader);
  useCommands(
    useMemo(
      () =>
        disabled
          ? []
          : [
              running
                ? { id: "stream:stop", title: "Stop the transfers", group: "This page", run: stop }
                : {
                    id: "stream:start",
                    title: `Send a stream of ${count} transfers`,
                    group: "This page",
                    run: () => start(count, crashing),
                  },
            ],
      [disabled, running, count, crashing, start, stop],
    ),
  );
  return (
    <Panel title="No transaction is lost" id="stream">
      <div className={classes.stream}>
        <p>
          Sends small transfers between the developer accounts through{" "}
          <span className="mono">POST /api/blockchain/transactions</span> while you crash and
          partition, and then looks every acknowledged one up on the chain.
        </p>
        <form
          className={classes.streamForm}
          onSubmit={(event) => {
            event.preventDefault();
            start(count, crashing);
          }}
        >
          <NativeSelect
            label="Transfers"
            value={String(count)}
            disabled={running}
            data={counts.map((each) => ({ value: String(each), label: number(each) }))}
            onChange={(event) => setCount(Number(event.currentTarget.value))}
          />
          <Switch
            label="Crash the leader half-way"
            checked={crashing}
            disabled={running}
            onChange={(event) => setCrashing(event.currentTarget.checked)}
          />
          {running ? (
            <Button variant="default" onClick={stop} disabled={progress?.phase === "checking"}>
              Stop the transfers
            </Button>
          ) : (
            <Button type="submit" disabled={disabled}>
              Send a stream of transfers
            </Button>
          )}
        </form>
        {error !== null && <p role="alert">{error}</p>}
        {progress !== null && <Progress progress={progress} />}
      </div>
    </Panel>
  );
}

function Progress({ progress }: { readonly progress: StreamProgress }) {
  const { phase, count, sent, acknowledged, refused, unanswered, mined, missing } = progress;
  const waiting = sent - acknowledged - refused - unanswered;
  const counters = [
    ["Sent", `${number(sent)} of ${number(count)}`],
    ["Waiting for an answer", number(waiting)],
    ["Acknowledged", number(acknowledged)],
    ["Found on the chain", number(mined)],
    ["Refused", number(refused)],
    ["Longest wait", acknowledged === 0 ? "none" : text(duration(progress.slowestMs))],
  ] as const;
  const done = phase === "done";
  const verdict = done ? streamVerdict(progress) : null;
  return (
    <>
      <progress
        className={classes.progress}
        aria-label={phase === "sending" ? "Transfers sent" : "Transfers looked up"}
        max={phase === "sending" ? count : Math.max(1, acknowledged)}
        value={phase === "sending" ? sent : mined + missing.length}
      />
      <dl className={classes.counters}>
        {counters.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p role="status" aria-label="Verdict of the experiment" className={classes.streamVerdict}>
        {verdict === null ? (
          phase === "sending" ? (
            "Sending; crash and partition as you like."
          ) : (
            "Looking the acknowledged ones up on the chain."
          )
        ) : (
          <>
            <StatusMark health={verdict.health} word={verdict.health} hideWord /> {verdict.text}
          </>
        )}
      </p>
      {progress.lastRefusal !== null && <p>The last refusal: {progress.lastRefusal}</p>}
      {missing.length > 0 && (
        <ul>
          {missing.slice(0, missingShownMax).map((hash) => (
            <li key={hash}>
              <TransactionLink hash={hash} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
