/** The search parameters of each page. The address is the state, so anything odd falls back. */
import { z } from "zod";
import { forecastMethodIds, forecastOrderHorizonMax } from "../../workers/analytics/contract.ts";
import { aggregations, logLevels, requestTypes } from "../../workers/integration/contract.ts";
import { searchItemsMax, searchIterationsMax } from "../../workers/quantum/contract.ts";
import { subsystemIdSchema } from "../../workers/service/contract.ts";
import { podColumns } from "../dashboards/cluster/pod-table.ts";
import { drawerTabs } from "../dashboards/cluster/references.ts";
import { playgroundTabs } from "../playgrounds/consensus/tabs.ts";
import { workshopTabs } from "../playgrounds/contracts/tabs.ts";
import { circuitTabs } from "../playgrounds/quantum/tabs.ts";

export const windows = { "1m": 60_000, "5m": 300_000, "15m": 900_000 } as const;

/** On every page: the stretch of time that its charts are zoomed to. */
export const anySearch = z.object({
  zoom: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/)
    .optional()
    .catch(undefined),
});

export const overviewSearch = z.object({
  window: z.enum(["1m", "5m", "15m"]).optional().catch(undefined),
  view: z.enum(["graph", "list"]).optional().catch(undefined),
});

export const componentsSearch = z.object({
  thread: subsystemIdSchema.optional().catch(undefined),
  filter: z.string().max(200).optional().catch(undefined),
});

/** The run that is shown; the newest when left out. */
export const distributedTrainingSearch = z.object({
  run: z
    .string()
    .regex(/^job-[0-9a-z-]{1,40}$/)
    .optional()
    .catch(undefined),
});

export const edgeSearch = z.object({
  view: z.enum(["map", "list"]).optional().catch(undefined),
  node: z.string().max(80).optional().catch(undefined),
});

export const microservicesSearch = z.object({
  pod: z.string().max(100).optional().catch(undefined),
  view: z.enum(["graph", "list"]).optional().catch(undefined),
});

export const blockchainSearch = z.object({
  // A number in the address is read as one.
  block: z.coerce
    .string()
    .regex(/^(latest|\d{1,15}|0x[0-9a-fA-F]{64})$/)
    .optional()
    .catch(undefined),
  tx: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .optional()
    .catch(undefined),
  account: z
    .string()
    .regex(/^0x[0-9a-fA-F]{1,40}(\.\.\.|…)?$/)
    .optional()
    .catch(undefined),
});
export type BlockchainSearchParams = z.infer<typeof blockchainSearch>;

/** The account whose drawer is open. */
export const walletsSearch = z.object({
  account: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .optional()
    .catch(undefined),
});

export const quantumSearch = z.object({
  items: z.array(z.string().max(256)).min(1).max(searchItemsMax).optional().catch(undefined),
  target: z.string().max(256).optional().catch(undefined),
  iterations: z.int().min(0).max(searchIterationsMax).optional().catch(undefined),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional()
    .catch(undefined),
});
export type QuantumSearchParams = z.infer<typeof quantumSearch>;

export const consoleSearch = z.object({
  op: z.string().max(100).optional().catch(undefined),
  example: z.string().max(100).optional().catch(undefined),
});

export const docsSearch = z.object({
  problem: z.string().max(100).optional().catch(undefined),
  op: z.string().max(100).optional().catch(undefined),
  query: z.string().max(100).optional().catch(undefined),
});

const filterText = z.string().max(200).optional().catch(undefined);
const traceId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .optional()
  .catch(undefined);
const runId = z.int().min(1).optional().catch(undefined);

export const testsSearch = z.object({
  type: z.enum(requestTypes).optional().catch(undefined),
  aggregation: z.enum(aggregations).optional().catch(undefined),
  consensus: z.boolean().optional().catch(undefined),
  transfer: z.boolean().optional().catch(undefined),
  run: runId,
  compare: runId,
});

export const tracesSearch = z.object({
  trace: traceId,
  span: z.string().max(32).optional().catch(undefined),
  filter: filterText,
});

export const logsSearch = z.object({
  subsystem: subsystemIdSchema.optional().catch(undefined),
  level: z.enum(logLevels).optional().catch(undefined),
  text: filterText,
  trace: traceId,
  filter: filterText,
  record: z.int().min(1).optional().catch(undefined),
});
export type LogsSearchParams = z.infer<typeof logsSearch>;

export const automlSearch = z.object({
  table: z.string().max(60).optional().catch(undefined),
  target: z.string().max(200).optional().catch(undefined),
  job: z.string().max(60).optional().catch(undefined),
});

export const analyticsSearch = z.object({
  series: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,60}\.[a-z-]{1,30}$/)
    .optional()
    .catch(undefined),
  window: z.enum(["5m", "15m", "6h"]).optional().catch(undefined),
});

export const anomaliesSearch = z.object({
  tab: z.enum(["live", "own"]).optional().catch(undefined),
  anomaly: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().catch(undefined),
  filter: filterText,
});

