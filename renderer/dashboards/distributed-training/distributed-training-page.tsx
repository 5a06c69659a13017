import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import type { TrainingRun, TrainingView } from "../../../workers/analytics/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { bytes, duration, number, percent, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import type { Health } from "../../data/health.ts";
import { useRefresh } from "../analytics/use-refresh.ts";
import { AddToRegistry } from "../learning/add-to-registry.tsx";
import classes from "./distributed-training.module.css";
import { EpochsPanel, EventsPanel, LossPanel, ScalingPanel } from "./learning-panels.tsx";
import { firstForm, readForm, type RunForm } from "./run-form.ts";
import { SetupPanel } from "./setup-panel.tsx";
import { TimelinePanel } from "./timeline-panel.tsx";
import { type WorkerDeed, WorkersPanel } from "./workers-panel.tsx";

const route = getRouteApi("/learning/distributed");
const runsShown = 20;

export function DistributedTrainingPage(): React.JSX.Element {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayRun = useMay("operator");
  const [form, setForm] = useState<RunForm>(firstForm);
  const [wrong, setWrong] = useState<string | null>(null);
  const refetchInterval = useRefresh();
  const jobs = useQuery(
    orpc.analytics.jobs.list.queryOptions({
      input: { kind: "distributed-training", limit: runsShown },
      refetchInterval,
    }),
  );
  const id = search.run ?? jobs.data?.jobs[0]?.id;
  const open = useCallback(
    (run: string) => void navigate({ search: (now) => ({ ...now, run }), replace: true }),
    [navigate],
  );
  const start = useMutation({
    mutationFn: (input: Exclude<ReturnType<typeof readForm>, string>) =>
      client.analytics.distributedTraining.start(input),
    onSuccess: (job) => {
      open(job.id);
      void jobs.refetch();
    },
  });
  const scaling = useMutation({
    mutationFn: (input: Exclude<ReturnType<typeof readForm>, string>) =>
      client.analytics.distributedTraining.scaling(input),
  });
  const ask = (mutation: typeof start | typeof scaling) => {
    const input = readForm(form);
    setWrong(typeof input === "string" ? input : null);
    if (typeof input !== "string") mutation.mutate(input);
  };
  const live = useQuery(
    orpc.analytics.distributedTraining.watch.experimental_liveOptions({
      input: { id: id ?? "" },
      enabled: id !== undefined,
      retry: false,
    }),
  );
  const run = id === undefined ? undefined : live.data;
  return (
    <PageFrame
      title="Distributed training"
      health={run === undefined ? "unknown" : healthOf(run)}
      verdict={
        run === undefined ? "No run yet: choose workers and how they exchange" : verdictOf(run)
      }
      figures={run?.view ? figuresOf(run.view) : []}
      action={run && <RunButtons run={run} mayRun={mayRun} onChange={() => void live.refetch()} />}
    >
      <div className={classes.layout}>
        <SetupPanel
          form={form}
          onChange={setForm}
          mayRun={mayRun}
          busy={start.isPending ? "start" : scaling.isPending ? "scaling" : null}
          wrong={wrong}
          error={start.error ?? scaling.error}
          onStart={() => ask(start)}
          onMeasure={() => ask(scaling)}
        />
        <div className={classes.main}>
          {(jobs.data?.jobs.length ?? 0) > 1 && (
            <NativeSelect
              label="Run"
              value={id ?? ""}
              data={(jobs.data?.jobs ?? []).map((job) => ({
                value: job.id,
                label: `${job.title}: ${job.state}, ${new Date(job.createdAt).toLocaleTimeString()}`,
              }))}
              onChange={(event) => open(event.currentTarget.value)}
            />
          )}
          {id === undefined ? (
            <QueryBoundary query={jobs} thread="analytics">
              {() => (
                <Panel title="The run">
                  <EmptyView>
                    <p>“Train” starts a run: watch its loss, then crash a worker.</p>
                  </EmptyView>
                </Panel>
              )}
            </QueryBoundary>
          ) : (
            <QueryBoundary query={live} thread="analytics">
              {(data) => <RunPanels run={data} mayRun={mayRun} />}
            </QueryBoundary>
          )}
          <ScalingPanel points={scaling.data?.points ?? []} />
        </div>
      </div>
    </PageFrame>
  );
}

