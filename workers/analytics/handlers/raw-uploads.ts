/**
 * Tables as files in the body of a request, on the analytics thread's own port:
 * `curl --data-binary @sales.csv -H 'content-type: text/csv' 'localhost:3002/api/analytics/datasets/raw?name=sales'`.
 * Other ports take them piece by piece (contract-datasets.ts).
 */
import type { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { problem } from "../../service/errors.ts";
import { checkRole } from "../../service/guard.ts";
import { callerOf } from "../../service/http-server.ts";
import { datasetNameLengthMax } from "../contract-datasets.ts";
import type { TableFormat } from "../core/tables/read-table.ts";
import { type Datasets, tooLarge } from "../datasets/datasets.ts";
import { datasetLimits } from "../datasets/dataset-limits.ts";

const formats: Readonly<Record<string, TableFormat>> = {
  "text/csv": "csv",
  "application/x-ndjson": "json",
  "application/vnd.apache.parquet": "parquet",
};

const querySchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(datasetNameLengthMax)
    .regex(/^\P{Cc}+$/u),
});

export function rawUploads(datasets: Datasets) {
  return (app: FastifyInstance): void => {
    void app.register((scope, _options, done) => {
      scope.addContentTypeParser(Object.keys(formats), (_request, payload, parsed) =>
        parsed(null, payload),
      );
      scope.post("/api/analytics/datasets/raw", async (request, reply) => {
        const refusal = checkRole("operator", callerOf(request.raw));
        if (refusal !== undefined) throw refusal;
        const query = querySchema.safeParse(request.query);
        if (!query.success) {
          throw problem(
            "INPUT_INVALID",
            "The query names the table: ?name=sales, and nothing else.",
          );
        }
        const type = (request.headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
        const format = formats[type];
        if (format === undefined) {
          throw problem(
            "CONTENT_TYPE_REFUSED",
            `A table is one of ${Object.keys(formats).join(", ")}.`,
          );
        }
        // What is left of a refused table is not worth reading.
        reply.header("connection", "close");
        const bytes = await collected(request.body as Readable);
        const details = await datasets.create(query.data.name, format, bytes);
        return reply.type("application/json; charset=utf-8").send(JSON.stringify(details));
      });
      done();
    });
  };
}

/** @throws DATASET_TOO_LARGE as soon as more has come than is accepted */
async function collected(body: Readable): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // The request stays open, so that there is somebody to tell that it is too large.
  const arriving = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const piece of arriving) {
    bytes += piece.length;
    if (bytes > datasetLimits.bytesMax) throw tooLarge(bytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
