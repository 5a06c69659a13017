import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { ValidatorsStatus } from "../../../workers/blockchain/contract.ts";
import { type Command, useCommands } from "../../app/commands.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { duration, formatAge, number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { client } from "../../data/client.ts";
import { useLive, useMay, useNow } from "../../data/hooks.ts";
import { BlockchainTabs } from "../blockchain/blockchain-tabs.tsx";
import { EventsPanel } from "./events-panel.tsx";
import { FaultsPanel } from "./faults-panel.tsx";
import { StreamPanel } from "./stream-panel.tsx";
import { type Act, useValidators } from "./use-validators.ts";
import { ValidatorGraph } from "./validator-graph.tsx";
import { ValidatorTable } from "./validator-table.tsx";
import classes from "./validators.module.css";

const { validators: api } = client.blockchain;

export function ValidatorsPage(): React.JSX.Element {
  const { paused } = useLive();
  const { status, error, receivedAt } = useValidators(paused);
  const mayOperate = useMay("operator");
  const change = useMutation({ mutationFn: (run: () => Promise<unknown>) => run() });
  const act: Act = change.mutate;
  const onCrash = useCallback((id: number) => act(() => api.crash({ id })), [act]);
  const onRestart = useCallback((id: number) => act(() => api.restart({ id })), [act]);
  const heal = useCallback(() => act(() => api.heal({})), [act]);
  usePageCommands(mayOperate ? status : null, act, heal);
  if (status === null) {
    return (
      <PageFrame title="Validators" verdict="Waiting for the validators" tabs={<BlockchainTabs />}>
        <OfflineOr thread="blockchain">
          {error === null ? <LoadingSkeleton rows={6} /> : <ProblemView error={error} />}
        </OfflineOr>
      </PageFrame>
    );
  }
  const disabled = !mayOperate || change.isPending;
  const broken = status.faults.length > 0;
  return (
    <PageFrame
      title="Validators"
      live
      health={error === null ? status.health : "unknown"}
      verdict={error === null ? status.verdict : `Last known: ${status.verdict}`}
      tabs={<BlockchainTabs />}
      action={
        <Button variant={broken ? "filled" : "default"} disabled={disabled} onClick={heal}>
          Heal all validators
        </Button>
      }
      figures={figuresOf(status)}
    >
      {(error !== null || paused) && <DataAge at={receivedAt} lost={error?.message ?? null} />}
      {broken && (
        <p className={classes.banner} role="status" aria-label="Experiment">
          <strong>Broken on purpose:</strong> {status.faults.join("; ")}. Heal undoes it.
        </p>
      )}
      {change.error && (
        <Panel title="The experiment failed">
          <ProblemView error={change.error} />
        </Panel>
      )}
      <div className={classes.layout}>
        <Panel title="Validators" id="validators">
          <ValidatorGraph status={status} />
          <p className={classes.note}>
            Thick lines carry blocks from the leader, thin ones only votes, dashed ones are cut.
            Equal letters are equal heads; A is the head that this node serves.
          </p>
          <ValidatorTable
            status={status}
            disabled={disabled}
            onCrash={onCrash}
            onRestart={onRestart}
          />
        </Panel>
        <FaultsPanel status={status} disabled={disabled} act={act} />
      </div>
      <StreamPanel disabled={!mayOperate} leader={status.leader} />
      <EventsPanel events={status.events} />
    </PageFrame>
  );
}

function usePageCommands(status: ValidatorsStatus | null, act: Act, heal: () => void): void {
  const known = status !== null;
  const leader = status?.leader ?? null;
  const states = status?.validators.map(({ id, state }) => `${id} ${state}`).join() ?? "";
  const commands = useMemo<Command[]>(() => {
    const group = "This page";
    if (!known) return [];
    const each = states.split(",").map((word) => {
      const [id = "", state] = word.split(" ");
      return state === "crashed"
        ? {
            id: `validators:restart:${id}`,
            title: `Restart validator ${id} from its disk`,
            group,
            run: () => act(() => api.restart({ id: Number(id) })),
          }
        : {
            id: `validators:crash:${id}`,
            title: `Crash validator ${id}: its memory is gone, its disk stays`,
            group,
            run: () => act(() => api.crash({ id: Number(id) })),
          };
    });
    const isolate =
      leader === null
        ? []
        : [
            {
              id: "validators:isolate",
              title: `Isolate the leader, validator ${leader}`,
              group,
              keywords: "partition cut network",
              run: () => act(() => api.partition({ groups: [[leader]] })),
            },
          ];
    return [
      { id: "validators:heal", title: "Heal all validators", group, run: heal },
      ...each,
      ...isolate,
      {
        id: "validators:lossy",
        title: "Lose 20 % of the messages between validators",
        group,
        run: () => act(() => api.links({ lossChance: 0.2, delayMeanMs: 10 })),
      },
    ];
  }, [known, leader, states, act, heal]);
  useCommands(commands);
}

function DataAge({ at, lost }: { readonly at: number; readonly lost: string | null }) {
  const now = useNow();
  return (
    <p className={classes.banner} role="status" aria-label="Age of the data">
      Data of {formatAge(Math.max(0, now - at))} ago:{" "}
      {lost === null ? "live updates are paused." : lost}
    </p>
  );
}

function figuresOf(status: ValidatorsStatus): FigureProps[] {
  const { validators, quorum, tolerates, leader, lastFailoverMs, consensus } = status;
  const up = validators.filter(({ state }) => state === "up").length;
  const term = validators.find(({ id }) => id === leader)?.term ?? null;
  const period = consensus === "pbft" ? "view" : "term";
  return [
    {
      label: "Leader",
      quantity: { value: leader === null ? "none" : `Validator ${leader}`, unit: "" },
      note:
        term === null
          ? "no block comes without one"
          : `${period} ${number(term)}; elections: ${number(status.elections)}`,
      evidence: "events",
    },
    {
      label: "Validators up",
      quantity: { value: `${up} of ${validators.length}`, unit: "" },
      note: `${quorum} needed; ${tolerates} may fail`,
      evidence: "validators",
    },
    {
      label: "Height",
      quantity: { value: number(status.height), unit: "" },
      note: status.resting ? "all agreed; heartbeats rest" : `ordered by ${consensus}`,
      evidence: "validators",
    },
    {
      label: "Waiting transactions",
      quantity: { value: number(status.pending), unit: "" },
      note: status.quorumReached ? "accepted, kept until mined" : "kept until there is a quorum",
      evidence: "stream",
    },
    {
      label: "Last failover",
      quantity: lastFailoverMs === null ? null : duration(lastFailoverMs),
      note: lastFailoverMs === null ? "no leader was lost yet" : "from loss to the next leader",
      evidence: "events",
    },
  ];
}
