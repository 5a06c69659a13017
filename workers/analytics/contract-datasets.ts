/** Tables that people bring, and some to begin with. */
import { z } from "zod";
import { route } from "../service/contract.ts";

export const datasetNameLengthMax = 100;
/** Of one upload in whole. */
export const datasetBytesMax = 64 * 1024 * 1024;
/** Of one piece, before it is written in base 64: that and the rest of the body are under 2 MiB. */
export const datasetPieceBytesMax = 1024 * 1024;
export const datasetTextLengthMax = 1_500_000;
export const datasetRowsPageMax = 500;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");
const formatSchema = z
  .enum(["csv", "json", "parquet"])
  .describe("json: an array of objects, an object of columns, or an object a line");
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(datasetNameLengthMax)
  .regex(/^\P{Cc}+$/u, "A name has no control characters");

export const datasetIdSchema = z
  .string()
  .regex(/^(?:sample|table)-[0-9a-z-]{1,40}$/, "A table's id looks like table-0193… or sample-iris")
  .meta({ examples: ["sample-iris"] });

const datasetSchema = z.object({
  id: datasetIdSchema,
  name: z.string(),
  format: formatSchema,
  bytes: z.int(),
  rows: z.int(),
  columns: z.int(),
  createdAt: atSchema.nullable().describe("null: came with the platform"),
  source: z.string().nullable().describe("Who made a table that came with the platform"),
  suggestedTarget: z.string().nullable(),
});
export type DatasetRecord = z.infer<typeof datasetSchema>;

const columnSchema = z.object({
  name: z.string(),
  kind: z
    .enum(["number", "integer", "boolean", "category", "date", "text", "id", "constant"])
    .describe("id: its own in each row. Ids and constants are not learned from."),
  missing: z.int(),
  distinct: z.int(),
  numbers: z
    .object({
      min: z.number(),
      lowerQuartile: z.number(),
      median: z.number(),
      upperQuartile: z.number(),
      max: z.number(),
      mean: z.number(),
      deviation: z.number(),
    })
    .nullable()
    .describe("Of dates in milliseconds since the Unix epoch, of text its lengths"),
  histogram: z.array(z.object({ from: z.number(), to: z.number(), count: z.int() })),
  levels: z
    .array(z.object({ level: z.string(), count: z.int() }))
    .describe("Most frequent first, the first 20"),
});

const datasetDetailsSchema = datasetSchema.extend({
  statistics: z.array(columnSchema),
  warnings: z
    .array(z.string())
    .describe("Cells that were not taken as they are, by column and row"),
});
export type DatasetDetails = z.infer<typeof datasetDetailsSchema>;

const uploadSchema = z.object({
  upload: z.string(),
  received: z.int().describe("Bytes so far; the next piece begins there"),
  bytes: z.int().describe("Bytes that were announced"),
});

const uploadIdSchema = z.string().regex(/^upload-[0-9a-f-]{1,40}$/);
const exampleUpload = "upload-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11";
const byId = z.strictObject({ id: datasetIdSchema });
const base64Schema = z.base64().max(Math.ceil(datasetPieceBytesMax / 3) * 4);

const read = (path: `/${string}`, summary: string) =>
  route.route({ method: "GET", path, tags: ["Tables"], summary });
const act = (path: `/${string}`, summary: string, examples?: Readonly<Record<string, unknown>>) =>
  route
    .meta({ role: "operator", ...(examples !== undefined && { examples }) })
    .route({ method: "POST", path, tags: ["Tables"], summary });

export const datasetsContract = {
  list: read("/api/analytics/datasets", "Tables to learn from, the newest first")
    .input(z.strictObject({}))
    .output(
      z.object({
        datasets: z.array(datasetSchema),
        bytesKept: z.int(),
        bytesMax: z.int().describe("Beyond this further tables are refused"),
      }),
    ),
  get: read("/api/analytics/datasets/{id}", "One table: types, statistics and histograms by column")
    .input(byId)
    .output(datasetDetailsSchema),
  rows: read("/api/analytics/datasets/{id}/rows", "Some rows of a table as they were brought")
    .input(
      byId.extend({
        offset: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(datasetRowsPageMax).default(50),
      }),
    )
    .output(
      z.object({
        names: z.array(z.string()),
        offset: z.int(),
        total: z.int(),
        rows: z.array(z.array(z.string().nullable()).describe("null: missing")),
        csv: z.string().describe("The same rows, safe to open in a spreadsheet"),
      }),
    ),
  create: act("/api/analytics/datasets", "Bring a small table in the body", {
    csv: {
      name: "fruit",
      format: "csv",
      text: "weight,colour,kind\n150,red,apple\n120,yellow,lemon\n",
    },
  })
    .input(
      z.strictObject({
        name: nameSchema,
        format: z.enum(["csv", "json"]),
        text: z.string().min(1).max(datasetTextLengthMax),
      }),
    )
    .output(datasetDetailsSchema),
  begin: act("/api/analytics/datasets/uploads", "Begin to bring a table piece by piece", {
    csv: { name: "sales.csv", format: "csv", bytes: 5_000_000 },
  })
    .input(z.strictObject({ name: nameSchema, format: formatSchema, bytes: z.int().min(1) }))
    .output(uploadSchema),
  piece: act("/api/analytics/datasets/uploads/{upload}", "Bring the next piece of a table", {
    first: { upload: exampleUpload, offset: 0, base64: "YSxiCjEsMgo=" },
  })
    .input(
      z.strictObject({
        upload: uploadIdSchema,
        offset: z.int().min(0).describe("Where in the file the piece begins"),
        base64: base64Schema.describe(`At most ${datasetPieceBytesMax} bytes`),
      }),
    )
    .output(uploadSchema),
  finish: act(
    "/api/analytics/datasets/uploads/{upload}/finish",
    "Read the table that was brought",
    { one: { upload: exampleUpload } },
  )
    .input(z.strictObject({ upload: uploadIdSchema }))
    .output(datasetDetailsSchema),
  remove: route
    .meta({ role: "operator" })
    .route({
      method: "DELETE",
      path: "/api/analytics/datasets/{id}",
      tags: ["Tables"],
      summary: "Delete a table; it can be restored until its place is needed",
    })
    .input(byId)
    .output(datasetSchema),
  restore: act("/api/analytics/datasets/{id}/restore", "Take back a deletion", {
    one: { id: "table-019a3f5e-8c1f-7d2b-9a51-3d6b1e5f0c11" },
  })
    .input(byId)
    .output(datasetSchema),
};
