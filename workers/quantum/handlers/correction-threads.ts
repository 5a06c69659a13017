/** The threads that sample and decode codes: one for quick orders, one for thresholds. */
import { childThread } from "../../service/child-thread.ts";
import { problem as serviceProblem } from "../../service/errors.ts";
import { JobError, JobThreads } from "../../service/job-threads.ts";
import type { ThresholdOrder, ThresholdPoint } from "../core/codes/threshold.ts";
import type { CorrectionAnswer, CorrectionOrder, Refusal } from "../core/correction.ts";
import type { CorrectionJob, CorrectionOutcome } from "../correction-thread.ts";
import { quantumProblem } from "../errors.ts";
import { correctionLimits, thresholdLimits } from "../limits.ts";

type Outcome<Kind extends CorrectionOutcome["kind"]> = Extract<CorrectionOutcome, { kind: Kind }>;
type Threads = JobThreads<CorrectionJob, CorrectionOutcome, ThresholdPoint>;

export class CorrectionThreads {
  readonly #quick: Threads = new JobThreads(entry(), correctionLimits);
  readonly #long: Threads = new JobThreads(entry(), thresholdLimits);

  get thresholds(): { running: number; waiting: number } {
    return { running: this.#long.running, waiting: this.#long.waiting };
  }

  /** Rejects with a problem of the catalogue when there is no answer. */
  async perform(
    order: CorrectionOrder,
    signal: AbortSignal | undefined,
  ): Promise<{ answer: Exclude<CorrectionAnswer, Refusal>; computeMs: number }> {
    const outcome = await settled(this.#quick.run({ kind: "perform", order }, { signal }));
    const { answer, computeMs } = outcome as Outcome<"performed">;
    if (answer.kind === "refused") throw problemOf(answer);
    return { answer, computeMs };
  }

  /** Rejects with a problem of the catalogue, or with the signal's reason. */
  async threshold(
    order: ThresholdOrder,
    signal: AbortSignal,
    onProgress: (point: ThresholdPoint) => void,
  ) {
    const run = this.#long.run({ kind: "threshold", order }, { signal, onProgress });
    const { result, computeMs } = (await settled(run)) as Outcome<"threshold">;
    if ("kind" in result) throw problemOf(result);
    return { ...result, computeMs };
  }

  async close(): Promise<void> {
    await Promise.all([this.#quick.close(), this.#long.close()]);
  }
}

const entry = (): URL => childThread("quantum", "correction-thread");

async function settled(run: Promise<CorrectionOutcome>): Promise<CorrectionOutcome> {
  try {
    return await run;
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    if (error.reason === "busy") throw serviceProblem("OVERLOADED", error.message);
    if (error.reason === "overran") throw quantumProblem("SIMULATION_TOO_LONG", error.message);
    throw error;
  }
}

export function problemOf({ why, message, mistakes }: Refusal) {
  if (why === "hyperedge") return quantumProblem("HYPEREDGE_UNDECODABLE", message);
  if (why === "order") return quantumProblem("CODE_INVALID", message);
  const issues = mistakes.map(({ line, column, message: text }) => ({
    path: `source:${line}:${column}`,
    message: text,
  }));
  return quantumProblem("STIM_INVALID", message, { issues });
}
