/** How telemetry leaves a thread: the ingest procedure of whoever stores it. */
import type { PeerCallContext } from "../peers.ts";
import type { TelemetryBatch } from "./outbox.ts";

interface Ingest {
  ingest(batch: TelemetryBatch, options: { context: PeerCallContext }): Promise<unknown>;
}

const timeoutMs = 2_000;

export function sendTelemetryTo(receiver: Ingest): (batch: TelemetryBatch) => Promise<unknown> {
  return (batch) => receiver.ingest(batch, { context: { timeoutMs, untraced: true } });
}
