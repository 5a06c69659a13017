import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Suspense, useMemo, useState } from "react";
import {
  type DetectorResult,
  scoreExamples,
  type ScoreOutput,
} from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { lazily } from "../../components/lazily.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { AlarmsTable } from "./alarms-table.tsx";
import classes from "./anomalies.module.css";
import { emptyForm, type OwnDataForm, readOwnData, readWindows, withWindow } from "./own-data.ts";

const ScorePlot = lazily(() => import("./score-plot.tsx"));
const example = scoreExamples["labelled, with the score of NAB"];

interface Scored {
  readonly values: readonly number[];
  readonly threshold: number;
  readonly output: ScoreOutput;
}

/** Pasted values judged by one detector or all, with labels and the score of NAB. */
export function OwnDataTab() {
  const [form, setForm] = useState<OwnDataForm>(emptyForm);
  const [errors, setErrors] = useState<Partial<Record<keyof OwnDataForm, string>>>({});
  const [scored, setScored] = useState<Scored | null>(null);
  const mayRun = useMay("operator");
  const score = useMutation(orpc.analytics.detection.score.mutationOptions());
  const run = (filled: OwnDataForm) => {
    const read = readOwnData(filled);
    setErrors("errors" in read ? read.errors : {});
    if (!("body" in read)) return;
    const { values, threshold } = read.body;
    score.mutate(read.body, { onSuccess: (output) => setScored({ values, threshold, output }) });
  };
  const fill = (changes: Partial<OwnDataForm>) => setForm({ ...form, ...changes });
  return (
    <Panel title="Judge your own series" id="own">
      <div className={classes.bench}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            run(form);
          }}
        >
          <Fields form={form} errors={errors} onFill={fill} />
          <Button type="submit" loading={score.isPending} disabled={!mayRun}>
            Find anomalies
          </Button>
          <Button
            variant="default"
            disabled={!mayRun || score.isPending}
            onClick={() => {
              const filled: OwnDataForm = {
                ...emptyForm,
                values: example.values.join("\n"),
                windows: example.windows.map(([a, b]) => `${a + 1}-${b + 1}`).join("\n"),
              };
              setForm(filled);
              run(filled);
            }}
          >
            Run the example
          </Button>
          {!mayRun && <p className="soft">This needs the role operator.</p>}
        </form>
        <div>
          {score.error && <ProblemView error={score.error} />}
          {scored === null ? (
            !score.error && (
              <EmptyView>
                <p>
                  Paste at least ten readings, oldest first, or run the example. Label stretches
                  that you know to be anomalies, and each detector is scored as the Numenta Anomaly
                  Benchmark does.
                </p>
              </EmptyView>
            )
          ) : (
            <Results
              scored={scored}
              windows={form.windows}
              onDraw={(window) => {
                const filled = {
                  ...form,
                  windows: withWindow(form.windows, scored.values.length, window),
                };
                setForm(filled);
                run(filled);
              }}
            />
          )}
        </div>
      </div>
    </Panel>
  );
}

function Fields(props: {
  readonly form: OwnDataForm;
  readonly errors: Partial<Record<keyof OwnDataForm, string>>;
  readonly onFill: (changes: Partial<OwnDataForm>) => void;
}) {
  const { form, errors, onFill } = props;
  const detectors = useQuery({
    ...orpc.analytics.detection.detectors.queryOptions({ input: {} }),
    staleTime: Infinity,
  });
  const list = detectors.data?.detectors ?? [];
  const chosen = list.find(({ id }) => id === form.detector);
  return (
    <>
      <Textarea
        label="Values"
        description="Oldest first: numbers, or the last column of a CSV"
        rows={7}
        value={form.values}
        error={errors.values}
        onChange={(event) => onFill({ values: event.currentTarget.value })}
      />
      <Select
        label="Detector"
        description={
          chosen?.description ?? "Every detector, side by side, on 5,000 readings at most"
        }
        allowDeselect={false}
        value={form.detector}
        data={[
          { value: "all", label: "All, side by side" },
          ...list.map(({ id, title }) => ({ value: id, label: title })),
        ]}
        onChange={(detector) => onFill({ detector: detector ?? "all" })}
      />
      <div className={classes.pair}>
        <TextInput
          label="Threshold"
          inputMode="decimal"
          value={form.threshold}
          error={errors.threshold}
          onChange={(event) => onFill({ threshold: event.currentTarget.value })}
        />
        <TextInput
          label="Season"
          placeholder="none"
          inputMode="numeric"
          value={form.season}
          error={errors.season}
          onChange={(event) => onFill({ season: event.currentTarget.value })}
        />
      </div>
      <Textarea
        label="Known anomalies"
        description="Stretches of readings such as 138-144; or drag over the chart"
        rows={3}
        value={form.windows}
        error={errors.windows}
        onChange={(event) => onFill({ windows: event.currentTarget.value })}
      />
    </>
  );
}