function RunPanels({ run, mayRun }: { readonly run: TrainingRun; readonly mayRun: boolean }) {
  const { job, view, input } = run;
  const [answer, setAnswer] = useState<string | null>(null);
  const act = useCallback(
    (deed: WorkerDeed, worker: number | null, amount: number) => {
      client.analytics.distributedTraining
        .act({ id: job.id, deed, amount, ...(worker === null ? {} : { worker }) })
        .then(({ done }) => setAnswer(done ? null : "No worker could be found for that now."))
        .catch((error: Error) => setAnswer(error.message));
    },
    [job.id],
  );
  if (view === null) {
    return (
      <Panel title="The run">
        <EmptyView>
          <p>{job.message}</p>
        </EmptyView>
      </Panel>
    );
  }
  return (
    <div className={classes.main}>
      {answer !== null && <p role="alert">{answer}</p>}
      <div className={classes.two}>
        <LossPanel view={view} />
        <WorkersPanel
          workers={view.workers}
          isReal={input.mode === "threads"}
          isAtWork={mayRun && job.state === "running"}
          onAct={act}
        />
      </div>
      <TimelinePanel view={view} />
      <div className={classes.two}>
        <EpochsPanel view={view} />
        <EventsPanel view={view} />
      </div>
    </div>
  );
}

interface RunButtonsProps {
  readonly run: TrainingRun;
  readonly mayRun: boolean;
  readonly onChange: () => void;
}

function RunButtons({ run: { job, input }, mayRun, onChange }: RunButtonsProps) {
  const isOpen = job.state === "running" || job.state === "queued";
  const change = useMutation({
    mutationFn: () =>
      isOpen
        ? client.analytics.jobs.cancel({ id: job.id })
        : client.analytics.jobs.resume({ id: job.id }),
    onSuccess: onChange,
  });
  if (job.state === "done") {
    return (
      <AddToRegistry
        key={job.id}
        source="distributed-training"
        id={job.id}
        name={`${input.dataSet} ${input.strategy}`}
      />
    );
  }
  return (
    <Button
      variant="default"
      disabled={!mayRun}
      loading={change.isPending}
      onClick={() => change.mutate()}
    >
      {isOpen ? "Stop" : "Resume from the checkpoint"}
    </Button>
  );
}

function healthOf({ job, view }: TrainingRun): Health {
  if (job.state === "failed") return "failed";
  if (job.state === "done") return "healthy";
  if (job.state === "cancelled" || job.state === "interrupted" || job.state === "queued") {
    return "unknown";
  }
  const isWhole = view?.workers.every(({ state }) => state !== "crashed") ?? true;
  return isWhole ? "healthy" : "degraded";
}

function verdictOf({ job, view }: TrainingRun): string {
  const words = {
    queued: "Waits for its turn",
    running: "Trains",
    done: "Done",
    failed: "Broke off",
    cancelled: "Stopped",
    interrupted: "Interrupted",
  }[job.state];
  if (job.state === "failed") return `${words}: ${job.message}`;
  if (view === null) return `${words}: ${job.message}`;
  const hands = view.workers.filter(({ state, name }) => state === "training" && name !== "server");
  const who =
    job.state === "running"
      ? ` with ${hands.length} ${hands.length === 1 ? "worker" : "workers"}`
      : "";
  return `${words}${who}: step ${number(view.step)} of ${number(view.totalSteps)}, ${replicasText(view)}`;
}

function replicasText({ epochs }: TrainingView): string {
  const newest = epochs.at(-1);
  if (newest === undefined) return "no epoch has ended yet";
  const isEqual = new Set(newest.hashes.map(({ hash }) => hash)).size === 1;
  return isEqual ? "all replicas are equal" : "replicas differ";
}

function figuresOf(view: TrainingView): FigureProps[] {
  const accuracy = view.epochs.at(-1)?.accuracy ?? null;
  const loss = view.losses.values.at(-1);
  return [
    {
      label: "Loss",
      quantity: loss === undefined ? null : { value: loss.toPrecision(3), unit: "" },
      note: "mean cross-entropy of the newest steps",
      trend: view.losses.values.slice(-60),
      evidence: "loss",
    },
    {
      label: "Held-back accuracy",
      quantity: accuracy === null ? null : percent(accuracy),
      note: "after the newest epoch",
      evidence: "epochs",
    },
    {
      label: "Step",
      quantity: view.stepMs === null ? null : duration(view.stepMs),
      note: `of ${view.clock} time, newest steps`,
      evidence: "timeline",
    },
    {
      label: "Exchanged",
      quantity: bytes(view.bytes),
      note: `${text(bytes(view.retransmittedBytes))} more were sent again`,
      evidence: "timeline",
    },
    {
      label: "Checkpoint",
      quantity: { value: number(view.checkpointStep), unit: "steps" },
      note: `${number(view.checkpoints)} taken; what a crash goes back to`,
      evidence: "events",
    },
  ];
}
