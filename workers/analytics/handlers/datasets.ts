/** The tables' part of the API. */
import { implement } from "@orpc/server";
import { datasetsContract } from "../contract-datasets.ts";
import type { Datasets } from "../datasets/datasets.ts";

export function datasetsRouter(datasets: Datasets) {
  const os = implement(datasetsContract);
  return os.router({
    list: os.list.handler(() => datasets.list()),
    get: os.get.handler(({ input }) => datasets.get(input.id)),
    rows: os.rows.handler(({ input }) => datasets.rows(input.id, input.offset, input.limit)),
    create: os.create.handler(({ input: { name, format, text } }) =>
      datasets.create(name, format, new TextEncoder().encode(text)),
    ),
    begin: os.begin.handler(({ input }) => datasets.begin(input.name, input.format, input.bytes)),
    piece: os.piece.handler(({ input }) =>
      datasets.piece(input.upload, input.offset, Buffer.from(input.base64, "base64")),
    ),
    finish: os.finish.handler(({ input }) => datasets.finish(input.upload)),
    remove: os.remove.handler(({ input }) => datasets.remove(input.id)),
    restore: os.restore.handler(({ input }) => datasets.restore(input.id)),
  });
}
