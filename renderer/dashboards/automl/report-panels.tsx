import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { lazily } from "../../components/lazily.ts";
import { Panel } from "../../components/page-frame.tsx";
import type { ApiClient } from "../../data/client.ts";
import { Suspense } from "react";
import classes from "./automl.module.css";
import { short } from "./search-panel.tsx";

const CurvePlot = lazily(() => import("./curve-plot.tsx"));

type Search = Awaited<ReturnType<ApiClient["analytics"]["automl"]["get"]>>;
type Report = NonNullable<Search["report"]>;
type Importance = Report["importance"][number];

const importanceColumns: readonly Column<Importance>[] = [
  { id: "column", header: "Column", value: ({ column }) => column },
  {
    id: "mean",
    header: "Worse by",
    value: ({ mean }) => mean,
    cell: ({ mean }) => short(mean),
    numeric: true,
  },
  {
    id: "deviation",
    header: "±",
    value: ({ deviation }) => deviation,
    cell: ({ deviation }) => short(deviation),
    numeric: true,
  },
];

/** What the best model looks at, and how far it can be trusted. */
export function ReportPanels({ report }: { readonly report: Report }) {
  return (
    <>
      <div className={classes.two}>
        <Panel title="Importance" id="importance">
          <p className={classes.padded}>
            How much worse {report.metric} becomes on rows that were not learned from when a
            column&apos;s values are dealt out anew.
          </p>
          <DataTable
            label="Importance"
            columns={importanceColumns}
            rows={report.importance}
            rowKey={({ column }) => column}
            heightMax={300}
          />
        </Panel>
        <DependencePanel report={report} />
      </div>
      <TrustPanel report={report} />
    </>
  );
}

function DependencePanel({ report: { dependence } }: { readonly report: Report }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = dependence.find(({ column }) => column === chosen) ?? dependence[0];
  if (shown === undefined) return null;
  const rows = shown.values.map((at, index) => ({
    at,
    ...Object.fromEntries(shown.curves.map(({ means }, curve) => [`curve${curve}`, means[index]!])),
  }));
  return (
    <Panel title="Partial dependence" id="dependence">
      <div className={classes.padded}>
        <NativeSelect
          label="Column"
          value={shown.column}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={dependence.map(({ column }) => column)}
        />
        <div className={classes.chart}>
          <Suspense>
            <CurvePlot rows={rows} names={shown.curves.map(({ name }) => name)} />
          </Suspense>
        </div>
        <p className="soft">The mean prediction with the column set to one value in every row.</p>
      </div>
    </Panel>
  );
}

function TrustPanel({ report }: { readonly report: Report }) {
  const { diagnostics, classes: names } = report;
  if (diagnostics.task === "regression") {
    const { mean, deviation, points } = diagnostics.residuals;
    return (
      <Panel title="Errors" id="errors">
        <p className={classes.padded}>
          Mean {short(mean)}, deviation {short(deviation)}, of rows that were not learned from.
        </p>
        <DataTable
          label="Actual and predicted"
          columns={[
            { id: "actual", header: "Actual", value: ({ actual }) => actual, numeric: true },
            {
              id: "predicted",
              header: "Predicted",
              value: ({ predicted }) => predicted,
              cell: ({ predicted }) => short(predicted),
              numeric: true,
            },
          ]}
          rows={points.map((point, index) => ({ ...point, index }))}
          rowKey={({ index }) => String(index)}
          heightMax={260}
        />
      </Panel>
    );
  }
  const { confusion, calibration } = diagnostics;
  const curve = calibration.bins.map(({ predicted, observed }) => ({
    at: predicted,
    curve0: observed,
    curve1: predicted,
  }));
  return (
    <div className={classes.two}>
      <Panel title="Confusion" id="confusion">
        <div className={`${classes.padded} ${classes.confusion}`}>
          <table>
            <caption className="soft">Rows: what was so. Columns: what was predicted.</caption>
            <thead>
              <tr>
                <th scope="col">was \ predicted</th>
                {names.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {confusion.map((row, label) => (
                <tr key={names[label]}>
                  <th scope="row">{names[label]}</th>
                  {row.map((count, predicted) => (
                    <td key={names[predicted]}>{count}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel title="Calibration" id="calibration">
        <div className={classes.padded}>
          <p>
            Expected calibration error {(100 * calibration.expectedError).toFixed(1)} %
            {calibration.of === null ? "" : ` of the probability of ${calibration.of}`}.
          </p>
          <div className={classes.chart}>
            <Suspense>
              <CurvePlot rows={curve} names={["observed", "as predicted"]} />
            </Suspense>
          </div>
        </div>
      </Panel>
    </div>
  );
}
