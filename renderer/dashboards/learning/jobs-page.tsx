/** All long work of the learning machines: how far it is, and what can be done about it. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { JobRecord } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import type { FigureProps } from "../../components/figure.tsx";
import { number, percent, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { PathLink } from "../../components/path-link.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client, orpc } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { useMay } from "../../data/hooks.ts";
import { act } from "../models/use-models.ts";
import classes from "./flows.module.css";
import { placeOfJob, tableJobs } from "./job-paths.ts";
import { saveAnswers } from "./table-prediction.tsx";

const shownMax = 200;
const { jobs } = client.analytics;

export function JobsPage(): React.JSX.Element {
  const live = useQuery(
    orpc.analytics.jobs.watchAll.experimental_liveOptions({
      input: { limit: shownMax },
      retry: true,
    }),
  );
  const mayAct = useMay("operator");
  const columns = useMemo(() => columnsFor(mayAct), [mayAct]);
  const list = live.data?.jobs ?? [];
  return (
    <PageFrame
      title="Jobs"
      health={live.data === undefined ? "unknown" : healthOfJobs(list)}
      verdict={live.data === undefined ? "Waiting for the jobs" : verdictOfJobs(list)}
      figures={live.data === undefined ? [] : figuresOf(list)}
    >
      <Panel title="Long work, newest first" id="jobs">
        <QueryBoundary
          query={live}
          thread="analytics"
          isEmpty={(data) => data.jobs.length === 0}
          empty={
            <p>
              No job yet. <PathLink path="/learning/automl">Search for a model</PathLink>, or{" "}
              <PathLink path="/learning/lab">train a network</PathLink>.
            </p>
          }
        >
          {(data) => (
            <DataTable
              label="Jobs"
              columns={columns}
              rows={data.jobs}
              rowKey={({ id }) => id}
              heightMax={560}
            />
          )}
        </QueryBoundary>
      </Panel>
    </PageFrame>
  );
}

const countOf = (list: readonly JobRecord[], state: JobRecord["state"]): number =>
  list.filter((job) => job.state === state).length;

function healthOfJobs(list: readonly JobRecord[]): Health {
  return countOf(list, "failed") > 0 ? "degraded" : "healthy";
}

function verdictOfJobs(list: readonly JobRecord[]): string {
  const [running, queued, failed] = (["running", "queued", "failed"] as const).map((state) =>
    countOf(list, state),
  );
  const parts = [`${running} at work`, `${queued} waiting`];
  if (failed! > 0) parts.push(`${failed} failed`);
  return parts.join(", ");
}

function figuresOf(list: readonly JobRecord[]): FigureProps[] {
  const figure = (label: string, state: JobRecord["state"], note: string): FigureProps => ({
    label,
    quantity: { value: number(countOf(list, state)), unit: "" },
    note,
    evidence: "jobs",
  });
  return [
    figure("At work", "running", "two run at a time"),
    figure("Waiting", "queued", "for their turn"),
    figure("Done", "done", "of those that are kept"),
    figure("Interrupted", "interrupted", "they can be resumed"),
    figure("Failed", "failed", "normally none"),
  ];
}

const healthOf: Readonly<Record<JobRecord["state"], Health>> = {
  queued: "unknown",
  running: "healthy",
  done: "healthy",
  failed: "failed",
  cancelled: "unknown",
  interrupted: "degraded",
};

function columnsFor(mayAct: boolean): Column<JobRecord>[] {
  return [
    {
      id: "state",
      header: "State",
      value: ({ state }) => state,
      cell: ({ state }) => <StatusMark health={healthOf[state]} word={state} />,
      width: "100px",
    },
    {
      id: "title",
      header: "Job",
      value: ({ title }) => title,
      cell: ({ title }) => <Line words={title} />,
    },
    {
      id: "message",
      header: "What it does",
      value: ({ message }) => message,
      cell: ({ message }) => <Line words={message} />,
    },
    {
      id: "done",
      header: "Done",
      value: ({ fraction }) => fraction,
      cell: ({ fraction }) => text(percent(fraction)),
      numeric: true,
      width: "70px",
    },
    {
      id: "actions",
      header: "Actions",
      value: () => "",
      cell: (job) => <Actions job={job} mayAct={mayAct} />,
      width: "210px",
    },
    {
      id: "begun",
      header: "Begun",
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <RelativeAge at={createdAt} />,
      width: "110px",
    },
    { id: "kind", header: "Kind", value: ({ kind }) => kind, width: "150px" },
  ];
}

/** Long words are cut, and whole where the pointer rests. */
function Line({ words }: { readonly words: string }) {
  return (
    <span className={classes.line} title={words}>
      {words}
    </span>
  );
}

function Actions({ job, mayAct }: { readonly job: JobRecord; readonly mayAct: boolean }) {
  const { id, title, state, kind, resumable } = job;
  const isOpen = state === "queued" || state === "running";
  const place = placeOfJob(job);
  const button = (word: string, done: string, work: () => Promise<unknown>) => (
    <Button
      variant="default"
      size="compact-xs"
      disabled={!mayAct}
      aria-label={`${word} ${title}`}
      onClick={() => void act(`${title}: ${done}.`, work)}
    >
      {word}
    </Button>
  );
  return (
    <span className={classes.actions}>
      {isOpen && button("Cancel", "cancelled", () => jobs.cancel({ id }))}
      {!isOpen &&
        state !== "done" &&
        resumable &&
        button("Resume", "goes on", () => jobs.resume({ id }))}
      {!isOpen && button("Remove", "removed", () => jobs.remove({ id }))}
      {state === "done" && tableJobs.has(kind) && (
        <Button variant="default" size="compact-xs" onClick={() => void saveAnswers(id)}>
          Save CSV
        </Button>
      )}
      {place !== null && <PathLink path={place.path}>{place.words}</PathLink>}
    </span>
  );
}
