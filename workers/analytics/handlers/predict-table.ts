/** A whole table through the best model of a search, as a job. */
import { randomUUID } from "node:crypto";
import type { TableSource } from "../automl/thread-orders.ts";
import { answerOf, type Datasets } from "../datasets/datasets.ts";
import type { ColumnSchema } from "../core/tables/known-columns.ts";
import { analyticsProblem } from "../errors.ts";
import type { TableEncoder } from "../models/batch-prediction.ts";
import { type AutomlServices, automlFinds } from "./automl-finds.ts";

export const tablePredictionKind = "predict-table";

/** A table that is kept, or one as text. */
export interface GivenTable {
  readonly dataset?: string | undefined;
  readonly rows?: string | undefined;
}

interface Order extends GivenTable {
  readonly search: string;
  readonly title: string;
}

/** @throws DATASET_UNKNOWN; DATASET_REFUSED unless there is one of both */
export async function tableOf(
  { datasets }: { readonly datasets: Pick<Datasets, "get" | "source"> },
  { dataset, rows }: GivenTable,
): Promise<{ readonly title: string; readonly table: TableSource }> {
  if ((dataset === undefined) === (rows === undefined)) {
    throw analyticsProblem("DATASET_REFUSED", "Either `dataset` or `rows` is needed.");
  }
  if (dataset !== undefined) {
    const { name } = await datasets.get(dataset);
    return { title: name, table: await datasets.source(dataset) };
  }
  const bytes = new TextEncoder().encode(rows);
  return { title: "rows as text", table: { id: `text-${randomUUID()}`, format: "csv", bytes } };
}

export function registerTablePrediction(services: AutomlServices): void {
  const { jobs, long } = services;
  const { modelOf } = automlFinds(services);
  jobs.register<Order>({
    kind: tablePredictionKind,
    // It begins anew: minutes at most, and nothing is learned on the way.
    resumable: true,
    title: ({ title }) => `Predict ${title} by a search's best model`,
    async run({ search, ...given }, job) {
      const model = modelOf(search);
      const { table } = await tableOf(services, given);
      job.report({ fraction: 0, message: "Reads the table." });
      const running = long.run(
        { kind: "predict-table", model, table },
        {
          signal: job.signal,
          onProgress: (told) => {
            if (told.kind !== "rows") return;
            const { done, rows } = told;
            job.report({ fraction: done / rows, message: `${done} of ${rows} rows` });
          },
        },
      );
      const { rows, csv } = await answerOf("predicted-table", running);
      return { search, rows, csv };
    },
  });
}

/** For models of the registry. */
export function tableEncoder(services: Pick<AutomlServices, "datasets" | "short">): TableEncoder {
  return {
    async encode(given, schema, columns) {
      const { table } = await tableOf(services, given);
      const order = {
        kind: "encode",
        table,
        schema: schema as ColumnSchema[] | null,
        columns,
      } as const;
      const { rows, columns: width, values } = await answerOf("encoded", services.short.run(order));
      return { rows, columns: width, values };
    },
  };
}
