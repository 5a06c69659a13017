import { Button } from "@mantine/core";
import { useState } from "react";
import type { TransactionDetail } from "../../../workers/blockchain/contract.ts";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView } from "../../components/query-boundary.tsx";
import { LogData } from "../blockchain/call-data.tsx";
import { Facts, Mono } from "../blockchain/explorer-facts.tsx";
import { AccountLink } from "../blockchain/explorer-link.tsx";
import { type Decoded, logsAtOnce, useDecodedLogs } from "./decoded.ts";
import { DecodedView, type Reading, ReadingSwitch } from "./decoded-view.tsx";
import classes from "./explorer.module.css";

type Log = TransactionDetail["logs"][number];

/** Logs by their events, a page at a time: one transaction may have thousands. */
export function LogsPanel({ logs }: { readonly logs: readonly Log[] }) {
  const [reading, setReading] = useState<Reading>("decoded");
  const [from, setFrom] = useState(0);
  const shown = logs.slice(from, from + logsAtOnce);
  const { data } = useDecodedLogs(shown);
  return (
    <Panel
      title={`Logs (${number(logs.length)})`}
      id="logs"
      tools={
        logs.length > 0 && <ReadingSwitch of="the logs" value={reading} onChange={setReading} />
      }
    >
      {logs.length === 0 ? (
        <EmptyView>No contract has logged anything in this transaction.</EmptyView>
      ) : (
        <ol className={classes.logs}>
          {shown.map((log, place) => (
            <li key={log.logIndex}>
              <LogView
                log={log}
                decoded={reading === "decoded" ? (data?.decoded[place] ?? null) : null}
              />
            </li>
          ))}
        </ol>
      )}
      {logs.length > logsAtOnce && (
        <div className={classes.pages}>
          <Button
            variant="default"
            disabled={from === 0}
            onClick={() => setFrom(from - logsAtOnce)}
          >
            Earlier logs
          </Button>
          <span className="soft">
            {number(from + 1)} to {number(from + shown.length)}
          </span>
          <Button
            variant="default"
            disabled={from + logsAtOnce >= logs.length}
            onClick={() => setFrom(from + logsAtOnce)}
          >
            Later logs
          </Button>
        </div>
      )}
    </Panel>
  );
}

function LogView({ log, decoded }: { readonly log: Log; readonly decoded: Decoded | null }) {
  const contract = [
    "Contract",
    <AccountLink key="contract" address={log.address} whole />,
  ] as const;
  if (decoded !== null) {
    return (
      <>
        <Facts facts={[contract]} />
        <DecodedView decoded={decoded} label={`Parameters of log ${log.logIndex}`} />
      </>
    );
  }
  return (
    <Facts
      facts={[
        contract,
        ...log.topics.map(
          (topic, place) =>
            [
              place === 0 ? "Topic 0, the event" : `Topic ${place}`,
              <Mono key={topic}>{topic}</Mono>,
            ] as const,
        ),
        ["Data", <LogData key="data" data={log.data} />],
      ]}
    />
  );
}
