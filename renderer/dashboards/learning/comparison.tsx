/** Curves of several runs in one picture, and the settings in which they differ. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import type { CurvePoint } from "../../../workers/analytics/contract.ts";
import { lazily } from "../../components/lazily.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./learning.module.css";
import { Scrolled } from "./scrolled.tsx";

const CurvesChart = lazily(() => import("./curves-chart.tsx"));
const refreshMs = 2_000;

export function Comparison({ ids }: { readonly ids: readonly string[] }) {
  const comparison = useQuery(
    orpc.analytics.training.compare.queryOptions({
      input: { ids: ids.join(",") },
      refetchInterval: refreshMs,
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <QueryBoundary query={comparison} thread="analytics">
      {({ experiments, differences }) => {
        const curves = (pick: (point: CurvePoint) => number | null) =>
          experiments.map(({ experiment, curve }, at) => ({
            name: `${experiment.name} (${experiment.id})`,
            series: (at % 7) + 1,
            dashed: at >= 7,
            points: curve.map((point) => ({ epoch: point.epoch, value: pick(point) })),
          }));
        return (
          <>
            <div className={classes.charts}>
              <Suspense fallback={null}>
                <CurvesChart
                  label="Validation loss of each run by epoch"
                  curves={curves(({ validationLoss }) => validationLoss)}
                  height={220}
                />
                <CurvesChart
                  label="Validation accuracy of each run by epoch"
                  isShare
                  curves={curves(({ validationAccuracy }) => validationAccuracy)}
                  height={220}
                />
              </Suspense>
            </div>
            <Scrolled label="Differences">
              <table className={classes.table}>
                <caption className="visually-hidden">Settings in which the runs differ</caption>
                <thead>
                  <tr>
                    <th scope="col">Setting</th>
                    {experiments.map(({ experiment }) => (
                      <th key={experiment.id} scope="col">
                        {experiment.name} <span className="soft">{experiment.id}</span>
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {differences.map(({ setting, values }) => (
                    <tr key={setting}>
                      <th scope="row" className="mono">
                        {setting}
                      </th>
                      {values.map((value, at) => (
                        <td
                          key={experiments[at]?.experiment.id ?? at}
                          data-differs={value !== values[0] || undefined}
                        >
                          {value ?? "not set"}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
              {differences.length === 0 && <p>All settings are the same.</p>}
            </Scrolled>
          </>
        );
      }}
    </QueryBoundary>
  );
}
