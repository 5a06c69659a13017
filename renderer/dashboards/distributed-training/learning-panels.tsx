import { Suspense, useMemo } from "react";
import type { ScalingPoint, TrainingView } from "../../../workers/analytics/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { abbreviate, bytes, duration, number, percent, text } from "../../components/format.ts";
import { lazily } from "../../components/lazily.ts";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import classes from "./distributed-training.module.css";

const LinesChart = lazily(() => import("./lines-chart.tsx"));

const lossLine = [{ id: "loss", label: "Loss", color: "var(--series-1)" }];

export function LossPanel({ view }: { readonly view: TrainingView }) {
  const { stepsPerPoint, values } = view.losses;
  const rows = useMemo(
    () => values.map((loss, index) => ({ step: (index + 1) * stepsPerPoint, loss })),
    [values, stepsPerPoint],
  );
  const newest = values.at(-1);
  return (
    <Panel title="Loss" id="loss">
      <div className={classes.content}>
        {newest === undefined ? (
          <EmptyView>
            <p>No step has been counted yet.</p>
          </EmptyView>
        ) : (
          <figure
            className={classes.figure}
            aria-label={`Loss over ${number(view.step)} steps, newest ${newest.toPrecision(3)}`}
          >
            <div className={classes.plot}>
              <Suspense fallback={null}>
                <LinesChart rows={rows} lines={lossLine} x="step" xLabel="step" />
              </Suspense>
            </div>
          </figure>
        )}
      </div>
    </Panel>
  );
}

type Epoch = TrainingView["epochs"][number];

function hashesOf({ hashes }: Epoch): string[] {
  return [...new Set(hashes.map(({ hash }) => hash))];
}

/** Whether all replicas came to the same parameters, epoch by epoch. */
export function EpochsPanel({ view }: { readonly view: TrainingView }) {
  const columns = useMemo<Column<Epoch>[]>(
    () => [
      { id: "epoch", header: "Epoch", numeric: true, value: ({ epoch }) => epoch },
      {
        id: "loss",
        header: "Loss",
        numeric: true,
        value: ({ loss }) => loss,
        cell: ({ loss }) => loss?.toFixed(4) ?? "unknown",
      },
      {
        id: "accuracy",
        header: "Held-back accuracy",
        numeric: true,
        value: ({ accuracy }) => accuracy,
        cell: ({ accuracy }) => (accuracy === null ? "unknown" : text(percent(accuracy))),
      },
      {
        id: "replicas",
        header: "Replicas",
        value: (epoch) => hashesOf(epoch).length,
        cell: (epoch) => {
          const isEqual = hashesOf(epoch).length === 1;
          return (
            <StatusMark
              health={isEqual ? "healthy" : "degraded"}
              word={isEqual ? `${epoch.hashes.length} equal` : `${epoch.hashes.length} differ`}
            />
          );
        },
      },
      {
        id: "hash",
        header: "Hash of the parameters",
        value: (epoch) => hashesOf(epoch).join(" "),
        cell: (epoch) => {
          const [hash = ""] = hashesOf(epoch);
          return (
            <>
              <code>{abbreviate(hash)}</code>{" "}
              <CopyMark text={hash} name={`hash of epoch ${epoch.epoch}`} />
            </>
          );
        },
      },
      {
        id: "ms",
        header: "Took",
        numeric: true,
        value: ({ ms }) => ms,
        cell: ({ ms }) => text(duration(ms)),
      },
    ],
    [],
  );
  return (
    <Panel title="Epochs and hashes" id="epochs">
      <DataTable
        label="Epochs"
        columns={columns}
        rows={view.epochs}
        rowKey={({ epoch }) => String(epoch)}
        initialSort={{ id: "epoch", desc: true }}
        heightMax={260}
      />
    </Panel>
  );
}

type TrainingEvent = TrainingView["events"][number];

const eventColumns: Column<TrainingEvent>[] = [
  {
    id: "at",
    header: "After",
    numeric: true,
    value: ({ atMs }) => atMs,
    cell: ({ atMs }) => text(duration(atMs)),
  },
  { id: "what", header: "What happened", value: ({ text: what }) => what },
];

export function EventsPanel({ view }: { readonly view: TrainingView }) {
  return (
    <Panel title="Events" id="events">
      <DataTable
        label="Events"
        columns={eventColumns}
        rows={view.events}
        rowKey={({ atMs, text: what }) => `${atMs} ${what}`}
        initialSort={{ id: "at", desc: true }}
        heightMax={260}
      />
    </Panel>
  );
}

const scalingLines = [
  { id: "speedUp", label: "Measured", color: "var(--series-1)", dots: true },
  { id: "model", label: "Alpha-beta model", color: "var(--series-3)", dash: "6 3" },
  { id: "ideal", label: "Ideal", color: "var(--series-neutral)", dash: "2 3" },
];

export function ScalingPanel({ points }: { readonly points: readonly ScalingPoint[] }) {
  const rows = points.map(({ workers, speedUp, model }) => ({
    workers,
    speedUp,
    model,
    ideal: workers,
  }));
  const lines = scalingLines.filter(
    ({ id }) => id !== "model" || points.some(({ model }) => model !== null),
  );
  const columns = useMemo<Column<ScalingPoint>[]>(
    () => [
      { id: "workers", header: "Workers", numeric: true, value: ({ workers }) => workers },
      {
        id: "step",
        header: "Step",
        numeric: true,
        value: ({ stepMs }) => stepMs,
        cell: ({ stepMs }) => text(duration(stepMs)),
      },
      {
        id: "speedUp",
        header: "Speed-up",
        numeric: true,
        value: ({ speedUp }) => speedUp,
        cell: ({ speedUp }) => speedUp.toFixed(2),
      },
      {
        id: "efficiency",
        header: "Efficiency",
        numeric: true,
        value: ({ efficiency }) => efficiency,
        cell: ({ efficiency }) => text(percent(efficiency)),
      },
      {
        id: "model",
        header: "Model",
        numeric: true,
        value: ({ model }) => model,
        cell: ({ model }) => model?.toFixed(2) ?? "none",
      },
      {
        id: "bytes",
        header: "Sent a step",
        numeric: true,
        value: ({ bytesPerStep }) => bytesPerStep,
        cell: ({ bytesPerStep }) => text(bytes(bytesPerStep)),
      },
    ],
    [],
  );
  return (
    <Panel title="Scaling" id="scaling">
      <div className={classes.content}>
        {points.length === 0 ? (
          <EmptyView>
            <p>
              “Measure scaling” takes some steps with one worker, two, and so on, with the settings
              of the form.
            </p>
          </EmptyView>
        ) : (
          <>
            <figure className={classes.figure} aria-label="Speed-up by the number of workers">
              <div className={classes.plot}>
                <Suspense fallback={null}>
                  <LinesChart rows={rows} lines={lines} x="workers" xLabel="workers" />
                </Suspense>
              </div>
            </figure>
            <DataTable
              label="Scaling"
              columns={columns}
              rows={points}
              rowKey={({ workers }) => String(workers)}
              heightMax={220}
            />
          </>
        )}
      </div>
    </Panel>
  );
}
