/** The training lab's part of the API. */
import { implement } from "@orpc/server";
import type { Specification } from "../contract-training-network.ts";
import { comparedMax, trainingRoutes } from "../contract-training.ts";
import { analyticsProblem } from "../errors.ts";
import { planWithProblem } from "../training/checked-plan.ts";
import { differencesOf } from "../training/comparison.ts";
import { DataProblem } from "../training/data-problem.ts";
import { dataSetOf, type DigitSource, digitSide } from "../training/data-sets.ts";
import { readLabDigits } from "../training/digits.ts";
import type { TrainingLab } from "../training/lab.ts";

/** Digits that are shown of the data. */
const shownDigits = 40;

export function trainingRouter(lab: TrainingLab) {
  const os = implement(trainingRoutes);
  return os.router({
    validate: os.validate.handler(({ input }) => planWithProblem(input.specification)),
    data: os.data.handler(({ input }) => previewOf(input.specification)),
    start: os.start.handler(({ input: { name, specification, paused } }) =>
      lab.start(name, specification, paused),
    ),
    list: os.list.handler(() => lab.list()),
    get: os.get.handler(({ input: { id } }) => lab.details(id)),
    watch: os.watch.handler(({ input: { id }, signal }) => lab.watch(id, signal)),
    control: os.control.handler(({ input: { id, command } }) => lab.control(id, command)),
    remove: os.remove.handler(async ({ input: { id } }) => {
      await lab.remove(id);
      return { id };
    }),
    restore: os.restore.handler(({ input: { id } }) => lab.restore(id)),
    compare: os.compare.handler(({ input }) => {
      const ids = [...new Set(input.ids.split(","))];
      if (ids.length > comparedMax) {
        const detail = `${ids.length} experiments; at most ${comparedMax} can be compared.`;
        throw analyticsProblem("COMPARISON_TOO_WIDE", detail);
      }
      const experiments = ids.map((id) => {
        const { experiment, curve } = lab.details(id);
        return { experiment, curve };
      });
      const differences = differencesOf(
        experiments.map(({ experiment }) => experiment.specification),
      );
      return { experiments, differences };
    }),
    onnx: os.onnx.handler(async ({ input: { id } }) => {
      const bytes = await lab.onnx(id);
      const base64 = Buffer.from(bytes).toString("base64");
      return { fileName: `${id}.onnx`, base64, bytes: bytes.length };
    }),
    predict: os.predict.handler(({ input: { id, rows } }) => lab.predict(id, rows)),
  });
}

async function previewOf(specification: Specification) {
  if (specification.data.kind === "digits") {
    const source = await readLabDigits();
    return { points: [], digits: digitsOf(source), rows: [] };
  }
  try {
    const { plane, rows } = dataSetOf(specification, null);
    return { points: [...(plane?.points ?? [])], digits: [], rows: [...rows] };
  } catch (error) {
    if (!(error instanceof DataProblem)) throw error;
    throw analyticsProblem("NETWORK_INVALID", error.message);
  }
}

function digitsOf({ pixels, labels }: DigitSource) {
  const size = digitSide ** 2;
  return Array.from({ length: shownDigits }, (_, place) => ({
    pixels: Buffer.from(pixels.subarray(place * size, (place + 1) * size)).toString("base64"),
    label: labels[place]!,
  }));
}
