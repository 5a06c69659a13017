/** What the analytics thread asks of the threads that read tables and search for models. */
import type { AutomlOrder, AutomlProgress } from "../core/automl/automl.ts";
import type { SavedModel } from "../core/automl/final-model.ts";
import type { Leak } from "../core/automl/leakage.ts";
import type { MetricId } from "../core/automl/metrics.ts";
import type { AutomlReport } from "../core/automl/report.ts";
import type { SavedSearch } from "../core/automl/search.ts";
import type { SplitKind } from "../core/automl/splitters.ts";
import type { Task } from "../core/automl/target.ts";
import type { ColumnStatistics } from "../core/tables/column-statistics.ts";
import type { ColumnSchema } from "../core/tables/known-columns.ts";
import type { OnnxInput } from "../core/automl/onnx-pipeline.ts";
import type { TableFormat } from "../core/tables/read-table.ts";

export interface TableSource {
  /** Tables that were read are known by it. */
  readonly id: string;
  readonly format: TableFormat;
  /** null: the thread asks for them (`BytesQuestion`) when it does not know the table. */
  readonly bytes: Uint8Array | null;
}

/** What a thread asks while it works; the answer is a Uint8Array. */
export interface BytesQuestion {
  readonly bytesOf: string;
}

export interface SearchOrder extends AutomlOrder {
  /** Ids of learners; all when empty. */
  readonly learners: readonly string[];
}

export type ThreadOrder =
  | { readonly kind: "describe"; readonly table: TableSource }
  | {
      readonly kind: "page";
      readonly table: TableSource;
      readonly offset: number;
      readonly limit: number;
    }
  | { readonly kind: "options" }
  | { readonly kind: "check"; readonly table: TableSource; readonly order: SearchOrder }
  | {
      readonly kind: "search";
      readonly table: TableSource;
      readonly order: SearchOrder;
      readonly saved: SavedSearch | null;
    }
  | {
      readonly kind: "predict";
      readonly model: SavedModel;
      readonly rows: readonly Readonly<Record<string, unknown>>[];
    }
  | { readonly kind: "onnx"; readonly model: SavedModel }
  | { readonly kind: "predict-table"; readonly model: SavedModel; readonly table: TableSource }
  | {
      /** A table as the rows of numbers that a model's file takes. */
      readonly kind: "encode";
      readonly table: TableSource;
      /** The columns that the model was made for; null: all columns of the table are numbers. */
      readonly schema: readonly ColumnSchema[] | null;
      /** Without a schema, which columns are taken, in their order; all when empty. */
      readonly columns: readonly string[];
    };

export type ThreadOutcome =
  /** Whoever sent the table or the order can mend it. */
  | { readonly kind: "refused"; readonly why: RefusalKind; readonly message: string }
  | {
      readonly kind: "described";
      readonly rows: number;
      readonly columns: readonly ColumnStatistics[];
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: "page";
      readonly names: readonly string[];
      readonly total: number;
      readonly rows: readonly (readonly (string | null)[])[];
      readonly csv: string;
    }
  | {
      readonly kind: "options";
      readonly learners: readonly { id: string; title: string; tasks: readonly Task[] }[];
    }
  | {
      readonly kind: "checked";
      readonly task: Task;
      readonly metric: MetricId;
      readonly classes: readonly string[];
      readonly rows: number;
      readonly split: SplitKind;
      readonly folds: number;
      readonly leaks: readonly Leak[];
    }
  | { readonly kind: "found"; readonly report: AutomlReport; readonly model: SavedModel }
  | { readonly kind: "predicted"; readonly values: readonly number[] }
  | { readonly kind: "predicted-table"; readonly rows: number; readonly csv: string }
  | {
      readonly kind: "encoded";
      readonly rows: number;
      readonly columns: number;
      readonly values: Float64Array;
    }
  | {
      readonly kind: "exported";
      readonly onnx: Uint8Array;
      readonly inputs: readonly OnnxInput[];
    };

export type RefusalKind = "malformed" | "too large" | "empty" | "unsuitable";

export type ThreadProgress =
  | {
      readonly kind: "search";
      readonly progress: AutomlProgress;
      /** null: not worth a checkpoint yet. */
      readonly saved: SavedSearch | null;
    }
  | { readonly kind: "rows"; readonly done: number; readonly rows: number };
