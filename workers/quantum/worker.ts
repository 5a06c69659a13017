/** The quantum thread: the state-vector simulator and its algorithms. */
import { getRandomValues } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { implement } from "@orpc/server";
import { api } from "../gateway/contract.ts";
import { integrationContract } from "../integration/contract.ts";
import { boot } from "../service/boot.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { quantumContract } from "./contract.ts";
import { SearchHistory } from "./core/search-history.ts";
import { createSearch } from "./handlers/search.ts";
import { createStatus } from "./handlers/status.ts";

boot({
  api,
  create(kit) {
    const history = new SearchHistory();
    const host = {
      now: kit.now,
      monotonicMs: kit.monotonicMs,
      breathe: () => setImmediate(),
      randomSeed: () => getRandomValues(new Uint32Array(1))[0] as number,
    };
    const search = createSearch(host, history);
    const status = createStatus(history);
    const os = implement(quantumContract);
    return {
      router: os.router({
        status: os.status.handler(status),
        search: os.search.handler(({ input, signal }) => search(input, signal)),
      }),
      ingest: sendTelemetryTo(kit.client("integration", integrationContract)),
    };
  },
});
