/** The thread that samples and decodes codes; the quantum thread itself only hands out the work. */
import { serveJobs } from "../service/job-protocol.ts";
import {
  sampleThreshold,
  type ThresholdOrder,
  type ThresholdPoint,
  type ThresholdResult,
} from "./core/codes/threshold.ts";
import {
  type CorrectionAnswer,
  type CorrectionOrder,
  performCorrection,
  type Refusal,
  refusalOf,
} from "./core/correction.ts";
import { progressIntervalMs } from "./limits.ts";

export type CorrectionJob =
  | { readonly kind: "perform"; readonly order: CorrectionOrder }
  | { readonly kind: "threshold"; readonly order: ThresholdOrder };

export type CorrectionOutcome =
  | { readonly kind: "performed"; readonly answer: CorrectionAnswer; readonly computeMs: number }
  | {
      readonly kind: "threshold";
      readonly result: ThresholdResult | Refusal;
      readonly computeMs: number;
    };

serveJobs<CorrectionJob, CorrectionOutcome, ThresholdPoint>((job, report) => {
  const began = performance.now();
  if (job.kind === "perform") {
    const answer = performCorrection(job.order);
    return { kind: "performed", answer, computeMs: performance.now() - began };
  }
  let toldAt = -Infinity;
  const result = thresholdOrRefusal(job.order, (point) => {
    const now = performance.now();
    if (!point.isDone && now - toldAt < progressIntervalMs) return;
    toldAt = now;
    report(point);
  });
  return { kind: "threshold", result, computeMs: performance.now() - began };
});

function thresholdOrRefusal(
  order: ThresholdOrder,
  report: (point: ThresholdPoint) => void,
): ThresholdResult | Refusal {
  try {
    return sampleThreshold(order, report);
  } catch (error) {
    return refusalOf(error, "");
  }
}
