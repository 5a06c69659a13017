/** POST /api/edge/process: from a request to the answer of the node that suits it best. */
import type { EdgeResult, Position, ProcessInput, ProcessOutput } from "../contract.ts";
import { defaultClientPlace, findPlace, similarPlaces } from "../core/places.ts";
import { reasonOf } from "../core/routing.ts";
import { edgeProblem } from "../errors.ts";
import { edgeLimits } from "../limits.ts";
import type { Dispatcher, Finished } from "./dispatcher.ts";
import type { EdgeHost } from "./host.ts";
import type { ModelStore } from "./model-store.ts";
import type { RequestLog } from "./request-log.ts";
import { type Task, taskOf } from "./task.ts";

interface Client extends Position {
  readonly place: string | null;
}

export function createProcess(
  host: EdgeHost,
  dispatcher: Dispatcher,
  models: ModelStore,
  log: RequestLog,
): (input: ProcessInput, signal?: AbortSignal) => Promise<ProcessOutput> {
  return async (input, signal) => {
    const from = clientOf(input.from ?? defaultClientPlace);
    const task = await taskOf(input, models);
    const useCache = input.cache !== "bypass";
    const finished = await dispatcher.dispatch(task, from, { useCache, signal });
    if (task.model !== null && finished.cache !== "hit") {
      (await models.imageClassifier()).latency.record(finished.computeMs);
    }
    const output = outputOf(`edge-${log.total + 1}`, task, from, finished);
    log.add({
      requestId: output.requestId,
      at: host.now(),
      type: task.type,
      subject: task.subject,
      outcome: outcomeOf(finished.result),
      node: finished.node.id,
      cache: output.cache,
      queueMs: output.queueMs,
      computeMs: output.computeMs,
      networkMs: output.networkMs,
      from,
    });
    return output;
  };
}

function outputOf(
  requestId: string,
  task: Task,
  from: Client,
  { node, ranking, cache, queueMs, computeMs, result }: Finished,
): ProcessOutput {
  const [best, second] = ranking.ranked.map(({ candidate }) => candidate);
  const { networkMs } = best!;
  return {
    requestId,
    type: task.type,
    node: { id: node.id, place: node.at.place },
    cache,
    queueMs,
    computeMs,
    networkMs,
    totalMs: queueMs + computeMs + networkMs,
    route: {
      from,
      reason: reasonOf(best!, second, node.at.place),
      candidates: ranking.ranked
        .slice(0, edgeLimits.candidatesShownMax)
        .map(({ candidate }) => candidate),
      candidatesTotal: ranking.ranked.length,
      excluded: ranking.excluded.slice(0, edgeLimits.candidatesShownMax),
    },
    result,
  };
}

function clientOf(from: NonNullable<ProcessInput["from"]>): Client {
  if (typeof from !== "string") return { place: null, ...from };
  const place = findPlace(from);
  if (place === undefined) throw placeUnknown(from);
  return { place: place.name, latitude: place.latitude, longitude: place.longitude };
}

export function placeUnknown(name: string) {
  const near = similarPlaces(name, edgeLimits.suggestionsMax).join(", ");
  return edgeProblem(
    "EDGE_PLACE_UNKNOWN",
    `“${name}” is no known place, and no coordinates were sent. Known names like it: ${near}.`,
  );
}

function outcomeOf(result: EdgeResult): string {
  if (result.kind === "classification") {
    return `${result.label} (${(result.confidence * 100).toFixed(1)} %)`;
  }
  if (result.kind === "series") return `${result.values.length} values`;
  const { mean, count } = result.statistics;
  return `mean ${Number(mean.toPrecision(4))} of ${count}`;
}
