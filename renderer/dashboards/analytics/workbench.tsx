import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Suspense, useMemo, useState } from "react";
import { lazily } from "../../components/lazily.ts";
import {
  type Forecast,
  predictExamples,
  type PredictInput,
} from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./analytics.module.css";
import { MethodComparison } from "./method-comparison.tsx";
import { fixed, modelText } from "./models-panel.tsx";
import { parseValues } from "./parse-values.ts";
import { emptyForm, readWorkbench, type WorkbenchForm } from "./workbench-form.ts";

const ForecastPlot = lazily(() => import("./forecast-plot.tsx"));

const examples: readonly { name: string; input: PredictInput }[] = Object.entries(
  predictExamples,
).flatMap(([name, input]) => ("series" in input ? [{ name, input }] : []));

/** Forecasts numbers that somebody pastes. */
export function Workbench() {
  const [form, setForm] = useState<WorkbenchForm>(emptyForm);
  const [errors, setErrors] = useState<Partial<WorkbenchForm>>({});
  const [shown, setShown] = useState<readonly number[]>([]);
  const mayRun = useMay("operator");
  const predict = useMutation(orpc.analytics.predict.mutationOptions());
  const parsed = useMemo(() => parseValues(form.values), [form.values]);
  const run = (filled: WorkbenchForm) => {
    const result = readWorkbench(filled);
    setErrors("errors" in result ? result.errors : {});
    if (!("input" in result)) return;
    setShown(result.input.series);
    predict.mutate(result.input);
  };
  const field = (name: "horizon" | "season" | "level") => ({
    value: form[name],
    error: errors[name],
    inputMode: "decimal" as const,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      setForm({ ...form, [name]: event.currentTarget.value }),
  });
  const found = predict.data?.forecasts[0];
  return (
    <Panel title="Forecast your own series" id="workbench">
      <div className={classes.bench}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            run(form);
          }}
        >
          <Textarea
            label="Values"
            description={
              "values" in parsed
                ? parsed.note
                : "Oldest first: numbers, or the last column of a CSV"
            }
            error={errors.values}
            rows={7}
            value={form.values}
            onChange={(event) => setForm({ ...form, values: event.currentTarget.value })}
          />
          <div className={classes.triple}>
            <TextInput label="Horizon" {...field("horizon")} />
            <TextInput label="Season" placeholder="find it" {...field("season")} />
            <TextInput label="Level, %" {...field("level")} />
          </div>
          <Button type="submit" loading={predict.isPending} disabled={!mayRun}>
            Forecast
          </Button>
          {!mayRun && <p className="soft">Forecasting needs the role operator.</p>}
          <div role="group" aria-label="Examples" className={classes.examples}>
            {examples.map(({ name, input }) => (
              <Button
                key={name}
                variant="default"
                size="compact-xs"
                disabled={!mayRun || predict.isPending}
                onClick={() => {
                  const filled = formOf(input);
                  setForm(filled);
                  run(filled);
                }}
              >
                {name}
              </Button>
            ))}
          </div>
        </form>
        <div>
          {predict.error && <ProblemView error={predict.error} />}
          {found && <Result forecast={found} values={shown} />}
          {!found && !predict.error && (
            <EmptyView>
              <p>
                Paste at least three equally spaced values and forecast them, or run an example. The
                model is chosen by its information criterion and tested on the values&apos; own
                past.
              </p>
            </EmptyView>
          )}
        </div>
      </div>
    </Panel>
  );
}

function formOf({ series, horizon, season, level }: PredictInput): WorkbenchForm {
  return {
    values: (series ?? []).join("\n"),
    horizon: String(horizon ?? emptyForm.horizon),
    season: season === undefined ? "" : String(season),
    level: level === undefined ? emptyForm.level : String(level * 100),
  };
}

function Result(props: { readonly forecast: Forecast; readonly values: readonly number[] }) {
  const { forecast, values } = props;
  const { accuracy } = forecast;
  const facts: [string, string | null][] = [
    ["Model", modelText(forecast)],
    ["One-step error", forecast.model && number(Number(forecast.model.sigma.toPrecision(3)))],
    ["sMAPE", fixed(accuracy?.sMape, 1)],
    ["MASE", fixed(accuracy?.mase, 2)],
    [
      "Held by the interval",
      typeof accuracy?.coverage === "number" ? `${(accuracy.coverage * 100).toFixed(0)} %` : null,
    ],
  ];
  return (
    <section aria-label="Forecast">
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value ?? "unknown"}</dd>
          </div>
        ))}
      </dl>
      <div className={classes.plot}>
        <Suspense fallback={null}>
          <ForecastPlot values={values} forecast={forecast} />
        </Suspense>
      </div>
      <DataTable
        label="Forecast values"
        columns={columns}
        rows={forecast.points}
        rowKey={({ step }) => String(step)}
        heightMax={200}
      />
      <MethodComparison
        key={values.join()}
        values={values}
        season={forecast.model?.season ?? null}
        horizon={Math.max(1, forecast.points.length)}
      />
      {forecast.notes.length > 0 && (
        <ul className={classes.notes}>
          {forecast.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

type Point = Forecast["points"][number];

const digits = (value: number) => number(Number(value.toPrecision(5)));

const columns: Column<Point>[] = [
  { id: "step", header: "Step", numeric: true, value: ({ step }) => step },
  {
    id: "mean",
    header: "Forecast",
    numeric: true,
    value: ({ mean }) => mean,
    cell: ({ mean }) => digits(mean),
  },
  {
    id: "lower",
    header: "Lower end",
    numeric: true,
    value: ({ lower }) => lower,
    cell: ({ lower }) => digits(lower),
  },
  {
    id: "upper",
    header: "Upper end",
    numeric: true,
    value: ({ upper }) => upper,
    cell: ({ upper }) => digits(upper),
  },
];
