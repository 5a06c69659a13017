/** What the data flows read and write, as calls to the threads that own it. */
import type { DatabaseSync } from "node:sqlite";
import type { analyticsContract } from "../../analytics/contract.ts";
import { forecastValuesMin } from "../../analytics/contract.ts";
import type { edgeContract } from "../../edge/contract.ts";
import type { quantumContract } from "../../quantum/contract.ts";
import type { SubsystemKit } from "../../service/boot.ts";
import type { ConsensusPort } from "../core/consensus-port.ts";
import type { FlowPorts, RequestCounts } from "../core/data-flows.ts";
import { storeLimits, testLimits } from "../limits.ts";
import { isRunningHere, proposeTraced } from "./components.ts";
import { problem } from "../errors.ts";

const context = { timeoutMs: testLimits.componentTimeoutMs };
/** How far back the request counts go. */
const countedSeconds = 120;

export function flowPorts(
  kit: SubsystemKit,
  database: DatabaseSync,
  consensus: ConsensusPort | null,
): FlowPorts {
  const quantum = kit.client<typeof quantumContract>("quantum");
  const analytics = kit.client<typeof analyticsContract>("analytics");
  const edge = kit.client<typeof edgeContract>("edge");
  return {
    isPresent: (component) =>
      component === "consensus" ? consensus !== null : isRunningHere(kit, component),
    measure: () =>
      quantum.search({ items: ["heads", "tails"], target: "heads", iterations: 0 }, { context }),
    propose: (command) =>
      consensus === null
        ? Promise.reject(problem("CONSENSUS_UNAVAILABLE", "This thread runs no consensus group."))
        : proposeTraced(consensus, command),
    requestsBySecond: () => Promise.resolve(requestsBySecond(database, kit.now())),
    forecast: (series) =>
      series.length < forecastValuesMin
        ? Promise.reject(tooShort(series.length))
        : analytics.predict({ series }, { context }),
    eventLoopDelaysMs: () =>
      Promise.resolve(
        kit.platform
          .state()
          .threads.flatMap(({ vitals }) => (vitals === null ? [] : [vitals.eventLoopDelayP99Ms])),
      ),
    statistics: (data) =>
      edge.process({ type: "data_processing", operation: "statistics", data }, { context }),
  };
}

/** Root spans are requests; a bounded number of the newest rows is looked at. */
function tooShort(seconds: number): Error {
  return problem(
    "SERIES_TOO_SHORT",
    `Requests of ${seconds} whole seconds are recorded; a forecast needs ${forecastValuesMin}.`,
  );
}

function requestsBySecond(database: DatabaseSync, nowMs: number): RequestCounts {
  const presentSecond = Math.floor(nowMs / 1_000);
  const counts = database
    .prepare(
      `SELECT CAST(start_ms / 1000 AS INTEGER) AS second, count(*) AS requests
       FROM (SELECT start_ms, parent_span_id FROM spans ORDER BY id DESC LIMIT ?1)
       WHERE parent_span_id IS NULL AND start_ms >= ?2 GROUP BY second ORDER BY second`,
    )
    .all(
      storeLimits.spansScannedMax,
      (presentSecond - countedSeconds) * 1_000,
    ) as unknown as RequestCounts["counts"];
  return { counts, presentSecond };
}
