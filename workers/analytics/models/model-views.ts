/** What the API shows of the registry's rows and of their serving. */
import type {
  Deletion,
  Drift,
  ModelSummary,
  ModelVersion,
  Prediction,
  VersionHealth,
} from "../contract-registry.ts";
import type { ColumnDrift } from "../core/serving/drift.ts";
import type { Inference, ModelServer } from "./model-server.ts";
import { registryLimits } from "./models-limits.ts";
import type { ModelRegistry } from "./registry.ts";
import { servedAlias } from "./registry-rules.ts";
import type { DeletionRow, ModelRow, VersionRow } from "./registry-table.ts";
import { datatypeOf, describePort, jsonValues } from "./tensor-data.ts";

export function versionView(registry: ModelRegistry, row: VersionRow): ModelVersion {
  const { inspection } = row;
  return {
    model: row.model,
    version: row.version,
    createdAt: row.createdAt,
    description: row.description,
    tags: row.tags,
    // Versions of before these were kept have none.
    lineage: {
      ...row.lineage,
      metric: row.lineage.metric ?? null,
      columns: row.lineage.columns ?? [],
    },
    sha256: row.sha256,
    bytes: row.bytes,
    state: row.loaded ? "ready" : "unloaded",
    aliases: registry
      .aliases(row.model)
      .filter(({ targets }) => targets.some(({ version }) => version === row.version))
      .map(({ alias }) => alias),
    inputs: inspection.inputs.map(describePort),
    outputs: inspection.outputs.map(describePort),
    labels: [...row.labels],
    opset: inspection.opset,
    nodes: inspection.nodes,
    parameters: inspection.parameters,
    operators: inspection.operators.map(([name, count]) => ({ name, count })),
    batching: inspection.batching,
  };
}

export function summaryView(
  registry: ModelRegistry,
  server: ModelServer,
  { name, description, createdAt, changedAt }: ModelRow,
  nowMs: number,
): ModelSummary {
  const versions = registry.versions(name);
  const aliases = registry.aliases(name);
  const served = aliases.find(({ alias }) => alias === servedAlias);
  const [only, ...others] = served?.targets ?? [];
  const latest = versions[0]?.version ?? null;
  const statistics = versions.flatMap((row) => {
    const known = server.known(row);
    return known === null ? [] : [known.statistics(nowMs)];
  });
  const busiest = statistics.toSorted((a, b) => b.total.count - a.total.count)[0];
  const sum = (pick: (each: (typeof statistics)[number]) => number): number =>
    statistics.reduce((total, each) => total + pick(each), 0);
  return {
    name,
    description,
    createdAt,
    changedAt,
    versions: versions.length,
    latest,
    serves: served === undefined ? latest : others.length === 0 ? (only?.version ?? null) : null,
    aliases: aliases.map(({ alias, targets, shadow, revision, ...row }) => ({
      alias,
      targets: [...targets],
      shadow,
      changedAt: row.changedAt,
      revision,
    })),
    bytes: versions.reduce((total, { bytes }) => total + bytes, 0),
    requests: sum(({ requests }) => requests),
    failures: sum(({ failures, refused }) => failures + refused),
    p50Ms: busiest?.total.p50 ?? null,
    p99Ms: busiest?.total.p99 ?? null,
    lastMinute: sum(({ lastMinute }) => lastMinute.count),
  };
}

export function deletionView({ aliases, versions, whole, ...row }: DeletionRow): Deletion {
  return {
    ...row,
    wholeModel: whole,
    versions: [...versions],
    aliases: aliases.map(({ alias }) => alias),
    undoUntil: row.at + registryLimits.undoMs,
  };
}

export function healthView(server: ModelServer, row: VersionRow, nowMs: number): VersionHealth {
  const served = server.served(row);
  return {
    at: nowMs,
    model: row.model,
    version: row.version,
    state: row.loaded ? "ready" : "unloaded",
    serving: served.statistics(nowMs),
    drift: driftView(row, served.monitor.drift()),
    shadows: served.shadows(),
  };
}

const order = ["major shift", "moderate shift", "stable", "not enough data"] as const;

function driftView(
  row: VersionRow,
  found: ReturnType<ReturnType<ModelServer["served"]>["monitor"]["drift"]>,
): Drift {
  const { referenceRowsMissing, liveRows, columns } = found;
  const word = order.find((each) => columns.some((column) => column.word === each)) ?? order[3];
  return {
    source: row.referenceSource ?? "none yet",
    referenceRowsMissing,
    liveRows,
    word,
    verdict: verdictOf(word, columns, referenceRowsMissing),
    columns: columns.map((column) => ({ ...column, bins: [...column.bins] })),
  };
}

function verdictOf(word: Drift["word"], columns: readonly ColumnDrift[], missing: number): string {
  if (missing > 0) return `${missing} more rows make the reference to compare with.`;
  if (word === "not enough data") return "Too few rows since the reference to compare.";
  if (word === "stable") return `All ${columns.length} columns are as in the reference.`;
  const shifted = columns.filter((column) => column.word.endsWith("shift"));
  const names = shifted.slice(0, 3).map(({ column }) => column);
  const more = shifted.length > 3 ? ` and ${shifted.length - 3} more` : "";
  return `Other values than in the reference: ${names.join(", ")}${more}.`;
}

export function predictionView(found: Inference): Prediction {
  return {
    model: found.row.model,
    version: found.row.version,
    batchRows: found.batchRows,
    queueMs: found.queueMs,
    runMs: found.runMs,
    loadMs: found.loadMs,
    totalMs: found.totalMs,
    outputs: found.outputs.map(({ name, type, shape, values }) => ({
      name,
      datatype: datatypeOf(type),
      shape: [...shape],
      data: jsonValues(values),
    })),
  };
}
