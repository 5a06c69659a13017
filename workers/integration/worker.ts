/** The integration thread: coordination, and the store of traces and logs. */
import { trace } from "@opentelemetry/api";
import { implement } from "@orpc/server";
import { api } from "../gateway/contract.ts";
import { quantumContract } from "../quantum/contract.ts";
import { boot } from "../service/boot.ts";
import { httpLimits } from "../service/limits.ts";
import { integrationContract } from "./contract.ts";
import { ComponentProbe, createStatus } from "./handlers/status.ts";
import { openTelemetryDatabase } from "./telemetry-database.ts";
import { listLogs, listTraces, traceSpans } from "./telemetry-queries.ts";
import { TelemetryStore } from "./telemetry-store.ts";

boot({
  api,
  create(kit) {
    const store = new TelemetryStore(openTelemetryDatabase(kit.setup.home, kit.now()));
    const probe = new ComponentProbe(kit);
    const quantum = kit.client("quantum", quantumContract);
    const status = createStatus(kit, probe, store);
    kit.platform.onUpdate((events) => store.addLifecycle(kit.setup.instanceId, events));

    const os = implement(integrationContract);
    const router = os.router({
      status: os.status.handler(status),
      quantumSearch: os.quantumSearch.handler(async ({ input, signal }) => {
        const context = { timeoutMs: httpLimits.handlerTimeoutMs };
        const found = await quantum.search(input, { context, ...(signal && { signal }) });
        return { ...found, traceId: trace.getActiveSpan()?.spanContext().traceId ?? "" };
      }),
      traces: {
        list: os.traces.list.handler(({ input }) => listTraces(store.database, input)),
        get: os.traces.get.handler(({ input }) => ({
          traceId: input.traceId,
          spans: traceSpans(store.database, input.traceId),
        })),
      },
      logs: os.logs.handler(({ input }) => listLogs(store.database, input)),
      ingest: os.ingest.handler(({ input }) => {
        store.add(input.spans, input.logs, input.dropped);
        return { stored: input.spans.length + input.logs.length };
      }),
    });
    return {
      router,
      ingest: ({ spans, logs, dropped }) => {
        store.add(spans, logs, dropped);
        return Promise.resolve();
      },
      close() {
        probe.close();
        store.close();
      },
    };
  },
});
