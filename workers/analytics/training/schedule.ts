/**
 * Learning rates over time as factors of the rate that the user may change at any time, so that they
 * depend on the step alone and a resumed run goes on exactly. PyTorch's names and formulas.
 */
import type { ScheduleSpecification } from "../contract-training-network.ts";

export interface Place {
  /** Batches done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
}

/** Of OneCycleLR: the rate begins at a 25th, and ends at a 10,000th of that. */
const divFactor = 25;
const finalDivFactor = 1e4;

export function scheduleFactor(schedule: ScheduleSpecification, place: Place): number {
  const { step, stepsPerEpoch, epochs } = place;
  const epoch = Math.floor(step / stepsPerEpoch);
  switch (schedule.type) {
    case "StepLR":
      return schedule.gamma ** Math.floor(epoch / schedule.stepSize);
    case "CosineAnnealingLR":
      return (1 + Math.cos((Math.PI * Math.min(epoch, epochs)) / epochs)) / 2;
    case "LinearLR": {
      const share = Math.min(1, epoch / schedule.totalIters);
      return schedule.startFactor + (1 - schedule.startFactor) * share;
    }
    case "OneCycleLR": {
      const total = stepsPerEpoch * epochs;
      const peak = Math.max(1, schedule.pctStart * total - 1);
      const first = 1 / divFactor;
      if (step <= peak) return anneal(first, 1, step / peak);
      const share = Math.min(1, (step - peak) / Math.max(1, total - 1 - peak));
      return anneal(1, first / finalDivFactor, share);
    }
    default:
      return 1;
  }
}

function anneal(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}
