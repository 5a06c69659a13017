import { getRouteApi } from "@tanstack/react-router";
import type { FigureProps } from "../../components/figure.tsx";
import { bytes, duration, number, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import type { ApiClient } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { Deletions } from "./deletions.tsx";
import { ModelDetails } from "./model-details.tsx";
import { ModelTable } from "./model-table.tsx";
import classes from "./models.module.css";
import { UploadForm } from "./upload-form.tsx";
import { useModels } from "./use-models.ts";

const route = getRouteApi("/learning/models");

export type Registry = Awaited<ReturnType<ApiClient["analytics"]["registry"]["list"]>>;

/** Which models there are, which version answers, how fast, and whether the world has changed. */
export function ModelsPage(): React.JSX.Element {
  const { model: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useModels();
  const models = query.data?.models ?? [];
  const shown = models.find(({ name }) => name === wanted) ?? (wanted ? undefined : models[0]);
  const open = (name: string, version?: number) =>
    void navigate({ search: { model: name, version }, replace: true, resetScroll: false });
  const verdict = verdictOf(query.data);
  return (
    <PageFrame
      title="Models"
      health={verdict.health}
      verdict={verdict.sentence}
      figures={query.data ? figuresOf(query.data) : []}
    >
      <div className={classes.top}>
        <Panel title="Registry" id="registry">
          <QueryBoundary query={query} thread="analytics">
            {(data) => (
              <ModelTable
                models={data.models}
                selected={shown?.name}
                onOpen={(name) => open(name)}
              />
            )}
          </QueryBoundary>
        </Panel>
        <div className={classes.side}>
          <UploadForm model={shown?.name} onAdded={open} />
          <Deletions deletions={query.data?.deletions ?? []} />
        </div>
      </div>
      {shown === undefined ? (
        wanted !== undefined &&
        query.data !== undefined && (
          <p role="status">There is no model “{wanted}”. It may have been deleted.</p>
        )
      ) : (
        <ModelDetails key={shown.name} model={shown} onOpen={open} />
      )}
    </PageFrame>
  );
}

function verdictOf(registry: Registry | undefined): { health: Health; sentence: string } {
  if (registry === undefined) return { health: "unknown", sentence: "Waiting for the registry" };
  const { models, persistent } = registry;
  const kept = persistent ? "" : "; kept in memory only, gone when the platform ends";
  if (models.length === 0) return { health: "unknown", sentence: `No model yet${kept}` };
  const failing = models.filter(
    ({ failures, requests }) => failures > 0 && failures * 10 > requests,
  );
  const versions = models.reduce((sum, each) => sum + each.versions, 0);
  if (failing.length > 0) {
    const names = failing.map(({ name }) => name).join(", ");
    return { health: "degraded", sentence: `More than a tenth of the requests to ${names} failed` };
  }
  const count = `${models.length} ${models.length === 1 ? "model" : "models"}`;
  return {
    health: "healthy",
    sentence: `${count} with ${versions} ${versions === 1 ? "version" : "versions"}${kept}`,
  };
}

function figuresOf({ models, bytes: held, bytesMax, threads }: Registry): FigureProps[] {
  const sum = (pick: (model: Registry["models"][number]) => number) =>
    models.reduce((total, model) => total + pick(model), 0);
  const slowest = models.reduce<number | null>(
    (most, { p99Ms }) => (p99Ms === null ? most : Math.max(most ?? 0, p99Ms)),
    null,
  );
  const failures = sum((model) => model.failures);
  return [
    {
      label: "Requests in the last minute",
      quantity: { value: number(sum(({ lastMinute }) => lastMinute)), unit: "" },
      note: `${number(sum(({ requests }) => requests))} since the thread started`,
      evidence: "registry",
    },
    {
      label: "Slowest p99",
      quantity: slowest === null ? null : duration(slowest),
      note: "from arrival to answer",
      evidence: "latency",
    },
    {
      label: "Failed or refused",
      quantity: { value: number(failures), unit: "" },
      note: "normally none",
      evidence: "latency",
    },
    {
      label: "Threads at work",
      quantity: { value: String(threads.running), unit: `of ${threads.max}` },
      note: `${threads.waiting} batches wait`,
      evidence: "registry",
    },
    {
      label: "Files",
      quantity: bytes(held),
      note: `of ${text(bytes(bytesMax))}`,
      evidence: "registry",
    },
  ];
}
