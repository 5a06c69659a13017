/** What searches and trainings have found, as versions for the registry. */
import type { ResultSource } from "../contract-registry.ts";
import type { AutomlOrderInput } from "../contract-automl.ts";
import { referenceOf } from "../core/serving/model-monitor.ts";
import { isUsable } from "../core/tables/features.ts";
import type { ColumnSchema } from "../core/tables/known-columns.ts";
import { answerOf } from "../datasets/datasets.ts";
import type { TrainingRuns } from "../distributed-training/training-runs.ts";
import { sha256Of } from "../models/model-files.ts";
import type { NewVersion } from "../models/registry-rules.ts";
import type { TrainingLab } from "../training/lab.ts";
import { type AutomlServices, automlFinds } from "./automl-finds.ts";

/** By where they come from; each is asked with the id of a job or an experiment. */
export type Results = Readonly<
  Record<ResultSource, (id: string) => Promise<Omit<NewVersion, "name">>>
>;

interface ResultServices {
  readonly tables: AutomlServices;
  readonly lab: Pick<TrainingLab, "publish">;
  readonly runs: Pick<TrainingRuns, "published">;
}

export function createResults({ tables, lab, runs }: ResultServices): Results {
  return {
    automl: (id) => searchResult(tables, id),
    training: (id) => lab.publish(id),
    "distributed-training": (id) => runs.published(id),
  };
}

/** @throws JOB_UNKNOWN, AUTOML_UNKNOWN, AUTOML_UNFINISHED, DATASET_REFUSED, TABLES_BUSY */
async function searchResult(
  services: AutomlServices,
  id: string,
): Promise<Omit<NewVersion, "name">> {
  const { datasets, short } = services;
  const { search, finished, modelOf } = automlFinds(services);
  const model = modelOf(id);
  const { report, dataset } = finished(id);
  const order = search(id).input as AutomlOrderInput;
  const { onnx, inputs } = await answerOf("exported", short.run({ kind: "onnx", model }));
  const isKept = await datasets.get(order.dataset).then(
    () => true,
    () => false,
  );
  const best = report.leaderboard.find((entry) => entry.id === report.best);
  const schema = model.schema.filter(isUsable);
  return {
    bytes: onnx,
    labels: model.classes,
    lineage: {
      kind: "automl",
      job: id,
      dataset: order.dataset,
      datasetHash: isKept ? await sha256Of(await datasets.bytesOf(order.dataset)) : null,
      note: `${report.target} of ${dataset.name}`.slice(0, 500),
      metric: best === undefined ? null : { name: report.metric, value: best.mean },
      columns: schema.map(({ name, kind, levels }) => ({ name, kind, levels: [...levels] })),
    },
    // A table that is gone leaves no reference: the first requests will make one.
    ...(isKept && { reference: await referenceIn(services, order.dataset, schema, inputs.length) }),
  };
}

async function referenceIn(
  { datasets, short }: Pick<AutomlServices, "datasets" | "short">,
  dataset: string,
  schema: readonly ColumnSchema[],
  width: number,
) {
  const table = await datasets.source(dataset);
  const order = { kind: "encode", table, schema, columns: [] } as const;
  const { rows, values } = await answerOf("encoded", short.run(order));
  return referenceOf([{ name: "input", shape: [rows, width], values }]);
}
