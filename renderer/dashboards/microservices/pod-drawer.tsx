import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { PodView } from "../../../workers/microservices/contract.ts";
import { formatTime } from "../../components/format.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { podHealth } from "./health.ts";
import classes from "./microservices.module.css";
import { ScrolledText } from "./scrolled-text.tsx";
import { useAct, useRefresh } from "./use-cluster.ts";

interface PodDrawerProps {
  readonly name: string | undefined;
  readonly onClose: () => void;
}

export function PodDrawer({ name, onClose }: PodDrawerProps) {
  return (
    <SideDrawer title={`Pod ${name ?? ""}`} opened={name !== undefined} onClose={onClose}>
      {name !== undefined && <PodContent key={name} name={name} onClose={onClose} />}
    </SideDrawer>
  );
}

function PodContent({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const refetchInterval = useRefresh(1_000);
  const query = useQuery(
    orpc.microservices.pods.get.queryOptions({
      input: { name },
      // A pod that is gone does not come back under its name.
      refetchInterval: ({ state }) => (state.status === "error" ? false : refetchInterval),
    }),
  );
  return (
    <QueryBoundary query={query} thread="microservices">
      {(pod) => <PodDetails pod={pod} onClose={onClose} />}
    </QueryBoundary>
  );
}

interface PodDetailsProps {
  readonly pod: PodView;
  readonly onClose: () => void;
}

function PodDetails({ pod, onClose }: PodDetailsProps) {
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ["Phase", pod.phase],
    ["Restarts", pod.restarts],
    ["Image", pod.image],
    ["ReplicaSet", pod.replicaSet],
    ["Address", pod.port === null ? "none" : `127.0.0.1:${pod.port}`],
    ["Created", <RelativeAge key="age" at={pod.createdAt} />],
    [
      "Last termination",
      pod.lastTermination === null
        ? "none"
        : `${pod.lastTermination.reason}, exit code ${pod.lastTermination.exitCode}`,
    ],
  ];
  return (
    <div className={classes.details}>
      <p>
        <StatusMark health={podHealth(pod)} word={pod.status} />{" "}
        {pod.message !== null && <span className="soft">{pod.message}</span>}
      </p>
      <KillButtons pod={pod} onClose={onClose} />
      <dl className={classes.facts}>
        {facts.map(([term, fact]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
      <section aria-label="Conditions">
        <h3>Conditions</h3>
        <dl className={classes.facts}>
          {pod.conditions.map(({ type, status, reason, message }) => (
            <div key={type} title={message ?? undefined}>
              <dt>{type}</dt>
              <dd>
                {status}
                {reason !== null && <span className="soft"> {reason}</span>}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-label="Probes">
        <h3>Probes</h3>
        {pod.probes.length === 0 ? (
          <p className="soft">No probe has run on this container yet.</p>
        ) : (
          <dl className={classes.facts}>
            {pod.probes.map(({ kind, ok, message }) => (
              <div key={kind}>
                <dt>{kind}</dt>
                <dd>
                  <StatusMark health={ok ? "healthy" : "failed"} word={message} />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <PodLogs name={pod.name} />
    </div>
  );
}

function KillButtons({ pod, onClose }: PodDetailsProps) {
  const mayAct = useMay("operator");
  const kill = useAct(client.microservices.pods.kill, ({ target, name }) =>
    target === "pod" ? `Killed ${name}` : `Killed the container of ${name}`,
  );
  return (
    <div className={classes.row}>
      <Button
        variant="default"
        disabled={!mayAct || pod.status === "Terminating"}
        loading={kill.isPending}
        onClick={() => {
          // There will be nothing left to look at.
          onClose();
          kill.mutate({ name: pod.name, target: "pod" });
        }}
      >
        Kill pod
      </Button>
      <Button
        variant="default"
        disabled={!mayAct || pod.port === null}
        loading={kill.isPending}
        onClick={() => kill.mutate({ name: pod.name, target: "container" })}
      >
        Kill container
      </Button>
      <span className="soft">A killed pod is replaced; a killed container restarts inside it.</span>
    </div>
  );
}

function PodLogs({ name }: { readonly name: string }) {
  const { timeFormat } = usePreferences();
  const query = useQuery(
    orpc.microservices.pods.logs.queryOptions({
      input: { name, tail: 200 },
      refetchInterval: useRefresh(2_000),
    }),
  );
  return (
    <section aria-label="Logs">
      <h3>Logs</h3>
      <QueryBoundary
        query={query}
        thread="microservices"
        isEmpty={({ lines }) => lines.length === 0}
        empty={<p>The pod has written nothing yet.</p>}
      >
        {({ lines, dropped }) => (
          <ScrolledText label={`Log of ${name}`}>
            {dropped > 0 && `${dropped} older lines were dropped\n`}
            {lines.map(({ at, text }) => `${formatTime(at, timeFormat)} ${text}`).join("\n")}
          </ScrolledText>
        )}
      </QueryBoundary>
    </section>
  );
}
