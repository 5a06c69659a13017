import { Button, NativeSelect, Progress } from "@mantine/core";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { lazily } from "../../components/lazily.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, OfflineOr } from "../../components/query-boundary.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { ProblemError, toProblemError } from "../../data/problem.ts";
import classes from "./error-correction.module.css";
import type { ThresholdPoint } from "./threshold-chart.tsx";

const ThresholdChart = lazily(() => import("./threshold-chart.tsx"));

type NoiseModel = "code-capacity" | "phenomenological" | "circuit";

interface Family {
  readonly id: string;
  readonly title: string;
  readonly hasCircuit: boolean;
  readonly distances: { readonly min: number; readonly max: number };
}

/** Where the crossing of each noise model is looked for. */
const probabilities: Readonly<Record<NoiseModel, readonly number[]>> = {
  circuit: [0.004, 0.006, 0.008, 0.01, 0.012, 0.014],
  phenomenological: [0.015, 0.02, 0.025, 0.03, 0.035, 0.04],
  "code-capacity": [0.06, 0.08, 0.1, 0.12, 0.14, 0.16],
};
const noiseNames: Readonly<Record<NoiseModel, string>> = {
  circuit: "Every gate, reset and result",
  phenomenological: "Qubits and results",
  "code-capacity": "Qubits alone",
};

interface Curves {
  readonly points: readonly ThresholdPoint[];
  readonly crossings: readonly {
    readonly distances: readonly [number, number];
    readonly perRound: number | null;
  }[];
}

interface ThresholdPanelProps {
  readonly code: Family | null;
  readonly onProgress: (pointsDone: number) => void;
}

export function ThresholdPanel({ code, onProgress }: ThresholdPanelProps) {
  const mayRun = useMay("operator");
  const [noise, setNoise] = useState<NoiseModel>("circuit");
  const [curves, setCurves] = useState<Curves | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [running, setRunning] = useState<AbortController | null>(null);
  const latest = useRef<AbortController | null>(null);
  useEffect(() => () => latest.current?.abort(), []);
  if (code === null) return null;
  const models = (Object.keys(noiseNames) as NoiseModel[]).filter(
    (model) => model !== "circuit" || code.hasCircuit,
  );
  const chosen = models.includes(noise) ? noise : models[0]!;
  const distances = [3, 5, 7, 9].filter(
    (each) => each >= code.distances.min && each <= code.distances.max,
  );
  const pointsMax = distances.length * probabilities[chosen].length;

  const sample = async () => {
    const ending = new AbortController();
    latest.current = ending;
    setRunning(ending);
    setError(null);
    setCurves({ points: [], crossings: [] });
    try {
      const points = new Map<string, ThresholdPoint>();
      const events = await client.quantum.threshold(
        {
          code: code.id,
          distances,
          probabilities: [...probabilities[chosen]],
          noise: chosen,
          shotsMax: 4_000,
          errorsMax: 400,
        },
        { signal: ending.signal },
      );
      for await (const event of events) {
        if (event.kind === "failed") throw new ProblemError(event.problem);
        for (const point of event.points)
          points.set(`${point.distance} ${point.probability}`, point);
        const crossings = event.kind === "done" ? event.crossings : [];
        setCurves({ points: [...points.values()], crossings });
        onProgress([...points.values()].filter(({ isDone }) => isDone).length);
      }
    } catch (failure) {
      if (!ending.signal.aborted) setError(toProblemError(failure));
    } finally {
      setRunning(null);
    }
  };

  const done = curves?.points.filter(({ isDone }) => isDone).length ?? 0;
  return (
    <Panel title="Logical against physical error">
      <div className={classes.content}>
        <div className={classes.bar}>
          <NativeSelect
            label="Noise"
            value={chosen}
            disabled={running !== null}
            data={models.map((model) => ({ value: model, label: noiseNames[model] }))}
            onChange={(event) => setNoise(event.currentTarget.value as NoiseModel)}
          />
          {running === null ? (
            <Button disabled={!mayRun} onClick={() => void sample()}>
              Sample distances {distances.join(", ")}
            </Button>
          ) : (
            <Button variant="default" onClick={() => running.abort()}>
              Stop sampling
            </Button>
          )}
          {running !== null && (
            <Progress
              className="grow"
              value={(100 * done) / pointsMax}
              aria-label={`${done} of ${pointsMax} points`}
            />
          )}
        </div>
        {error !== null && (
          <OfflineOr thread="quantum">
            <ProblemView error={error} onRetry={() => void sample()} />
          </OfflineOr>
        )}
        {curves === null || curves.points.length === 0 ? (
          <EmptyView>
            <p>
              {running === null
                ? "Sample the curves: each point is thousands of noisy memory experiments, decoded."
                : "The first points are being sampled."}
            </p>
          </EmptyView>
        ) : (
          <>
            <p>{crossingText(curves)}</p>
            <figure className={classes.figure} aria-label="Logical error per round by distance">
              <div className={classes.plot}>
                <Suspense fallback={null}>
                  <ThresholdChart points={curves.points} />
                </Suspense>
              </div>
            </figure>
            <PointsTable points={curves.points} />
          </>
        )}
      </div>
    </Panel>
  );
}

function crossingText({ crossings }: Curves): string {
  const known = crossings.filter(({ perRound }) => perRound !== null);
  if (known.length === 0)
    return "Below the crossing a larger distance is better; above it is worse.";
  const texts = known.map(
    ({ distances, perRound }) => `${distances.join(" and ")} at ${(100 * perRound!).toFixed(2)} %`,
  );
  return `Curves cross: ${texts.join(", ")}.`;
}

function PointsTable({ points }: { readonly points: readonly ThresholdPoint[] }) {
  const columns = useMemo<Column<ThresholdPoint>[]>(
    () => [
      { id: "distance", header: "Distance", numeric: true, value: ({ distance }) => distance },
      {
        id: "probability",
        header: "Physical error",
        numeric: true,
        value: ({ probability }) => probability,
      },
      { id: "shots", header: "Shots", numeric: true, value: ({ shots }) => shots },
      { id: "errors", header: "Logical errors", numeric: true, value: ({ errors }) => errors },
      {
        id: "rate",
        header: "Per round",
        numeric: true,
        value: ({ ratePerRound }) => ratePerRound,
        cell: ({ ratePerRound }) => ratePerRound.toPrecision(3),
      },
      {
        id: "interval",
        header: "95 % interval, per shot",
        numeric: true,
        value: ({ low }) => low,
        cell: ({ low, high }) => `${low.toPrecision(2)} to ${high.toPrecision(2)}`,
      },
    ],
    [],
  );
  return (
    <DataTable
      label="Points of the curves"
      columns={columns}
      rows={points}
      rowKey={({ distance, probability }) => `${distance} ${probability}`}
      initialSort={{ id: "probability", desc: false }}
      heightMax={220}
    />
  );
}
