/** The thread that fits and tests models; the analytics thread itself only hands out the work. */
import { serveJobs } from "../service/job-protocol.ts";
import {
  compareMethods,
  type CompareOrder,
  type ComparisonAnswer,
  type ForecastAnswer,
  type ForecastOrder,
  performForecast,
} from "./core/forecasting/order.ts";
import { SeriesProblem } from "./core/forecasting/series.ts";

export type ForecastJob =
  | { readonly kind: "forecast"; readonly order: ForecastOrder }
  | { readonly kind: "compare"; readonly order: CompareOrder };

export type ForecastOutcome =
  | { readonly kind: "forecast"; readonly answer: ForecastAnswer; readonly computeMs: number }
  | { readonly kind: "compare"; readonly answer: ComparisonAnswer; readonly computeMs: number }
  | { readonly kind: "refused"; readonly message: string; readonly index: number | null };

export interface ForecastProgress {
  readonly fraction: number;
  readonly message: string;
}

serveJobs<ForecastJob, ForecastOutcome, ForecastProgress>((job, report) => {
  const began = performance.now();
  const computeMs = () => performance.now() - began;
  try {
    if (job.kind === "forecast") {
      const answer = toEnd(performForecast(job.order));
      return { kind: "forecast", answer, computeMs: computeMs() };
    }
    const answer = toEnd(
      compareMethods(job.order, (fraction, message) => report({ fraction, message })),
    );
    return { kind: "compare", answer, computeMs: computeMs() };
  } catch (error) {
    if (!(error instanceof SeriesProblem)) throw error;
    return { kind: "refused", message: error.message, index: error.index };
  }
});

function toEnd<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