export const modelsSearch = z.object({
  model: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/)
    .optional()
    .catch(undefined),
  version: z.int().min(1).max(1_000_000).optional().catch(undefined),
});

/** What is forecast and how, so that a link gives the same forecast again. */
export const forecastsSearch = z.object({
  sample: z
    .string()
    .regex(/^[A-Za-z0-9]{1,40}$/)
    .optional()
    .catch(undefined),
  series: analyticsSearch.shape.series,
  // Numbers in the address are read as such; short series of one's own fit into it.
  values: z.coerce.string().max(4_000).optional().catch(undefined),
  own: z.boolean().optional().catch(undefined),
  horizon: z.int().min(1).max(forecastOrderHorizonMax).optional().catch(undefined),
  seasons: z.coerce
    .string()
    .regex(/^(?:none|\d{1,4}(?:,\d{1,4}){0,2})$/)
    .optional()
    .catch(undefined),
  levels: z.coerce
    .string()
    .regex(/^(?:50|80|95)(?:,(?:50|80|95)){0,2}$/)
    .optional()
    .catch(undefined),
  method: z.enum(forecastMethodIds).optional().catch(undefined),
  interval: z.enum(["conformal"]).optional().catch(undefined),
  floor: z.number().optional().catch(undefined),
  hold: z.int().min(1).max(forecastOrderHorizonMax).optional().catch(undefined),
  limit: z.number().optional().catch(undefined),
  job: z
    .string()
    .regex(/^job-[0-9a-z-]{1,40}$/)
    .optional()
    .catch(undefined),
});
export type ForecastsSearch = z.infer<typeof forecastsSearch>;

export const alertsSearch = z.object({
  alert: z
    .string()
    .regex(/^alert-\d{1,9}$/)
    .optional()
    .catch(undefined),
});

const slug = z
  .string()
  .regex(/^[a-z0-9-]{1,60}$/)
  .optional()
  .catch(undefined);

export const playgroundSearch = z.object({
  algorithm: slug,
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional()
    .catch(undefined),
  t: z.number().min(0).max(600_000).optional().catch(undefined),
  node: z.int().min(1).max(64).optional().catch(undefined),
  lesson: slug,
  tab: z.enum(playgroundTabs).optional().catch(undefined),
});

export const errorCorrectionSearch = z.object({
  code: slug,
  distance: z.int().min(2).max(31).optional().catch(undefined),
  decoder: z.enum(["matching", "union-find", "lookup"]).optional().catch(undefined),
  errors: z
    .string()
    .regex(/^[XYZ]\d{1,6}( [XYZ]\d{1,6}){0,199}$/)
    .optional()
    .catch(undefined),
});

export const circuitSearch = z.object({
  example: slug,
  lesson: slug,
  tab: z.enum(circuitTabs).optional().catch(undefined),
});

export const contractsSearch = z.object({
  template: slug,
  workspace: z.uuid().optional().catch(undefined),
  file: z.string().max(256).optional().catch(undefined),
  contract: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .optional()
    .catch(undefined),
  debug: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .optional()
    .catch(undefined),
  tab: z.enum(workshopTabs).optional().catch(undefined),
});

const clusterOpen = {
  open: z
    .string()
    .max(400)
    .regex(/^[^/]+\/[^/]*\/[^/]+$/)
    .optional()
    .catch(undefined),
  tab: z.enum(drawerTabs).optional().catch(undefined),
  filter: filterText,
};

export const clusterPodsSearch = z.object({
  ...clusterOpen,
  namespace: z.string().max(63).optional().catch(undefined),
  sort: z
    .enum(podColumns.map(({ id }) => id))
    .optional()
    .catch(undefined),
  desc: z.boolean().optional().catch(undefined),
});

export const clusterListSearch = z.object({
  ...clusterOpen,
  kind: z.string().max(63).optional().catch(undefined),
  type: z.enum(["Normal", "Warning"]).optional().catch(undefined),
});

export const clusterTopologySearch = z.object({
  view: z.enum(["graph", "list"]).optional().catch(undefined),
  group: z.enum(["namespace", "zone"]).optional().catch(undefined),
});

/** Filter, the instance whose drawer is open, and the name to resolve. */
export const clusterRegistrySearch = z.object({
  filter: filterText,
  instance: z
    .string()
    .max(260)
    .regex(/^[^/]+\/[^/]+$/)
    .optional()
    .catch(undefined),
  name: z.string().max(253).optional().catch(undefined),
});

/** The route and the service that are looked at. */
export const clusterGatewaySearch = z.object({
  filter: filterText,
  route: z.string().max(400).optional().catch(undefined),
  service: z.string().max(127).optional().catch(undefined),
});

export const labSearch = z.object({
  run: z
    .string()
    .regex(/^run-\d{1,9}$/)
    .optional()
    .catch(undefined),
});

export const experimentsSearch = z.object({
  runs: z
    .string()
    .max(120)
    .regex(/^run-\d{1,9}(,run-\d{1,9})*$/)
    .optional()
    .catch(undefined),
});
