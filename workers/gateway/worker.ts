/** The gateway thread: the control center and every subsystem's API under one origin. */
import type { integrationContract } from "../integration/contract.ts";
import { boot } from "../service/boot.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { served } from "./served.ts";

boot({
  api: served,
  create: (kit) => ({
    router: {},
    ingest: sendTelemetryTo(kit.client<typeof integrationContract>("integration")),
  }),
});
