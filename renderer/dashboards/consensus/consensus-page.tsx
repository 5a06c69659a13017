import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { ConsensusStatus } from "../../../workers/consensus/contract.ts";
import { useCommands } from "../../app/commands.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { duration, formatAge, number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { client } from "../../data/client.ts";
import { useLive, useMay, useNow } from "../../data/hooks.ts";
import classes from "./consensus.module.css";
import { EventsPanel } from "./events-panel.tsx";
import { LogStrips } from "./log-strips.tsx";
import { NodesPanel } from "./nodes-panel.tsx";
import { ProposePanel } from "./propose-panel.tsx";
import { useConsensus } from "./use-consensus.ts";

type Change = () => Promise<unknown>;

export function ConsensusPage(): React.JSX.Element {
  const { paused } = useLive();
  const { status, events, error } = useConsensus(paused);
  const mayOperate = useMay("operator");
  const change = useMutation({ mutationFn: (run: Change) => run() });
  const { mutate } = change;
  const onCrash = useCallback(
    (id: number) => mutate(() => client.integration.consensus.crash({ id })),
    [mutate],
  );
  const onRestart = useCallback(
    (id: number) => mutate(() => client.integration.consensus.restart({ id })),
    [mutate],
  );
  const heal = useCallback(() => mutate(() => client.integration.consensus.heal({})), [mutate]);
  useCommands(
    useMemo(
      () =>
        mayOperate
          ? [{ id: "consensus:heal", title: "Heal the group", group: "This page", run: heal }]
          : [],
      [mayOperate, heal],
    ),
  );
  if (status === null) {
    return (
      <PageFrame title="Consensus" verdict="Waiting for the first state of the group">
        <OfflineOr thread="integration">
          {error === null ? <LoadingSkeleton rows={6} /> : <ProblemView error={error} />}
        </OfflineOr>
      </PageFrame>
    );
  }
  const disabled = !mayOperate || change.isPending;
  return (
    <PageFrame
      title="Consensus"
      live
      health={error === null ? status.health : "unknown"}
      verdict={error === null ? status.verdict : `Last known: ${status.verdict}`}
      figures={figuresOf(status)}
    >
      <ExperimentBanner status={status} disabled={disabled} onHeal={heal} />
      {change.error && (
        <Panel title="The experiment failed">
          <ProblemView error={change.error} />
        </Panel>
      )}
      <div className={classes.layout}>
        <NodesPanel status={status} disabled={disabled} onCrash={onCrash} onRestart={onRestart} />
        <div className={classes.side}>
          <ProposePanel disabled={!mayOperate} />
          <PartitionPanel status={status} disabled={disabled} mutate={mutate} />
        </div>
      </div>
      <LogStrips status={status} />
      <EventsPanel events={events} />
    </PageFrame>
  );
}

function figuresOf(status: ConsensusStatus): FigureProps[] {
  const { proposals, lastFailoverMs, nodes, quorum } = status;
  const up = nodes.filter(({ state }) => state === "up").length;
  return [
    {
      label: "Nodes up",
      quantity: { value: `${up} of ${nodes.length}`, unit: "" },
      note: `${quorum} needed to agree`,
      evidence: "nodes",
    },
    {
      label: "Term",
      quantity: { value: number(status.term), unit: "" },
      note: `leaders elected: ${number(status.elections)}${status.resting ? "; heartbeats rest" : ""}`,
      evidence: "events",
    },
    {
      label: "Commit index",
      quantity: { value: number(status.commitIndex), unit: "" },
      note: status.storage.detail,
      evidence: "logs",
    },
    {
      label: "Last agreement",
      quantity: proposals.lastMs === null ? null : duration(proposals.lastMs),
      note: `${number(proposals.committed)} agreed, ${number(proposals.failed)} failed`,
      evidence: "propose",
    },
    {
      label: "Last failover",
      quantity: lastFailoverMs === null ? null : duration(lastFailoverMs),
      note: `timeouts ${status.timing.electionTimeoutMinMs} to ${status.timing.electionTimeoutMaxMs} ms`,
      evidence: "events",
    },
  ];
}

interface BannerProps {
  readonly status: ConsensusStatus;
  readonly disabled: boolean;
  readonly onHeal: () => void;
}

function ExperimentBanner({ status: { experiment }, disabled, onHeal }: BannerProps) {
  const now = useNow();
  if (experiment === null) return null;
  return (
    <div className={classes.banner} role="status" aria-label="Experiment">
      <p>
        <strong>Experiment for {formatAge(Math.max(0, now - experiment.since))}:</strong>{" "}
        {experiment.faults.join("; ")}
      </p>
      <Button size="compact-sm" disabled={disabled} onClick={onHeal}>
        Heal the group
      </Button>
    </div>
  );
}

interface PartitionPanelProps {
  readonly status: ConsensusStatus;
  readonly disabled: boolean;
  readonly mutate: (run: Change) => void;
}

function PartitionPanel({ status, disabled, mutate }: PartitionPanelProps) {
  const { nodes, leader } = status;
  const follower = nodes.find(({ id }) => id !== leader)?.id ?? 1;
  const presets = [
    ...(leader === null
      ? []
      : [{ name: `Isolate the leader, node ${leader}`, groups: [[leader]] }]),
    { name: `Isolate node ${follower}`, groups: [[follower]] },
    { name: "Isolate every node", groups: nodes.map(({ id }) => [id]) },
  ];
  return (
    <Panel title="Experiments" id="experiments">
      <div className={classes.form}>
        {presets.map(({ name, groups }) => (
          <Button
            key={name}
            variant="default"
            disabled={disabled}
            onClick={() => mutate(() => client.integration.consensus.partition({ groups }))}
          >
            {name}
          </Button>
        ))}
        <Button
          variant="default"
          disabled={disabled}
          onClick={() =>
            mutate(() => client.integration.consensus.faults({ lossChance: 0.2, delayMeanMs: 10 }))
          }
        >
          Lose 20 % of the messages
        </Button>
      </div>
    </Panel>
  );
}
