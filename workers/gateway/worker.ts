/** The gateway thread: the control center and every subsystem's API under one origin. */
import { integrationContract } from "../integration/contract.ts";
import { boot } from "../service/boot.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { api } from "./contract.ts";

boot({
  api,
  create: (kit) => ({
    router: {},
    ingest: sendTelemetryTo(kit.client("integration", integrationContract)),
  }),
});
