/** The edge thread: nodes in many places, models that answer at the nearest, caches and queues. */
import { setImmediate } from "node:timers/promises";
import { implement } from "@orpc/server";
import { served } from "../gateway/served.ts";
import type { integrationContract } from "../integration/contract.ts";
import { boot } from "../service/boot.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { edgeContract, recentRequestsMax } from "./contract.ts";
import { Fleet } from "./core/fleet.ts";
import { Dispatcher, type Job } from "./handlers/dispatcher.ts";
import { ModelStore } from "./handlers/model-store.ts";
import { NodeHandlers } from "./handlers/nodes.ts";
import { createProcess } from "./handlers/process.ts";
import { RequestLog } from "./handlers/request-log.ts";
import { createStatus } from "./handlers/status.ts";

boot({
  api: served,
  create(kit) {
    const host = {
      now: kit.now,
      monotonicMs: kit.monotonicMs,
      breathe: () => setImmediate(),
    };
    const fleet = new Fleet<Job>();
    const dispatcher = new Dispatcher(fleet, host);
    const models = new ModelStore();
    const log = new RequestLog();
    const nodes = new NodeHandlers(host, fleet, dispatcher);
    nodes.addFirst();
    const process = createProcess(host, dispatcher, models, log);
    const status = createStatus(host, fleet, log);
    const os = implement(edgeContract);
    return {
      router: os.router({
        status: os.status.handler(status),
        process: os.process.handler(({ input, signal }) => process(input, signal)),
        addNode: os.addNode.handler(({ input }) => nodes.add(input)),
        removeNode: os.removeNode.handler(({ input }) => nodes.remove(input.id)),
        failNode: os.failNode.handler(({ input }) => nodes.fail(input.id)),
        recoverNode: os.recoverNode.handler(({ input }) => nodes.recover(input.id)),
        requests: os.requests.handler(({ input }) => ({
          requests: log.latest(input.limit ?? recentRequestsMax),
          total: log.total,
        })),
        models: os.models.handler(async () => ({
          models: [(await models.imageClassifier()).view()],
        })),
        places: os.places.handler(() => nodes.places()),
      }),
      ingest: sendTelemetryTo(kit.client<typeof integrationContract>("integration")),
    };
  },
});