function Results(props: {
  readonly scored: Scored;
  readonly windows: string;
  readonly onDraw: (window: readonly [number, number]) => void;
}) {
  const { scored, windows, onDraw } = props;
  const { output, values, threshold } = scored;
  const [wanted, setWanted] = useState<string | null>(null);
  const shown = output.results.find(({ detector }) => detector === wanted) ?? output.results[0];
  const labelled = useMemo(() => {
    const read = readWindows(windows, values.length);
    return "windows" in read ? read.windows : [];
  }, [windows, values.length]);
  if (shown === undefined) return null;
  const alarms = `${shown.alarms.length} ${shown.alarms.length === 1 ? "alarm" : "alarms"}`;
  return (
    <section aria-label="Result">
      <p>
        <strong>{shown.title}</strong>: {alarms} in {number(output.readings)} readings
        {shown.warmUp > 0 && `; the first ${shown.warmUp} were its warm-up`}. Computed in{" "}
        {Math.round(output.computeMs)} ms.
      </p>
      <figure
        style={{ margin: 0 }}
        aria-label={`Values and scores of ${shown.title}: ${alarms}; the tables below hold them`}
      >
        <Suspense fallback={null}>
          <ScorePlot
            values={values}
            scores={shown.scores}
            threshold={threshold}
            windows={labelled}
            onDraw={onDraw}
          />
        </Suspense>
      </figure>
      <DataTable
        label="Detectors"
        columns={resultColumns}
        rows={output.results}
        rowKey={({ detector }) => detector}
        selectedKey={shown.detector}
        onOpen={({ detector }) => setWanted(detector)}
        heightMax={280}
      />
      <AlarmsTable alarms={shown.alarms} />
    </section>
  );
}

function standardOf({ evaluation }: DetectorResult) {
  return evaluation?.profiles.find(({ profile }) => profile === "standard");
}

const resultColumns: Column<DetectorResult>[] = [
  { id: "detector", header: "Detector", value: ({ title }) => title },
  {
    id: "alarms",
    header: "Alarms",
    numeric: true,
    width: "72px",
    value: ({ alarms }) => alarms.length,
  },
  {
    id: "found",
    header: "Found",
    numeric: true,
    width: "80px",
    value: ({ evaluation }) => evaluation?.found ?? null,
    cell: ({ evaluation }) =>
      evaluation === null ? (
        <span className="soft">no labels</span>
      ) : (
        `${evaluation.found} of ${evaluation.windows}`
      ),
  },
  {
    id: "nab",
    header: "NAB score",
    numeric: true,
    width: "88px",
    value: (row) => standardOf(row)?.score ?? null,
    cell: (row) => standardOf(row)?.score.toFixed(1) ?? <span className="soft">none</span>,
  },
  {
    id: "best",
    header: "At its best",
    numeric: true,
    width: "112px",
    value: (row) => standardOf(row)?.bestScore ?? null,
    cell: (row) => {
      const standard = standardOf(row);
      return standard === undefined ? (
        <span className="soft">none</span>
      ) : (
        `${standard.bestScore.toFixed(1)} at ${standard.bestThreshold.toFixed(2)}`
      );
    },
  },
];
