/** Loss, accuracy and gradients of the run that is followed. */
import { memo, Suspense } from "react";
import type { CurvePoint, Specification } from "../../../workers/analytics/contract.ts";
import { lazily } from "../../components/lazily.ts";
import { EmptyView } from "../../components/query-boundary.tsx";
import type { Curve } from "./curves-chart.tsx";
import classes from "./learning.module.css";

const CurvesChart = lazily(() => import("./curves-chart.tsx"));

interface LiveCurvesProps {
  readonly curve: readonly CurvePoint[];
  readonly layers: Specification["layers"];
}

export const LiveCurves = memo(function LiveCurves({ curve, layers }: LiveCurvesProps) {
  if (curve.length === 0) {
    return (
      <EmptyView>
        <p>Nothing is trained yet: press Train, or take one step.</p>
      </EmptyView>
    );
  }
  const of = (pick: (point: CurvePoint) => number | null) =>
    curve.map((point) => ({ epoch: point.epoch, value: pick(point) }));
  const hasAccuracy = curve.some(({ accuracy }) => accuracy !== null);
  const gradients: Curve[] = layers
    .map(({ type }, index) => ({
      name: `${index + 1} ${type}`,
      points: of(({ gradientNorms }) => {
        const norm = gradientNorms[index] ?? null;
        return norm === null || norm <= 0 ? null : norm;
      }),
    }))
    .filter(({ points }) => points.some(({ value }) => value !== null))
    .map((each, at) => ({ ...each, series: (at % 7) + 1, dashed: at >= 7 }));
  return (
    <div className={classes.charts}>
      <Suspense fallback={null}>
        <CurvesChart
          label="Loss by epoch"
          curves={[
            { name: "loss", series: 1, points: of(({ loss }) => loss) },
            {
              name: "validation loss",
              series: 4,
              dashed: true,
              points: of(({ validationLoss }) => validationLoss),
            },
          ]}
        />
        {hasAccuracy && (
          <CurvesChart
            label="Accuracy by epoch"
            isShare
            curves={[
              { name: "accuracy", series: 1, points: of(({ accuracy }) => accuracy) },
              {
                name: "validation accuracy",
                series: 4,
                dashed: true,
                points: of(({ validationAccuracy }) => validationAccuracy),
              },
            ]}
          />
        )}
        <CurvesChart label="Gradient norm of each layer by epoch" isLog curves={gradients} />
      </Suspense>
    </div>
  );
});
