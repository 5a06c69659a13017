/** Carries out what is asked of a thread for tables; keeps the tables that it read last. */
import type { Ask } from "../../service/job-protocol.ts";
import { Automl } from "../core/automl/automl.ts";
import {
  predictWith,
  restoreModel,
  type SavedModel,
  saveModel,
} from "../core/automl/final-model.ts";
import { encodeRows, numbersOf, recordsOf } from "../core/automl/onnx-inputs.ts";
import { onnxOf } from "../core/automl/onnx-pipeline.ts";
import { learners } from "../core/learners/all-learners.ts";
import type { Learner } from "../core/learners/learner.ts";
import { describeColumns } from "../core/tables/column-statistics.ts";
import { type Table, typedTable } from "../core/tables/column-types.ts";
import { csvOf } from "../core/tables/csv-writer.ts";
import { readKnownColumns } from "../core/tables/known-columns.ts";
import { readTable } from "../core/tables/read-table.ts";
import { quoted, TableError } from "../core/tables/table-error.ts";
import { tableLimits } from "../core/tables/table-limits.ts";
import type {
  BytesQuestion,
  SearchOrder,
  TableSource,
  ThreadOrder,
  ThreadOutcome,
  ThreadProgress,
} from "./thread-orders.ts";

const tablesKept = 3;
const reportIntervalMs = 250;
const checkpointIntervalMs = 2_000;

export class TableThread {
  readonly #nowMs: () => number;
  /** The one that was used last at the end. */
  readonly #tables = new Map<string, Table>();

  /** @param nowMs a clock that never goes back */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async carryOut(
    order: ThreadOrder,
    report: (progress: ThreadProgress) => void,
    ask: Ask,
  ): Promise<ThreadOutcome> {
    try {
      return await this.#outcome(order, report, ask);
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      return { kind: "refused", why: error.kind, message: error.message };
    }
  }

  async #outcome(
    order: ThreadOrder,
    report: (progress: ThreadProgress) => void,
    ask: Ask,
  ): Promise<ThreadOutcome> {
    if (order.kind === "options") return options();
    if (order.kind === "predict") return predicted(order);
    if (order.kind === "onnx") {
      return { kind: "exported", ...onnxOf(restoreModel(order.model, learners)) };
    }
    const table = await this.#table(order.table, ask);
    if (order.kind === "predict-table") return predictedTable(order.model, table, report);
    if (order.kind === "encode") return encoded(table, order);
    if (order.kind === "describe") return described(table);
    if (order.kind === "page") return pageOf(table, order.offset, order.limit);
    if (order.kind === "search") return this.#search(table, order, report);
    return { kind: "checked", ...this.#begin(table, order.order, null).preview() };
  }

  #begin(table: Table, order: SearchOrder, saved: ConstructorParameters<typeof Automl>[4]): Automl {
    return new Automl(table, order, chosen(order.learners), this.#nowMs, saved);
  }

  #search(
    table: Table,
    { order, saved }: Extract<ThreadOrder, { kind: "search" }>,
    report: (progress: ThreadProgress) => void,
  ): ThreadOutcome {
    const automl = this.#begin(table, order, saved);
    const work = automl.run();
    let reportedMs = -Infinity;
    let savedMs = this.#nowMs();
    for (;;) {
      const step = work.next();
      if (step.done === true) {
        const { report: found, model } = step.value;
        return { kind: "found", report: found, model: saveModel(model) };
      }
      const now = this.#nowMs();
      if (now - reportedMs < reportIntervalMs) continue;
      reportedMs = now;
      const keeps = now - savedMs >= checkpointIntervalMs;
      if (keeps) savedMs = now;
      report({ kind: "search", progress: automl.progress(), saved: keeps ? automl.save() : null });
    }
  }

  async #table({ id, format, bytes }: TableSource, ask: Ask): Promise<Table> {
    const read = async () => {
      const question: BytesQuestion = { bytesOf: id };
      return typedTable(await readTable(bytes ?? ((await ask(question)) as Uint8Array), format));
    };
    const table = this.#tables.get(id) ?? (await read());
    this.#tables.delete(id);
    this.#tables.set(id, table);
    for (const oldest of this.#tables.keys()) {
      if (this.#tables.size <= tablesKept) break;
      this.#tables.delete(oldest);
    }
    return table;
  }
}

/** @throws TableError for a learner that there is not */
function chosen(ids: readonly string[]): readonly Learner[] {
  const unknown = ids.find((id) => learners.every((learner) => learner.id !== id));
  if (unknown !== undefined) {
    const all = learners.map(({ id }) => id).join(", ");
    throw new TableError("unsuitable", `There is no learner ${quoted(unknown)}; there are ${all}.`);
  }
  return ids.length === 0 ? learners : learners.filter(({ id }) => ids.includes(id));
}

function options(): ThreadOutcome {
  return {
    kind: "options",
    learners: learners.map(({ id, title, tasks }) => ({ id, title, tasks })),
  };
}

function predicted(order: Extract<ThreadOrder, { kind: "predict" }>): ThreadOutcome {
  const model = restoreModel(order.model, learners);
  const columns = readKnownColumns(model.schema, order.rows, new Set([model.target]));
  const rows = Int32Array.from(order.rows, (_, row) => row);
  return { kind: "predicted", values: [...predictWith(model, columns, rows)] };
}

/** Rows that are predicted together, and told of. */
const rowsAtOnce = 2_000;

/** The row's number, the prediction, and of classes the probability of each. */
function predictedTable(
  saved: SavedModel,
  { raw, rows }: Table,
  report: (progress: ThreadProgress) => void,
): ThreadOutcome {
  const model = restoreModel(saved, learners);
  const columns = readKnownColumns(model.schema, recordsOf(raw, model.schema));
  const { classes } = model;
  const lines: (string | number)[][] = [];
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    const places = Int32Array.from({ length: count }, (_, at) => from + at);
    const values = predictWith(model, columns, places);
    const width = values.length / count;
    for (let row = 0; row < count; row += 1) {
      const own = [...values.subarray(row * width, (row + 1) * width)];
      const number = from + row + 1;
      if (model.task === "regression") lines.push([number, own[0]!]);
      else lines.push([number, classes[own.indexOf(Math.max(...own))]!, ...own]);
    }
    report({ kind: "rows", done: from + count, rows });
  }
  const chances = classes.map((name) => `probability of ${name}`);
  return {
    kind: "predicted-table",
    rows,
    csv: csvOf(["row", model.target, ...chances], lines),
  };
}

function encoded(
  { raw, columns, rows }: Table,
  { schema, columns: names }: Extract<ThreadOrder, { kind: "encode" }>,
): ThreadOutcome {
  const known =
    schema === null ? numbersOf(columns, names) : readKnownColumns(schema, recordsOf(raw, schema));
  return { kind: "encoded", rows, ...encodeRows(schema ?? known, known) };
}

function described(table: Table): ThreadOutcome {
  return {
    kind: "described",
    rows: table.rows,
    columns: describeColumns(table),
    warnings: table.columns.flatMap(({ warnings }) => warnings).slice(0, tableLimits.warningsMax),
  };
}

function pageOf({ raw, rows }: Table, offset: number, limit: number): ThreadOutcome {
  const count = Math.max(0, Math.min(limit, rows - offset));
  const page = Array.from({ length: count }, (_, index) =>
    raw.cells.map((cells) => cells[offset + index]!),
  );
  return { kind: "page", names: raw.names, total: rows, rows: page, csv: csvOf(raw.names, page) };
}
