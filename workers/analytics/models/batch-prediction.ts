/** A table of rows through a model, as a job: its answers come back as a table of the same rows. */
import { z } from "zod";
import { type Lineage, versionRefSchema, modelNameSchema } from "../contract-registry.ts";
import { analyticsProblem } from "../errors.ts";
import type { JobKind, JobRun } from "../jobs/jobs.ts";
import { type BatchTable, readBatch, tooManyRows } from "./batch-table.ts";
import type { ModelServing } from "./model-serving.ts";
import { batchPredictionLimits } from "./models-limits.ts";
import type { VersionRow } from "./registry-table.ts";
import { datatypeOf, describePort, jsonValues } from "./tensor-data.ts";

export const batchKind = "batch prediction";

const inputSchema = z.object({
  name: modelNameSchema,
  version: versionRefSchema,
  format: z.enum(["csv", "json"]),
  rows: z.string().optional(),
  dataset: z.string().optional(),
  columns: z.array(z.string()).default([]),
});

/** How far a job has come: lines of its answers. */
const savedSchema = z.object({ header: z.string(), lines: z.array(z.string()) });

export interface BatchResult {
  readonly rows: number;
  readonly model: string;
  readonly version: number;
  readonly csv: string;
}

/** Lines of CSV, each with the row's number, then every output of the model. */
export function batchPrediction(
  { registry, server }: ModelServing,
  tables: TableEncoder,
): JobKind<unknown> {
  return {
    kind: batchKind,
    resumable: true,
    title: (given) => {
      const { name, version } = inputSchema.parse(given);
      return `Predict a table by ${name} ${version}`;
    },
    async run(given, run) {
      const input = inputSchema.parse(given);
      // An alias that is moved meanwhile does not change what the job began with.
      const row = registry.resolve(input.name, input.version, (targets) => targets[0]!.version).row;
      const table = await tableFor(input, row, tables);
      const lines = await predictRows(table, row, server, run);
      return {
        rows: lines.lines.length,
        model: row.model,
        version: row.version,
        csv: `${[lines.header, ...lines.lines].join("\n")}\n`,
      } satisfies BatchResult;
    },
  };
}

/** Reads tables in a thread of its own. */
export interface TableEncoder {
  /**
   * @param schema of the columns that the model was made for; null: the table is numbers
   * @throws DATASET_UNKNOWN, DATASET_REFUSED
   */
  encode(
    given: { readonly dataset?: string | undefined; readonly rows?: string | undefined },
    schema: Lineage["columns"] | null,
    columns: readonly string[],
  ): Promise<BatchTable>;
}

/** @throws MODEL_INPUT_INVALID that names row and column, and what the encoder throws */
export async function tableFor(
  input: z.input<typeof inputSchema>,
  row: VersionRow,
  tables: TableEncoder,
): Promise<BatchTable> {
  const { format, rows, dataset, columns: chosen = [] } = input;
  if ((dataset === undefined) === (rows === undefined)) {
    throw analyticsProblem("MODEL_INPUT_INVALID", "Either `rows` or `dataset` is needed.");
  }
  const { inputs, batching } = row.inspection;
  const [port, ...others] = inputs;
  if (others.length > 0 || port === undefined) {
    throw analyticsProblem(
      "MODEL_INPUT_INVALID",
      `"${row.model}" takes ${inputs.length} inputs; a table is for models with one.`,
    );
  }
  const { shape } = describePort(port);
  if (!batching.allowed) {
    const detail = `The rows of "${row.model}" cannot be run together: ${batching.reason}`;
    throw analyticsProblem("MODEL_INPUT_INVALID", detail);
  }
  const columns = shape.slice(1).reduce((product, size) => product * size, 1);
  const known = row.lineage.columns ?? [];
  const hasWords = known.length > 0 && (rows === undefined || namesAll(rows, known));
  if (rows !== undefined && !(hasWords && format === "csv"))
    return readBatch(rows, format, columns);
  const table = await tables.encode({ dataset, rows }, hasWords ? known : null, chosen);
  if (table.columns !== columns) {
    throw analyticsProblem(
      "MODEL_INPUT_INVALID",
      `The table has ${table.columns} columns of numbers; the model takes ${columns}. Name those that it takes, in its order.`,
    );
  }
  if (table.rows > batchPredictionLimits.rowsMax) throw tooManyRows(table.rows);
  return table;
}

/** Whether the first line is a header with every column that the model was made for. */
function namesAll(csv: string, columns: Lineage["columns"]): boolean {
  const header = csv.slice(0, csv.search(/\r?\n|$/));
  return columns.every(({ name }) => header.indexOf(name) >= 0);
}

async function predictRows(
  table: BatchTable,
  row: VersionRow,
  server: ModelServing["server"],
  run: JobRun,
): Promise<z.infer<typeof savedSchema>> {
  const [port] = row.inspection.inputs;
  const { name, datatype, shape } = describePort(port!);
  const before = savedSchema.safeParse(run.saved);
  let header = before.data?.header ?? "";
  const lines = [...(before.data?.lines ?? [])];
  while (lines.length < table.rows) {
    run.signal.throwIfAborted();
    const count = Math.min(batchPredictionLimits.rowsAtOnce, table.rows - lines.length);
    const data = table.values.subarray(
      lines.length * table.columns,
      (lines.length + count) * table.columns,
    );
    const given = { name, datatype, shape: [count, ...shape.slice(1)], data };
    const { outputs } = await server.infer(row.model, String(row.version), [given], run.signal);
    const columns = outputs.map((output) => {
      const values = jsonValues(output.values);
      return { ...output, list: values, width: values.length / count };
    });
    header = [
      "row",
      ...columns.flatMap((output) =>
        output.width === 1
          ? [output.name]
          : Array.from(
              { length: output.width },
              (_, at) => `${output.name}_${row.labels[at] ?? at}`,
            ),
      ),
    ]
      .map(cell)
      .join(",");
    for (let at = 0; at < count; at++) {
      const cells = columns.flatMap(({ list, width, type }) =>
        list
          .slice(at * width, (at + 1) * width)
          .map((value) => number(value, datatypeOf(type) === "FP32")),
      );
      lines.push([lines.length + 1, ...cells].join(","));
    }
    const message = `${lines.length} of ${table.rows} rows`;
    run.report({ fraction: lines.length / table.rows, message, detail: { rows: lines.length } });
    const isPiece = (lines.length / batchPredictionLimits.rowsAtOnce) % 20 === 0;
    if (isPiece) run.checkpoint({ header, lines });
  }
  return { header, lines };
}

/** Nine digits tell all floats of 32 bits apart. */
function number(value: number | null, isSingle: boolean): string {
  return value === null ? "" : String(isSingle ? Number(value.toPrecision(9)) : value);
}

/** Quoted where needed (RFC 4180); a name that a spreadsheet would take for a formula is one no more. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
