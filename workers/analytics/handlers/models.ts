/** The registry's part of the API. */
import { implement } from "@orpc/server";
import { modelsContract } from "../contract-models.ts";
import { filePartBytesMax } from "../contract-registry.ts";
import { analyticsProblem } from "../errors.ts";
import type { Jobs } from "../jobs/jobs.ts";
import {
  batchKind,
  batchPrediction,
  tableFor,
  type TableEncoder,
} from "../models/batch-prediction.ts";
import {
  deletionView,
  healthView,
  predictionView,
  summaryView,
  versionView,
} from "../models/model-views.ts";
import { registryLimits } from "../models/models-limits.ts";
import type { ModelServing } from "../models/model-serving.ts";
import { servedAlias } from "../models/registry-rules.ts";
import type { Results } from "./results.ts";
import type { AliasRow, VersionRow } from "../models/registry-table.ts";

/** What the registry is given by the other parts of the thread. */
interface ModelsServices {
  readonly jobs: Jobs;
  readonly now: () => number;
  readonly tables: TableEncoder;
  readonly results: Results;
}

export function modelsRouter(
  serving: ModelServing,
  { jobs, now, tables, results }: ModelsServices,
) {
  jobs.register(batchPrediction(serving, tables));
  const os = implement(modelsContract);
  const { registry, server, uploads } = serving;
  const summary = (name: string) => summaryView(registry, server, registry.model(name), now());
  const view = (row: VersionRow) => versionView(registry, row);
  const aliasView = (row: AliasRow) => ({
    alias: row.alias,
    targets: [...row.targets],
    shadow: row.shadow,
    changedAt: row.changedAt,
    revision: row.revision,
  });
  /** An alias stands for the version with most of its weight. */
  const find = (name: string, ref: string | undefined) =>
    registry.resolve(
      name,
      ref,
      (targets) => targets.toSorted((a, b) => b.weight - a.weight)[0]!.version,
    ).row;

  return os.router({
    list: os.list.handler(() => ({
      at: now(),
      models: registry.models().map(({ name }) => summary(name)),
      deletions: registry.deletions().map(deletionView),
      bytes: registry.bytes(),
      bytesMax: registryLimits.filesBytesMax,
      modelsMax: registryLimits.modelsMax,
      persistent: serving.persistent,
      threads: server.threads,
    })),
    get: os.get.handler(({ input: { name } }) => ({
      model: summary(name),
      versions: registry.versions(name).map(view),
    })),
    part: os.part.handler(({ input: { upload, offset, data } }) => ({
      upload,
      bytes: uploads.part(upload, offset, new Uint8Array(Buffer.from(data, "base64"))),
    })),
    add: os.add.handler(async ({ input: { file, upload, lineage, ...rest } }) => {
      if ((file === undefined) === (upload === undefined)) {
        throw analyticsProblem("MODEL_REFUSED", "Either `file` or `upload` is needed.");
      }
      const bytes =
        file === undefined ? uploads.take(upload!) : new Uint8Array(Buffer.from(file, "base64"));
      const row = await registry.add({ ...rest, bytes, ...(lineage && { lineage }) });
      return view(row);
    }),
    addResult: os.addResult.handler(async ({ input: { name, source, id, champion, ...rest } }) => {
      const row = await registry.add({ name, ...(await results[source](id)), ...rest });
      if (champion) {
        const shadow = null;
        registry.setAlias({
          model: name,
          alias: servedAlias,
          targets: [{ version: row.version, weight: 1 }],
          shadow,
        });
      }
      return view(registry.resolve(name, String(row.version), () => row.version).row);
    }),
    file: os.file.handler(async ({ input: { name, version, offset } }) => {
      const row = find(name, version);
      const bytes = await registry.file(row);
      const part = bytes.subarray(offset, offset + filePartBytesMax);
      const data = Buffer.from(part).toString("base64");
      return { sha256: row.sha256, bytes: row.bytes, offset, data };
    }),
    describe: os.describe.handler(({ input: { name, description } }) => {
      registry.describe(name, description);
      return summary(name);
    }),
    describeVersion: os.describeVersion.handler(({ input: { name, version, ...change } }) =>
      view(registry.changeVersion(name, version, change)),
    ),
    setAlias: os.setAlias.handler(({ input: { name, revision, ...wish } }) =>
      aliasView(registry.setAlias({ model: name, ...wish }, revision)),
    ),
    removeAlias: os.removeAlias.handler(({ input: { name, alias } }) =>
      aliasView(registry.removeAlias(name, alias)),
    ),
    remove: os.remove.handler(({ input: { name } }) => deletionView(registry.remove(name))),
    removeVersion: os.removeVersion.handler(({ input: { name, version } }) =>
      deletionView(registry.remove(name, version)),
    ),
    undo: os.undo.handler(({ input: { id } }) => deletionView(registry.undo(id))),
    load: os.load.handler(async ({ input: { name, version } }) =>
      view(await serving.load(find(name, version))),
    ),
    unload: os.unload.handler(({ input: { name, version } }) =>
      view(serving.unload(find(name, version))),
    ),
    predict: os.predict.handler(async ({ input: { name, version, inputs }, signal }) =>
      predictionView(await server.infer(name, version, inputs, signal)),
    ),
    predictTable: os.predictTable.handler(async ({ input: { version, ...given } }) => {
      const row = find(given.name, version);
      const input = { ...given, version: String(row.version) };
      // What is wrong with the table is said now rather than by a job that fails.
      await tableFor(input, row, tables);
      return jobs.start(batchKind, input);
    }),
    health: os.health.handler(({ input: { name, version } }) =>
      healthView(server, find(name, version), now()),
    ),
    renewReference: os.renewReference.handler(({ input: { name, version } }) => {
      const row = find(name, version);
      const reference = server.served(row).monitor.renew();
      if (reference === null) {
        throw analyticsProblem(
          "MODEL_CONFLICT",
          "There are too few rows since the last reference.",
        );
      }
      registry.saveReference(row, reference, "chosen requests");
      return healthView(server, find(name, version), now());
    }),
  });
}
