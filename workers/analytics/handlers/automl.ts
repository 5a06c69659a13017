/** AutoML's part of the API, and the kind of job that searches. */
import { implement } from "@orpc/server";
import { answerOf } from "../datasets/datasets.ts";
import { datasetLimits } from "../datasets/dataset-limits.ts";
import type { SearchOrder } from "../automl/thread-orders.ts";
import {
  automlContract,
  automlMetrics,
  type AutomlOrderInput,
  type AutomlReportOutput,
} from "../contract-automl.ts";
import type { SavedModel } from "../core/automl/final-model.ts";
import {
  type AutomlResult,
  type AutomlServices,
  automlFinds,
  automlKind as kind,
} from "./automl-finds.ts";
import { registerTablePrediction, tableOf, tablePredictionKind } from "./predict-table.ts";
import { metrics } from "../core/automl/metrics.ts";
import { modelCard } from "../core/automl/model-card.ts";
import type { SavedSearch } from "../core/automl/search.ts";
import { analyticsProblem } from "../errors.ts";

function orderOf({ dataset: _dataset, ...order }: AutomlOrderInput): SearchOrder {
  return order;
}

export function registerAutoml({ jobs, datasets, store, long, now }: AutomlServices): void {
  jobs.register<AutomlOrderInput & { readonly job?: string }>({
    kind,
    resumable: true,
    title: ({ dataset, target }) => `AutoML: ${target} of ${dataset}`,
    async run(input, job) {
      const { name, source } = await datasets.get(input.dataset);
      const table = await datasets.source(input.dataset);
      const order = {
        kind: "search",
        table,
        order: orderOf(input),
        saved: job.saved as SavedSearch | null,
      } as const;
      const running = long.run(order, {
        signal: job.signal,
        onProgress: (told) => {
          if (told.kind !== "search") return;
          const { fraction, message, leaderboard, tried } = told.progress;
          job.report({ fraction, message, detail: { leaderboard, tried } });
          if (told.saved !== null) job.checkpoint(told.saved);
        },
      });
      const found = await answerOf("found", running);
      const model = JSON.stringify(found.model);
      if (model.length > datasetLimits.modelCharactersMax) {
        throw analyticsProblem(
          "JOB_TOO_LARGE",
          `The best model has ${model.length} characters; ${datasetLimits.modelCharactersMax} can be kept.`,
        );
      }
      store.saveModel(job.id, model, now());
      return { report: found.report, dataset: { name, source } } satisfies AutomlResult;
    },
  });
}

export function automlRouter(services: AutomlServices) {
  const { jobs, datasets, short, now, version } = services;
  registerTablePrediction(services);
  const os = implement(automlContract);

  const check = async (input: AutomlOrderInput) => {
    const table = await datasets.source(input.dataset);
    const order = { kind: "check", table, order: orderOf(input) } as const;
    return answerOf("checked", short.run(order));
  };
  const { search, finished, modelOf } = automlFinds(services);

  return os.router({
    options: os.options.handler(async () => {
      const { learners } = await answerOf("options", short.run({ kind: "options" }));
      return {
        learners: learners.map(({ id, title, tasks }) => ({ id, title, tasks: [...tasks] })),
        metrics: automlMetrics.map((id) => {
          const { title, task, greaterIsBetter } = metrics[id];
          return { id, title, task, greaterIsBetter };
        }),
      };
    }),
    check: os.check.handler(async ({ input }) => {
      const { classes, leaks, ...rest } = await check(input);
      return { ...rest, classes: [...classes], leaks: [...leaks] };
    }),
    start: os.start.handler(async ({ input }) => {
      await check(input);
      return jobs.start(kind, input);
    }),
    get: os.get.handler(({ input }) => {
      const { input: order, detail, result, ...job } = search(input.id);
      return {
        job,
        order: order as AutomlOrderInput,
        progress: detail as never,
        report:
          result === null
            ? null
            : ((result as AutomlResult).report as unknown as AutomlReportOutput),
      };
    }),
    card: os.card.handler(({ input }) => {
      const { report, dataset } = finished(input.id);
      const made = new Date(search(input.id).endedAt ?? now()).toISOString();
      return {
        fileName: `${fileNameOf(report.target)}-model-card.md`,
        markdown: modelCard(report, { dataset, version, made }),
      };
    }),
    predict: os.predict.handler(async ({ input }) => {
      const model = modelOf(input.id);
      const order = { kind: "predict", model, rows: input.rows } as const;
      const { values } = await answerOf("predicted", short.run(order));
      return { predictions: input.rows.map((_, row) => predictionOf(model, values, row)) };
    }),
    predictTable: os.predictTable.handler(async ({ input: { id, ...given } }) => {
      modelOf(id);
      const { title } = await tableOf(services, given);
      return jobs.start(tablePredictionKind, { search: id, title, ...given });
    }),
    onnx: os.onnx.handler(async ({ input }) => {
      const model = modelOf(input.id);
      const { onnx, inputs } = await answerOf("exported", short.run({ kind: "onnx", model }));
      return {
        fileName: `${fileNameOf(model.target)}.onnx`,
        base64: Buffer.from(onnx).toString("base64"),
        inputs: inputs.map((each) => ({ ...each, levels: [...each.levels] })),
        classes: [...model.classes],
      };
    }),
  });
}

function predictionOf({ task, classes }: SavedModel, values: readonly number[], row: number) {
  if (task === "regression") return { prediction: values[row]!, probabilities: null };
  const own = values.slice(row * classes.length, (row + 1) * classes.length);
  const best = own.indexOf(Math.max(...own));
  const probabilities = Object.fromEntries(classes.map((name, index) => [name, own[index]!]));
  return { prediction: classes[best]!, probabilities };
}

function fileNameOf(target: string): string {
  return (
    target
      .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
      .replaceAll(/^-|-$/g, "")
      .slice(0, 60) || "model"
  );
}
